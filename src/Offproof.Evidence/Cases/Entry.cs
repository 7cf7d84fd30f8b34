using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Offproof.Evidence;

/// <summary>One entry of a case: a file of texts (case.md §2). What is here has the form of its kind; whether what it names is there, <see cref="Dossier"/> says.</summary>
sealed class Entry
{
    internal const int FileLimit = 65_536;
    internal const int MostId = 40;
    internal const int MostText = 4000;
    internal const int MostLine = 300;
    internal const int MostQuoted = 90;
    internal const int MostSaid = 30;

    readonly Dictionary<string, IReadOnlyList<string>> values;

    internal CaseKind Kind { get; }

    internal string Id { get; }

    internal string Added { get; }

    /// <summary>It stands in the place of the entry of the same id.</summary>
    internal bool Corrects { get; }

    /// <summary>Why, of a correction.</summary>
    internal string? Why { get; }

    Entry(CaseKind kind, string id, string added, bool corrects, string? why, Dictionary<string, IReadOnlyList<string>> values) =>
        (Kind, Id, Added, Corrects, Why, this.values) = (kind, id, added, corrects, why, values);

    internal string? One(string name) => values.GetValueOrDefault(name) is [var first, ..] ? first : null;

    internal IReadOnlyList<string> All(string name) => values.GetValueOrDefault(name) ?? [];

    internal string Need(string name) => One(name) ?? throw new InvalidOperationException(name);

    internal IReadOnlyDictionary<string, IReadOnlyList<string>> Values => values;

    /// <summary>Checks the form of what is given.</summary>
    /// <exception cref="EvidenceException">It has not the form of its kind.</exception>
    internal static Entry Create(CaseKind kind, string id, string added, string? correctionWhy, IReadOnlyDictionary<string, IReadOnlyList<string>> given, string where)
    {
        if (!IsId(id)) throw Bad(where, $"'{id}' is no id: small letters, digits and hyphens, at most {MostId}, and none that the page has for itself");
        if (IsReserved(id, kind.Name)) throw Bad(where, $"'{id}' is an id of those that came signed");
        if (!IsTime(added)) throw Bad(where, "'added' is no time like 2026-11-26T21:30:00Z");
        if (correctionWhy is not null && !kind.IsCorrectable) throw Bad(where, $"a {kind.Name} is not corrected");
        if (correctionWhy is not null) RequireText(where, "why", correctionWhy);
        if (correctionWhy is not null && PlainText.Hides(correctionWhy)) throw Hidden(where, "why", correctionWhy);
        Dictionary<string, IReadOnlyList<string>> values = new(StringComparer.Ordinal);
        foreach (CaseMember member in kind.Members)
        {
            // A verdict's own 'why' and that of its correction are two things: see Parse.
            if (given.GetValueOrDefault(member.Name) is not { Count: > 0 } texts)
            {
                if (member.IsRequired) throw Bad(where, $"'{member.Name}' is missing: {Lower(member.Help)}");
                continue;
            }
            if (texts.Count > (member.IsList ? 60 : 1)) throw Bad(where, member.IsList ? $"'{member.Name}' has more than 60 texts" : $"'{member.Name}' is one text");
            foreach (string text in texts) Require(where, member, text);
            values.Add(member.Name, [.. texts]);
        }
        if (given.Keys.FirstOrDefault(name => kind.Member(name) is null) is { } unknown) throw Bad(where, $"a {kind.Name} has no '{unknown}'");
        Entry entry = new(kind, id, added, correctionWhy is not null, correctionWhy, values);
        entry.RequireWhole(where);
        return entry;
    }

