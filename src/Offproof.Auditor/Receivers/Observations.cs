using System.Globalization;

namespace Offproof.Auditor;

/// <summary>Names that were used for addresses, and how much went to each (receivers.md §2). Its size has limits, whatever a capture holds.</summary>
internal sealed class Observations
{
    internal const int MostNames = 16;
    internal const int MostNamesInAll = 32_768;
    internal const int MostReceivers = 16_384;
    internal const int LongestName = 255;

    private readonly Dictionary<ReceiverKey, List<Seen>> _names = [];
    private readonly Dictionary<ReceiverKey, Receiver> _receivers = [];
    private int _count;
    private Flow? _lastFlow;
    private string? _lastName;
    private Seen? _last;

    /// <summary>Of the packet that is being read, in nanoseconds since 1970; null in recordings.</summary>
    internal long? Now { get; set; }

    /// <summary>Which capture is being read, from 1.</summary>
    internal int Capture { get; set; }

    /// <summary>Receivers that were too many.</summary>
    internal long LeftOut { get; private set; }

    internal IReadOnlyCollection<Receiver> Receivers => _receivers.Values;

    /// <summary>The other end of a flow was called so.</summary>
    internal void Named(Flow flow, string by, string name, long packet)
    {
        // A phone that is called has these names itself.
        if (flow.Phone == PhoneSide.Server) return;
        // Most heads of a flow name one host, by the same string (Interned).
        if (ReferenceEquals(flow, _lastFlow) && ReferenceEquals(name, _lastName) && _last is { } last && last.By == by)
        {
            last.Times++;
            return;
        }
        (_lastFlow, _lastName) = (flow, name);
        _last = Add(ReceiverKey.Of(flow, name), by, name, null, packet);
    }

    /// <summary>A DNS answer gave the address.</summary>
    internal void Answered(string asked, string via, Address address, long packet) => Add(new ReceiverKey(address, null), "dns", asked, via == asked ? null : via, packet);

    /// <summary>The server of a flow sent this message of TLS with its certificates.</summary>
    internal void Presented(Flow flow, ReadOnlySpan<byte> message, bool is13, long packet)
    {
        if (flow.Phone == PhoneSide.Server) return;
        ReadOnlySpan<byte> certificate = Certificates.First(message, is13);
        if (certificate.IsEmpty || ReceiverKey.Of(flow, flow.ServerName) is not { } key) return;
        List<string> names = [];
        Certificates.TryRead(certificate.ToArray(), names, out string? organization);
        foreach (string name in names) Add(key, "certificate", name, null, packet);
        if (organization is not null) Add(key, "certificate-organization", organization, null, packet);
    }

    /// <summary>A flow is over.</summary>
    internal void Add(Flow flow, bool found, long? begun)
    {
        if (ReceiverKey.Of(flow, flow.ServerName) is not { } key) return;
        if (!_receivers.TryGetValue(key, out Receiver? receiver))
        {
            if (_receivers.Count >= MostReceivers)
            {
                LeftOut++;
                return;
            }
            _receivers.Add(key, receiver = new Receiver(key));
        }
        receiver.Add(flow, found, begun);
    }

    internal IReadOnlyList<ObservedName> Names(ReceiverKey key) => _names.TryGetValue(key, out List<Seen>? names) ? [.. names.Select(static seen => seen.Report())] : [];

    /// <summary>As people are shown it: what is not printable ASCII is a question mark.</summary>
    internal static string Word(ReadOnlySpan<byte> name) => string.Create(Math.Min(name.Length, LongestName), name, static (word, bytes) =>
    {
        for (int at = 0; at < word.Length; at++) word[at] = bytes[at] is > 0x20 and < 0x7f ? (char)bytes[at] : '?';
    });

    internal static string? Time(long? nanoseconds) => nanoseconds is { } time && time / 1_000_000_000 is >= 0 and < 253_402_300_800 and long seconds
        ? DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(time % 1_000_000_000 / 100).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)
        : null;

    private Seen? Add(ReceiverKey? key, string by, string name, string? via, long packet)
    {
        if (key is not { } known || name.Length == 0) return null;
        if (name.Length > LongestName) name = name[..LongestName];
        if (!_names.TryGetValue(known, out List<Seen>? names))
        {
            if (_count >= MostNamesInAll) return null;
            _names.Add(known, names = []);
        }
        foreach (Seen seen in names)
        {
            if (seen.By != by || !seen.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || seen.Via != via) continue;
            seen.Times++;
            return seen;
        }
        if (names.Count >= MostNames || _count >= MostNamesInAll) return null;
        _count++;
        Seen added = new(name, by, via, Capture, packet, Now);
        names.Add(added);
        return added;
    }

    private sealed class Seen(string name, string by, string? via, int capture, long packet, long? time)
    {
        internal string Name { get; } = name;

        internal string By { get; } = by;

        internal string? Via { get; } = via;

        internal long Times { get; set; } = 1;

        internal ObservedName Report() => new(Name, By, Via, capture, packet, Time(time), Times);
    }
}

/// <summary>What makes a receiver one: its address, or its name where a recording knows no address.</summary>
internal readonly record struct ReceiverKey(Address? Address, string? Name)
{
    /// <summary>The end that is not the phone's; null for what has none: frames of a link.</summary>
    internal static ReceiverKey? Of(Flow flow, string? name)
    {
        Address address = Auditor.Address.Of((flow.Phone == PhoneSide.Server ? flow.Client : flow.Server).Address);
        if (address.Number != 0) return new ReceiverKey(address, null);
        return name is { Length: > 0 } && flow.Transport is "har" or "mitmproxy" ? new ReceiverKey(null, name) : null;
    }
}

/// <summary>How much went to one receiver.</summary>
internal sealed class Receiver(ReceiverKey key)
{
    internal const int MostPlainFlows = 100;

    private readonly List<int> _found = [];
    private readonly List<int> _plain = [];

    internal ReceiverKey Key { get; } = key;

    internal int FlowsTotal { get; private set; }

    internal long Sent { get; private set; }

    internal long? First { get; private set; }

    internal bool HasFindings => _found.Count > 0;

    internal IEnumerable<int> Flows => _found.Concat(_plain).Order();

    internal void Add(Flow flow, bool found, long? begun)
    {
        FlowsTotal++;
        for (int kind = 0; kind < 4; kind++) Sent += flow.Bytes(flow.Phone == PhoneSide.Server ? Sender.Server : Sender.Client, (ByteKind)kind);
        if (begun is { } time && (First is null || time < First)) First = time;
        if (found) _found.Add(flow.Number);
        else if (_plain.Count < MostPlainFlows) _plain.Add(flow.Number);
    }
}
