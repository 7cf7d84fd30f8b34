using Offproof.Auditor;

namespace Offproof.Capture;

/// <summary>Takes a stream's bytes and does nothing with them.</summary>
sealed class Counter(Flow flow, Action<long> count) : Conversation(flow, null!)
{
    internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet)
    {
        Flow.Count(sender, ByteKind.Decoded, bytes.Length);
        count(bytes.Length);
    }

    internal override void Hole(Sender sender, long length, long packet)
    {
    }

    internal override void End(Sender sender, bool clean)
    {
    }
}
