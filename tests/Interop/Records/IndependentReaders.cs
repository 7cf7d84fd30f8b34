using System.Buffers.Text;
using System.Text.Json;

namespace Offproof.Interop;

/// <summary>vectors/consent/ read by programs that share nothing with ours: jose (npm), a reader over jwcrypto written from docs/consent.md alone, age, openssl (consent.md §5).</summary>
public sealed class IndependentReaders
{
    static string Here => Path.Combine(ProgramUnderTest.Root, "tests", "Interop", "Records");

    static string Vectors => Path.Combine(ProgramUnderTest.Root, "vectors", "consent");

    [Fact]
    public async Task Jose_verifies_every_record_and_refuses_what_has_no_right_signature() => Said((await JoseAsync(Vectors)).Is(0), "0 complaints");

    [Fact]
    public async Task A_reader_written_from_the_page_alone_finds_the_clause_of_each_refused_record() => Said((await ReaderAsync(Vectors)).Is(0), "0 complaints");

    public static TheoryData<string, string, string> Sheets => new()
    {
        { "rotation", "sheet", "second-sheet" },
        { "rotation-second", "second-sheet", "third-sheet" },
        { "rotation-after-replacement", "fourth-sheet", "fifth-sheet" },
    };

    [Theory, MemberData(nameof(Sheets))] // consent.md §3.10: "a new sheet opens the old one"
    public async Task Stock_age_opens_the_old_sheet_with_the_new_one_alone_and_openssl_derives_who_signed(string rotation, string old, string next)
    {
        await using Scratch scratch = new();
        using var keys = await JsonAsync("keys.json");
        using var payload = await JsonAsync(rotation + ".payload.json");
        var sheet = payload.RootElement.GetProperty("sheet");
        string sealedFile = scratch["sealed.age"];
        await File.WriteAllBytesAsync(sealedFile, Base64Url.DecodeFromChars(sheet.GetProperty("identity").GetString()), TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Vectors, rotation + ".identity.age"), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(sealedFile, TestContext.Current.CancellationToken));

        string oldLine = await LineAsync(keys, old);
        await File.WriteAllTextAsync(scratch["old"], oldLine, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(scratch["new"], await LineAsync(keys, next), TestContext.Current.CancellationToken);
        Assert.Equal(oldLine, (await Processes.RunAsync("age", "--decrypt", "--identity", scratch["new"], sealedFile)).Is(0).Output);
        (await Processes.RunAsync("age", "--decrypt", "--identity", scratch["old"], sealedFile)).Is(1);

        string recipient = (await Processes.RunAsync("age-keygen", "-y", scratch["new"])).Is(0).Output.Trim();
        Assert.Equal(recipient, sheet.GetProperty("recipient").GetString());
        Assert.Equal(recipient, keys.RootElement.GetProperty(next).GetProperty("recipient").GetString());

        // What was sealed derives the key that signed the rotation, and the new line the key that it names.
        string header = (await File.ReadAllTextAsync(Path.Combine(Vectors, rotation + ".jws"), TestContext.Current.CancellationToken)).Split('.')[0];
        using var read = JsonDocument.Parse(Base64Url.DecodeFromChars(header));
        Assert.Equal(read.RootElement.GetProperty("kid").GetString(), keys.RootElement.GetProperty(old).GetProperty("thumbprint").GetString());
        await DerivesAsync(scratch, scratch["old"], keys.RootElement.GetProperty(old).GetProperty("jwk"));
        await DerivesAsync(scratch, scratch["new"], sheet.GetProperty("jwk"));
    }

    // The checks can fail:

    [Theory]
    [InlineData("cp grant.jws refused/rotation-alg-hs256.jws", "rotation-alg-hs256", true, true)] // a record accepted that must be refused
    [InlineData("cp admission.jws removal-device.jws", "removal-device", true, true)] // a record of another type
    [InlineData("sed -i 's/\"rotation\": \"./\"rotation\": \"/' hashes.json", "rotation", true, true)] // another record hash
    [InlineData("cp receipt-grant.jws receipt-rotation.jws; sed -i 's/\"epoch\": 1/\"epoch\": 2/' grant.payload.json", "grant", true, true)] // another readable payload
    [InlineData("sed -i '0,/\"thumbprint\": \"2/s//\"thumbprint\": \"3/' keys.json", "sheet", true, true)] // another thumbprint
    [InlineData("sed -i 's/consent.md §3.12/consent.md §3.11/' refused.json", "cancellation-by-device", false, true)] // another clause
    [InlineData("cp erasure-device.jws refused/erasure-device-of-another.jws", "erasure-device-of-another", false, true)] // a rule that jose does not know
    [InlineData("jq '{rotation} + .' hashes.json >x && mv x hashes.json", "certificate: refused for §4", false, true)] // another order of one account's life
    public async Task A_list_that_is_not_as_it_should_be_is_noticed(string change, string named, bool byJose, bool byReader)
    {
        await using Scratch scratch = new();
        await Processes.ShellAsync(scratch.Root, $"cp -r '{Vectors}' v; cd v; {change}");
        foreach (var (ended, notices) in new[] { (await JoseAsync(scratch["v"]), byJose), (await ReaderAsync(scratch["v"]), byReader) })
        {
            if (notices) Assert.Contains(named, ended.Is(1).Output, StringComparison.Ordinal);
        }
    }

    static Task<Ended> ReaderAsync(string vectors) => Processes.RunAsync("/usr/bin/python3", Path.Combine(Here, "reader.py"), vectors);

    static async Task<Ended> JoseAsync(string vectors) => await Processes.RunAsync("node", Path.Combine(Here, "jose.mjs"), vectors, await NpmPackages.FolderAsync(Here, "jose"));

    static void Said(Ended ended, string words)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(ended.Output);
        Assert.EndsWith(words, ended.Output.TrimEnd(), StringComparison.Ordinal);
    }

    static async Task<JsonDocument> JsonAsync(string name) => JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Vectors, name), TestContext.Current.CancellationToken));

    static async Task<string> LineAsync(JsonDocument keys, string sheet)
    {
        using var first = await JsonAsync("sheet-key.json");
        return (keys.RootElement.GetProperty(sheet).TryGetProperty("identity_line", out var line) ? line : first.RootElement.GetProperty("identity_line")).GetString()!;
    }

    // The commands of sheet-key.json: HKDF, then the point that belongs to the scalar.
    static async Task DerivesAsync(Scratch scratch, string lineFile, JsonElement jwk)
    {
        string scalar = (await Processes.ShellAsync(scratch.Root, $"""
            openssl kdf -keylen 32 -kdfopt digest:SHA2-256 -kdfopt "key:$(cat '{lineFile}')" -kdfopt info:offproof/v1/sheet-signing HKDF | tr -d ':\n'
            """)).Is(0).Output;
        await File.WriteAllBytesAsync(scratch["key.der"], Convert.FromHexString("30310201010420" + scalar + "a00a06082a8648ce3d030107"), TestContext.Current.CancellationToken);
        byte[] point = (await Processes.RunAsync("openssl", "ec", "-in", scratch["key.der"], "-inform", "DER", "-pubout", "-outform", "DER", "-conv_form", "uncompressed")).Is(0).Bytes;
        Assert.Equal(jwk.GetProperty("x").GetString(), Base64Url.EncodeToString(point.AsSpan()[^64..^32]));
        Assert.Equal(jwk.GetProperty("y").GetString(), Base64Url.EncodeToString(point.AsSpan()[^32..]));
    }
}
