using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Offproof.Auditor;

/// <summary>HAR 1.2: what a browser recorded (audit.md §3.7).</summary>
internal static class Har
{
    /// <summary>The longest entry that is read.</summary>
    internal const int LongestEntry = 128 << 20;

    /// <summary>Reads a recording to its end, as far as it can be read.</summary>
    internal static RecordingEnd Read(Stream stream, Protocols protocols, NewFlow newFlow, int longest = LongestEntry)
    {
        HarRest rest = new();
        HarElements elements = new(stream, longest, rest.Add);
        if (!elements.TryBegin()) return new RecordingEnd(0, 0, "this is no HAR: it holds no log with entries");
        int entries = 0;
        int bad = 0;
        bool hasCookies = false;
        while (true)
        {
            switch (elements.Read(out ReadOnlySpan<byte> element))
            {
                case HarElements.Step.End:
                    bool isWhole = elements.Rest();
                    rest.Examine(entries + 1, protocols, newFlow);
                    return new RecordingEnd(entries, bad, isWhole ? null : "behind its entries is something that is no part of a HAR", rest.IsOfChrome && entries > 0 && !hasCookies);
                case HarElements.Step.Broken:
                    rest.Examine(entries + 1, protocols, newFlow);
                    return new RecordingEnd(entries, bad, $"the file ends or breaks inside of entry {entries + 1}; nothing after it was read");
                case HarElements.Step.TooLong:
                    bad++;
                    Flow flow = newFlow("har", Recorded.End(null, 0), Recorded.End(null, 0));
                    flow.Remark("an entry is longer than any that is read");
                    flow.Count(Sender.Client, ByteKind.Opaque, elements.Length);
                    entries++;
                    break;
                default:
                    if (!TryEntry(element, ++entries, protocols, newFlow, ref hasCookies)) bad++;
                    break;
            }
        }
    }

    private static bool TryEntry(ReadOnlySpan<byte> element, int number, Protocols protocols, NewFlow newFlow, ref bool hasCookies)
    {
        HarEntry? entry = null;
        try
        {
            Utf8JsonReader reader = new(element);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("request", out JsonElement request) && request.ValueKind == JsonValueKind.Object)
            {
                entry = new HarEntry(document.RootElement, request);
                entry.Examine(number, protocols, newFlow);
                hasCookies |= entry.HasCookies;
                return true;
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            if (entry?.Flow is not null)
            {
                entry.Flow.Remark("an entry is broken: some of it was not read");
                entry.Flow.Count(Sender.Client, ByteKind.Opaque, 1);
                return false;
            }
        }
        Flow flow = newFlow("har", Recorded.End(null, 0), Recorded.End(null, 0));
        flow.Remark("an entry is none");
        new Recorded(protocols, flow, number).Unread(element);
        return false;
    }
}

/// <summary>One entry of a HAR.</summary>
internal sealed class HarEntry(JsonElement entry, JsonElement request)
{
    private const int MostFields = 10_000;

    /// <summary>Null as long as it is not known to whom the request went.</summary>
    internal Flow? Flow { get; private set; }

    /// <summary>It holds what Chrome leaves out of an export for sharing.</summary>
    internal bool HasCookies { get; private set; }

    internal void Examine(int number, Protocols protocols, NewFlow newFlow)
    {
        string url = Text(request, "url") ?? "";
        Uri.TryCreate(url, UriKind.Absolute, out Uri? uri);
        Flow = newFlow("har", Recorded.End(null, 0), Recorded.End(Text(entry, "serverIPAddress"), uri?.Port ?? 0));
        Flow.ServerName = uri?.Host is { Length: > 0 } host ? host : null;
        if (Flow.ServerName is not null) protocols.Examiner.Observed?.Named(Flow, "host", Flow.ServerName, number);
        Flow.Protocol = Recorded.Version(Text(request, "httpVersion"));
        Recorded recorded = new(protocols, Flow, number);

        StringBuilder head = new();
        head.Append(Text(request, "method")).Append(' ').Append(url).Append(' ').Append(Text(request, "httpVersion")).Append("\r\n");
        Fields(request, head, "cookie", "Cookie", out _);
        string sent = head.ToString();
        recorded.Head(Sender.Client, head);
        RequestBody(recorded);

        JsonElement? response = Child(entry, "response");
        string came = response is { } answer && Number(answer, "status") is > 0 ? Answer(recorded, answer, head) : "";
        Messages(recorded);
        HasCookies = IsIn(sent, "\r\ncookie:") || IsIn(sent, "\r\nauthorization:") || IsIn(came, "\r\nset-cookie:");
        HarMembers others = new(sent, came);
        others.Look(entry);
        others.Examine(recorded);
    }

