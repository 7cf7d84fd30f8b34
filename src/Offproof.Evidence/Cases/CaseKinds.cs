namespace Offproof.Evidence;

/// <summary>What a member's value has to be (case.md §2).</summary>
enum Form
{
    Line,
    Text,
    Quote,
    Date,
    Day,
    Address,
    Hash,
    Outcome,
    Says,
    Decision,
    Path,
    Entry,
}

/// <summary>A member that entries of a kind may have.</summary>
public sealed class CaseMember
{
    internal CaseMember(string name, Form form, string help, bool isRequired = false, bool isList = false, params string[] of) =>
        (Name, Form, Help, IsRequired, IsList, Of) = (name, form, help, isRequired, isList, of);

    /// <summary>As in the file, and as the option of <c>case add</c> without its dashes.</summary>
    public string Name { get; }

    /// <summary>For <c>--help</c>.</summary>
    public string Help { get; }

    /// <summary>No entry of the kind is without it.</summary>
    public bool IsRequired { get; }

    /// <summary>A list of texts, not one.</summary>
    public bool IsList { get; }

    internal Form Form { get; }

    // Of an entry's id: of which kinds.
    internal string[] Of { get; }
}

/// <summary>A kind of entry: the table of case.md §2.</summary>
public sealed class CaseKind
{
    /// <summary>Its word in files and on the command line.</summary>
    public string Name { get; }

    /// <summary>What it says.</summary>
    public string Help { get; }

    /// <summary>In the order in which they are written.</summary>
    public IReadOnlyList<CaseMember> Members { get; }

    /// <summary>Whether <c>case add</c> writes it; the others come from <c>case reply</c>.</summary>
    public bool IsAdded { get; }

    CaseKind(string name, string help, CaseMember[] members, bool isAdded = true) => (Name, Help, Members, IsAdded) = (name, help, members, isAdded);

    internal bool IsCorrectable => IsAdded && Name != "withdrawal";

    internal CaseMember? Member(string name) => Members.FirstOrDefault(member => member.Name == name);

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<CaseKind> All { get; } =
    [
        new("source", "A publication", [
            Line("publisher", "Who published it", true), Line("title", "Its title", true), new("date", Form.Date, "When: 2014, 2014-08 or 2014-08-10", true),
            new("url", Form.Address, "Where"), new("read", Form.Day, "The day on which it was read"),
            new("known-from", Form.Entry, "The source from which it is known, where it was not read", of: ["source"]), new("note", Form.Text, "What a reader should know of it", isList: true)]),
        new("chapter", "A step of the story", [Line("title", "In a few words", true), new("date", Form.Date, "When", true), new("text", Form.Text, "A paragraph, in our own words", true, true), Sources(true)]),
        new("claim", "What somebody said", [
            Line("who", "Who said it", true), new("date", Form.Date, "When", true), Source(), new("quote", Form.Quote, "Their words, exact, at most 90", true), Line("language", "Of the quotation, where it is not English: zh-Hant"),
            new("translation", Form.Quote, "Ours"), new("plain", Form.Text, "What it comes to, in our words", true)]),
        new("evidence", "What bears on claims", [
            Line("title", "In a few words", true), Line("who", "Whose it is", true), new("date", Form.Date, "When", true), new("text", Form.Text, "What it shows, a paragraph", true, true), Sources(false),
            new("bundle", Form.Path, "A bundle: bundles/NAME in the case's folder, or an https URL"), new("sums", Form.Hash, "The SHA-256 of its SHA256SUMS"), new("file", Form.Path, "The file in it"),
            new("opens", Form.Text, "Of a bundle in the folder that is not of the public form: that everybody may see it, and what it opens"),
            new("for", Form.Entry, "A claim that it speaks for", isList: true, of: ["claim"]), new("against", Form.Entry, "A claim that it speaks against", isList: true, of: ["claim"]),
            new("limits", Form.Text, "What it does not show", true, true)]),
        new("verdict", "What is to be said of a claim", [
            new("claim", Form.Entry, "Of which", true, of: ["claim"]), new("outcome", Form.Outcome, "supported, contradicted, not shown or unknown", true), new("says", Form.Says, "In one sentence of at most 30 words", true),
            new("why", Form.Text, "Why, a paragraph", true, true), new("limits", Form.Text, "Where it ends", true, true)]),
        new("statement", "What somebody concerned said in public", [
            Line("who", "Who", true), new("date", Form.Date, "When", true), Source(), new("quote", Form.Quote, "Their words, exact, at most 90"), Line("language", "Of the quotation, where it is not English"),
            new("translation", Form.Quote, "Ours"), new("plain", Form.Text, "What they said, in our words", true, true)]),
        new("party", "Somebody concerned", [
            Line("name", "Their name", true), Line("role", "How they are concerned", true), new("key", Form.Path, "A file with their minisign key"), new("obtained", Form.Text, "How it was had, and why it is theirs"),
            new("asked", Form.Text, "When and how they were asked for a reply, and what came")]),
        new("withdrawal", "An entry is taken back", [new("of", Form.Entry, "Which", true), new("why", Form.Text, "Why", true)]),
        new("note", "What the publisher says beside a reply or comment", [new("of", Form.Entry, "Beside which", true, of: ["reply", "comment"]), new("text", Form.Text, "A paragraph", true, true)]),
        new("reply", "What a party sent", [new("from", Form.Entry, "Whose", true, of: ["party"]), .. Signed()], isAdded: false),
        new("comment", "What anybody sent", [Line("name", "The name that it was sent under", true), new("key", Form.Path, "Its key", true), .. Signed()], isAdded: false),
        new("retraction", "A reply is taken back by whoever signed it", [new("of", Form.Entry, "Which", true), .. Signed()], isAdded: false),
        new("moderation", "What became of a comment", [new("of", Form.Entry, "Which", true, of: ["comment"]), new("decision", Form.Decision, "accepted or refused", true), new("reason", Form.Text, "Why")], isAdded: false),
    ];

    internal static CaseKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    static CaseMember Line(string name, string help, bool isRequired = false) => new(name, Form.Line, help, isRequired);

    static CaseMember Source() => new("source", Form.Entry, "The source", true, of: ["source"]);

    static CaseMember Sources(bool isRequired) => new("source", Form.Entry, "A source", isRequired, isList: true, of: ["source"]);

    // The hashes, so that history.ndjson holds the bytes also through the entry.
    static CaseMember[] Signed() => [new("text-sha256", Form.Hash, "", true), new("signature-sha256", Form.Hash, "", true), Line("key-id", "", true), new("trusted-comment", Form.Text, "")];
}
