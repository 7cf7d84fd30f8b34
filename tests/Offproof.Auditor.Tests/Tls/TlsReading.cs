namespace Offproof.Auditor.Tests;

/// <summary>One capture, read with a key log; every byte that was handed over is checked to be counted.</summary>
internal sealed class TlsReading
{
    private readonly List<TlsConversation> _conversations = [];
    private readonly int _most;
    private readonly long[,] _given = new long[1024, 2];
    private readonly long[,] _counted = new long[1024, 2];

    internal TlsReading(StreamsOf capture, params string[] keyFiles)
        : this(capture, int.MaxValue, keyFiles)
    {
    }

    // most: the longest piece that is handed over at once
    internal TlsReading(StreamsOf capture, int most, params string[] keyFiles)
    {
        _most = most;
        foreach (byte[] block in capture.Secrets()) Keys.Add(block);
        foreach (string file in keyFiles)
        {
            using FileStream stream = File.OpenRead(file);
            Keys.Add(stream);
        }
        Flows = capture.Replay(flow => new Tapped(flow, Examiner, this));
        foreach (Flow flow in Flows)
        {
            for (int side = 0; side < 2; side++)
            {
                if (_given[flow.Number, side] != _counted[flow.Number, side]) Assert.Fail($"flow {flow.Number}: {(Sender)side} gave {_given[flow.Number, side]} bytes, {_counted[flow.Number, side]} were counted");
            }
        }
    }

    internal KeyLog Keys { get; } = new();

    internal RecordingExaminer Examiner { get; } = new();

    internal List<Flow> Flows { get; }

    internal List<RecordingConversation> Inner { get; } = [];

    internal long Opened => _conversations.Sum(conversation => conversation.OpenedRecords);

    internal long Opaque => Flows.Sum(flow => flow.Bytes(Sender.Client, ByteKind.Opaque) + flow.Bytes(Sender.Server, ByteKind.Opaque));

    internal string Account => string.Join("; ", Flows.SelectMany(flow => new[] { Sender.Client, Sender.Server }.Select(sender =>
        $"{flow.Bytes(sender, ByteKind.Decoded)} {flow.Bytes(sender, ByteKind.Structural)} {flow.Bytes(sender, ByteKind.Opaque)} {flow.Capacity(sender)}")));

    /// <summary>What was said, but for what TCP says of its streams' ends.</summary>
    internal string Remarks => string.Join("; ", Flows.SelectMany(flow => flow.Remarks).Where(words => !words.StartsWith("the stream's", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal));

    internal string Text(Sender sender) => string.Concat(Inner.Select(inner => inner.Text(sender)));

    private sealed class Tapped : Conversation
    {
        private readonly TlsConversation _tls;
        private readonly TlsReading _reading;

        internal Tapped(Flow flow, Examiner examiner, TlsReading reading)
            : base(flow, examiner)
        {
            _reading = reading;
            _tls = new TlsConversation(flow, examiner, reading.Keys, (same, protocol) =>
            {
                RecordingConversation inner = new(same, examiner, protocol);
                reading.Inner.Add(inner);
                return inner;
            });
            reading._conversations.Add(_tls);
        }

        internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet)
        {
            _reading._given[Flow.Number, (int)sender] += bytes.Length;
            Counting(-1);
            for (int at = 0; at < bytes.Length; at += Math.Min(_reading._most, bytes.Length - at)) _tls.Data(sender, bytes.Slice(at, Math.Min(_reading._most, bytes.Length - at)), packet);
            Counting(1);
        }

        internal override void Hole(Sender sender, long length, long packet)
        {
            Counting(-1);
            _tls.Hole(sender, length, packet);
            Counting(1);
        }

        internal override void End(Sender sender, bool clean)
        {
            Counting(-1);
            _tls.End(sender, clean);
            Counting(1);
        }

        // The layers below count at the same flow.
        private void Counting(int sign)
        {
            for (int side = 0; side < 2; side++)
            {
                Sender sender = (Sender)side;
                _reading._counted[Flow.Number, side] += sign * (Flow.Bytes(sender, ByteKind.Decoded) + Flow.Bytes(sender, ByteKind.Structural) + Flow.Bytes(sender, ByteKind.Opaque));
            }
        }
    }
}