    private static bool IsIn(string head, string field) => head.Contains(field, StringComparison.OrdinalIgnoreCase);

    private static string Answer(Recorded recorded, JsonElement response, StringBuilder head)
    {
        long status = Number(response, "status") ?? 0;
        head.Clear().Append(Text(response, "httpVersion") is { Length: > 0 } version ? version : "HTTP").Append(' ').Append(status).Append(' ').Append(Text(response, "statusText")).Append("\r\n");
        Fields(response, head, "set-cookie", "Set-Cookie", out string? encoding);
        string came = head.ToString();
        recorded.Head(Sender.Server, head);
        AnswerBody(recorded, response, encoding);
        return came;
    }

    private void RequestBody(Recorded recorded)
    {
        JsonElement? posted = Child(request, "postData");
        long said = Math.Max(Number(request, "bodySize") ?? 0, long.TryParse(Field(request, "content-length"), NumberStyles.None, CultureInfo.InvariantCulture, out long length) && length < Framing.Most ? length : 0);
        if (posted is { } data)
        {
            Declared declared = new(Text(data, "mimeType"), null);
            byte[] body = Content(data, "text", out bool wasCoded);
            bool lacksFile = false;
            if (body.Length == 0) (body, declared) = (Parameters(data, out lacksFile), default);
            if (body.Length > 0)
            {
                recorded.Body(Sender.Client, body, declared);
                // Of what the recording took off, sizes say nothing.
                bool isSized = said > 0 && Field(request, "content-encoding") is null;
                long missing = isSized ? Math.Max(0, said - body.Length) : 0;
                if (missing == 0 && (lacksFile || (!isSized && !wasCoded && LacksFile(body)))) missing = 1;
                if (missing > 0) recorded.Missing(Sender.Client, missing);
                if (!wasCoded) recorded.Replaced(Sender.Client, body, isSized ? said : null);
                return;
            }
        }
        // What names a body without holding it (Playwright, Firefox).
        bool isElsewhere = posted is { } named && (Text(named, "_file") is not null || Text(named, "comment")?.Contains("not included", StringComparison.OrdinalIgnoreCase) == true);
        bool isBare = posted is { } bare && !bare.TryGetProperty("text", out _) && !bare.TryGetProperty("params", out _);
        bool isUnknown = Number(request, "bodySize") is null or < 0 && Field(request, "content-length") is null;
        bool hasType = Field(request, "content-type") is not null || (posted is { } typed && Text(typed, "mimeType") is { Length: > 0 });
        Framing framing = new(said > 0 ? said : isUnknown ? -1 : 0, Field(request, "transfer-encoding")?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true, hasType);
        long lacking = Math.Max(framing.Lacking(isBare || Framing.MayHaveBody(Text(request, "method"))), isElsewhere ? 1 : 0);
        if (lacking > 0) recorded.Missing(Sender.Client, lacking);
    }

    // Of a file mostly its name alone is recorded.
    private static byte[] Parameters(JsonElement data, out bool lacksFile)
    {
        lacksFile = false;
        if (!data.TryGetProperty("params", out JsonElement list) || list.ValueKind != JsonValueKind.Array) return [];
        StringBuilder text = new();
        foreach (JsonElement one in list.EnumerateArray())
        {
            string? value = Text(one, "value");
            text.Append(text.Length > 0 ? "&" : "").Append(Text(one, "name")).Append('=').Append(value);
            if (Text(one, "fileName") is not { } file) continue;
            text.Append("; ").Append(file);
            lacksFile |= file.Length > 0 && string.IsNullOrEmpty(value);
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // A multipart with the name of a file and nothing in it (RFC 7578 §4.2); where none was chosen the name is empty.
    private static bool LacksFile(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("--"u8)) return false;
        string text = Encoding.UTF8.GetString(body).Replace("\r\n", "\n", StringComparison.Ordinal);
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 3) return false;
        foreach (string part in text.Split("\n" + text[..end].TrimEnd()))
        {
            int blank = part.IndexOf("\n\n", StringComparison.Ordinal);
            if (blank >= 0 && blank + 2 < part.Length) continue;
            string head = blank < 0 ? part : part[..blank];
            int name = head.IndexOf("filename=", StringComparison.OrdinalIgnoreCase);
            if (head.Contains("filename*=", StringComparison.OrdinalIgnoreCase) || (name >= 0 && !head.AsSpan(name + 9).StartsWith("\"\""))) return true;
        }
        return false;
    }

