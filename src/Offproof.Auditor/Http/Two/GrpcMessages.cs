using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>Splits a body of gRPC into its messages: each has a flag and its length before it (gRPC over HTTP/2, "Length-Prefixed-Message").</summary>
internal sealed class GrpcMessages(Flow flow, Sender sender, Gathered bytes, int message, string? contentType, string? encoding)
{
    private const int PrefixSize = 5;

    private readonly byte[] _prefix = new byte[PrefixSize];
    private int _filled;
    private long _left;
    private bool _isStopped; // what comes is no messages

    internal void Add(ReadOnlySpan<byte> body, long packet)
    {
        while (!body.IsEmpty)
        {
            if (_isStopped)
            {
                bytes.Add(body, packet);
                return;
            }
            if (_left > 0)
            {
                int count = (int)Math.Min(_left, body.Length);
                bytes.Add(body[..count], packet);
                body = body[count..];
                _left -= count;
                if (_left == 0) bytes.End();
                continue;
            }
            int more = Math.Min(PrefixSize - _filled, body.Length);
            body[..more].CopyTo(_prefix.AsSpan(_filled));
            body = body[more..];
            _filled += more;
            if (_filled == PrefixSize) Prefix(packet);
        }
    }

    /// <summary>Bytes are lost: where messages begin is, too.</summary>
    internal void Stop()
    {
        End();
        _isStopped = true;
    }

    internal void End()
    {
        if (_filled > 0)
        {
            bytes.Begin(Carrier.Body, message);
            bytes.Add(_prefix.AsSpan(0, _filled), 0);
            _filled = 0;
        }
    }

    private void Prefix(long packet)
    {
        if (_prefix[0] > 1)
        {
            _isStopped = true;
            bytes.Begin(Carrier.Body, message, new Declared(contentType, null));
            bytes.Add(_prefix, packet);
            _filled = 0;
            return;
        }
        _filled = 0;
        flow.Count(sender, ByteKind.Structural, PrefixSize);
        _left = BinaryPrimitives.ReadUInt32BigEndian(_prefix.AsSpan(1));
        bytes.Begin(Carrier.Body, message, new Declared(contentType, _prefix[0] == 1 ? encoding : null));
    }
}
