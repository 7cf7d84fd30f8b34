using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Offproof.Phone;

/// <summary>A note of Google Keep as Takeout writes it (notes.md §3.2).</summary>
static class KeepNote
{
    /// <summary>True when an object is such a note.</summary>
    internal static bool IsOne(JsonElement json) =>
        json.ValueKind is JsonValueKind.Object
        && (Has(json, "isTrashed") || Has(json, "userEditedTimestampUsec") || Has(json, "createdTimestampUsec"))
        && (Has(json, "textContent") || Has(json, "listContent") || Has(json, "title") || Has(json, "attachments"));

    static bool Has(JsonElement json, string name) => json.TryGetProperty(name, out _);

    /// <exception cref="DamagedTextException">A member is there twice.</exception>
    internal static void Read(JsonElement json, SourceEntry source, NoteFolder folder, NoteTree tree, Account account)
    {
        ConvertedNote note = new(source, folder, account);
        HashSet<string> names = new(StringComparer.Ordinal);
        string? title = null, text = null, color = null;
        bool? pinned = null, archived = null, trashed = null;
        long? created = null, modified = null;
        List<string> tags = [];
        List<(string Text, bool IsChecked)>? items = null;
        List<(string Name, string Type)> attachments = [];
        JsonElement links = default;
        foreach (JsonProperty member in json.EnumerateObject())
        {
            if (!names.Add(member.Name)) throw new DamagedTextException($"two members are called '{Sentence.Quote(member.Name)}'");
            JsonElement value = member.Value;
            bool whole = member.Name switch
            {
                "title" => IsText(value, ref title),
                "textContent" => IsText(value, ref text),
                "color" => IsText(value, ref color),
                "isPinned" => IsFlag(value, ref pinned),
                "isArchived" => IsFlag(value, ref archived),
                "isTrashed" => IsFlag(value, ref trashed),
                "createdTimestampUsec" => IsTime(value, ref created),
                "userEditedTimestampUsec" => IsTime(value, ref modified),
                "labels" => AreLabels(value, tags),
                "listContent" => AreItems(value, items = []),
                "attachments" => AreAttachments(value, attachments),
                _ => false,
            };
            if (member.Name == "annotations") links = value;
            if (!whole) note.Extra(member.Name, value);
        }

        if (text is { Length: > 0 }) MarkdownText.Add(text, note.Block());
        if (items is { Count: > 0 }) AddItems(items, note.Block());
        if (attachments.Count > 0) AddAttachments(attachments, note, other => folder.WithOtherEnding(source, other));
        AddLinks(links, note);

        DateTimeOffset? madeAt = ConvertedNote.Time(created);
        DateTimeOffset? changedAt = ConvertedNote.Time(modified);
        if (changedAt is null) account.Notice($"{source.Name} says no time of its last change.");
        FrontMatter front = new();
        front.Add("offproof", 1);
        front.Add("source", "keep");
        front.Add("title", title is { Length: > 0 } ? title : null);
        front.Add("created", ConvertedNote.Text(madeAt));
        front.Add("modified", ConvertedNote.Text(changedAt));
        front.Add("tags", tags);
        front.Add("color", color);
        front.Add("pinned", pinned);
        front.Add("archived", archived);
        front.Add("trashed", trashed);
        note.AddTo(front);
        string name = title is { Length: > 0 } ? title : madeAt?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
        string key = "keep\n" + ((created ?? modified)?.ToString(CultureInfo.InvariantCulture) ?? title);
        note.AddTo(tree, name, key, front, changedAt ?? madeAt);
    }

    static void AddItems(List<(string Text, bool IsChecked)> items, StringBuilder into)
    {
        for (int index = 0; index < items.Count; index++)
        {
            into.Append(index == 0 ? "" : "\n").Append(items[index].IsChecked ? "- [x] " : "- [ ] ");
            MarkdownText.Add(items[index].Text, into, "  ");
        }
    }

