using System.Text;
using System.Text.Json;

namespace Offproof.Auditor;

/// <summary>A place of a protocol that a payload can be put into, as a program would put it there.</summary>
/// <param name="Name">As in the table of audit.md §9.</param>
/// <param name="Hold">The examined bytes with the payload in them, given the name of the outermost disguise ("" where it stands as it is); null where they cannot hold it.</param>
internal sealed record Holder(string Name, Carrier Carrier, Declared Declared, Func<byte[], string, byte[]?> Hold)
{
    internal static IReadOnlyList<Holder> All { get; } =
    [
        new("path", Carrier.Head, default, (payload, _) => Head($"/v7/{Percent(payload).Replace("/", "%2F", StringComparison.Ordinal)}/start", "")),
        new("query", Carrier.Head, default, (payload, _) => Head($"/collect?v=7&data={Percent(payload)}&t=1764140400", "")),
        new("header", Carrier.Head, default, (payload, _) => IsPrintable(payload, "") ? Head("/", $"X-Data: {Encoding.ASCII.GetString(payload)}\r\n") : null),
        new("cookie", Carrier.Head, default, (payload, _) => IsPrintable(payload, "; ,\"") ? Head("/", $"Cookie: lang=en; d={Encoding.ASCII.GetString(payload)}\r\n") : null),
        new("json", Carrier.Body, new Declared("application/json", null), (payload, _) =>
            System.Text.Unicode.Utf8.IsValid(payload) ? Encoding.UTF8.GetBytes($"{{\"event\":\"start\",\"data\":\"{JsonEncodedText.Encode(payload)}\",\"n\":3}}") : null),
        new("form", Carrier.Body, new Declared("application/x-www-form-urlencoded", null), (payload, _) => Encoding.ASCII.GetBytes($"event=start&data={Percent(payload)}&n=3")),
        new("multipart", Carrier.Body, new Declared("multipart/form-data; boundary=----Lantern7Larkfield", null), (payload, _) =>
        [
            .. "------Lantern7Larkfield\r\nContent-Disposition: form-data; name=\"event\"\r\n\r\nstart\r\n------Lantern7Larkfield\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n"u8,
            .. payload, .. "\r\n------Lantern7Larkfield--\r\n"u8,
        ]),
        new("body", Carrier.Body, new Declared("application/octet-stream", null), (payload, _) => payload),
        new("websocket", Carrier.WebSocket, default, (payload, _) => payload),
        new("datagram", Carrier.Datagram, default, (payload, _) => payload),
        new("dns", Carrier.DnsName, default, Labels),
        new("sni", Carrier.ServerName, default, Labels),
    ];

    /// <summary>The head in which a salt is said.</summary>
    internal static byte[] Salt(string salt) => Head($"/config?salt={salt}", "");

    private static byte[] Head(string target, string field) => Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: t.example.org\r\n{field}User-Agent: Larkfield/4\r\n\r\n");

    // As little as a URL needs.
    private static string Percent(byte[] payload) => string.Concat(payload.Select(b =>
        char.IsAsciiLetterOrDigit((char)b) || "-_.~!*'()/:@$,".Contains((char)b, StringComparison.Ordinal) ? ((char)b).ToString() : "%" + b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));

    private static bool IsPrintable(byte[] payload, string without) => Array.TrueForAll(payload, b => b is > 31 and < 127 && !without.Contains((char)b, StringComparison.Ordinal));

    // Letters, digits and hyphens in labels of 63, 253 in all; upper and lower case are one there.
    private static byte[]? Labels(byte[] payload, string outermost)
    {
        if (!(outermost.StartsWith("base32", StringComparison.Ordinal) || outermost is "" or "base16" or "z-base-32" || outermost.EndsWith(" in hex", StringComparison.Ordinal))) return null;
        string text = Encoding.Latin1.GetString(payload).TrimEnd('=').ToLowerInvariant();
        if (text.Length > 220 || !text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) return null;
        return Encoding.ASCII.GetBytes(string.Join('.', text.Chunk(63).Select(c => new string(c))) + ".t.example.org");
    }
}
