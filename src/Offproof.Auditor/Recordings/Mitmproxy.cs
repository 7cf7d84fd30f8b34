using System.Globalization;
using System.Net;
using System.Text;

namespace Offproof.Auditor;

/// <summary>Flow files of mitmproxy (audit.md §3.7): one tnetstring after the other.</summary>
internal static class Mitmproxy
{
    /// <summary>The longest flow that is read.</summary>
    internal const int LongestFlow = 256 << 20;

    private const int Block = 64 << 10;

    /// <summary>Reads a recording to its end, as far as it can be read.</summary>
    internal static RecordingEnd Read(Stream stream, Protocols protocols, NewFlow newFlow, int longest = LongestFlow)
    {
        Held held = new();
        byte[] block = new byte[Block];
        int entries = 0;
        int bad = 0;
        while (true)
        {
            int digits = Digits(held.Span);
            while (digits < 0 && held.Length <= 13 && Fill(stream, held, block)) digits = Digits(held.Span);
            if (held.Length == 0) return new RecordingEnd(entries, bad, null);
            if (digits <= 0 || !long.TryParse(held.Span[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long length))
            {
                return Stop(held, entries, bad, $"behind flow {entries} there is no length", protocols, newFlow);
            }
            entries++;
            if (length > longest)
            {
                bad++;
                held.Drop(digits + 1);
                Flow flow = newFlow("mitmproxy", Recorded.End(null, 0), Recorded.End(null, 0));
                flow.Remark("a flow is longer than any that is read");
                long passed = Pass(stream, held, block, length);
                flow.Count(Sender.Client, ByteKind.Opaque, passed);
                if (passed < length + 1) return new RecordingEnd(entries, bad, $"the file ends inside of flow {entries}");
                continue;
            }
            while (held.Length < digits + 2 + length && Fill(stream, held, block))
            {
            }
            if (held.Length < digits + 2 + length) return Stop(held, entries, bad + 1, $"the file ends inside of flow {entries}, or its length is a lie", protocols, newFlow);
            ReadOnlySpan<byte> whole = held.Span[..(int)(digits + 2 + length)];
            ReadOnlySpan<byte> rest = whole;
            if (!Netstring.TryTake(ref rest, out Netstring taken)) return Stop(held, entries, bad + 1, $"flow {entries} is no tnetstring", protocols, newFlow);
            if (!taken.IsDictionary || !taken.IsSound() || !MitmproxyFlow.TryRead(taken, entries, protocols, newFlow))
            {
                bad++;
                Flow flow = newFlow("mitmproxy", Recorded.End(null, 0), Recorded.End(null, 0));
                flow.Remark("a flow is of no known kind, or broken inside");
                new Recorded(protocols, flow, entries).Unread(whole);
            }
            held.Drop(whole.Length);
        }
    }

    // How many digits stand before the colon; -1 while it has not come, 0 when there will be none.
    private static int Digits(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? -1 : bytes[end] == ':' && end <= 12 ? end : 0;
    }

    private static bool Fill(Stream stream, Held held, byte[] block)
    {
        int count = stream.Read(block);
        held.Add(block.AsSpan(0, count));
        return count > 0;
    }

    private static long Pass(Stream stream, Held held, byte[] block, long length)
    {
        long passed = 0;
        while (passed < length + 1 && (held.Length > 0 || Fill(stream, held, block)))
        {
            int count = (int)Math.Min(held.Length, length + 1 - passed);
            held.Drop(count);
            passed += count;
        }
        return passed;
    }

    private static RecordingEnd Stop(Held held, int entries, int bad, string why, Protocols protocols, NewFlow newFlow)
    {
        Flow flow = newFlow("mitmproxy", Recorded.End(null, 0), Recorded.End(null, 0));
        flow.Remark(why);
        new Recorded(protocols, flow, entries).Unread(held.Span);
        held.Free();
        return new RecordingEnd(entries, bad, why + "; nothing after it was read");
    }
}

/// <summary>One flow of a flow file.</summary>
internal static class MitmproxyFlow
{
    internal static bool TryRead(Netstring flow, int number, Protocols protocols, NewFlow newFlow)
    {
        // Versions up to 0.18 were lists, 19 and on are numbers that began at 4.
        Netstring version = flow.Get("version"u8);
        if (!version.IsList && version.Number() is < 4 or > 99) return false;
        ReadOnlySpan<byte> type = flow.Get("type"u8).Bytes;
        if (!type.SequenceEqual("http"u8) && !type.SequenceEqual("websocket"u8) && !type.SequenceEqual("tcp"u8) && !type.SequenceEqual("udp"u8) && !type.SequenceEqual("dns"u8)) return false;
        Netstring client = flow.Get("client_conn"u8);
        Netstring server = flow.Get("server_conn"u8);
        Netstring request = flow.Get("request"u8);
        IPEndPoint from = Address(client, "peername"u8, "address"u8) ?? Recorded.End(null, 0);
        IPEndPoint to = Address(server, "peername"u8, "ip_address"u8) ?? Recorded.End(request.Get("host"u8).Text(), request.Get("port"u8).Number());
        Flow made = newFlow("mitmproxy", from, to);
        Recorded recorded = new(protocols, made, number);
        made.ServerName = request.Get("host"u8).Text() ?? server.Get("sni"u8).Text();
        if (made.ServerName is { } name) protocols.Examiner.Observed?.Named(made, request.Get("host"u8).Text() is null ? "sni" : "host", name, number);
        (string Sent, string Came) heads = ("", "");
        if (type.SequenceEqual("http"u8)) heads = Http(flow, request, recorded);
        else if (type.SequenceEqual("websocket"u8)) Sockets(flow.Get("messages"u8), recorded);
        else if (type.SequenceEqual("dns"u8)) Names(flow, recorded);
        else Raw(flow.Get("messages"u8), recorded, protocols, number, isStream: type.SequenceEqual("tcp"u8));
        new MitmproxyMembers(recorded, heads.Sent, heads.Came).Examine(flow);
        return true;
    }

