using System.Globalization;
using System.Text.Json;

namespace Offproof.Cli;

/// <summary>What persona.json says was planted (persona.md §2): the demo's only idea of what has to come back.</summary>
internal static class PlantedFacts
{
    internal static IReadOnlyList<Facts> Contacts(JsonElement persona) => [.. persona.GetProperty("contacts").EnumerateArray().Select(Contact)];

    internal static IReadOnlyList<Facts> Messages(JsonElement persona) => [.. persona.GetProperty("messages").EnumerateArray().Select(Message)];

    internal static IReadOnlyList<Facts> Notes(JsonElement persona) => [.. persona.GetProperty("notes").EnumerateArray().Select(Note)];

    private static Facts Contact(JsonElement contact)
    {
        FactSheet sheet = new();
        JsonElement name = contact.GetProperty("name");
        sheet.Add("name", string.Join('|', Text(name, "family"), Text(name, "given"), Text(name, "additional"), Text(name, "prefixes"), Text(name, "suffixes")));
        foreach (string plain in (ReadOnlySpan<string>)["displayName", "nickname", "organization", "department", "title", "birthday", "url", "note"])
            sheet.Add(plain, Text(contact, plain));
        foreach (JsonElement phone in contact.GetProperty("phones").EnumerateArray())
            sheet.Add("phone", $"{Text(phone, "value")} {Text(phone, "label") ?? Text(phone, "type")}");
        foreach (JsonElement email in contact.GetProperty("emails").EnumerateArray()) sheet.Add("email", $"{Text(email, "value")} {Text(email, "type")}");
        foreach (JsonElement address in contact.GetProperty("addresses").EnumerateArray())
        {
            sheet.Add("address", string.Join('|', Text(address, "street"), Text(address, "locality"), Text(address, "region"),
                Text(address, "postalCode"), Text(address, "country"), Text(address, "type")));
        }
        if (contact.GetProperty("photo") is { ValueKind: JsonValueKind.Object } photo) sheet.Add("photo", Text(photo, "sha256"));
        return sheet.As(Text(contact.GetProperty("phones")[0], "value")!);
    }

    private static Facts Message(JsonElement message)
    {
        FactSheet sheet = new();
        foreach (string plain in (ReadOnlySpan<string>)["kind", "direction", "from", "subject", "body"]) sheet.Add(plain, Text(message, plain));
        string[] addresses = [.. message.GetProperty("addresses").EnumerateArray().Select(static a => a.GetString()!)];
        foreach (string address in addresses) sheet.Add("address", address);
        long date = message.GetProperty("date").GetInt64();
        sheet.Add("date", date);
        if (message.GetProperty("dateSent") is { ValueKind: JsonValueKind.Number } sent) sheet.Add("sent", sent.GetInt64());
        sheet.Add("read", message.GetProperty("read").GetBoolean() ? "1" : "0");
        int place = 0;
        foreach (JsonElement part in message.GetProperty("parts").EnumerateArray())
        {
            sheet.Add(string.Create(CultureInfo.InvariantCulture, $"part {place++}"),
                string.Create(CultureInfo.InvariantCulture, $"{Text(part, "name")} {Text(part, "contentType")} {Text(part, "sha256")} {part.GetProperty("bytes").GetInt64()}"));
        }
        return sheet.As(string.Create(CultureInfo.InvariantCulture, $"{date} {string.Join('~', addresses)}"));
    }

    private static Facts Note(JsonElement note)
    {
        FactSheet sheet = new();
        sheet.Add("title", Text(note, "title"));
        sheet.Add("text", Text(note, "text"));
        if (note.GetProperty("items") is { ValueKind: JsonValueKind.Array } items)
        {
            int place = 0;
            foreach (JsonElement item in items.EnumerateArray())
                sheet.Add(string.Create(CultureInfo.InvariantCulture, $"item {place++}"), $"[{(item.GetProperty("checked").GetBoolean() ? 'x' : ' ')}] {Text(item, "text")}");
        }
        foreach (JsonElement label in note.GetProperty("labels").EnumerateArray()) sheet.Add("label", label.GetString());
        foreach (string flag in (ReadOnlySpan<string>)["pinned", "archived"]) sheet.Add(flag, note.GetProperty(flag).GetBoolean() ? "true" : "false");
        foreach (string time in (ReadOnlySpan<string>)["created", "edited"]) sheet.Add(time, note.GetProperty(time).GetInt64());
        foreach (JsonElement attachment in note.GetProperty("attachments").EnumerateArray()) sheet.Add("attachment", $"{Text(attachment, "path")} {Text(attachment, "sha256")}");
        return sheet.As(Text(note, "path")!);
    }

    private static string? Text(JsonElement of, string member) => of.GetProperty(member).GetString();
}
