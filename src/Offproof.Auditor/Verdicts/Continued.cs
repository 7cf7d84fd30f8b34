namespace Offproof.Auditor;

/// <summary>A stream whose first bytes were read already.</summary>
internal sealed class Continued(ReadOnlyMemory<byte> first, Stream rest) : ForwardStream
{
    private int _at;

    public override int Read(Span<byte> buffer)
    {
        if (_at == first.Length) return rest.Read(buffer);
        int count = Math.Min(buffer.Length, first.Length - _at);
        first.Span.Slice(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }
}