    private static IPEndPoint? Address(Netstring connection, ReadOnlySpan<byte> name, ReadOnlySpan<byte> oldName)
    {
        Netstring address = connection.Get(name);
        if (!address.IsList) address = connection.Get(oldName);
        if (address.IsDictionary) address = address.Get("address"u8);
        return address.Get(0).Text() is { } host && IPAddress.TryParse(host, out _) ? Recorded.End(host, address.Get(1).Number()) : null;
    }

    /// <returns>The heads, as they were examined; empty where there are none.</returns>
    private static (string Sent, string Came) Http(Netstring flow, Netstring request, Recorded recorded)
    {
        string sent = "", came = "";
        string method = request.Get("method"u8).Text() ?? "";
        recorded.Flow.Protocol = Recorded.Version(request.Get("http_version"u8).Text());
        if (request.IsDictionary)
        {
            StringBuilder head = new();
            head.Append(method).Append(' ').Append(request.Get("scheme"u8).Text()).Append("://");
            string? authority = request.Get("authority"u8).Text() is { Length: > 0 } given ? given : request.Get("host"u8).Text();
            head.Append(authority);
            if (authority is not null && !authority.Contains(':', StringComparison.Ordinal)) head.Append(':').Append(request.Get("port"u8).Number());
            head.Append(request.Get("path"u8).Text()).Append(' ').Append(request.Get("http_version"u8).Text()).Append("\r\n");
            sent = Message(Sender.Client, request, head, recorded, Framing.MayHaveBody(method));
        }
        else
        {
            recorded.Flow.Remark("an entry without a request");
        }
        Netstring response = flow.Get("response"u8);
        if (response.IsDictionary)
        {
            StringBuilder head = new();
            int status = response.Get("status_code"u8).Number() is > 0 and int now ? now : response.Get("code"u8).Number();
            head.Append(response.Get("http_version"u8).Text()).Append(' ').Append(status).Append(' ').Append(response.Get("reason"u8).Text()).Append("\r\n");
            came = Message(Sender.Server, response, head, recorded, method is not ("HEAD" or "CONNECT") && status is not ((>= 100 and < 200) or 204 or 304));
        }
        Netstring socket = flow.Get("websocket"u8);
        if (socket.IsDictionary) Sockets(socket.Get("messages"u8), recorded);
        return (sent, came);
    }

