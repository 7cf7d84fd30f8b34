using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Offproof.Evidence;

/// <summary>What a secret key's file turned out to be.</summary>
public enum SecretKeyReading
{
    /// <summary>It was read.</summary>
    Read,

    /// <summary>It is no minisign secret key, or one whose halves do not belong together.</summary>
    NoKey,

    /// <summary>It is encrypted, and no password was given.</summary>
    PasswordWanted,

    /// <summary>It is encrypted, with another password.</summary>
    WrongPassword,

    /// <summary>It is encrypted, and opening it wants more than 1 GiB of memory.</summary>
    TooCostly,
}

/// <summary>A minisign secret key (evidence.md §3). Zeroed when disposed.</summary>
public sealed class MinisignSecretKey : IDisposable
{
    const int SaltAt = 6, CostAt = 38, KeyAt = 54, SeedSize = 32, CheckSize = 32, KeySize = MinisignKey.IdSize + SeedSize + MinisignKey.PointSize, Size = KeyAt + KeySize + CheckSize;
    const ulong MemoryLimit = 1 << 30;

    readonly byte[] seed;

    MinisignSecretKey(ReadOnlySpan<byte> id, byte[] seed)
    {
        this.seed = seed;
        byte[] point = new byte[MinisignKey.PointSize];
        Ed25519.GeneratePublicKey(seed, 0, point, 0);
        PublicKey = new MinisignKey(id, point);
    }

    /// <summary>What verifies its signatures.</summary>
    public MinisignKey PublicKey { get; }

    /// <summary>A new key with a random id.</summary>
    public static MinisignSecretKey Create() => new(RandomNumberGenerator.GetBytes(MinisignKey.IdSize), RandomNumberGenerator.GetBytes(SeedSize));

    /// <summary>Reads a secret key's file, as minisign writes it with or without a password. Of an encrypted one the scrypt parameters may want 1 GiB, which are minisign's own.</summary>
    public static SecretKeyReading TryRead(ReadOnlySpan<byte> file, ReadOnlySpan<byte> password, out MinisignSecretKey? key)
    {
        key = null;
        Span<byte> raw = stackalloc byte[Size];
        try
        {
            if (!TryDecode(file, raw)) return SecretKeyReading.NoKey;
            bool isEncrypted = raw[2..4].SequenceEqual("Sc"u8);
            if (!isEncrypted && !raw[2..4].SequenceEqual("\0\0"u8)) return SecretKeyReading.NoKey;
            if (isEncrypted && Decrypt(raw, password) is not SecretKeyReading.Read and var refusal) return refusal;
            MinisignSecretKey read = new(raw.Slice(KeyAt, MinisignKey.IdSize), raw.Slice(KeyAt + MinisignKey.IdSize, SeedSize).ToArray());
            // A public half that is not the seed's own is how a faulty file makes a signer give its seed away; here it is not used, and not kept either.
            if (read.PublicKey.IsSame(new MinisignKey(raw.Slice(KeyAt, MinisignKey.IdSize), raw.Slice(KeyAt + MinisignKey.IdSize + SeedSize, MinisignKey.PointSize))))
            {
                key = read;
                return SecretKeyReading.Read;
            }
            read.Dispose();
            return SecretKeyReading.NoKey;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(raw);
        }
    }

    /// <summary>The key's file as <c>minisign -G -W</c> writes it, without a password: for a file of mode 600. The caller zeroes it.</summary>
    public byte[] Export()
    {
        byte[] raw = new byte[Size];
        "Ed\0\0B2"u8.CopyTo(raw); // no derivation, so no salt, no cost, no checksum
        PublicKey.IdBytes.CopyTo(raw.AsSpan(KeyAt));
        seed.CopyTo(raw.AsSpan(KeyAt + MinisignKey.IdSize));
        Convert.FromBase64String(PublicKey.Text).AsSpan(2 + MinisignKey.IdSize).CopyTo(raw.AsSpan(KeyAt + MinisignKey.IdSize + SeedSize));
        byte[] line = new byte[(Size + 2) / 3 * 4];
        System.Buffers.Text.Base64.EncodeToUtf8(raw, line, out _, out _);
        byte[] file = [.. "untrusted comment: minisign encrypted secret key\n"u8, .. line, (byte)'\n'];
        CryptographicOperations.ZeroMemory(raw);
        CryptographicOperations.ZeroMemory(line);
        return file;
    }

