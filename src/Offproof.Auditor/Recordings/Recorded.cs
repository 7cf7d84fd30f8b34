using System.Globalization;
using System.Net;
using System.Text;

namespace Offproof.Auditor;

/// <summary>Makes the flow of an entry of a recording. Its number comes after those that were made before.</summary>
internal delegate Flow NewFlow(string transport, IPEndPoint client, IPEndPoint server);

/// <summary>What became of a recording.</summary>
/// <param name="Entries">How many were read, bad ones included.</param>
/// <param name="Bad">Entries that could not be read.</param>
/// <param name="Stopped">Why it could not be read to its end, in words for people; null when it was.</param>
/// <param name="IsWithoutCookies">Chrome's export for sharing: it leaves out cookies and authorization without a trace.</param>
internal sealed record RecordingEnd(int Entries, int Bad, string? Stopped, bool IsWithoutCookies = false);

/// <summary>One entry of a recording: its messages are examined as those of a capture are, and counted by their content as recorded.</summary>
/// <param name="entry">Its number, from 1, which stands for the packet.</param>
internal sealed class Recorded(Protocols protocols, Flow flow, long entry)
{
    private readonly Gathered[] _bodies = [new Gathered(flow, protocols.Examiner, Sender.Client), new Gathered(flow, protocols.Examiner, Sender.Server)];
    private readonly int[] _messages = new int[2];
    private Awaited? _awaited;

    internal Flow Flow => flow;

    internal void Head(Sender sender, StringBuilder head)
    {
        _messages[(int)sender] = 1;
        byte[] bytes = Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
        Examine(sender, Carrier.Head, bytes);
        if (sender == Sender.Client) _awaited = Awaited.Of(bytes, protocols.Examiner.ContentNames);
        else if (!IsWhole(bytes)) _awaited = null;
        protocols.Seen?.Invoke(new Place(flow, sender, Carrier.Head, entry, 1), bytes);
        flow.Messages++;
    }

    /// <summary>Fields without a start line.</summary>
    internal void Trailer(Sender sender, StringBuilder fields)
    {
        if (fields.Length > 0) Examine(sender, Carrier.Head, Encoding.UTF8.GetBytes(fields.Append("\r\n").ToString()));
    }

    internal void Body(Sender sender, ReadOnlySpan<byte> bytes, in Declared declared)
    {
        Whole(sender, Carrier.Body, bytes, declared);
        if (sender != Sender.Server || _awaited is not { } awaited) return;
        awaited.Add(bytes);
        awaited.End(flow, Sender.Client, isWhole: true, 0, null);
        _awaited = null;
    }

    // The answer 200, whatever its version is called.
    private static bool IsWhole(ReadOnlySpan<byte> head) => head.IndexOf((byte)' ') is var space and >= 0 && head[space..].StartsWith(" 200 "u8);

    /// <summary>A message of a WebSocket, or of a stream that is not read further.</summary>
    internal void Message(Sender sender, Carrier carrier, ReadOnlySpan<byte> bytes)
    {
        _messages[(int)sender]++;
        Whole(sender, carrier, bytes, default);
        flow.Messages++;
    }

    /// <summary>What stands beside the messages.</summary>
    internal void Beside(Sender sender, Carrier carrier, ReadOnlySpan<byte> bytes) => Whole(sender, carrier, bytes, default);

    /// <summary>What was sent in a handshake and chosen freely: searched, structural, and all of it in the budget, as of packets.</summary>
    internal void Chosen(Sender sender, ReadOnlySpan<byte> bytes)
    {
        protocols.Examiner.Examine(new Place(flow, sender, Carrier.Stream, entry, 0), bytes);
        flow.Count(sender, ByteKind.Structural, bytes.Length);
        flow.Capacity(sender, bytes.Length);
    }

    /// <summary>Bytes that are no message.</summary>
    internal void Unread(ReadOnlySpan<byte> bytes)
    {
        Gathered body = _bodies[0];
        body.Begin(Carrier.Stream, 0, opaque: true);
        body.Whole(bytes, entry);
        body.End();
    }

    /// <summary>The recording says that there was a body, and does not hold it.</summary>
    internal void Missing(Sender sender, long bytes)
    {
        flow.Remark("a body was not recorded, or not all of it");
        flow.Count(sender, ByteKind.Missing, bytes);
    }

    /// <summary>Characters that stand where bytes were no text (U+FFFD): what was sent is not recorded, unless the text is as long as what was sent. Even then broken characters of three bytes can stand there.</summary>
    /// <param name="text">In UTF-8.</param>
    /// <param name="said">The length of what was sent, where the recording says it.</param>
    internal void Replaced(Sender sender, ReadOnlySpan<byte> text, long? said)
    {
        int replaced = text.Count("\uFFFD"u8);
        if (replaced == 0) return;
        if (said == text.Length)
        {
            flow.Capacity(sender, 3L * replaced);
            return;
        }
        flow.Remark("a text holds characters that replace other bytes");
        flow.Count(sender, ByteKind.Missing, replaced);
    }

    internal static IPEndPoint End(string? address, int port) =>
        new(IPAddress.TryParse(address?.Trim('[', ']'), out IPAddress? known) ? known : IPAddress.Any, port is > 0 and <= 65535 ? port : 0);

    /// <summary>"HTTP/2.0", "h2" and "HTTP/2" are one.</summary>
    internal static string Version(string? version) => version?.ToUpperInvariant() switch
    {
        null or "" or "UNKNOWN" => "http",
        "H2" or "HTTP/2" or "HTTP/2.0" => "http/2",
        "H3" or "HTTP/3" or "HTTP/3.0" => "http/3",
        "HTTP/1.1" or "HTTP/1.0" or "HTTP/0.9" => "http/1.1",
        var other => "http " + other.Length.ToString(CultureInfo.InvariantCulture),
    };

    private void Whole(Sender sender, Carrier carrier, ReadOnlySpan<byte> bytes, in Declared declared)
    {
        Gathered body = _bodies[(int)sender];
        body.Begin(carrier, _messages[(int)sender], declared);
        body.Whole(bytes, entry);
        body.End();
    }

    private void Examine(Sender sender, Carrier carrier, ReadOnlySpan<byte> bytes) => Whole(sender, carrier, bytes, default);
}

/// <summary>What the fields of a message say of its body.</summary>
/// <param name="Length">Content-Length; -1 where it is not said.</param>
internal readonly record struct Framing(long Length, bool IsChunked, bool HasType)
{
    /// <summary>A longer body than anybody sends; what says that it is one says nothing.</summary>
    internal const long Most = 1L << 40;

    /// <summary>Methods whose requests have a body (RFC 9110 §9.3, RFC 5789).</summary>
    internal static bool MayHaveBody(string? method) => method?.ToUpperInvariant() is "POST" or "PUT" or "PATCH";

    /// <summary>HTTP/2 and HTTP/3 need neither a length nor a coding to say that there is a body.</summary>
    internal static bool IsFramed(string? version) => Recorded.Version(version) is "http/2" or "http/3";

    /// <summary>How many bytes of a body that is not there were sent: at least 1 where that is not said.</summary>
    /// <param name="byType">Does a type alone say that there was one?</param>
    internal long Lacking(bool byType) => Length > 0 ? Length : IsChunked || (Length < 0 && HasType && byType) ? 1 : 0;
}