    private static string Message(Sender sender, Netstring message, StringBuilder head, Recorded recorded, bool mayHaveBody)
    {
        Fields(message.Get("headers"u8), head, out Declared declared, out Framing framing);
        string text = head.ToString();
        recorded.Head(sender, head);
        Netstring content = message.Get("content"u8);
        if (!content.Bytes.IsEmpty) recorded.Body(sender, content.Bytes, declared);
        else if (!content.IsText && framing.Lacking(mayHaveBody && (sender == Sender.Server || Framing.IsFramed(message.Get("http_version"u8).Text()))) is > 0 and long lacking) recorded.Missing(sender, lacking); // null: it was passed on and not kept
        StringBuilder trailers = new();
        Fields(message.Get("trailers"u8), trailers, out _, out _);
        recorded.Trailer(sender, trailers);
        return text + trailers;
    }

    private static void Fields(Netstring fields, StringBuilder head, out Declared declared, out Framing framing)
    {
        long length = -1;
        bool isChunked = false;
        string? type = null, encoding = null;
        ReadOnlySpan<byte> rest = fields.IsList ? fields.Bytes : default;
        while (!rest.IsEmpty && Netstring.TryTake(ref rest, out Netstring field))
        {
            string name = field.Get(0).Text() ?? "";
            string value = field.Get(1).Text() ?? "";
            head.Append(name).Append(": ").Append(value).Append("\r\n");
            if (name.Equals("content-type", StringComparison.OrdinalIgnoreCase)) type ??= value;
            else if (name.Equals("content-encoding", StringComparison.OrdinalIgnoreCase)) encoding = Declared.Also(encoding, value);
            else if (name.Equals("content-length", StringComparison.OrdinalIgnoreCase)) length = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long said) && said < Framing.Most ? said : 1;
            else if (name.Equals("transfer-encoding", StringComparison.OrdinalIgnoreCase)) isChunked |= value.Contains("chunked", StringComparison.OrdinalIgnoreCase);
        }
        framing = new Framing(length, isChunked, type is not null);
        declared = new Declared(type, encoding);
    }

    // [opcode, from the client, content, ...]
    private static void Sockets(Netstring messages, Recorded recorded)
    {
        recorded.Flow.Protocol = recorded.Flow.Protocol.Length == 0 ? "websocket" : recorded.Flow.Protocol + "/websocket";
        ReadOnlySpan<byte> rest = messages.IsList ? messages.Bytes : default;
        while (!rest.IsEmpty && Netstring.TryTake(ref rest, out Netstring message))
        {
            if (message.Get(2).IsText) recorded.Message(message.Get(1).IsTrue ? Sender.Client : Sender.Server, Carrier.WebSocket, message.Get(2).Bytes);
        }
    }

    // [from the client, content, ...]
    private static void Raw(Netstring messages, Recorded recorded, Protocols protocols, long number, bool isStream)
    {
        Conversation? stream = isStream ? protocols.For(recorded.Flow, null) : null;
        ReadOnlySpan<byte> rest = messages.IsList ? messages.Bytes : default;
        while (!rest.IsEmpty && Netstring.TryTake(ref rest, out Netstring message))
        {
            Sender sender = message.Get(0).IsTrue ? Sender.Client : Sender.Server;
            ReadOnlySpan<byte> content = message.Get(1).Bytes;
            if (content.IsEmpty) continue;
            if (stream is not null) stream.Data(sender, content, number);
            else Datagrams.Read(recorded.Flow, protocols.Examiner, sender, content, number);
        }
        stream?.End(Sender.Client, clean: true);
        stream?.End(Sender.Server, clean: true);
    }

    private static void Names(Netstring flow, Recorded recorded)
    {
        recorded.Flow.Protocol = "dns";
        Message(Sender.Client, flow.Get("request"u8), recorded);
        Message(Sender.Server, flow.Get("response"u8), recorded);

        static void Message(Sender sender, Netstring message, Recorded recorded)
        {
            foreach (int part in (ReadOnlySpan<int>)[0, 1, 2, 3])
            {
                Netstring records = message.Get(part switch { 0 => "questions"u8, 1 => "answers"u8, 2 => "authorities"u8, _ => "additionals"u8 });
                ReadOnlySpan<byte> rest = records.IsList ? records.Bytes : default;
                while (!rest.IsEmpty && Netstring.TryTake(ref rest, out Netstring record))
                {
                    recorded.Message(sender, Carrier.DnsName, record.Get("name"u8).Bytes);
                    recorded.Message(sender, Carrier.DnsName, record.Get("data"u8).Bytes);
                }
            }
        }
    }
}
