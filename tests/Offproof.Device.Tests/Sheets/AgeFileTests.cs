using System.Text;

namespace Offproof.Device.Tests.Sheets;

public sealed class AgeFileTests
{
    private const int Chunk = 64 * 1024;

    [Theory] // README: "age opens the key"
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData(3 * Chunk)]
    public async Task Stock_age_opens_what_we_seal(int length)
    {
        using TemporaryFolder folder = new();
        using AgeIdentity identity = AgeIdentity.Generate();
        byte[] plain = Pattern(length);
        await File.WriteAllTextAsync(folder["identity"], identity.Reveal() + "\n");
        await File.WriteAllBytesAsync(folder["sealed.age"], AgeFile.Seal(plain, identity.Recipient));

        (int exit, byte[] opened, string error) = await Peer.RunAsync("age", ["-d", "-i", folder["identity"], folder["sealed.age"]]);

        Assert.True(exit == 0, error);
        Assert.Equal(plain, opened);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    public async Task We_open_what_stock_age_seals_to_us_among_others(int length)
    {
        using TemporaryFolder folder = new();
        using AgeIdentity ours = AgeIdentity.Generate();
        using AgeIdentity other = AgeIdentity.Generate();
        byte[] plain = Pattern(length);
        (int exit, byte[] sealedFile, string error) =
            await Peer.RunAsync("age", ["-r", other.Recipient.ToString(), "-r", ours.Recipient.ToString()], plain);
        Assert.True(exit == 0, error);

        Assert.True(AgeFile.TryOpen(sealedFile, ours, out byte[]? opened));
        Assert.Equal(plain, opened);
    }

    [Fact]
    public async Task The_recipient_of_a_key_that_age_keygen_made_is_the_one_that_age_keygen_names()
    {
        (int exit, byte[] file, string error) = await Peer.RunAsync("age-keygen", []);
        Assert.True(exit == 0, error);
        string[] lines = Encoding.ASCII.GetString(file).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(AgeIdentity.TryParse(lines[^1], out AgeIdentity? identity));
        using (identity) Assert.Equal($"# public key: {identity.Recipient}", lines[^2]);
    }

    [Fact]
    public void Every_flipped_bit_of_a_sealed_password_is_noticed()
    {
        using AgeIdentity identity = AgeIdentity.Generate();
        byte[] file = AgeFile.Seal(Pattern(64), identity.Recipient);
        for (int i = 0; i < file.Length; i++)
        {
            byte[] altered = [.. file];
            altered[i] ^= 1;
            Assert.False(AgeFile.TryOpen(altered, identity, out _), $"byte {i}");
        }
        Assert.True(AgeFile.TryOpen(file, identity, out _));
    }

    [Fact]
    public void Every_truncation_and_an_addition_are_noticed()
    {
        using AgeIdentity identity = AgeIdentity.Generate();
        byte[] file = AgeFile.Seal(Pattern(64), identity.Recipient);
        for (int length = 0; length < file.Length; length++) Assert.False(AgeFile.TryOpen(file.AsSpan(0, length), identity, out _), $"{length} bytes");
        Assert.False(AgeFile.TryOpen([.. file, 0], identity, out _));
    }

    [Fact]
    public void Another_identity_opens_nothing()
    {
        using AgeIdentity identity = AgeIdentity.Generate();
        using AgeIdentity stranger = AgeIdentity.Generate();
        Assert.False(AgeFile.TryOpen(AgeFile.Seal(Pattern(64), identity.Recipient), stranger, out _));
    }

    [Fact] // RFC 7748 §6.1: the all-zero shared secret of a small-order point must stop the exchange
    public void A_recipient_of_small_order_is_refused()
    {
        AgeRecipient zero = new(new byte[AgeRecipient.Size]);
        Assert.Throws<ArgumentException>(() => AgeFile.Seal(Pattern(64), zero));
    }

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(static i => (byte)(i * 31 % 251))];
}
