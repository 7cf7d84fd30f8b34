using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace Offproof.Phone;

/// <summary>An encrypted export of SMS Import/Export (messages.md §3.3), opened: authenticated once from front to back, then read from any place.</summary>
sealed class EncryptedExport : IDisposable
{
    internal const int HeaderSize = 36;
    const int MostIterations = 64;
    const long MostMemory = 1 << 20; // KiB
    const long MostWork = 4 << 20; // KiB * iterations
    const int MostChunk = 16 << 20;
    const int MostChunks = 4 << 20;

    readonly Func<Stream> _raw;
    readonly int _chunkSize;
    readonly List<(int FirstChunk, byte[] Key)> _keys = [];
    readonly ByteBuffer _nonces = new();
    bool _disposed;

    EncryptedExport(Func<Stream> raw, int chunkSize) => (_raw, _chunkSize) = (raw, chunkSize);

    /// <summary>Bytes of the decrypted text.</summary>
    internal long Length { get; private set; }

    internal static bool IsOne(ReadOnlySpan<byte> start) => start.StartsWith("SSEF\0"u8) && start.Length > 5 && start[5] == 0xFF;

    /// <summary>Derives the key and checks the whole file. Null with a reason when it does not open.</summary>
    internal static EncryptedExport? TryOpen(Func<Stream> raw, string password, out string reason, CancellationToken cancellationToken)
    {
        Span<byte> header = stackalloc byte[HeaderSize + SecretStream.HeaderSize];
        using Stream file = raw();
        reason = "The encrypted file is cut off in its first bytes.";
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length) return null;
        reason = "The file is encrypted in a version of the format that is not known.";
        if (header[6] != 0 || header[7] != 1) return null;
        uint iterations = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        uint memory = BinaryPrimitives.ReadUInt32BigEndian(header[12..]);
        uint chunkSize = BinaryPrimitives.ReadUInt32BigEndian(header[32..]);
        reason = $"The encrypted file asks for chunks of {chunkSize} bytes; 1 to {MostChunk} are read.";
        if (chunkSize is 0 or > MostChunk || file.Length / (chunkSize + SecretStream.Overhead) > MostChunks) return null;

        // messages.md §3.3: the app hands its "kibibytes" to libsodium, which takes them for bytes. Both readings are tried; the first chunk decides.
        byte[] secret = Encoding.UTF8.GetBytes(password);
        byte[] salt = header[16..32].ToArray();
        byte[] start = header[HeaderSize..].ToArray();
        EncryptedExport export = new(raw, (int)chunkSize);
        bool affordable = false;
        try
        {
            foreach (long kibibytes in new[] { memory / 1024, (long)memory })
            {
                if (iterations is 0 or > MostIterations || kibibytes is < 8 or > MostMemory || kibibytes * iterations > MostWork) continue;
                affordable = true;
                byte[] key = Derive(secret, salt, (int)iterations, (int)kibibytes);
                try
                {
                    if (!export.Check(file, new SecretStream(key, start), out bool first, cancellationToken))
                    {
                        reason = "The encrypted file is damaged or cut off.";
                        if (first) return export.Refused();
                        reason = "The password is not the one of this file, or the file is damaged in its first bytes.";
                        continue;
                    }
                    return export;
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(key);
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
        if (!affordable) reason = $"The encrypted file asks for {iterations} passes over {memory} bytes or KiB to derive its key, which is not done.";
        return export.Refused();
    }

    static byte[] Derive(byte[] password, byte[] salt, int iterations, int kibibytes)
    {
        Argon2BytesGenerator argon = new();
        argon.Init(new Argon2Parameters.Builder(Argon2Parameters.Argon2id).WithVersion(Argon2Parameters.Version13).WithIterations(iterations)
            .WithMemoryAsKB(kibibytes).WithParallelism(1).WithSalt(salt).Build());
        byte[] key = new byte[32];
        argon.GenerateBytes(password, key);
        return key;
    }

    bool Check(Stream file, SecretStream stream, out bool firstChunkOpened, CancellationToken cancellationToken)
    {
        firstChunkOpened = false;
        _keys.Clear();
        _nonces.Clear();
        Length = 0;
        file.Position = HeaderSize + SecretStream.HeaderSize;
        byte[] chunk = new byte[_chunkSize + SecretStream.Overhead];
        byte[] text = new byte[_chunkSize];
        for (int number = 0; ; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = file.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
            if (_keys.Count == 0 || !stream.Key.SequenceEqual(_keys[^1].Key)) _keys.Add((number, stream.Key.ToArray()));
            _nonces.Add(stream.Nonce);
            if (number > MostChunks || read < SecretStream.Overhead || !stream.TryPull(chunk.AsSpan(0, read), text.AsSpan(0, read - SecretStream.Overhead), out byte tag)) return false;
            firstChunkOpened = true;
            Length += read - SecretStream.Overhead;
            if (tag != SecretStream.Final) continue;
            stream.Clear();
            return file.Read(chunk.AsSpan(0, 1)) == 0;
        }
    }

    EncryptedExport? Refused()
    {
        Dispose();
        return null;
    }

    /// <summary>Opens the text, from one chunk of memory. The caller owns it.</summary>
    internal Stream OpenText()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new Text(this, _raw());
    }

    // Decrypts a chunk again, and checks it again: the file may have changed.
    void ReadChunk(Stream file, int number, byte[] chunk, byte[] text, out int length)
    {
        file.Position = HeaderSize + SecretStream.HeaderSize + ((long)number * chunk.Length);
        int read = file.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
        length = read - SecretStream.Overhead;
        byte[] key = _keys.FindLast(entry => entry.FirstChunk <= number).Key;
        SecretStream stream = SecretStream.At(key, _nonces.Slice(number * SecretStream.NonceSize, SecretStream.NonceSize));
        if (length < 0 || !stream.TryPull(chunk.AsSpan(0, read), text.AsSpan(0, length), out _)) throw new IOException("the encrypted file is not what it was when it was first read");
    }

    public void Dispose()
    {
        _disposed = true;
        foreach ((_, byte[] key) in _keys) CryptographicOperations.ZeroMemory(key);
    }

    sealed class Text(EncryptedExport export, Stream file) : ReadOnlyStream
    {
        readonly byte[] _chunk = new byte[export._chunkSize + SecretStream.Overhead];
        readonly byte[] _text = new byte[export._chunkSize];
        int _number = -1;
        int _length;

        public override bool CanSeek => true;

        public override long Length => export.Length;

        public override long Position { get; set; }

        public override long Seek(long offset, SeekOrigin origin) =>
            Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => Position + offset, _ => Length + offset };

        public override int Read(Span<byte> buffer)
        {
            if (Position < 0 || Position >= Length || buffer.IsEmpty) return 0;
            int number = (int)(Position / export._chunkSize);
            if (number != _number)
            {
                _number = -1;
                export.ReadChunk(file, number, _chunk, _text, out _length);
                _number = number;
            }
            int at = (int)(Position % export._chunkSize);
            if (at >= _length) return 0;
            int count = Math.Min(buffer.Length, _length - at);
            _text.AsSpan(at, count).CopyTo(buffer);
            Position += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) file.Dispose();
            base.Dispose(disposing);
        }
    }
}
