using System.Diagnostics;

namespace Offproof.Phone.Tests.Messages;

/// <summary>docs/messages.md §3.3: what libsodium sealed, right and wrong. An encrypted file is read whole or not at all.</summary>
public sealed class EncryptedTests
{
    const string Password = "correct horse";
    static readonly byte[] Sealed = File.ReadAllBytes(Path.Combine(Repository.Root, "vectors", "phone", "messages", "v2", "encrypted.ssef"));

    // What seals it: usage FILE IN OUT PASSES MEMORY BYTES-FOR-THE-KEY CHUNK REKEY
    const string Seal = """
        import sys, nacl.pwhash, nacl.utils, nacl.bindings.crypto_secretstream as ss
        plain, out, ops, mem, real, chunk, rekey = open(sys.argv[1], "rb").read(), sys.argv[2], *map(int, sys.argv[3:8])
        salt = nacl.utils.random(16)
        key = nacl.pwhash.argon2id.kdf(32, b"correct horse", salt, ops, real)
        state = ss.crypto_secretstream_xchacha20poly1305_state()
        data = b"SSEF\0\xff\0\1" + ops.to_bytes(4, "big") + mem.to_bytes(4, "big") + salt + chunk.to_bytes(4, "big")
        data += ss.crypto_secretstream_xchacha20poly1305_init_push(state, key)
        for number, at in enumerate(range(0, len(plain), chunk)):
            tag = 3 if at + chunk >= len(plain) else 2 if rekey and number % 3 == 1 else 0
            data += ss.crypto_secretstream_xchacha20poly1305_push(state, plain[at:at + chunk], None, tag)
        open(out, "wb").write(data)
        """;

    [Theory]
    [InlineData(1, 8192, 8192, 64, 0)] // as the app hands it to libsodium: bytes
    [InlineData(1, 64, 65536, 100, 0)] // as the format has it: KiB
    [InlineData(2, 16384, 16384, 33, 1)] // keys that change on the way, read again from the middle
    [InlineData(1, 8192, 8192, 65536, 0)] // one chunk
    public void What_libsodium_seals_is_read(int passes, int memory, int bytes, int chunk, int rekey)
    {
        using TempFolder folder = new();
        string plain = Path.Combine(Repository.Root, "vectors", "phone", "messages", "v2", "messages.zip");
        using (Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Seal, plain, folder["sealed"], $"{passes}", $"{memory}", $"{bytes}", $"{chunk}", $"{rekey}"]))!)
        {
            python.WaitForExit();
            Assert.Equal(0, python.ExitCode);
        }
        using Import expected = Trees.Read(plain);
        using Import import = MessageImport.Read([folder["sealed"]], _ => Password, CancellationToken.None);
        Assert.Equal(Trees.Content(expected), Trees.Content(import));
    }

    [Fact]
    public void Any_flipped_bit_and_any_missing_byte_is_refused()
    {
        for (int at = 0; at < Sealed.Length; at += at < 110 ? 7 : 97)
        {
            if (at is >= 8 and < 16) continue; // asks for another, perhaps costly, key
            byte[] flipped = [.. Sealed];
            flipped[at] ^= 0x10;
            Refused(flipped, Password);
            if (at > 0) Refused(Sealed[..at], Password);
        }
        Refused(Sealed[..^1], Password);
        Refused([.. Sealed, 0], Password);
    }

    [Fact]
    public void Without_the_right_password_nothing_is_read_and_the_reason_is_given()
    {
        Assert.Contains("no password was given", Refused(Sealed, null), StringComparison.Ordinal);
        Assert.Contains("password is not the one", Refused(Sealed, "wrong"), StringComparison.Ordinal);
        Assert.Contains("damaged or cut off", Refused(Sealed[..^40], Password), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, "passes"), InlineData(12, "passes"), InlineData(32, "chunks")]
    public void A_key_or_chunk_beyond_the_bounds_is_not_made(int at, string reason)
    {
        byte[] greedy = [.. Sealed];
        greedy.AsSpan(at, 4).Fill(0xFF);
        Assert.Contains(reason, Refused(greedy, Password), StringComparison.Ordinal);
    }

    static string Refused(byte[] file, string? password)
    {
        using Import import = MessageImport.Read(new SourceFile("source", () => new MemoryStream(file)), _ => password);
        Assert.Equal((1, 0), (import.Report.Read, import.Report.Kept));
        Assert.Empty(import.Files);
        return Assert.Single(import.Report.Skipped).Reason;
    }
}
