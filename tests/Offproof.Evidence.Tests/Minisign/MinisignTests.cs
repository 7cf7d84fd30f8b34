using System.Text;

namespace Offproof.Evidence.Tests;

/// <summary>What stock minisign 0.11 wrote, and what is made of it by whoever would deceive (evidence.md §3). That stock minisign reads ours: tests/Interop/Evidence.</summary>
public sealed class MinisignTests
{
    // minisign -G -W; minisign -S -m, and with -l; of the three bytes "hi\n". The keys are nobody's.
    const string PublicKey = "RWToFJ3fmiX4trSKUOceVHTCHaSesncyOGrHQRYZ1diObp/wibuGFBIU";
    const string SecretKey = "untrusted comment: minisign encrypted secret key\nRWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA6BSd35ol+LYMsjuLMMwTutOlxrQL1DI20AQ6TDDg1jTpz0zGMN4CiLSKUOceVHTCHaSesncyOGrHQRYZ1diObp/wibuGFBIUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    const string Prehashed = "untrusted comment: signature from minisign secret key\nRUToFJ3fmiX4tq1PPgLX5GbsgJ8rxbiNKavZ540jNAiKVk4K2BjkxGDR6R840AWM1Ipaws1IdNui4IJxweIMKxiVcbrZYqyZrgU=\ntrusted comment: x y\nrnR4AYV0ECtg7EfE3vCVFkcNHGrTFTGGzZZzkC0CAUs2UtiXDIhb56ATeATStUzolk0g237Mynn1crGJkgpbBA==\n";
    const string Legacy = "untrusted comment: signature from minisign secret key\nRWToFJ3fmiX4tj3oQZ3rbv1Rc7y47Jm7xrw4ybMZ+reDjexREcNn+79YRfxbQZcZo4UDpNCIz7rmIJEQnjl4Xd3+5WA/37fZtwg=\ntrusted comment: timestamp:1795727869\tfile:f\nLSbKB9bCVLDqim1EMhKHz6VahO2Zss+epicE1bpj+nrOjEg0mwIRvS5OrZoS8hFMckxhYAecqHjNNRV0XtjUCQ==\n";

    static MinisignKey Key => MinisignKey.TryParse(PublicKey, out var key) ? key : throw new InvalidOperationException();

    [Theory]
    [InlineData(Prehashed, true, "x y"), InlineData(Legacy, false, "timestamp:1795727869\tfile:f")]
    public void What_minisign_signed_verifies(string file, bool isPrehashed, string comment)
    {
        Assert.True(MinisignSignature.TryParse(Encoding.UTF8.GetBytes(file), out var signature, out _));
        Assert.Equal((isPrehashed, comment, "B6F8259ADF9D14E8"), (signature.IsPrehashed, signature.TrustedComment, signature.KeyId));
        Assert.Equal(SignatureCheck.Good, signature.Verify(Key, "hi\n"u8));
        Assert.Equal(SignatureCheck.OtherBytes, signature.Verify(Key, "hj\n"u8));
        using var other = MinisignSecretKey.Create();
        Assert.Equal(SignatureCheck.ForeignKey, signature.Verify(other.PublicKey, "hi\n"u8));
        Assert.Equal(SignatureCheck.OtherBytes, signature.Verify(new MinisignKey(Key.IdBytes, Convert.FromBase64String(other.PublicKey.Text).AsSpan(10)), "hi\n"u8)); // an id is easily made twice
    }

