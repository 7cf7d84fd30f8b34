using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>protocol.md §17 against vectors/join/code.json, which another program computed.</summary>
public sealed class JoinCodeTests
{
    [Fact]
    public void The_commitment_and_the_code_are_those_of_the_vector()
    {
        using JsonDocument vector = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root(), "vectors/join/code.json")));
        JsonElement root = vector.RootElement;
        JsonElement offered = root.GetProperty("offer");
        JoinOffer offer = new(Name(offered, "account"), Name(offered, "sheet"), Text(offered, "recipient"), Name(offered, "device"), Digest.Parse(Text(offered, "nonce")));
        Digest nonce = Digest.Parse(Text(root, "joining_nonce"));
        Assert.Equal(Text(root, "commitment"), JoinCode.Commitment(Name(root, "joining"), nonce).Text);
        Assert.Equal(Text(root, "code"), JoinCode.Of(Name(root, "server"), Name(root, "joining"), nonce, offer));
    }

    [Fact]
    public void Every_part_of_what_both_saw_is_in_the_code()
    {
        Thumbprint Key(string name) => Thumbprint.Parse(Digest.Of(System.Text.Encoding.ASCII.GetBytes(name)).Text);
        Digest nonce = Digest.Of("n"u8);
        JoinOffer offer = new(Key("account"), Key("sheet"), "age1", Key("device"), Digest.Of("a"u8));
        string[] codes =
        [
            JoinCode.Of(Key("server"), Key("joining"), nonce, offer),
            JoinCode.Of(Key("other"), Key("joining"), nonce, offer),
            JoinCode.Of(Key("server"), Key("other"), nonce, offer),
            JoinCode.Of(Key("server"), Key("joining"), Digest.Of("o"u8), offer),
            JoinCode.Of(Key("server"), Key("joining"), nonce, offer with { Account = Key("other") }),
            JoinCode.Of(Key("server"), Key("joining"), nonce, offer with { Sheet = Key("other") }),
            JoinCode.Of(Key("server"), Key("joining"), nonce, offer with { Recipient = "age2" }),
            JoinCode.Of(Key("server"), Key("joining"), nonce, offer with { Device = Key("other") }),
            JoinCode.Of(Key("server"), Key("joining"), nonce, offer with { Nonce = Digest.Of("o"u8) }),
        ];
        Assert.Equal(codes.Length, codes.Distinct().Count());
    }

    [Theory]
    [InlineData("12345678", "12345678")]
    [InlineData(" 1234 5678 ", "12345678")]
    [InlineData("1234-5678", "12345678")]
    [InlineData("1234567", null)]
    [InlineData("123456789", null)]
    [InlineData("1234567x", null)]
    [InlineData("١٢٣٤٥٦٧٨", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_code_is_eight_digits(string? typed, string? code)
    {
        Assert.Equal(code is not null, JoinCode.TryParse(typed, out string? read));
        if (code is not null) Assert.Equal(code, read);
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Offproof.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!;

    private static Thumbprint Name(JsonElement parent, string name) => Thumbprint.Parse(Text(parent, name));
}