    const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture);

    internal static bool IsTime(string text) => DateTimeOffset.TryParseExact(text, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    // Those that the page has for itself are nobody's: a link would lead to the wrong place.
    internal static bool IsId(string id) => id.Length is > 0 and <= MostId && id.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && id[0] != '-'
        && !id.StartsWith("change-", StringComparison.Ordinal) && id is not ("story" or "claims" or "evidence" or "concerned" or "comments" or "corrections" or "sources" or "check");

    // A reader leaves the files of comments out when comparing (case.md §2): nothing else may hide under such a name.
    static bool IsReserved(string id, string kind) => ((string[])["comment", "retraction"]).Any(own => id == own || (id.StartsWith(own + "-", StringComparison.Ordinal) && kind != own));

    // What single members cannot say.
    void RequireWhole(string where)
    {
        bool hasBundle = One("bundle") is not null;
        switch (Kind.Name)
        {
            case "evidence" when All("for").Count + All("against").Count == 0:
                throw Bad(where, "evidence speaks for or against a claim, and names none");
            case "evidence" when hasBundle != (One("sums") is not null) || hasBundle != (One("file") is not null):
                throw Bad(where, "'bundle', 'sums' and 'file' go together");
            case "evidence" when One("opens") is not null && (!hasBundle || One("bundle")!.Contains("://", StringComparison.Ordinal)):
                throw Bad(where, "'opens' is said of a bundle in the case's folder");
            case "evidence" when !hasBundle && All("source").Count == 0:
                throw Bad(where, "evidence has a source or a bundle");
            case "party" when (One("key") is null) != (One("obtained") is null):
                throw Bad(where, "a key goes with how it was obtained");
            // Nothing of the case, and no file of comments, which a reader leaves out when comparing, comes along as a party's key.
            case "party" or "comment" when One("key") is { } key && !IsKeyOf(Id, key):
                throw Bad(where, $"'key' is keys/{Id}.pub, or keys/{Id}-N.pub for another one");
            case "source" when (One("read") is null) == (One("known-from") is null):
                throw Bad(where, "a source was read on a day, or is known from another one");
            case "moderation" when One("decision") == "refused" && One("reason") is null:
                throw Bad(where, "who is refused is told why: 'reason' is missing");
        }
    }

    static bool IsKeyOf(string id, string key) => key.StartsWith($"keys/{id}", StringComparison.Ordinal) && key.EndsWith(".pub", StringComparison.Ordinal) && key[(5 + id.Length)..^4] is var number
        && (number.Length == 0 || (number[0] == '-' && number[1..].All(char.IsAsciiDigit)));

    static void Require(string where, CaseMember member, string text)
    {
        string name = member.Name;
        bool isGood = member.Form switch
        {
            Form.Line => PlainText.IsLine(text, MostLine),
            Form.Date => IsDate(text),
            Form.Day => text.Length == 10 && IsDate(text),
            Form.Address => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && PlainText.IsLine(text, 2000) && Ascii.IsValid(text),
            Form.Hash => text.Length == 64 && text.All(char.IsAsciiHexDigitLower),
            Form.Outcome => text is "supported" or "contradicted" or "not shown" or "unknown",
            Form.Decision => text is "accepted" or "refused",
            Form.Path when name != "bundle" => IsPath(text),
            Form.Path => (IsPath(text) && text.Split('/') is ["bundles", _]) || (Uri.TryCreate(text, UriKind.Absolute, out Uri? at) && at.Scheme == "https" && Ascii.IsValid(text)),
            Form.Entry => IsId(text),
            _ => true,
        };
        if (!isGood) throw Bad(where, $"'{name}' cannot be \"{(text.Length > 60 ? text[..60] + "\u2026" : text)}\"");
        if (member.Form is Form.Text or Form.Quote or Form.Says) RequireText(where, name, text);
        // What came signed is shown as it came, with what hides written out; what the publisher writes has no need of it.
        if (name != "trusted-comment" && PlainText.Hides(text)) throw Hidden(where, name, text);
        int words = member.Form is Form.Quote or Form.Says ? PlainText.Words(text) : 0;
        if (member.Form == Form.Quote && words > MostQuoted)
            throw new EvidenceException(EvidenceFault.Refused, string.Create(CultureInfo.InvariantCulture, $"{where}: '{name}' is a quotation of {words} words, and {MostQuoted} are the most"), "quote what is discussed, and say the rest in your own words (case.md §3)");
        if (member.Form == Form.Says && words > MostSaid)
            throw new EvidenceException(EvidenceFault.Refused, string.Create(CultureInfo.InvariantCulture, $"{where}: '{name}' has {words} words, and {MostSaid} are the most"), "it stands at the top of the page: one sentence; 'why' and 'limits' have room");
    }

    static void RequireText(string where, string name, string text)
    {
        if (text.Length > MostText) throw Bad(where, string.Create(CultureInfo.InvariantCulture, $"'{name}' has a text of {text.Length} characters, and {MostText} are the most"));
        if (PlainText.IsEmpty(text) || text.Any(char.IsControl)) throw Bad(where, $"'{name}' is empty, or holds a control character (a paragraph is one text of the list)");
    }

    static EvidenceException Hidden(string where, string name, string text)
    {
        string shown = PlainText.Visible(text), from = shown[shown.IndexOf('\u27E8', StringComparison.Ordinal)..];
        return new(EvidenceFault.Refused, $"{where}: '{name}' holds what nobody sees, at {(from.Length > 40 ? from[..40] + "\u2026" : from)}", "leave it out (case.md §5 says where joiners may stand)");
    }

    static bool IsDate(string text) => DateTime.TryParseExact(text, ["yyyy", "yyyy-MM", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    // Below the case's folder, in the letters that need no escaping anywhere.
    internal static bool IsPath(string text) => text.Length is > 0 and <= 200
        && text.Split('/').All(static part => part.Length > 0 && part[0] is not ('.' or '-') && part.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'));

    static string Lower(string help) => help.Length > 0 ? char.ToLowerInvariant(help[0]) + help[1..] : help;

    static EvidenceException Bad(string where, string what) => new(EvidenceFault.Failure, $"{where}: {what}");

    /// <exception cref="EvidenceException">It is no entry.</exception>
    internal static Entry Parse(ReadOnlyMemory<byte> json, string where)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 3, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Bad(where, "it is no object");
            Dictionary<string, IReadOnlyList<string>> values = new(StringComparer.Ordinal);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                values.Add(property.Name, property.Value.ValueKind switch
                {
                    JsonValueKind.String => [property.Value.GetString()!],
                    JsonValueKind.Array when property.Value.EnumerateArray().All(static value => value.ValueKind == JsonValueKind.String) => [.. property.Value.EnumerateArray().Select(static value => value.GetString()!)],
                    _ => throw Bad(where, $"'{property.Name}' is neither a text nor a list of texts"),
                });
            }
            string Take(string name) => values.Remove(name, out IReadOnlyList<string>? one) && one.Count == 1 ? one[0] : throw Bad(where, $"'{name}' is missing");
            CaseKind kind = CaseKind.Find(Take("kind")) ?? throw Bad(where, "there is no such kind");
            string id = Take("id"), added = Take("added");
            string? correction = null;
            if (values.Remove("corrects", out IReadOnlyList<string>? corrects))
            {
                if (corrects is not [var corrected] || corrected != id) throw Bad(where, "what it corrects has another id");
                correction = Take("correction");
            }
            return Create(kind, id, added, correction, values, where);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new EvidenceException(EvidenceFault.Failure, $"{where}: it is no JSON: {e.Message}", inner: e);
        }
    }

    /// <summary>The file: indented, in the order of the table, readable in any language.</summary>
    internal byte[] Write()
    {
        using MemoryStream to = new();
        using (Utf8JsonWriter writer = new(to, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", Kind.Name);
            writer.WriteString("id", Id);
            writer.WriteString("added", Added);
            if (Corrects)
            {
                writer.WriteString("corrects", Id);
                writer.WriteString("correction", Why);
            }
            foreach (CaseMember member in Kind.Members)
            {
                if (!values.TryGetValue(member.Name, out IReadOnlyList<string>? texts)) continue;
                if (!member.IsList)
                {
                    writer.WriteString(member.Name, texts[0]);
                    continue;
                }
                writer.WriteStartArray(member.Name);
                foreach (string text in texts) writer.WriteStringValue(text);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        to.WriteByte((byte)'\n');
        return to.ToArray();
    }
}