    static void AddAttachments(List<(string Name, string Type)> attachments, ConvertedNote note, Func<string, SourceEntry?> withOtherEnding)
    {
        StringBuilder block = note.Block();
        for (int index = 0; index < attachments.Count; index++)
        {
            (string name, string type) = attachments[index];
            MarkdownText.AddLink(name, type.StartsWith("image/", StringComparison.OrdinalIgnoreCase), note.Attach(name, type, () => withOtherEnding(name)), block.Append(index == 0 ? "" : "  \n"));
        }
    }

    // Pages that Keep shows below a note. The members stay in "extra" as they are.
    static void AddLinks(JsonElement annotations, ConvertedNote note)
    {
        if (annotations.ValueKind is not JsonValueKind.Array) return;
        StringBuilder? block = null;
        foreach (JsonElement annotation in annotations.EnumerateArray())
        {
            if (annotation.ValueKind is not JsonValueKind.Object || !annotation.TryGetProperty("url", out JsonElement url) || url.ValueKind is not JsonValueKind.String) continue;
            string address = url.GetString()!;
            string? title = annotation.TryGetProperty("title", out JsonElement named) && named.ValueKind is JsonValueKind.String && named.GetString() is { Length: > 0 } text ? text : null;
            block = block?.Append("  \n") ?? note.Block();
            if (IsPage(address)) MarkdownText.AddLink(title ?? address, false, "<" + MarkdownText.Url(address) + ">", block);
            else MarkdownText.AddLine((title is null ? address : title + ": " + address).ReplaceLineEndings(" "), block);
        }
    }

    // Of other addresses a reader may run something, or open a file of the device.
    static bool IsPage(string address) => Array.Exists(Pages, page => address.StartsWith(page, StringComparison.OrdinalIgnoreCase));

    static readonly string[] Pages = ["http://", "https://", "mailto:", "tel:"];

    static bool IsText(JsonElement value, ref string? into)
    {
        into = value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Null;
    }

    // 0 stands for "never"; what is no time of this calendar stays as it is.
    static bool IsTime(JsonElement value, ref long? into)
    {
        long? number = ConvertedNote.Number(value);
        into = ConvertedNote.Time(number) is null ? null : number;
        return number is 0 || into is not null;
    }

    static bool IsFlag(JsonElement value, ref bool? into)
    {
        into = value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };
        return into is not null;
    }

    static bool AreLabels(JsonElement value, List<string> into)
    {
        if (value.ValueKind is not JsonValueKind.Array) return false;
        bool whole = true;
        foreach (JsonElement label in value.EnumerateArray())
        {
            string? name = Member(label, "name");
            if (name is not null) into.Add(name);
            whole &= name is not null && label.EnumerateObject().Count() == 1;
        }
        return whole;
    }

    static bool AreItems(JsonElement value, List<(string, bool)> into)
    {
        if (value.ValueKind is not JsonValueKind.Array) return false;
        bool whole = true;
        foreach (JsonElement item in value.EnumerateArray())
        {
            string? text = Member(item, "text");
            bool ticked = item.ValueKind is JsonValueKind.Object && item.TryGetProperty("isChecked", out JsonElement flag) && flag.ValueKind is JsonValueKind.True;
            if (text is not null) into.Add((text, ticked));
            whole &= text is not null && item.EnumerateObject().Count() == 2 && item.TryGetProperty("isChecked", out flag) && flag.ValueKind is JsonValueKind.True or JsonValueKind.False;
        }
        return whole;
    }

    static bool AreAttachments(JsonElement value, List<(string, string)> into)
    {
        if (value.ValueKind is not JsonValueKind.Array) return false;
        bool whole = true;
        foreach (JsonElement attachment in value.EnumerateArray())
        {
            string? name = Member(attachment, "filePath");
            string? type = Member(attachment, "mimetype");
            if (name is not null) into.Add((name, type ?? ""));
            whole &= name is not null && attachment.EnumerateObject().Count() == (type is null ? 1 : 2);
        }
        return whole;
    }

    static string? Member(JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
