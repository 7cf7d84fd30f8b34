using System.Text;
using System.Text.RegularExpressions;

namespace Offproof.Lab;

/// <summary>What happens on a phone: data of the persona come onto it, one after the other (lab.md §4).</summary>
internal sealed class Phone(string folder)
{
    private static readonly char[] LineEnds = ['\r', '\n'];

    private readonly Dictionary<string, int> taken = new(StringComparer.Ordinal);
    private string? persona;

    internal string Folder { get; } = folder;

    /// <param name="path">The persona's folder (persona.md §1).</param>
    internal void Plant(string path)
    {
        persona = path;
        foreach (string category in (string[])["contacts", "messages", "notes", "photos"]) Directory.CreateDirectory(Path.Combine(Folder, category));
    }

    internal void Do(Step step)
    {
        if (persona is null) throw new LabException($"line {step.Line}: there is no persona yet", "persona, or --persona FILE");
        for (int i = 0; i < step.Count; i++)
        {
            switch (step.Word)
            {
                case "contact":
                    int card = Next("contact");
                    Write($"contacts/{card + 1}.vcf", At(Cards(step.Rest), card, step));
                    break;
                case "sms" or "mms":
                    int message = Next(step.Text);
                    string element = At(Messages(step.Word, step.Rest == "in"), message, step);
                    Write($"messages/{step.Word}-{step.Rest}-{message + 1}.xml", $"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"1\">\n{element}\n</smses>\n");
                    break;
                case "note" or "photo":
                    string kind = step.Word == "note" ? "notes" : "photos";
                    string[] files = Files(kind);
                    string file = At(files, Next(step.Word), step);
                    string to = Path.Combine(Folder, kind, Path.GetRelativePath(Path.Combine(persona, kind), file));
                    Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                    File.Copy(file, to);
                    break;
                default: // call
                    string called = At(Cards(""), Next("call"), step);
                    Match number = Regex.Match(called, @"^TEL[^:\r\n]*:(?<number>[^\r\n]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
                    File.AppendAllText(Path.Combine(Folder, "calls.txt"), $"{number.Groups["number"].Value}\n");
                    break;
            }
        }
    }

    private int Next(string kind)
    {
        int next = taken.GetValueOrDefault(kind);
        taken[kind] = next + 1;
        return next;
    }

    private static T At<T>(IReadOnlyList<T> all, int index, Step step) =>
        index < all.Count ? all[index] : throw new LabException($"line {step.Line}: the persona has only {all.Count} of these", "plant more: persona --contacts N --messages N --notes N --photos N, and --all-formats for cards of another version");

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text, new UTF8Encoding(false));

    private string[] Files(string kind)
    {
        string folder = Path.Combine(persona!, kind);
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(static file => !file.Contains("/attachments/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)] : [];
    }

    // persona.md §8: the same contacts, in the same order, in each version.
    private List<string> Cards(string version)
    {
        List<string> cards = [];
        foreach (string file in Files(version.Length == 0 ? "contacts" : $"formats/contacts/vcard-{version}"))
        {
            string text = File.ReadAllText(file);
            for (int at = 0; (at = text.IndexOf("BEGIN:VCARD", at, StringComparison.Ordinal)) >= 0;)
            {
                int end = text.IndexOf("END:VCARD", at, StringComparison.Ordinal);
                if (end < 0) break;
                cards.Add(text[at..(end + "END:VCARD".Length)].TrimEnd(LineEnds) + "\r\n");
                at = end;
            }
        }
        return cards;
    }

    // messages.md §2: of an SMS type 1 came in, of an MMS msg_box 1. Cut out as text: such files name characters by halves, which no reader of XML takes.
    private List<string> Messages(string kind, bool isIn)
    {
        const string Attributes = """(?:\s+[\w:-]+=(?:"[^"]*"|'[^']*'))*""";
        Regex element = new(kind == "sms" ? $"<sms{Attributes}\\s*/>" : $"<mms{Attributes}\\s*>.*?</mms>", RegexOptions.Singleline, TimeSpan.FromSeconds(10));
        Regex direction = new($"^<[^>]*? {(kind == "sms" ? "type" : "msg_box")}=[\"']{(isIn ? 1 : 2)}[\"']", RegexOptions.Singleline, TimeSpan.FromSeconds(10));
        return [.. Files("messages").SelectMany(path => element.Matches(File.ReadAllText(path))).Select(static match => match.Value).Where(text => direction.IsMatch(text))];
    }
}
