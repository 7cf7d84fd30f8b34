using Offproof.Phone;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

/// <summary>Any bytes as a vCard file, and as a file of a tree: read, written in both versions, read again. Throws when something of contacts.md does not hold.</summary>
static class ContactFuzz
{
    /// <summary>Reads a file of cards, in memory. Returns the kinds of what was said about it.</summary>
    internal static string Import(byte[] input)
    {
        using Import import = Read(input);
        Walk(import, (_, _) => { });
        Balances(import);
        return Said(import, 16);
    }

    internal static void Run(byte[] input)
    {
        string folder = Directory.CreateTempSubdirectory("offproof-fuzz-").FullName;
        try
        {
            string tree = Path.Combine(folder, "tree");
            long kept = Store(Read(input), tree);
            long again = Store(Read(input), Path.Combine(folder, "again"));
            Check(kept == again, "two imports differ");
            AreTheSame(tree, Path.Combine(folder, "again"), "two imports differ");
            Themselves(tree, folder);
            Exports(tree, folder, "a", Directory.GetFiles(tree, "*", SearchOption.AllDirectories).Length);

            // A file of a tree that this program did not write.
            string foreign = Path.Combine(folder, "foreign", "00");
            Directory.CreateDirectory(foreign);
            File.WriteAllBytes(Path.Combine(foreign, "card.vcf"), input);
            Exports(Path.GetDirectoryName(foreign)!, folder, "b", kept);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // contacts.md §2: what is stored is stored form, alone and all together.
    static void Themselves(string tree, string folder)
    {
        if (Paths(tree).Length == 0) return;
        using Import import = ContactImport.Read([tree], CancellationToken.None);
        Clean(import, "a file of the tree is not in stored form");
        Store(import, Path.Combine(folder, "themselves"));
        AreTheSame(tree, Path.Combine(folder, "themselves"), "a file of the tree is not itself");
    }

    // What was written reads without complaint, and is then the same for ever.
    static void Exports(string tree, string folder, string name, long cards)
    {
        foreach (ContactFormat format in Enum.GetValues<ContactFormat>())
        {
            string place = Path.Combine(folder, name + format);
            ExportReport first = ContactExport.Write(tree, place, format, Selection.All, CancellationToken.None);
            Check(first.Entries == cards, "an export has not the cards of its tree");
            if (first.Files.Count == 0) continue;
            string second = place + "-tree";
            Import(place, second, first.Entries);
            ExportReport rewritten = ContactExport.Write(second, place + "-again", format, Selection.All, CancellationToken.None);
            Check(rewritten.Problems.Count == 0, "a tree of our own has problems");
            string third = place + "-third";
            Import(place + "-again", third, rewritten.Entries);
            AreTheSame(second, third, "an export of an export differs");

            // There and back: nothing may disappear on the way.
            ContactFormat other = format is ContactFormat.VCard3 ? ContactFormat.VCard4 : ContactFormat.VCard3;
            ExportReport there = ContactExport.Write(second, place + "-there", other, Selection.All, CancellationToken.None);
            Import(place + "-there", place + "-there-tree", there.Entries);
            ContactExport.Write(place + "-there-tree", place + "-back", format, Selection.All, CancellationToken.None);
            string lost = string.Join(" | ", Lost(Path.Combine(place, "contacts.vcf"), Path.Combine(place + "-back", "contacts.vcf")));
            Check(lost.Length == 0, "a conversion lost " + lost);
        }
    }

    // Cards that become equal are stored once, so that properties are compared as a set.
    static IEnumerable<string> Lost(string before, string after)
    {
        HashSet<string> left = new(Traces(after), StringComparer.Ordinal);
        return Traces(before).Where(trace => !left.Contains(trace));
    }

    // What must be in a card on both sides of a conversion: contacts.md §4.3 says whose values change.
    static IEnumerable<string> Traces(string file)
    {
        List<Card> cards = [];
        ContactImport.OfTree(new SourceFile(file, () => SourceFile.OpenFile(file)), new Account(1), (card, _) => cards.Add(card), CancellationToken.None);
        foreach (CardProperty property in cards.SelectMany(card => card.Properties))
        {
            string name = property.Name.ToUpperInvariant();
            string where = property.Group + "." + name;
            bool isFile = CardMedia.IsFile(property) || property.IsBinary || property.Value.StartsWith("data:", StringComparison.OrdinalIgnoreCase);
            if (name is "ADR" && property.First("LABEL") is { } label) yield return "LABEL " + CardLabel.FromParameter(label);
            if (name is "LABEL") yield return "LABEL " + CardValue.Unescape(property.Value);
            else if (name is "TEL" or "IMPP" or "X-SIP") yield return $"{property.Group}.TEL {Digits(property.Value)}";
            else if (name is "BDAY" or "ANNIVERSARY" or "X-ANNIVERSARY" or "REV" or "GEO" or "TZ" || isFile) yield return where;
            else if (name is not ("SORT-STRING" or "ADR" or "KIND" or "MEMBER" or "X-ADDRESSBOOKSERVER-KIND" or "X-ADDRESSBOOKSERVER-MEMBER") || (name is "ADR" && property.Value.AsSpan().ContainsAnyExcept(';', ' '))) yield return where + " " + property.Value;
            else if (name.EndsWith("KIND", StringComparison.Ordinal) || name.EndsWith("MEMBER", StringComparison.Ordinal)) yield return property.Group + (name.EndsWith('D') ? ".KIND " : ".MEMBER ") + property.Value;
        }
    }

    static string Digits(string value) => new([.. CardValue.Unescape(value).Replace("sip:", "", StringComparison.OrdinalIgnoreCase).Replace("tel:", "", StringComparison.OrdinalIgnoreCase).Where(char.IsAsciiLetterOrDigit)]);

    static void Import(string source, string tree, long entries)
    {
        using Import import = ContactImport.Read([Path.Combine(source, "contacts.vcf")], CancellationToken.None);
        Clean(import, "what was written is not whole");
        Check(import.Report.Kept == entries, "what was written is not what is read");
        Store(import, tree);
    }

    static void Clean(Import import, string what)
    {
        string complaints = string.Join(" ", import.Report.Skipped.Select(skipped => skipped.ToString()).Concat(import.Report.Notices.Where(IsComplaint)));
        Check(complaints.Length == 0, what + ": " + complaints);
    }

    static bool IsComplaint(string notice) =>
        !notice.Contains("equal in everything", StringComparison.Ordinal) && !notice.Contains("share their UID", StringComparison.Ordinal) && !notice.Contains("shares its UID", StringComparison.Ordinal)
        && !notice.Contains(" a name that another", StringComparison.Ordinal);

    static Import Read(byte[] bytes) => ContactImport.Read(new SourceFile("input", () => new MemoryStream(bytes, writable: false)));

    static long Store(Import import, string tree)
    {
        using (import)
        {
            Checks.Store(import, tree);
            Balances(import);
            return import.Report.Kept;
        }
    }

    static void Balances(Import import) => Check(import.Files.Count <= import.Report.Kept && (import.Files.Count > 0 || import.Report.Kept == 0), "more files than cards");
}
