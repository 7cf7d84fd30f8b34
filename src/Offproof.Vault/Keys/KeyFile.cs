using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Org.BouncyCastle.Crypto.Generators;

namespace Offproof.Vault;

/// <summary>A key file (vault.md §3.3): scrypt parameters and salt in the clear, and the master key sealed under what the password derives.</summary>
sealed record KeyFile(int N, int R, int P, byte[] Salt, byte[] Data)
{
    const int WriteN = 1 << 15, WriteR = 8, WriteP = 1;
    internal const long MostMemory = 128L << 20;
    const long MostWork = 1L << 25;
    const int MostP = 64;

    /// <summary>The file's bytes for a master key under a password; no user name, host <c>offproof</c>.</summary>
    internal static byte[] Create(MasterKey master, VaultPassword password, DateTimeOffset now) =>
        Create(master, password, now, RandomNumberGenerator.GetBytes(64), WriteN, WriteR, WriteP);

    internal static byte[] Create(MasterKey master, VaultPassword password, DateTimeOffset now, byte[] salt, int n, int r, int p)
    {
        byte[] json = master.ToJson();
        byte[] data = new byte[json.Length + Sealer.Overhead];
        using (MasterKey user = Derive(password, salt, n, r, p))
        using (Sealer sealer = user.NewSealer())
            sealer.Seal(json, data);
        CryptographicOperations.ZeroMemory(json);

        ArrayBufferWriter<byte> file = new();
        using (Utf8JsonWriter writer = new(file))
        {
            writer.WriteStartObject();
            writer.WriteString("created", GoTime.Format(now));
            writer.WriteString("username", "");
            writer.WriteString("hostname", Repository.HostName);
            writer.WriteString("kdf", "scrypt");
            writer.WriteNumber("N"u8, n);
            writer.WriteNumber("r"u8, r);
            writer.WriteNumber("p"u8, p);
            writer.WriteString("salt", Convert.ToBase64String(salt));
            writer.WriteString("data", Convert.ToBase64String(data));
            writer.WriteEndObject();
        }
        return file.WrittenSpan.ToArray();
    }

    /// <exception cref="CorruptVaultException">Not a key file.</exception>
    /// <exception cref="HostileParametersException">Another derivation than scrypt, or parameters beyond the reader's limits.</exception>
    internal static KeyFile Parse(ReadOnlyMemory<byte> file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(file);
            JsonElement root = document.RootElement;
            string? kdf = root.GetProperty("kdf").GetString();
            if (!string.Equals(kdf, "scrypt", StringComparison.Ordinal)) throw new HostileParametersException("the key file asks for a key derivation other than scrypt");
            long n = root.GetProperty("N"u8).GetInt64(), r = root.GetProperty("r"u8).GetInt64(), p = root.GetProperty("p"u8).GetInt64();
            RefuseHostile(n, r, p);
            byte[] salt = root.GetProperty("salt").GetBytesFromBase64(), data = root.GetProperty("data").GetBytesFromBase64();
            if (salt.Length is 0 or > 1024 || data.Length is <= Sealer.Overhead or > 4096) throw new CorruptVaultException("key file: salt or data has an impossible length");
            return new KeyFile((int)n, (int)r, (int)p, salt, data);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CorruptVaultException("key file: not readable as JSON with scrypt parameters", e);
        }
    }

    // vault.md §3.4: refused before a byte is allocated.
    static void RefuseHostile(long n, long r, long p)
    {
        if (n is < 2 or > int.MaxValue || !BitOperations.IsPow2(n)) throw new HostileParametersException($"scrypt N={n} is not a power of two");
        if (r is < 1 or > 1 << 20 || p is < 1 or > MostP) throw new HostileParametersException($"scrypt r={r}, p={p} is out of range");
        if (128 * n * r > MostMemory) throw new HostileParametersException($"scrypt N={n}, r={r} wants {(128 * n * r) >> 20} MiB; at most 128 MiB are given");
        if (n * r * p > MostWork) throw new HostileParametersException($"scrypt N={n}, r={r}, p={p} wants more work than a reader spends");
    }

    /// <summary>The master key, or false when the password is another one.</summary>
    internal bool TryOpen(VaultPassword password, out MasterKey? master)
    {
        byte[] json = new byte[Data.Length - Sealer.Overhead];
        try
        {
            using MasterKey user = Derive(password, Salt, N, R, P);
            using Sealer sealer = user.NewSealer();
            master = sealer.TryOpen(Data, json) ? MasterKey.FromJson(json) : null;
            return master is not null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(json);
        }
    }

    static MasterKey Derive(VaultPassword password, byte[] salt, int n, int r, int p)
    {
        byte[] secret = password.Bytes.ToArray();
        try
        {
            return new MasterKey(SCrypt.Generate(secret, salt, n, r, p, MasterKey.Size));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            // The derivation's table is 32 MiB of garbage now; nothing that follows would make the process give it back.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