    [Theory]
    [InlineData(Prehashed), InlineData(Legacy)]
    public void A_signature_with_any_byte_changed_is_refused_but_in_the_comment_that_nothing_covers(string file)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(file);
        int covered = "untrusted comment: signature from minisign secret key\n".Length;
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 1;
            bool isGood = MinisignSignature.TryParse(changed, out var signature, out _) && signature.Verify(Key, "hi\n"u8) is SignatureCheck.Good;
            Assert.Equal(i >= "untrusted comment: ".Length && i < covered - 1, isGood);
        }
    }

    [Theory]
    [InlineData(-1), InlineData(1), InlineData(60), InlineData(200)]
    public void A_signature_that_was_cut_or_goes_on_is_none(int cut)
    {
        string file = cut < 0 ? Prehashed + "more\n" : Prehashed[..^cut];
        Assert.False(MinisignSignature.TryParse(Encoding.UTF8.GetBytes(file), out _, out string? why));
        Assert.NotEmpty(why);
    }

    [Fact]
    public void A_trusted_comment_of_another_signature_is_told()
    {
        using var key = MinisignSecretKey.Create();
        string one = Encoding.UTF8.GetString(key.Sign("hi\n"u8, "one")), other = Encoding.UTF8.GetString(key.Sign("hi\n"u8, "other"));
        string mixed = one.Replace("trusted comment: one", "trusted comment: other", StringComparison.Ordinal);
        Assert.NotEqual(other, mixed);
        Assert.True(MinisignSignature.TryParse(Encoding.UTF8.GetBytes(mixed), out var signature, out _));
        Assert.Equal(SignatureCheck.OtherComment, signature.Verify(key.PublicKey, "hi\n"u8));
    }

    [Theory]
    [InlineData("a\u001b[2Jb"), InlineData("a\u202eb"), InlineData("a\u0000b")]
    public void A_comment_that_would_deceive_a_terminal_is_neither_written_nor_read(string comment)
    {
        using var key = MinisignSecretKey.Create();
        Assert.Throws<ArgumentException>(() => key.Sign("hi\n"u8, comment));
        Assert.False(MinisignSignature.TryParse(Encoding.UTF8.GetBytes(Prehashed.Replace("x y", comment, StringComparison.Ordinal)), out _, out _));
    }

    [Fact]
    public void What_is_signed_here_verifies_and_so_does_its_key_after_a_file()
    {
        using var key = MinisignSecretKey.Create();
        byte[] file = key.Export();
        Assert.Equal(SecretKeyReading.Read, MinisignSecretKey.TryRead(file, [], out var again));
        using (again)
        {
            Assert.True(MinisignSignature.TryParse(again!.Sign("text"u8, "c"), out var signature, out _));
            Assert.True(signature.IsPrehashed);
            Assert.Equal(SignatureCheck.Good, signature.Verify(key.PublicKey, "text"u8));
        }
        Assert.True(MinisignKey.TryParse(key.PublicKey.FileText, out var read));
        Assert.True(read.IsSame(key.PublicKey));
    }

    [Fact]
    public void A_secret_key_that_minisign_made_is_read_and_its_file_is_ours_byte_for_byte()
    {
        Assert.Equal(SecretKeyReading.Read, MinisignSecretKey.TryRead(Encoding.ASCII.GetBytes(SecretKey), [], out var key));
        using (key)
        {
            Assert.Equal(PublicKey, key!.PublicKey.Text);
            Assert.Equal(SecretKey, Encoding.ASCII.GetString(key.Export()));
        }
    }

    [Fact] // minisign -G with the password "pw": scrypt with 1 GiB
    public void An_encrypted_secret_key_opens_with_its_password_alone()
    {
        byte[] file = "untrusted comment: minisign encrypted secret key\nRWRTY0Iy4k39sAm13Wt4Y81cVgHjMHBi0hc/0qSRoj3+TM1drKoAAAACAAAAAAAAAEAAAAAAymXLn4xA6tM+5W2NKJRctcEiLchhQtaXa5DQiUpBdskg0EHeW1vVRwgM1IzBuyTZai9CQkY5dEaMcCsmoyHLfTbffFH0K/rQOzQtnPYVF/qElhnDHlfTg7gbkLdqx+Btyarq3CHpkLI=\n"u8.ToArray();
        Assert.Equal(SecretKeyReading.PasswordWanted, MinisignSecretKey.TryRead(file, [], out _));
        Assert.Equal(SecretKeyReading.WrongPassword, MinisignSecretKey.TryRead(file, "pv"u8, out _));
        Assert.Equal(SecretKeyReading.Read, MinisignSecretKey.TryRead(file, "pw"u8, out var key));
        using (key) Assert.Equal("RWTMWchYgzYJushH/7rOsmBVVct8EI7/SqDtGgg5aHhwLXrPZjLSyjob", key!.PublicKey.Text);
    }

    [Fact]
    public void A_secret_key_whose_halves_do_not_belong_together_is_none()
    {
        byte[] raw = Convert.FromBase64String(SecretKey.Split('\n')[1]);
        raw[70] ^= 1; // in the seed
        Assert.Equal(SecretKeyReading.NoKey, MinisignSecretKey.TryRead(Encoding.ASCII.GetBytes($"untrusted comment: x\n{Convert.ToBase64String(raw)}\n"), [], out _));
        Assert.Equal(SecretKeyReading.NoKey, MinisignSecretKey.TryRead(Encoding.ASCII.GetBytes(PublicKey), [], out _));
    }

    [Theory]
    [InlineData(""), InlineData("RWToFJ3fmiX4"), InlineData("untrusted comment: x"), InlineData("RWToFJ3fmiX4trSKUOceVHTCHaSesncyOGrHQRYZ1diObp/wibuGFBIV=")]
    [InlineData("RUToFJ3fmiX4trSKUOceVHTCHaSesncyOGrHQRYZ1diObp/wibuGFBIU"), InlineData("RWToFJ3fmiX4tgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Other_texts_are_no_public_key(string text) => Assert.False(MinisignKey.TryParse(text, out _));
}
