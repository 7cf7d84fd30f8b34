using Offproof.Auditor;

namespace Offproof.Lab;

/// <summary>A ledger against a capture of the same time, without a lab around it (lab.md §5).</summary>
public static class LedgerCheck
{
    /// <summary>Lays the requests of the ledger from a moment on onto the capture.</summary>
    /// <param name="capture">pcapng, as the lab's recorder and dumpcap write it: one interface, Ethernet, 198.51.100.2 the phone's end.</param>
    /// <param name="ledger">ledger.ndjson; its chain is checked from its first line.</param>
    /// <param name="persona">persona.json, which reading a capture asks for.</param>
    /// <param name="since">Requests of before were not recorded.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static WireReport Of(string capture, string ledger, string persona, DateTimeOffset since, CancellationToken cancel = default)
    {
        Wire wire = Wire.Of(WireFile.Read(File.ReadAllBytes(capture)).Frames);
        LedgerFile whole = LedgerFile.Read(File.ReadAllBytes(ledger));
        // The ledger has milliseconds.
        TimeSpan from = since - DateTimeOffset.UnixEpoch - TimeSpan.FromMilliseconds(1);
        LedgerFile part = whole with { Requests = [.. whole.Requests.Where(request => request.From >= from)] };
        LedgerMatch match = LedgerMatch.Of(wire.Connections, part, static time => time);
        match.UnmatchedLines.AddRange(LedgerContents.Problems(match, Transcript.Read(capture, persona, [], cancel: cancel)));
        return WireReport.Of(part, match, wire);
    }
}
