using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Columns = System.Collections.Generic.SortedDictionary<string, string>;

namespace Offproof.Phone.Tests.Messages;

/// <summary>Exports as the apps write them, and the lines of a tree as anybody could read them; shares no code with what is tested.</summary>
static class Sources
{
    internal static byte[] Xml(IReadOnlyList<SampleMessage> messages)
    {
        StringBuilder xml = new($"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"{SampleMessage.Number(messages.Count)}\">\n");
        foreach (SampleMessage message in messages)
        {
            Tag(xml, message.IsMms ? "mms" : "sms", message.Columns, ["subject", "readable_date"], null);
            if (!message.IsMms) continue;
            xml.Length -= 3;
            xml.Append(">\n<parts>");
            foreach ((Columns columns, byte[]? data) in message.Parts) Tag(xml, "part", columns, ["chset", "ctt_s"], data);
            xml.Append("</parts><addrs>");
            foreach (Columns columns in message.Addresses) Tag(xml, "addr", columns, [], null);
            xml.Append("</addrs></mms>\n");
        }
        // Half of a pair is a reference by now.
        return Encoding.UTF8.GetBytes(xml.Append("</smses>").ToString());
    }

    static void Tag(StringBuilder xml, string name, Columns columns, string[] absent, byte[]? data)
    {
        xml.Append('<').Append(name);
        foreach ((string column, string value) in columns)
        {
            xml.Append(' ').Append(column).Append("=\"");
            foreach (char unit in value)
            {
                if (unit is '&' or '<' or '"' or '\n' or '\r' or '\t' || unit < ' ' || char.IsSurrogate(unit)) xml.Append(CultureInfo.InvariantCulture, $"&#{(int)unit};");
                else xml.Append(unit);
            }
            xml.Append('"');
        }
        foreach (string column in absent.Where(column => !columns.ContainsKey(column))) xml.Append(' ').Append(column).Append("=\"null\"");
        if (data is not null) xml.Append(" data=\"").Append(Convert.ToBase64String(data)).Append('"');
        xml.Append(" />\n");
    }

    internal static byte[] Zip(IReadOnlyList<SampleMessage> messages)
    {
        using MemoryStream file = new();
        using (ZipArchive zip = new(file, ZipArchiveMode.Create))
        {
            List<(string, byte[])> attachments = [];
            StringBuilder lines = new();
            foreach (SampleMessage message in messages)
            {
                lines.Append('{').Append(Members(message.Columns));
                if (message.IsMms)
                {
                    if (message.Columns.Count > 0) lines.Append(',');
                    int sender = message.Addresses.FindIndex(row => row.GetValueOrDefault("type") is "137");
                    if (sender >= 0) lines.Append("\"__sender_address\":{").Append(Members(message.Addresses[sender])).Append("},");
                    lines.Append("\"__recipient_addresses\":[").AppendJoin(',', message.Addresses.Where((_, index) => index != sender).Select(row => "{" + Members(row) + "}"));
                    lines.Append("],\"__parts\":[").AppendJoin(',', message.Parts.Select(part =>
                    {
                        Columns columns = new(part.Columns, StringComparer.Ordinal);
                        columns.Remove("_data");
                        if (part.Data is { } data)
                        {
                            string name = "PART_" + SampleMessage.Number(attachments.Count);
                            attachments.Add((name, data));
                            columns["_data"] = "/data/user_de/0/app_parts/" + name;
                        }
                        return "{" + Members(columns) + "}";
                    }));
                    lines.Append(']');
                }
                lines.Append("}\n");
            }
            using (Stream list = zip.CreateEntry("messages.ndjson").Open()) list.Write(Encoding.UTF8.GetBytes(lines.ToString()));
            foreach ((string name, byte[] data) in attachments)
            {
                using Stream member = zip.CreateEntry("data/" + name).Open();
                member.Write(data);
            }
        }
        return file.ToArray();
    }

    static string Members(Columns columns) => string.Join(',', columns.Select(pair => $"{Json(pair.Key)}:{Json(pair.Value)}"));

    static string Json(string text)
    {
        StringBuilder json = new("\"");
        foreach (char unit in text)
        {
            if (unit is '"' or '\\' || unit < ' ' || unit > '~') json.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            else json.Append(unit);
        }
        return json.Append('"').ToString();
    }

    /// <summary>The messages of a tree.</summary>
    internal static List<SampleMessage> OfTree(Import import)
    {
        List<SampleMessage> messages = [];
        Dictionary<string, TreeFile> files = import.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        foreach (TreeFile file in import.Files.Where(file => file.Path.EndsWith(".ndjson", StringComparison.Ordinal)))
        {
            string parts = file.Path.Split('/')[0] + "/parts/";
            foreach (string line in Trees.Text(file).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                int at = 0;
                var all = (List<(string Name, object Value)>)Value(line, ref at);
                Assert.Equal(line.Length, at);
                Assert.Equal("kind", all[0].Name);
                messages.Add(new SampleMessage((string)all[0].Value == "mms", Row(all.Skip(1)), [.. Rows(all, "addrs").Select(Row)],
                    [.. Rows(all, "parts").Select(row => (Row(row), row.Find(pair => pair.Name == "data").Value is string name ? Trees.Bytes(files[parts + name]) : null))]));
                foreach (List<(string Name, object Value)> row in Rows(all, "parts"))
                {
                    if (row.Find(pair => pair.Name == "data").Value is string name) Assert.Equal(name[..64], Convert.ToHexStringLower(SHA256.HashData(Trees.Bytes(files[parts + name]))));
                }
            }
        }
        return messages;
    }

    static IEnumerable<List<(string Name, object Value)>> Rows(List<(string Name, object Value)> all, string name) =>
        all.Find(pair => pair.Name == name).Value is List<object> rows ? rows.Cast<List<(string, object)>>() : [];

    static Columns Row(IEnumerable<(string Name, object Value)> members) =>
        new(members.Where(pair => pair.Value is string && pair.Name is not "data").ToDictionary(pair => pair.Name.StartsWith('~') ? pair.Name[1..] : pair.Name, pair => (string)pair.Value, StringComparer.Ordinal), StringComparer.Ordinal);

    static object Value(string text, ref int at)
    {
        switch (text[at++])
        {
            case '{':
                List<(string, object)> members = [];
                for (; text[at] != '}'; members.Add(Member(text, ref at))) at += text[at] == ',' ? 1 : 0;
                at++;
                return members;
            case '[':
                List<object> elements = [];
                for (; text[at] != ']'; elements.Add(Value(text, ref at))) at += text[at] == ',' ? 1 : 0;
                at++;
                return elements;
            case '"':
                StringBuilder value = new();
                while (text[at] != '"')
                {
                    char unit = text[at++];
                    if (unit == '\\')
                    {
                        char escape = text[at++];
                        int plain = "bfnrt\"\\".IndexOf(escape, StringComparison.Ordinal);
                        unit = plain >= 0 ? "\b\f\n\r\t\"\\"[plain] : (char)int.Parse(text.AsSpan(at, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                        at += plain >= 0 ? 0 : 4;
                    }
                    value.Append(unit);
                }
                at++;
                return value.ToString();
            default:
                throw new InvalidOperationException("not a line of a tree: " + text);
        }
    }

    static (string, object) Member(string text, ref int at)
    {
        string name = (string)Value(text, ref at);
        Assert.Equal(':', text[at++]);
        return (name, Value(text, ref at));
    }
}
