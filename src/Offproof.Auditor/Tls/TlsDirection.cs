using System.Buffers;

namespace Offproof.Auditor;

/// <summary>What is kept of one direction of a TLS connection.</summary>
internal sealed class TlsDirection(Sender sender) : IDisposable
{
    internal enum Reading
    {
        /// <summary>Nothing came yet.</summary>
        Begin,

        /// <summary>A record begins where the last one ended.</summary>
        Records,

        /// <summary>Where the next record begins is not known.</summary>
        Lost,

        /// <summary>Opaque to the end.</summary>
        Broken,
    }

    /// <summary>TLS 1.3: which secret is at work, in their order.</summary>
    internal enum Epoch
    {
        None,
        Early,
        Handshake,
        Application,
    }

    private const long MostTrials = 4 << 20;
    private const long FewTrials = 8 << 10;

    internal const int BufferSize = TlsRecord.HeaderSize + TlsRecord.MostBody;

    internal Sender Sender { get; } = sender;

    internal Reading State { get; set; } = Reading.Begin;

    internal HandshakeStream Handshake { get; } = new();

    internal bool HasFinished { get; set; }

    internal RecordKeys? Keys { get; set; }

    /// <summary>TLS 1.2: the handshake whose keys are at work, null before the first ChangeCipherSpec. TLS 1.3 has one for all.</summary>
    internal TlsSession? Session { get; set; }

    /// <summary>TLS 1.2 and older: records after a ChangeCipherSpec are encrypted.</summary>
    internal bool IsProtected { get; set; }

    /// <summary>A ChangeCipherSpec was seen.</summary>
    internal bool IsChanged { get; set; }

    internal Epoch At { get; set; }

    /// <summary>TLS 1.3: keys that were made to be tried, by epoch.</summary>
    internal RecordKeys?[] Ahead { get; } = new RecordKeys?[4];

    /// <summary>How many records may be missing before the next.</summary>
    internal ulong Window { get; set; }

    private long _spent;

    /// <summary>May trials go on (audit.md §3.2)? What verifies at once costs nothing: where an audit's trials were spent by others, a direction still has a few failures of its own.</summary>
    internal bool MayTry(KeyLog keyLog) => _spent < (keyLog.Trials > 0 ? MostTrials : FewTrials);

    /// <summary>Content is missing that the conversation inside was not told of.</summary>
    internal bool HasGap { get; set; }

    internal bool IsEnded { get; set; }

    internal bool IsClean { get; set; }

    /// <summary>How many bytes of the direction went before those at hand.</summary>
    internal long Offset { get; set; }

    /// <summary>Bytes that wait, of one record or of a search.</summary>
    internal byte[] Buffer { get; private set; } = [];

    internal int Filled { get; set; }

    /// <summary>The packet that brought the first of them.</summary>
    internal long Packet { get; set; }

    /// <summary>Bytes that are opaque, until there are enough of them to be examined.</summary>
    internal byte[] Unread { get; private set; } = [];

    internal int UnreadFilled { get; set; }

    internal long UnreadPacket { get; set; }

    /// <summary>Opens a record with keys, at the number that is due or, after a loss, at one of those that follow.</summary>
    internal bool TryOpen(RecordKeys keys, KeyLog keyLog, ReadOnlySpan<byte> record, Span<byte> into, out OpenedRecord opened)
    {
        for (ulong ahead = 0; ahead <= Window && MayTry(keyLog); ahead++)
        {
            if (keys.TryOpen(unchecked(keys.Next + ahead), record, into, out opened)) return true;
            // A failure costs more than the bytes: it is an exception.
            _spent += record.Length + 1024;
            keyLog.Trials -= record.Length + 1024;
        }
        opened = default;
        return false;
    }

    internal void Rent()
    {
        if (Buffer.Length == 0) Buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    }

    internal void Return()
    {
        if (Buffer.Length > 0) ArrayPool<byte>.Shared.Return(Buffer);
        Buffer = [];
    }

    internal void RentUnread()
    {
        if (Unread.Length == 0) Unread = ArrayPool<byte>.Shared.Rent(TlsConversation.ExaminedAtOnce);
    }

    public void Dispose()
    {
        Return();
        if (Unread.Length > 0) ArrayPool<byte>.Shared.Return(Unread);
        Unread = [];
        Handshake.Return();
        Keys?.Dispose();
        foreach (RecordKeys? keys in Ahead) keys?.Dispose();
    }
}
