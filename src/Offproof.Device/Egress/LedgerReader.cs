using System.Security.Cryptography;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>Fills a buffer from an offset on; 0 at the end.</summary>
internal delegate int LedgerBytes(long offset, Span<byte> into);

/// <summary>The lines of a ledger one after the other, whatever the file holds: a line longer than a ledger's is hashed and not kept.</summary>
/// <param name="read">Fills a buffer from an offset of the file on</param>
/// <param name="length">How much of it is looked at: what is appended later is not</param>
internal sealed class LedgerReader(LedgerBytes read, long length) : IDisposable
{
    private readonly byte[] chunk = new byte[256 * 1024];
    private readonly MemoryStream line = new();
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private int at;
    private int filled;
    private long offset;

    /// <summary>The line's number in the file, from 1.</summary>
    internal long Number { get; private set; }

    /// <summary>Its bytes without the line feed; cut after one more than a ledger's line may have.</summary>
    internal ReadOnlyMemory<byte> Bytes => line.GetBuffer().AsMemory(0, (int)line.Length);

    /// <summary>SHA-256 of all its bytes.</summary>
    internal Digest Hash { get; private set; }

    /// <summary>False for a last line that no line feed ends.</summary>
    internal bool IsEnded { get; private set; }

    /// <returns>False when there is no further line.</returns>
    internal bool Next()
    {
        line.SetLength(0);
        bool any = false;
        IsEnded = false;
        while (!IsEnded && (at < filled || Fill()))
        {
            any = true;
            ReadOnlySpan<byte> rest = chunk.AsSpan(at..filled);
            int end = rest.IndexOf((byte)'\n');
            IsEnded = end >= 0;
            ReadOnlySpan<byte> part = IsEnded ? rest[..end] : rest;
            hash.AppendData(part);
            line.Write(part[..Math.Min(part.Length, LedgerLine.MostBytes + 1 - (int)line.Length)]);
            at += part.Length + (IsEnded ? 1 : 0);
        }
        Hash = Digest.FromHash(hash.GetHashAndReset());
        if (any) Number++;
        return any;
    }

    private bool Fill()
    {
        at = 0;
        Span<byte> room = chunk.AsSpan(0, (int)Math.Min(chunk.Length, length - offset));
        filled = room.IsEmpty ? 0 : read(offset, room);
        offset += filled;
        return filled > 0;
    }

    public void Dispose()
    {
        hash.Dispose();
        line.Dispose();
    }
}
