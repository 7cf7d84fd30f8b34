namespace Offproof.Device.Tests.Sheets;

public sealed class Bech32Tests
{
    [Theory] // BIP 173, "Test vectors": valid strings whose data part is a whole number of bytes
    [InlineData("a", "A12UEL5L")]
    [InlineData("a", "a12uel5l")]
    [InlineData("an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio",
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs")]
    [InlineData("?", "?1ezyfcl")]
    public void Published_strings_without_data_decode_to_nothing(string prefix, string text)
    {
        Assert.True(Bech32.TryDecode(prefix, text, out byte[]? data));
        Assert.Empty(data);
    }

    [Fact] // BIP 173: "abcdef1qpzry..." carries the 32 values 0..31
    public void Published_string_with_all_values_decodes_and_encodes()
    {
        const string text = "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw";
        Assert.True(Bech32.TryDecode("abcdef", text, out byte[]? data));
        Assert.Equal("00443214C74254B635CF84653A56D7C675BE77DF", Convert.ToHexString(data));
        Assert.Equal(text, Bech32.Encode("abcdef", data));
    }

    [Theory] // BIP 173: invalid strings, and what age adds
    [InlineData("x", "x1b4n0q5v")] // a character outside the alphabet
    [InlineData("li", "li1dgmt3")] // checksum too short
    [InlineData("A", "A1G7SGD8")] // checksum made with the upper-case prefix
    [InlineData("", "10a06t8")] // empty prefix
    [InlineData("a", "A12uel5l")] // mixed case
    [InlineData("b", "a12uel5l")] // another prefix
    [InlineData("abcdef", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxq")] // last character altered
    public void Damaged_strings_are_refused(string prefix, string text) => Assert.False(Bech32.TryDecode(prefix, text, out _));

    [Fact]
    public void Every_single_wrong_character_of_an_identity_is_noticed()
    {
        using AgeIdentity identity = AgeIdentity.Generate();
        string line = identity.Reveal();
        for (int i = "AGE-SECRET-KEY-1".Length; i < line.Length; i++)
        {
            string damaged = line[..i] + (line[i] == 'Q' ? 'P' : 'Q') + line[(i + 1)..];
            Assert.False(AgeIdentity.TryParse(damaged, out _), $"position {i}");
        }
        Assert.True(AgeIdentity.TryParse(line, out AgeIdentity? control));
        control.Dispose();
    }
}
