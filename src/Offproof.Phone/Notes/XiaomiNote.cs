using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Offproof.Phone;

/// <summary>A note of Xiaomi's cloud as its web pages hand it out (notes.md §3.3).</summary>
static class XiaomiNote
{
    /// <summary>True when an object is such a note.</summary>
    internal static bool IsOne(JsonElement json) =>
        json.ValueKind is JsonValueKind.Object
        && (Text(json, "content") ?? Text(json, "snippet")) is not null
        && (json.TryGetProperty("createDate", out _) || json.TryGetProperty("modifyDate", out _));

    /// <exception cref="DamagedTextException">A member is there twice.</exception>
    internal static void Read(JsonElement json, IReadOnlyDictionary<string, string> folders, SourceEntry source, NoteFolder folder, NoteTree tree, Account account)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (JsonProperty member in json.EnumerateObject())
        {
            if (!names.Add(member.Name)) throw new DamagedTextException($"two members are called '{Sentence.Quote(member.Name)}'");
        }
        ConvertedNote note = new(source, folder, account);
        string? content = Text(json, "content");
        string snippet = Text(json, "snippet") ?? "";
        JsonElement setting = json.TryGetProperty("setting", out JsonElement found) ? found : default;
        Dictionary<string, (string Type, string Digest)> known = Files(setting);
        (string? title, bool infoIsWhole) = Info(json);
        string? subject = Text(json, "subject");
        if (title is not { Length: > 0 }) title = subject;

        HashSet<string> attached = new(StringComparer.Ordinal);
        void Attach(string id, bool isPicture, string description, StringBuilder into)
        {
            (string type, string digest) = known.GetValueOrDefault(id, ("", ""));
            attached.Add(id);
            MarkdownText.AddLink(description.Length > 0 ? description : id, isPicture || type.StartsWith("image/", StringComparison.OrdinalIgnoreCase), note.Attach(id, type, () => digest.Length > 0 ? folder.Beside(source, digest) : null), into);
        }
        XiaomiText text = new(Attach);
        StringBuilder body = new();
        text.Write(content ?? snippet, body);
        if (body.Length > 0) note.Block().Append(body);
        foreach (string id in known.Keys.Where(id => !attached.Contains(id))) Attach(id, false, "", note.Block());
        if (content is null) account.Notice($"{source.Name}: the file holds only the beginning of the note {Title(title)}.");

        foreach (JsonProperty member in json.EnumerateObject())
        {
            bool whole = member.Name switch
            {
                "id" => member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number,
                "createDate" or "modifyDate" => Time(json, member.Name) is not null,
                "content" => content is not null && !text.IsLossy,
                "snippet" => content is null ? !text.IsLossy : snippet.Length > 0 && content.StartsWith(snippet, StringComparison.Ordinal),
                "subject" => subject is not null && subject == title,
                "status" => Text(json, "status") is "normal",
                "type" => Text(json, "type") is "note",
                "extraInfo" => infoIsWhole,
                "setting" => IsPlain(setting),
                "colorId" => member.Value.ValueKind is JsonValueKind.Number,
                _ => false,
            };
            if (!whole && !IsNothing(member.Value)) note.Extra(member.Name, member.Value);
        }

        DateTimeOffset? created = Time(json, "createDate");
        DateTimeOffset? modified = Time(json, "modifyDate");
        string? number = Scalar(json, "id");
        string? folderId = Scalar(json, "folderId") is { Length: > 0 } place && place != "0" ? place : null;
        FrontMatter front = new();
        front.Add("offproof", 1);
        front.Add("source", "xiaomi");
        front.Add("id", number);
        front.Add("title", title is { Length: > 0 } ? title : null);
        front.Add("created", ConvertedNote.Text(created));
        front.Add("modified", ConvertedNote.Text(modified));
        front.Add("folder", folderId is null ? null : folders.GetValueOrDefault(folderId, folderId));
        front.Add("color", Scalar(json, "colorId") is { } color && color != "0" ? color : null);
        if (setting.ValueKind is JsonValueKind.Object && Scalar(setting, "stickyTime") is { Length: > 0 } sticky && sticky != "0") front.Add("pinned", true);
        if (Text(json, "status") is "deleted" || (Scalar(json, "deleteTime") is { Length: > 0 } deleted && deleted != "0")) front.Add("trashed", true);
        note.AddTo(front);
        string name = title is { Length: > 0 } ? title : created?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
        note.AddTo(tree, name, "xiaomi\n" + (number ?? Scalar(json, "createDate") ?? ""), front, modified ?? created);
    }

    static string Title(string? title) => title is { Length: > 0 } ? $"'{Sentence.Quote(title)}'" : "without a title";

    // "extraInfo" is JSON in a string.
    static (string? Title, bool IsWhole) Info(JsonElement json)
    {
        if (Text(json, "extraInfo") is not { } info) return (null, false);
        try
        {
            using JsonDocument document = JsonDocument.Parse(info);
            if (document.RootElement.ValueKind is not JsonValueKind.Object) return (null, false);
            bool whole = document.RootElement.EnumerateObject().All(member => (member.Name == "title" && member.Value.ValueKind is JsonValueKind.String) || IsNothing(member.Value)
                || (member.Name == "note_content_type" && member.Value.ValueKind is JsonValueKind.String && member.Value.ValueEquals("common")));
            return (Text(document.RootElement, "title"), whole);
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException)
        {
            return (null, false); // kept as it is
        }
    }

    static Dictionary<string, (string Type, string Digest)> Files(JsonElement setting)
    {
        Dictionary<string, (string, string)> files = new(StringComparer.Ordinal);
        if (setting.ValueKind is not JsonValueKind.Object || !setting.TryGetProperty("data", out JsonElement data) || data.ValueKind is not JsonValueKind.Array) return files;
        foreach (JsonElement file in data.EnumerateArray())
        {
            if (file.ValueKind is JsonValueKind.Object && Text(file, "fileId") is { Length: > 0 } id) files.TryAdd(id, (Text(file, "mimeType") ?? "", Text(file, "digest") ?? ""));
        }
        return files;
    }

    // Nothing in it but the files' ids and types.
    static bool IsPlain(JsonElement setting) => setting.ValueKind is JsonValueKind.Object && setting.EnumerateObject().All(member => IsNothing(member.Value)
        || (member.Name == "data" && member.Value.ValueKind is JsonValueKind.Array && member.Value.EnumerateArray().All(file => file.ValueKind is JsonValueKind.Object
            && Text(file, "fileId") is { Length: > 0 } && file.EnumerateObject().All(part => part.Name is "fileId" or "mimeType" && part.Value.ValueKind is JsonValueKind.String))));

    static bool IsNothing(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.String => value.ValueEquals(""),
        JsonValueKind.Number => value.GetRawText() == "0",
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => false,
    };

    static DateTimeOffset? Time(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && ConvertedNote.Number(value) is > 0 and < 253_402_300_800_000 and var milliseconds ? ConvertedNote.Time(milliseconds * 1000) : null;

    static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    static string? Scalar(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) ? value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null } : null;
}
