using System.Buffers;
using System.Net;
using System.Text;

namespace Offproof.Auditor;

/// <summary>
/// The members of a flow that make no message. What a hello chose - the server's name, protocols - is examined as of a packet; all else as lines <c>member: value</c>, as far as the heads do
/// not hold the same.
/// </summary>
/// <param name="sent">The head of the request, as it was examined; empty where there was none.</param>
/// <param name="came">That of the answer.</param>
internal sealed class MitmproxyMembers(Recorded recorded, string sent, string came)
{
    private const int LongestLine = 64 << 10;

    // What the messages were made of, and what the proxy made up.
    private static readonly HashSet<string> Used = new(StringComparer.Ordinal)
    {
        "messages", "websocket.messages", "request.content", "response.content", "id", "client_conn.id", "server_conn.id", "server_conn.via.id", "client_conn.mitmcert", "server_conn.mitmcert", "version", "type",
    };

    // Of a server: certificates, which packets count as structural.
    private static readonly HashSet<string> Shown = new(StringComparer.Ordinal) { "server_conn.certificate_list", "server_conn.cert", "server_conn.via.cert", "server_conn.via.certificate_list" };

    // Ends of connections, in which numbers and addresses are those of packets.
    private static readonly HashSet<string> Ends = new(StringComparer.Ordinal) { "address", "ip_address", "source_address", "peername", "sockname", "via2" };

    // Numbers of the protocol, and of the proxy.
    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal) { "version", "port", "status_code", "code", "close_code", "state", "id", "type", "class", "ttl", "op_code", "response_code", "size" };

    private long _compared;
    private readonly StringBuilder _client = new();
    private readonly StringBuilder _server = new();
    private bool _isOfNames;
    private bool _isClosedByServer;

    /// <summary>Looks at a sound flow and all that is in it.</summary>
    internal void Examine(Netstring flow)
    {
        _isOfNames = flow.Get("type"u8).Bytes.SequenceEqual("dns"u8);
        _isClosedByServer = flow.Get("websocket"u8).Get("closed_by_client"u8) is { Type: (byte)'!', IsTrue: false } || flow.Get("close_sender"u8).Text() == "server";
        Look(flow, "", isTaken: true, isEnd: false);
        if (_client.Length > 0) recorded.Trailer(Sender.Client, _client);
        if (_server.Length > 0) recorded.Trailer(Sender.Server, _server);
    }

    // Taken: of members that stand twice under one name, and of all that they are in, the first.
    private void Look(Netstring value, string path, bool isTaken, bool isEnd)
    {
        if (value.IsDictionary)
        {
            HashSet<string> names = new(StringComparer.Ordinal);
            ReadOnlySpan<byte> rest = value.Bytes;
            while (!rest.IsEmpty && Netstring.TryTake(ref rest, out Netstring key) && Netstring.TryTake(ref rest, out Netstring member))
            {
                string name = key.Text() ?? "";
                bool isName = IsName(name);
                if (!isName) Text(path, key);
                string part = isName ? name : "?", inside = path.Length == 0 ? part : $"{path}.{part}";
                bool isFirst = names.Add(name) && isTaken;
                if (isFirst && IsUsed(inside, name)) continue;
                Look(member, inside, isFirst, isEnd || (Ends.Contains(name) && path.EndsWith("_conn", StringComparison.Ordinal)));
            }
        }
        else if (value.IsList)
        {
            ReadOnlySpan<byte> rest = value.Bytes;
            while (!rest.IsEmpty && Netstring.TryTake(ref rest, out Netstring item))
            {
                // Versions that have them keep each as its type and its content.
                if (isTaken && path == "client_conn.tls_extensions" && item.Get(1).IsText && Hello.IsKnown(item.Get(0).Number())) recorded.Chosen(Sender.Client, item.Get(1).Bytes);
                else Look(item, path, isTaken, isEnd);
            }
        }
        else if (value.IsText)
        {
            if (isTaken && path is "client_conn.sni" or "client_conn.alpn_offers" or "server_conn.sni") recorded.Beside(Sender.Client, Carrier.ServerName, value.Bytes);
            // Names of suites, which their library wrote.
            else if (isTaken && path is "client_conn.cipher" or "client_conn.cipher_name" or "client_conn.cipher_list" or "server_conn.cipher" or "server_conn.cipher_list" && IsSuite(value.Bytes)) recorded.Chosen(Sender.Client, value.Bytes);
            else if (!isEnd || !IPAddress.TryParse(value.Text(), out _)) Text(path, value);
        }
        else if (value.Type is (byte)'#' or (byte)'^' && !isEnd)
        {
            string name = path[(path.LastIndexOf('.') + 1)..];
            if (!isTaken || !(Plain.Contains(name) || name.StartsWith("timestamp", StringComparison.Ordinal))) Line(path, Encoding.UTF8.GetString(value.Bytes));
        }
    }

    private bool IsUsed(string path, string name) => Used.Contains(path) || Shown.Contains(path)
        || (_isOfNames && name is "name" or "data" && (path.StartsWith("request.", StringComparison.Ordinal) || path.StartsWith("response.", StringComparison.Ordinal)));

    private static bool IsName(string name) => name.Length <= 32 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    private static bool IsSuite(ReadOnlySpan<byte> name) => name.Length is > 0 and <= 48 && !name.ContainsAnyExcept(OfSuites);

    private static readonly SearchValues<byte> OfSuites = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"u8);

    private Sender Of(string path) => path.StartsWith("response", StringComparison.Ordinal) || (_isClosedByServer && path is "websocket.close_reason" or "close_reason" or "close_message") ? Sender.Server : Sender.Client;

    private void Text(string path, Netstring value)
    {
        string text = Encoding.UTF8.GetString(value.Bytes);
        if (text.Length <= LongestLine && !text.Any(static c => c is '\uFFFD' || (char.IsControl(c) && c is not ('\r' or '\n' or '\t')))) Line(path, text);
        else recorded.Beside(Of(path), Carrier.Body, value.Bytes);
    }

    private void Line(string path, string value)
    {
        Sender sender = Of(path);
        if (value.Length == 0) return;
        string head = sender == Sender.Server ? came : sent;
        // What is not compared any more is examined once more.
        _compared += head.Length;
        if (value.Length <= HarMembers.LongestCompared && _compared <= HarMembers.MostCompared && head.Contains(value, StringComparison.Ordinal)) return;
        (sender == Sender.Server ? _server : _client).Append(path.Length <= 64 ? path : path[..64]).Append(": ").Append(value.ReplaceLineEndings(" ")).Append("\r\n");
    }
}
