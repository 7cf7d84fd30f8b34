using System.Security.Cryptography;
using System.Text;

namespace Offproof.Vault;

/// <summary>The text that opens a vault, as UTF-8. Zeroed on disposal; copies made by <see cref="Reveal"/> are the caller's to guard.</summary>
public sealed class VaultPassword : IDisposable
{
    readonly byte[] _utf8;
    bool _disposed;

    VaultPassword(byte[] utf8) => _utf8 = utf8;

    /// <summary>256 random bits as 64 lower-case hexadecimal characters: what RESTIC_PASSWORD takes.</summary>
    public static VaultPassword Random()
    {
        Span<byte> secret = stackalloc byte[32];
        RandomNumberGenerator.Fill(secret);
        byte[] text = GC.AllocateUninitializedArray<byte>(64, pinned: true);
        Convert.TryToHexStringLower(secret, text, out _);
        CryptographicOperations.ZeroMemory(secret);
        return new VaultPassword(text);
    }

    /// <exception cref="ArgumentException">Empty.</exception>
    public static VaultPassword FromText(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        byte[] utf8 = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(text), pinned: true);
        Encoding.UTF8.GetBytes(text, utf8);
        return new VaultPassword(utf8);
    }

    /// <summary>The first line of a UTF-8 file, without its line end and without a byte order mark.</summary>
    /// <exception cref="ArgumentException">The first line is empty, or longer than 4096 bytes.</exception>
    public static VaultPassword FromFile(string path)
    {
        const int most = 4096;
        byte[] buffer = GC.AllocateUninitializedArray<byte>(most + 5, pinned: true);
        try
        {
            int length;
            using (FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
                length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            ReadOnlySpan<byte> line = buffer.AsSpan(0, length);
            if (line.StartsWith("\uFEFF"u8)) line = line[3..];
            int end = line.IndexOf((byte)'\n');
            if (end >= 0) line = line[..end];
            line = line.TrimEnd((byte)'\r');
            if (line.IsEmpty) throw new ArgumentException("the first line of the password file is empty", nameof(path));
            if (line.Length > most) throw new ArgumentException("the first line of the password file is longer than 4096 bytes", nameof(path));
            byte[] utf8 = GC.AllocateUninitializedArray<byte>(line.Length, pinned: true);
            line.CopyTo(utf8);
            return new VaultPassword(utf8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary>The text itself, for whoever must hand it on (sealing it to a sheet, <c>vault env</c>).</summary>
    public string Reveal() => Encoding.UTF8.GetString(Bytes);

    internal ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _utf8;
        }
    }

    /// <summary>Overwrites the secret with zeros.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_utf8);
    }
}
