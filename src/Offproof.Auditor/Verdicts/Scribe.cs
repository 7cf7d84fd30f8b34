using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>Stands between those who read protocols and the examiner, and keeps what passes (compare.md §2).</summary>
internal sealed class Scribe(Examiner examiner) : Examiner
{
    internal const int MostOfOne = 1 << 16;
    internal const long MostBytes = 128 << 20;
    internal const int MostThings = 500_000;

    private readonly List<Said> _said = [];
    private readonly List<Turn> _turns = [];
    private readonly List<SaidDirection> _streams = [];
    private readonly Dictionary<int, long> _begun = [];
    private readonly Dictionary<int, int> _lastTurn = [];
    private long _bytes;

    internal IReadOnlyList<Said> Said => _said;

    internal IReadOnlyList<Turn> Turns => _turns;

    internal IReadOnlyList<SaidDirection> Streams => _streams;

    internal IReadOnlyDictionary<int, long> Begun => _begun;

    internal bool IsWhole { get; private set; } = true;

    internal override IReadOnlyList<ContentName> ContentNames => examiner.ContentNames;

    internal override int Examine(in Place place, ReadOnlySpan<byte> bytes, in Declared declared = default)
    {
        int unread = examiner.Examine(place, bytes, declared);
        Keep(place, AuditRun.Word(place.Carrier), bytes, Math.Clamp(unread, 0, bytes.Length));
        return unread;
    }

    // Its pieces go to the examiner alone: nothing is kept twice.
    internal override Examiner Handshake(in Place place, ReadOnlySpan<byte> message)
    {
        Keep(place, "handshake", message, 0);
        return examiner;
    }

    internal override Examiner OfFields => examiner;

    private void Keep(in Place place, string carrier, ReadOnlySpan<byte> bytes, int unread)
    {
        int kept = Math.Min(bytes.Length, MostOfOne);
        if (_said.Count >= MostThings || _bytes + kept > MostBytes)
        {
            IsWhole = false;
            return;
        }
        _bytes += kept;
        _said.Add(new Said(place.Flow.Number, place.Flow.Leaves(place.Sender), place.Sender == Sender.Client, carrier, place.Message, place.Packet, Observed?.Now, place.Offset, bytes[..kept].ToArray(), bytes.Length,
            kept < bytes.Length ? Convert.ToHexStringLower(SHA256.HashData(bytes)) : null, unread));
    }

    internal void Begin(int flow, long time)
    {
        if (_begun.Count < MostThings) _begun.TryAdd(flow, time);
        else IsWhole = false;
    }

    /// <param name="joins">Does it go on with what the same end said before, when nobody spoke between?</param>
    internal void Take(Flow flow, Sender sender, int bytes, long packet, bool joins)
    {
        if (Observed?.Now is not { } now) return;
        if (joins && _lastTurn.TryGetValue(flow.Number, out int at) && _turns[at].FromClient == (sender == Sender.Client))
        {
            _turns[at] = _turns[at] with { Until = now, Bytes = _turns[at].Bytes + bytes };
            return;
        }
        if (_turns.Count >= MostThings)
        {
            IsWhole = false;
            return;
        }
        _lastTurn[flow.Number] = _turns.Count;
        _turns.Add(new Turn(flow.Number, flow.Leaves(sender), sender == Sender.Client, packet, now, now, bytes));
    }

    internal void Ended(Flow flow, Sender sender, bool isInside, long bytes, IncrementalHash hash)
    {
        if (_streams.Count < MostThings) _streams.Add(new SaidDirection(flow.Number, flow.Leaves(sender), sender == Sender.Client, isInside, bytes, Convert.ToHexStringLower(hash.GetHashAndReset())));
        else IsWhole = false;
    }
}

/// <summary>Hands a stream on and keeps its length, its hash and its turns: what its reader leaves out is seen here.</summary>
internal sealed class Tap(Flow flow, Conversation reader, Scribe scribe, bool isInside) : Conversation(flow, scribe)
{
    private readonly IncrementalHash?[] _hashes = new IncrementalHash?[2];
    private readonly long[] _bytes = new long[2];

    internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet)
    {
        (_hashes[(int)sender] ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256)).AppendData(bytes);
        _bytes[(int)sender] += bytes.Length;
        if (!isInside) scribe.Take(Flow, sender, bytes.Length, packet, joins: true);
        reader.Data(sender, bytes, packet);
    }

    internal override void Hole(Sender sender, long length, long packet) => reader.Hole(sender, length, packet);

    internal override void End(Sender sender, bool clean)
    {
        if (_hashes[(int)sender] is { } hash)
        {
            scribe.Ended(Flow, sender, isInside, _bytes[(int)sender], hash);
            hash.Dispose();
            _hashes[(int)sender] = null;
        }
        reader.End(sender, clean);
    }
}
