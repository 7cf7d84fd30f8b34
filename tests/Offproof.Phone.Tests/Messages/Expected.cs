using System.Globalization;
using Columns = System.Collections.Generic.SortedDictionary<string, string>;

namespace Offproof.Phone.Tests.Messages;

/// <summary>What docs/messages.md lets each format hold of a message.</summary>
static class Expected
{
    // §2.3
    internal static SampleMessage WithoutNull(SampleMessage message) => message.Select(
        columns => Where(columns, (name, value) => value != "null" || (!message.IsMms && name == "body")),
        address => Where(address, (_, value) => value != "null"),
        (part, data) => Where(part, (name, value) => value != "null" || (name == "text" && data is null && part.GetValueOrDefault("ct", "").StartsWith("text/", StringComparison.OrdinalIgnoreCase))));

    // What a ZIP of the app can hold: no column of its own has the name of an added one, and the sender comes first.
    internal static SampleMessage OfZip(SampleMessage message) => SenderFirst(WithoutPaths(message)).Select(
        columns => Where(columns, (name, _) => name is not "__parts" && (message.IsMms || name is not "m_type")), row => row, (row, _) => row);

    internal static SampleMessage WithoutPaths(SampleMessage message) => message.Select(row => row, row => row, (row, _) => Where(row, (name, _) => name != "_data"));

    // §4.5
    internal static string WithoutDerived(SampleMessage message) => message.Select(Stays, Stays, (row, _) => Stays(row)).Show();

    static Columns Stays(Columns columns) => Where(columns, (name, _) => name is not ("readable_date" or "contact_name" or "__display_name" or "_id" or "thread_id" or "msg_id" or "_data" or "read"));

    internal static SampleMessage SenderFirst(SampleMessage message)
    {
        int sender = message.Addresses.FindIndex(row => row.GetValueOrDefault("type") is "137");
        return sender < 0 ? message : message with { Addresses = [message.Addresses[sender], .. message.Addresses.Where((_, index) => index != sender)] };
    }

    // §4.2
    internal static SampleMessage AsXml(SampleMessage message) => WithoutNull(WithAddress(message).Select(
        columns =>
        {
            if (!columns.ContainsKey("contact_name") && columns.TryGetValue("__display_name", out string? shown)) columns["contact_name"] = shown;
            if (columns.GetValueOrDefault("__display_name") == columns.GetValueOrDefault("contact_name")) columns.Remove("__display_name");
            if (message.IsMms && Time(columns.GetValueOrDefault("date", "")) is { } time) columns["date"] = SampleMessage.Number(time);
            return Legal(Where(columns, (name, _) => name is not ("thread_id" or "msg_id") && (message.IsMms || name is not "_id")));
        },
        address => Legal(Where(address, (name, _) => name is not "_id")),
        (part, _) => Legal(Where(part, (name, _) => name is not ("_id" or "_data")))));

    internal static SampleMessage WithAddress(SampleMessage message) => message.Select(
        columns =>
        {
            if (!message.IsMms || columns.GetValueOrDefault("address", "").Length > 0) return columns;
            string[] Of(bool sender) => [.. message.Addresses.Where(row => (row.GetValueOrDefault("type") == "137") == sender).Select(row => row.GetValueOrDefault("address", "")).Where(a => a is not ("" or "insert-address-token")).Distinct(StringComparer.Ordinal)];
            string[] from = Of(sender: true), to = Of(sender: false);
            string[] others = columns.GetValueOrDefault("msg_box") != "1" ? (to.Length > 0 ? to : from) : to.Length <= 1 && from.Length > 0 ? from : [.. from.Union(to, StringComparer.Ordinal)];
            if (others.Length > 0) columns["address"] = string.Join('~', others);
            if (Time(columns.GetValueOrDefault("date", "")) is { } time) columns["date"] = SampleMessage.Number(time);
            return columns;
        }, row => row, (row, _) => row);

    // §4.3
    internal static SampleMessage AsZip(SampleMessage message) => SenderFirst(WithoutPaths(message)).Select(
        columns =>
        {
            string shown = columns.GetValueOrDefault("contact_name", "");
            columns.Remove("contact_name");
            if (shown is not ("" or "(Unknown)")) columns["__display_name"] = shown;
            if (!message.IsMms) return Where(columns, (name, _) => name is not "m_type");
            columns.Remove("__parts");
            columns.TryAdd("m_type", columns.GetValueOrDefault("msg_box") == "1" ? "132" : "128");
            foreach (string name in new[] { "date", "date_sent" })
            {
                if (columns.TryGetValue(name, out string? date) && Time(date) is { } time) columns[name] = SampleMessage.Number(time / 1000);
            }
            return columns;
        },
        row => row, (row, _) => row);

    internal static bool SaysSomething(SampleMessage message) =>
        message.Columns.ContainsKey("__parts") || (!message.IsMms && message.Columns.ContainsKey("m_type")) || message.Parts.Any(part => part.Data is null && part.Columns.ContainsKey("_data"))
        || (message.IsMms && new[] { "date", "date_sent" }.Any(name => Time(message.Columns.GetValueOrDefault(name, "")) % 1000 > 0));

    static long? Time(string date) => date.Length > 0 && date.All(char.IsAsciiDigit) && long.Parse(date, CultureInfo.InvariantCulture) is var value ? value < 100_000_000_000 ? value * 1000 : value : null;

    static Columns Where(Columns columns, Func<string, string, bool> kept) => new(columns.Where(pair => kept(pair.Key, pair.Value)).ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);

    static Columns Legal(Columns columns) => new(columns.ToDictionary(pair => pair.Key, pair => Legal(pair.Value), StringComparer.Ordinal), StringComparer.Ordinal);

    internal static string Legal(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.Value is < ' ' and not ('\t' or '\n' or '\r') or 0xFFFE or 0xFFFF ? "\uFFFD" : rune.ToString()));
}
