using System.Globalization;

namespace Offproof.Phone;

readonly record struct SampleItem(string Text, bool Checked);

/// <summary>A note of the sample phone (persona.md §2.3). Times are seconds since 1970; of text and items one is null.</summary>
sealed record SampleNote(
    int Index, string Canary, string Title, string? Text, SampleItem[]? Items, string[] Labels, bool Pinned, bool Archived, long Created, long Edited, SampleFile[] Attachments)
{
    // 2024-01-01 and 700 days; edits follow within 28.
    const long First = 1_704_067_200;
    const long Seconds = 700L * 86_400;

    // What Markdown and HTML would take for their own.
    static readonly string[] Traps = ["\n# 1 * 2 < 3 & _four_ [five](six)", "\n> <b>bold</b> &amp; `code` \\ ~~no~~", "\n1. one\n2. two | three\n***"];

    /// <summary>Relative to the notes' folder, without an ending.</summary>
    internal string FileName => string.Create(CultureInfo.InvariantCulture, $"note-{Index + 1:D4}");

    internal static SampleNote Draw(ulong seed, int i, int count, SamplePictures pictures)
    {
        SeededBits bits = new(seed, 3_000_000 + (ulong)i);
        string canary = Canaries.Of(seed, Canaries.Notes + i, bits);
        Tongue tongue = Tongue.All[i % Tongue.All.Length];
        long created = First + ((((long)i * Seconds) + bits.Below((int)Seconds)) / count);
        bool list = i % 3 == 1, pinned = i % 7 == 2;
        string name = string.Create(CultureInfo.InvariantCulture, $"note-{i + 1:D4}-");
        return new SampleNote(
            i, canary, i % 10 == 9 ? "" : bits.Of(tongue.Titles),
            list ? null : Prose(bits, tongue, canary, i % 10 == 4 ? bits.Between(20, 60) : bits.Between(1, 6)) + (i % 10 == 3 ? bits.Of(Traps) : ""),
            list ? DrawItems(bits, tongue, canary) : null,
            [.. Enumerable.Range(0, i % 4).Select(_ => bits.Of(tongue.Labels)).Distinct(StringComparer.Ordinal)],
            pinned, !pinned && i % 7 == 5,
            created, created + (bits.Below(3) == 0 ? 0 : bits.Below(28 * 86_400)),
            i % 4 != 2 ? [] : [.. Enumerable.Range(1, i % 8 == 6 ? 2 : 1).Select(number =>
                new SampleFile("image/jpeg", string.Create(CultureInfo.InvariantCulture, $"{name}{number}.jpg"), pictures.Draw(bits, string.Create(CultureInfo.InvariantCulture, $"{canary} {number}"))))]);
    }

    static string Prose(SeededBits bits, Tongue tongue, string canary, int sentences)
    {
        int place = bits.Below(sentences + 1);
        IEnumerable<string> lines = Enumerable.Range(0, sentences + 1).Select(s => s == place ? canary : bits.Of(tongue.Sentences));
        return string.Concat(lines.Select((line, s) => s == 0 ? line : bits.Of(["\n", "\n\n", " ", " "]) + line));
    }

    static SampleItem[] DrawItems(SeededBits bits, Tongue tongue, string canary)
    {
        int count = bits.Between(2, 12);
        SampleItem[] items = [.. Enumerable.Range(0, count).Select(_ => new SampleItem(bits.Of(tongue.Items), bits.Below(3) == 0))];
        items[0] = items[0] with { Text = $"{items[0].Text} {canary}" };
        return items;
    }
}
