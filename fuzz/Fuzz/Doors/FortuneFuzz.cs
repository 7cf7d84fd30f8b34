using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Offproof.Channel;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

/// <summary>What an operator brings (channel.md §9.2): files of fortunes, indexes of strfile beside a text, JSON and CSV.</summary>
static class FortuneFuzz
{
    static readonly GreetingDefaults Defaults = new("en", Licence: "CC0-1.0");

    // What is staged is an entry, and is read again as the same.
    internal static string Texts(byte[] input)
    {
        string text = Decode(input);
        SortedSet<string> said = new(StringComparer.Ordinal);
        foreach (Fortune one in FortuneFile.Read(text, hasComments: input.Length % 4 == 0))
        {
            Check(one.Text is null != one.Why is null && one.Line > 0, "an entry is taken and left out");
            said.Add(one.Why ?? (one.Author is null ? "text" : "author"));
            if (one.Text is not { } own) continue;
            Check(Defaults.Apply(own, one.Author).Complaint() is null, "what is no entry is staged");
            if (FortuneFile.HasDelimiter(own)) continue; // a line that had a blank behind
            Fortune again = FortuneFile.Read(one.Author is null ? own : $"{own}\n\t-- {one.Author}").Single();
            Check(again.Text == own && again.Author == one.Author, "an entry is read again as another");
        }
        return string.Join(' ', said);
    }

    // Two bytes say how long the index is; the text follows.
    internal static string Index(byte[] input)
    {
        if (input.Length < 2) return "";
        int length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(input), input.Length - 2);
        ReadOnlySpan<byte> text = input.AsSpan(2 + length);
        try
        {
            FortuneIndex index = FortuneIndex.Read("x", input.AsSpan(2, length), text);
            int count = FortuneFile.Read(Encoding.Latin1.GetString(text), (char)index.Delimiter, index.HasComments).Count();
            bool isPlain = !text.Contains((byte)'\r') && (text.Length == 0 || text[^1] == '\n');
            Check(!isPlain || count == index.Entries, "an index is taken that knows another number of entries");
            byte[] rotated = text.ToArray();
            FortuneFile.Rotate(rotated);
            FortuneFile.Rotate(rotated);
            Check(text.SequenceEqual(rotated), "13 and 13 are not 26");
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Min(count, 3)} {index.IsRotated} {index.HasComments} {index.Delimiter == '%'}");
        }
        catch (PublishingException e)
        {
            return Kind(e.Message.Split("0x")[0]);
        }
    }

    internal static string Tables(byte[] input)
    {
        string text = Decode(input);
        try
        {
            IReadOnlyList<Greeting> read = GreetingFiles.Read("x", text, Defaults with { IgnoreColumns = input.Length % 2 == 0 });
            Check(read.All(static one => one.Complaint() is null), "what is no entry is staged");
            List<Greeting> own = [.. read.DistinctBy(static one => one.Id)];
            string written = Encoding.UTF8.GetString(GreetingList.Write(own));
            Check(own.Count == 0 || GreetingFiles.Read("x", written, new GreetingDefaults()).SequenceEqual(own.OrderBy(static one => one.Id, StringComparer.Ordinal)), "a collection is read again as another");
            return string.Create(CultureInfo.InvariantCulture, $"{GreetingFiles.IsJson(text)} {Math.Min(read.Count, 3)}");
        }
        catch (PublishingException e)
        {
            return Kind(e.Message);
        }
    }

    static string Decode(byte[] input)
    {
        try
        {
            return BroughtText.Decode("x", input, null);
        }
        catch (PublishingException)
        {
            return Encoding.Latin1.GetString(input);
        }
    }
}
