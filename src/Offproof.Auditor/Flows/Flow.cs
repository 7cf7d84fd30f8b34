using System.Net;

namespace Offproof.Auditor;

/// <summary>One conversation between two ends, and the account of its bytes (audit.md §7). Numbered from 1 in the order of first packets.</summary>
internal sealed class Flow(int number, string transport, IPEndPoint client, IPEndPoint server)
{
    private readonly long[,] _bytes = new long[2, 4];
    private readonly long[] _capacity = new long[2];
    private readonly SortedSet<string> _remarks = new(StringComparer.Ordinal);

    internal int Number { get; } = number;

    /// <summary>tcp, udp, icmp, ... or the kind of recording: har, mitmproxy.</summary>
    internal string Transport { get; } = transport;

    internal IPEndPoint Client { get; } = client;

    internal IPEndPoint Server { get; } = server;

    /// <summary>What was spoken, outermost first: "tls 1.3/http/2". Empty while nothing was recognised.</summary>
    internal string Protocol { get; set; } = "";

    /// <summary>The name that the client asked for: SNI, or the first Host.</summary>
    internal string? ServerName { get; set; }

    /// <summary>Was a SYN of it captured? Without one, what is read may be the rest of something.</summary>
    internal bool OpeningSeen { get; set; }

    /// <summary>Which end is the phone.</summary>
    internal PhoneSide Phone { get; set; }

    /// <summary>Is what this end sends judged as leaving the phone?</summary>
    internal bool Leaves(Sender sender) => Phone == PhoneSide.Either || (int)Phone == (int)sender;

    /// <summary>Messages (requests, answers, datagrams) that were seen whole.</summary>
    internal int Messages { get; set; }

    /// <summary>Why something could not be read, in words for people; each once.</summary>
    internal IReadOnlyCollection<string> Remarks => _remarks;

    /// <summary>Every captured byte is counted exactly once, by the layer that understood it.</summary>
    internal void Count(Sender sender, ByteKind kind, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        _bytes[(int)sender, (int)kind] += bytes;
    }

    /// <summary>What was counted as opaque turned out, by what came later, to be something else (audit.md §6.7).</summary>
    internal void Explain(Sender sender, ByteKind kind, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _bytes[(int)sender, (int)ByteKind.Opaque]);
        _bytes[(int)sender, (int)ByteKind.Opaque] -= bytes;
        Count(sender, kind, bytes);
    }

    /// <summary>Of bytes counted as structural, how many a sender was free to choose (randoms, key shares, padding): what they hid cannot be seen.</summary>
    internal void Capacity(Sender sender, long bytes) => _capacity[(int)sender] += bytes;

    internal long Bytes(Sender sender, ByteKind kind) => _bytes[(int)sender, (int)kind];

    internal long Capacity(Sender sender) => _capacity[(int)sender];

    /// <summary>Does it end, or break off, within a message? Then it is not whole, whatever was read (audit.md §7.5).</summary>
    internal bool IsCutShort { get; private set; }

    internal void CutShort(string words)
    {
        IsCutShort = true;
        Remark(words);
    }

    /// <summary>Is there something that a limit kept from being looked at (audit.md §7.3)?</summary>
    internal bool IsCutOff { get; private set; }

    internal void CutOff(string words)
    {
        IsCutOff = true;
        Remark(words);
    }

    internal void Remark(string words)
    {
        if (_remarks.Count < 16) _remarks.Add(words);
    }
}