    private static void AnswerBody(Recorded recorded, JsonElement response, string? encoding)
    {
        if (Child(response, "content") is not { } content) return;
        byte[] body = Content(content, "text", out bool wasCoded);
        // Text was decoded by whoever recorded it; bytes may not have been.
        if (body.Length > 0) recorded.Body(Sender.Server, body, new Declared(Text(content, "mimeType"), wasCoded ? encoding : null));
        long? said = Number(content, "size");
        // A mark of the byte order is not always kept.
        if (said is { } size && size > body.Length + (body.Length > 0 ? 3 : 0)) recorded.Missing(Sender.Server, size - body.Length);
        else if (body.Length == 0 && Text(content, "_file") is not null) recorded.Missing(Sender.Server, 1);
        if (!wasCoded) recorded.Replaced(Sender.Server, body, said);
    }

    private void Messages(Recorded recorded)
    {
        if (!entry.TryGetProperty("_webSocketMessages", out JsonElement messages) || messages.ValueKind != JsonValueKind.Array) return;
        recorded.Flow.Protocol += "/websocket";
        foreach (JsonElement message in messages.EnumerateArray())
        {
            string data = Text(message, "data") ?? "";
            byte[] bytes = [];
            bool wasCoded = Number(message, "opcode") == 2 && TryBase64(data, out bytes);
            if (!wasCoded) bytes = Encoding.UTF8.GetBytes(data);
            Sender sender = Text(message, "type") == "receive" ? Sender.Server : Sender.Client;
            recorded.Message(sender, Carrier.WebSocket, bytes);
            if (!wasCoded) recorded.Replaced(sender, bytes, null);
        }
    }

    // As lines; cookies that no field holds after them.
    private static void Fields(JsonElement message, StringBuilder head, string cookieField, string cookieName, out string? encoding)
    {
        encoding = null;
        bool hasCookies = false;
        if (message.TryGetProperty("headers", out JsonElement fields) && fields.ValueKind == JsonValueKind.Array)
        {
            int count = 0;
            foreach (JsonElement field in fields.EnumerateArray())
            {
                if (++count > MostFields) break;
                string? name = Text(field, "name");
                string? value = Text(field, "value");
                head.Append(name).Append(": ").Append(value).Append("\r\n");
                hasCookies |= string.Equals(name, cookieField, StringComparison.OrdinalIgnoreCase);
                if (string.Equals(name, "content-encoding", StringComparison.OrdinalIgnoreCase)) encoding = value;
            }
        }
        if (hasCookies || !message.TryGetProperty("cookies", out JsonElement cookies) || cookies.ValueKind != JsonValueKind.Array) return;
        foreach (JsonElement cookie in cookies.EnumerateArray()) head.Append(cookieName).Append(": ").Append(Text(cookie, "name")).Append('=').Append(Text(cookie, "value")).Append("\r\n");
    }

    private static string? Field(JsonElement message, string name)
    {
        if (!message.TryGetProperty("headers", out JsonElement fields) || fields.ValueKind != JsonValueKind.Array) return null;
        foreach (JsonElement field in fields.EnumerateArray())
            if (string.Equals(Text(field, "name"), name, StringComparison.OrdinalIgnoreCase)) return Text(field, "value");
        return null;
    }

    private static byte[] Content(JsonElement from, string name, out bool wasCoded)
    {
        string text = Text(from, name) ?? "";
        wasCoded = string.Equals(Text(from, "encoding"), "base64", StringComparison.OrdinalIgnoreCase);
        if (wasCoded && TryBase64(text, out byte[] bytes)) return bytes;
        wasCoded = false;
        return Encoding.UTF8.GetBytes(text);
    }

    private static bool TryBase64(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length * 3L / 4 + 3];
        if (!Convert.TryFromBase64String(text, bytes, out int written)) return false;
        Array.Resize(ref bytes, written);
        return true;
    }

    private static JsonElement? Child(JsonElement from, string name) => from.TryGetProperty(name, out JsonElement child) && child.ValueKind == JsonValueKind.Object ? child : null;

    private static string? Text(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out JsonElement text) ? text.ValueKind switch { JsonValueKind.String => text.GetString(), JsonValueKind.Number => text.GetRawText(), _ => null } : null;

    private static long? Number(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out JsonElement number) && number.ValueKind == JsonValueKind.Number && number.TryGetDouble(out double value) && Math.Abs(value) < 1e15 ? (long)value : null;
}