    /// <summary>Writes the secret key's file (mode 600) and, beside it with <c>.pub</c> behind its name, the public one's.</summary>
    /// <exception cref="EvidenceException">One of them is there already: neither was touched.</exception>
    public void WriteNew(string path)
    {
        string publicFile = path + ".pub";
        if ((File.Exists(path) ? path : File.Exists(publicFile) ? publicFile : null) is { } there) throw new EvidenceException(EvidenceFault.Refused, $"{there} is there already: it was not touched", "name another file");
        byte[] secret = Export();
        using (FileStream file = FileKind.CreatePrivate(path))
        {
            file.Write(secret);
            file.Flush(flushToDisk: true);
        }
        CryptographicOperations.ZeroMemory(secret);
        using FileStream readable = new(publicFile, FileMode.CreateNew, FileAccess.Write);
        readable.Write(Encoding.ASCII.GetBytes(PublicKey.FileText));
    }

    /// <summary>A .minisig file over the BLAKE2b-512 of the bytes. Throws <see cref="ArgumentException"/> for a comment with control characters, which would not be read again.</summary>
    internal byte[] Sign(ReadOnlySpan<byte> bytes, string trustedComment)
    {
        if (!MinisignText.IsPlain(trustedComment) || Encoding.UTF8.GetByteCount(trustedComment) > 8000) throw new ArgumentException("a trusted comment is one plain line of at most 8,000 bytes", nameof(trustedComment));
        byte[] signature = Sign(MinisignSignature.Prehash(bytes));
        byte[] global = Sign([.. signature, .. Encoding.UTF8.GetBytes(trustedComment)]);
        return Encoding.UTF8.GetBytes($"{MinisignText.Untrusted}signature from minisign secret key\n{Convert.ToBase64String([.. "ED"u8, .. PublicKey.IdBytes, .. signature])}\n{MinisignText.Trusted}{trustedComment}\n{Convert.ToBase64String(global)}\n");
    }

    /// <summary>Zeroes the secret.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(seed);

    byte[] Sign(byte[] message)
    {
        byte[] signature = new byte[MinisignSignature.SignatureSize];
        Ed25519.Sign(seed, 0, message, 0, message.Length, signature, 0);
        return signature;
    }

    /// <summary>The bytes behind the comment; nothing of the secret becomes a string.</summary>
    static bool TryDecode(ReadOnlySpan<byte> file, Span<byte> raw)
    {
        int end = file.IndexOf((byte)'\n');
        if (file.Length > MinisignKey.FileLimit || !file.StartsWith("untrusted comment: "u8) || end < 0) return false;
        var line = file[(end + 1)..].TrimEnd("\r\n "u8);
        return line.Length == (Size + 2) / 3 * 4 && System.Buffers.Text.Base64.DecodeFromUtf8(line, raw, out _, out int length) == System.Buffers.OperationStatus.Done && length == Size
            && raw[..2].SequenceEqual("Ed"u8) && raw[4..6].SequenceEqual("B2"u8);
    }

    static SecretKeyReading Decrypt(Span<byte> raw, ReadOnlySpan<byte> password)
    {
        if (password.IsEmpty) return SecretKeyReading.PasswordWanted;
        ulong operations = BinaryPrimitives.ReadUInt64LittleEndian(raw[CostAt..]), memory = BinaryPrimitives.ReadUInt64LittleEndian(raw[(CostAt + 8)..]);
        if (memory is 0 or > MemoryLimit || operations > 1UL << 27) return SecretKeyReading.TooCostly;
        var (cost, parallel) = ScryptParameters(operations, memory);
        byte[] secret = password.ToArray();
        byte[] stream = SCrypt.Generate(secret, raw.Slice(SaltAt, CostAt - SaltAt).ToArray(), cost, 8, parallel, KeySize + CheckSize);
        CryptographicOperations.ZeroMemory(secret);
        for (int i = 0; i < stream.Length; i++) raw[KeyAt + i] ^= stream[i];
        CryptographicOperations.ZeroMemory(stream);
        Blake2bDigest digest = new(256);
        Span<byte> check = stackalloc byte[CheckSize];
        digest.BlockUpdate(raw[..2]);
        digest.BlockUpdate(raw.Slice(KeyAt, KeySize));
        digest.DoFinal(check);
        return CryptographicOperations.FixedTimeEquals(check, raw[(KeyAt + KeySize)..]) ? SecretKeyReading.Read : SecretKeyReading.WrongPassword;
    }

    /// <summary>N and p for r = 8 from two limits, by the rule of libsodium's crypto_pwhash_scryptsalsa208sha256.</summary>
    static (int Cost, int Parallel) ScryptParameters(ulong operations, ulong memory)
    {
        operations = Math.Max(operations, 32_768);
        bool isBoundByTime = operations < memory / 32;
        ulong most = isBoundByTime ? operations / 32 : memory / 1024;
        int log = 1;
        while (log < 30 && 1UL << log <= most / 2) log++;
        ulong parallel = isBoundByTime ? 1 : Math.Max(1, Math.Min(operations / 4 / (1UL << log), 0x3fffffff) / 8);
        return (1 << log, (int)Math.Min(parallel, 64));
    }
}
