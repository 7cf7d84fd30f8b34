using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Offproof.Vault;

/// <summary>AES-256 key (32 bytes), Poly1305-AES k (16) and r (16): of a repository, or derived from a password (vault.md §3.2). Zeroed on disposal.</summary>
sealed class MasterKey : IDisposable
{
    internal const int Size = 64;

    readonly byte[] _bytes;

    /// <param name="bytes">64 bytes; owned from now on.</param>
    internal MasterKey(byte[] bytes) => _bytes = bytes.Length == Size ? bytes : throw new ArgumentException("a key has 64 bytes", nameof(bytes));

    internal static MasterKey Random()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
        RandomNumberGenerator.Fill(bytes);
        Clamp(bytes.AsSpan(48));
        return new MasterKey(bytes);
    }

    internal Sealer NewSealer() => new(_bytes.AsSpan(0, 32), _bytes.AsSpan(32, 16), _bytes.AsSpan(48, 16));

    /// <summary>The plaintext of a key file's <c>data</c>; the caller zeroes it.</summary>
    internal byte[] ToJson()
    {
        byte[] json = new byte[256];
        Span<byte> to = json;
        int at = 0;
        Put("{\"mac\":{\"k\":\""u8, to, ref at);
        PutBase64(_bytes.AsSpan(32, 16), to, ref at);
        Put("\",\"r\":\""u8, to, ref at);
        PutBase64(_bytes.AsSpan(48, 16), to, ref at);
        Put("\"},\"encrypt\":\""u8, to, ref at);
        PutBase64(_bytes.AsSpan(0, 32), to, ref at);
        Put("\"}"u8, to, ref at);
        byte[] exact = json[..at];
        CryptographicOperations.ZeroMemory(json);
        return exact;

        static void Put(ReadOnlySpan<byte> text, Span<byte> to, ref int at)
        {
            text.CopyTo(to[at..]);
            at += text.Length;
        }

        static void PutBase64(ReadOnlySpan<byte> bytes, Span<byte> to, ref int at)
        {
            Base64.EncodeToUtf8(bytes, to[at..], out _, out int written);
            at += written;
        }
    }

    internal static MasterKey FromJson(ReadOnlyMemory<byte> json)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement mac = document.RootElement.GetProperty("mac");
            Take(document.RootElement.GetProperty("encrypt"), bytes.AsSpan(0, 32));
            Take(mac.GetProperty("k"), bytes.AsSpan(32, 16));
            Take(mac.GetProperty("r"), bytes.AsSpan(48, 16));
            return new MasterKey(bytes);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            CryptographicOperations.ZeroMemory(bytes);
            throw new CorruptVaultException("the key file opens but holds no usable master key", e);
        }

        static void Take(JsonElement element, Span<byte> destination)
        {
            byte[] value = element.GetBytesFromBase64();
            if (value.Length != destination.Length) throw new FormatException("wrong key length");
            value.CopyTo(destination);
            CryptographicOperations.ZeroMemory(value);
        }
    }

    // Poly1305 ignores these bits; a written key carries them cleared.
    static void Clamp(Span<byte> r)
    {
        foreach (int i in (ReadOnlySpan<int>)[3, 7, 11, 15]) r[i] &= 0x0F;
        foreach (int i in (ReadOnlySpan<int>)[4, 8, 12]) r[i] &= 0xFC;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
