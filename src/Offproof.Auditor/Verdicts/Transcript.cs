namespace Offproof.Auditor;

/// <summary>All that one capture says, thing by thing, for who compares captures (compare.md §2). Its size has limits, whatever the capture holds.</summary>
/// <param name="Report">What the audit of this capture alone says.</param>
/// <param name="Said">In the order in which they were whole.</param>
/// <param name="Turns">Of streams and datagrams, in the order of the capture.</param>
/// <param name="Streams">Each direction of each stream, as TCP carried it and as TLS carried it.</param>
/// <param name="Begun">When each flow began, by its number; in recordings without packets nothing.</param>
/// <param name="IsWhole">False where there was more than is kept.</param>
public sealed record Transcript(AuditReport Report, IReadOnlyList<Said> Said, IReadOnlyList<Turn> Turns, IReadOnlyList<SaidDirection> Streams, IReadOnlyDictionary<int, long> Begun, bool IsWhole)
{
    /// <summary>Reads a capture as an audit does, and keeps what was said.</summary>
    /// <exception cref="InvalidPersonaException">The persona cannot be read.</exception>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    /// <param name="phones">Addresses of the phone's end; null or empty where it is not known.</param>
    public static Transcript Read(string capture, string persona, IReadOnlyList<string> keys, IReadOnlyList<System.Net.IPAddress>? phones = null, CancellationToken cancel = default)
    {
        Scribe? scribe = null;
        AuditReport report = Audit.Run(new AuditRequest([capture], persona, keys, Phones: phones is { Count: > 0 } ? phones : null), examiner => scribe = new Scribe(examiner), cancel);
        return Of(report, scribe!);
    }

    /// <summary>The same of a capture in memory, without key logs.</summary>
    internal static Transcript Of(string name, Stream capture, Canaries canaries)
    {
        Scribe? scribe = null;
        using AuditRun run = new(canaries, null, transcribe: examiner => scribe = new Scribe(examiner));
        run.Read(name, capture, CancellationToken.None);
        return Of(run.Report(), scribe!);
    }

    private static Transcript Of(AuditReport report, Scribe scribe) =>
        new(report, scribe.Said, scribe.Turns, scribe.Streams, scribe.Begun, scribe.IsWhole && report.FlowsTotal == report.Flows.Count);
}

/// <summary>One examined thing.</summary>
/// <param name="Leaves">Did the phone send it, as far as is known?</param>
/// <param name="FromClient">Who sent it, by the roles of the protocol.</param>
/// <param name="Carrier">head, body, websocket, dns-name, server-name, datagram, stream, or handshake: a whole handshake message of TLS.</param>
/// <param name="Message">The number of its message in its direction, from 1; 0 where there are none.</param>
/// <param name="Packet">The packet that brought its first byte; in recordings the entry.</param>
/// <param name="Time">Nanoseconds since 1970, of the packet with which it was whole; null in recordings.</param>
/// <param name="Offset">Where it begins in its body, head or stream.</param>
/// <param name="Bytes">Its first bytes, at most 65,536.</param>
/// <param name="Length">How many there were.</param>
/// <param name="Sha256">Of all of them, where not all are kept; else null.</param>
/// <param name="Unread">How many of them nobody could read.</param>
public sealed record Said(int Flow, bool Leaves, bool FromClient, string Carrier, int Message, long Packet, long? Time, long Offset, ReadOnlyMemory<byte> Bytes, int Length, string? Sha256, int Unread);

/// <summary>What one end said until the other spoke; of datagrams each.</summary>
/// <param name="Packet">The first of it.</param>
/// <param name="Time">Of that packet, in nanoseconds since 1970.</param>
/// <param name="Until">Of the last.</param>
/// <param name="Bytes">Of payload.</param>
public sealed record Turn(int Flow, bool Leaves, bool FromClient, long Packet, long Time, long Until, long Bytes);

/// <summary>One direction of a stream.</summary>
/// <param name="IsInside">Was it carried by TLS, and opened?</param>
public sealed record SaidDirection(int Flow, bool Leaves, bool FromClient, bool IsInside, long Bytes, string Sha256);
