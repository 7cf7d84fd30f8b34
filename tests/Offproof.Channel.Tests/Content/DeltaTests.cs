using System.Security.Cryptography;

namespace Offproof.Channel.Tests;

/// <summary>Deltas (channel.md §5.2). Stock zstd opens ours and made the vector's: tests/Interop.</summary>
public sealed class DeltaTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("offproof-delta-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    string this[string name] => Path.Combine(folder, name);

    static NoticePayload Payload => NoticeList.Read(ContentVectors.Bytes("notices.jsonl"))[0].Payloads.Single(p => p.Kind == NoticePayload.Delta);

    static string Old => ContentVectors.Path("update/phone-1.0.bin");

    static string Made => ContentVectors.Path("update/phone-1.0-to-1.1.zst");

    [Fact]
    public void A_delta_of_stock_zstd_makes_the_update()
    {
        Assert.Equal(DeltaResult.Done, Delta.Apply(Payload, Old, Made, this["new"]));
        Assert.Equal(ContentVectors.Bytes("update/phone-1.1.bin"), File.ReadAllBytes(this["new"]));
    }

    [Theory]
    [InlineData(0, 0), InlineData(0, 100), InlineData(100, 0), InlineData(1, 1), InlineData(3_000_000, 3_100_000), InlineData(4_000_000, 70_000)]
    [InlineData(24_000_000, 1_000_000)] // the beginning of a file that is much longer than the window
    public void What_was_made_is_opened_again(int oldLength, int newLength)
    {
        byte[] old = Noise(1, oldLength), made = [.. old[..Math.Min(oldLength, newLength)], .. Noise(2, Math.Max(0, newLength - oldLength))];
        if (made.Length > 1000) made[made.Length / 2] ^= 1;
        File.WriteAllBytes(this["old"], old);
        File.WriteAllBytes(this["made"], made);
        Assert.True(Delta.TryMake(this["old"], this["made"], this["delta"]));
        Assert.InRange(new FileInfo(this["delta"]).Length, 0, Math.Max(0, newLength - oldLength) + 20_000);
        NoticePayload payload = new(NoticePayload.Delta, "", made.Length, Hash(made), Payload.From, Hash(old));
        Assert.Equal(DeltaResult.Done, Delta.Apply(payload, this["old"], this["delta"], this["new"]));
        Assert.Equal(made, File.ReadAllBytes(this["new"]));
    }

    [Fact]
    public void Nothing_stays_of_what_does_not_come_out_as_signed()
    {
        byte[] delta = File.ReadAllBytes(Made);
        void Refused(DeltaResult expected, NoticePayload payload, byte[] bytes, string? old = null)
        {
            File.WriteAllBytes(this["delta"], bytes);
            File.WriteAllText(this["new"], "of an earlier try");
            Assert.Equal(expected, Delta.Apply(payload, old ?? Old, this["delta"], this["new"]));
            if (expected == DeltaResult.Broken) Assert.False(File.Exists(this["new"]));
        }
        Refused(DeltaResult.OtherSource, Payload, delta, ContentVectors.Path("update/phone-1.1.bin"));
        Refused(DeltaResult.Broken, Payload with { Sha256 = new string('0', 64) }, delta);
        Refused(DeltaResult.Broken, Payload with { Bytes = Payload.Bytes - 1 }, delta);
        Refused(DeltaResult.Broken, Payload, delta[..^1]);
        Refused(DeltaResult.Broken, Payload, [.. delta, 0]);
        Refused(DeltaResult.Broken, Payload, [.. delta, .. delta]);
        Refused(DeltaResult.Broken, Payload, []);
        Refused(DeltaResult.Broken, Payload, Noise(3, 1000));
        Refused(DeltaResult.TooLarge, Payload with { Bytes = Delta.MostBytes + 1 }, delta);
        for (int at = 0; at < delta.Length; at += 7)
        {
            byte[] flipped = [.. delta];
            flipped[at] ^= 0x10;
            File.WriteAllBytes(this["delta"], flipped);
            DeltaResult result = Delta.Apply(Payload, Old, this["delta"], this["new"]);
            if (result == DeltaResult.Done) Assert.Equal(Payload.Sha256, Hash(File.ReadAllBytes(this["new"]))); // a bit that means nothing
            else Assert.False(File.Exists(this["new"]));
        }
    }

    [Fact] // the frame's header asks for 2 GiB: descriptor without single segment, window log 31, content size of 8 bytes
    public void A_frame_that_wants_more_memory_is_refused_before_it_gets_any()
    {
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0xC0, (31 - 10) << 3, .. BitConverter.GetBytes(Payload.Bytes), 1, 0, 0];
        File.WriteAllBytes(this["delta"], frame);
        Assert.Equal(DeltaResult.TooLarge, Delta.Apply(Payload, Old, this["delta"], this["new"]));
        Assert.False(File.Exists(this["new"]));
    }

    static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    static byte[] Noise(byte seed, int length)
    {
        byte[] bytes = new byte[length];
        using Aes aes = Aes.Create();
        aes.Key = [.. Enumerable.Repeat(seed, 16)];
        aes.EncryptCbc(new byte[length], new byte[16], PaddingMode.PKCS7).AsSpan(0, length).CopyTo(bytes);
        return bytes;
    }
}
