using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Offproof.Consent.Tests;

/// <summary>vectors/consent/ against the code, in both directions (consent.md §5).</summary>
public sealed class VectorTests
{
    public static TheoryData<string> ExampleNames => [.. Examples.SignAll().Select(pair => pair.Name)];

    public static TheoryData<string> RefusedNames => [.. RefusedList().Select(record => record.Name)];

    [Theory]
    [MemberData(nameof(ExampleNames))]
    public void Signing_makes_the_stored_header_and_payload_byte_for_byte(string name)
    {
        string stored = Vectors.Read(name + ".jws");
        string made = Examples.SignAll().Single(pair => pair.Name == name).Record.Compact;
        Assert.Equal(Vectors.SignedPart(stored), Vectors.SignedPart(made));
        Assert.Equal(Vectors.Read(name + ".payload.json"), Vectors.Pretty(Vectors.Example(name)));
    }

    [Theory]
    [MemberData(nameof(ExampleNames))]
    public void Stored_signatures_verify_and_the_hash_is_the_listed_one(string name)
    {
        var record = Vectors.Example(name);
        Assert.NotNull(Examples.Verify(record));
        Assert.True(Vectors.SignatureIsRight(record.Compact, Examples.KeyOf(record.Kid)!));
        using var hashes = JsonDocument.Parse(Vectors.Read("hashes.json"));
        Assert.Equal(hashes.RootElement.GetProperty(name).GetString(), record.Hash.Text);
    }

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public void Refused_record_is_refused_and_the_one_it_was_made_from_is_not(string name)
    {
        var listed = RefusedList().Single(record => record.Name == name);
        string compact = Vectors.Read($"refused/{name}.jws");
        Assert.NotNull(Examples.Verify(Vectors.Example(listed.Of)));
        Assert.False(SignedRecord.TryParse(compact, out var record) && Examples.Verify(record) is not null, listed.Breaks);
        // Where the signature is right, it is the named defect that was noticed, and not a broken signature.
        Assert.Equal(listed.SignatureIsRight, Vectors.SignatureIsRight(compact, RefusedRecords.All.Single(made => made.Name == name).Signer));
    }

    [Fact]
    public void Refused_list_names_every_file_and_every_file_is_made_by_these_tests()
    {
        string[] listed = [.. RefusedList().Select(record => record.Name + ".jws").Order(StringComparer.Ordinal)];
        string[] files = [.. Directory.GetFiles(Path.Combine(Vectors.Folder, "refused")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.Equal(listed, files);
        Assert.Equal(Vectors.RefusedJson(RefusedRecords.All), Vectors.Read("refused.json"));
        foreach (var made in RefusedRecords.All)
        {
            string stored = Vectors.Read($"refused/{made.Name}.jws");
            if (stored.Contains('.', StringComparison.Ordinal) && made.Compact.Count(c => c == '.') == 2)
                Assert.Equal(Vectors.SignedPart(made.Compact), Vectors.SignedPart(stored));
        }
    }

    [Fact]
    public void Keys_and_the_sheet_key_are_the_published_ones()
    {
        Assert.Equal(Vectors.KeysJson(), Vectors.Read("keys.json"));
        Assert.Equal(Vectors.SheetKeyJson(), Vectors.Read("sheet-key.json"));
    }

    [Fact] // The promise "a piece of paper can sign" needs no program of ours: the scalar and the key come out of openssl.
    public void Openssl_derives_the_same_sheet_key()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl"), "openssl is not installed");
        using var vector = JsonDocument.Parse(Vectors.Read("sheet-key.json"));
        string scalar = vector.RootElement.GetProperty("scalar").GetString()!;
        string line = vector.RootElement.GetProperty("identity_line").GetString()!;
        string derived = Encoding.ASCII.GetString(OpenSsl([], "kdf", "-keylen", "32", "-kdfopt", "digest:SHA2-256", "-kdfopt", "key:" + line, "-kdfopt", "info:offproof/v1/sheet-signing", "HKDF"));
        Assert.Equal(scalar, derived.Trim().Replace(":", "", StringComparison.Ordinal).ToLowerInvariant());

        byte[] der = Convert.FromHexString("30310201010420" + scalar + "a00a06082a8648ce3d030107");
        byte[] spki = OpenSsl(der, "ec", "-inform", "DER", "-pubout", "-outform", "DER", "-conv_form", "uncompressed");
        var jwk = vector.RootElement.GetProperty("jwk");
        Assert.Equal(jwk.GetProperty("x").GetString(), System.Buffers.Text.Base64Url.EncodeToString(spki.AsSpan()[^64..^32]));
        Assert.Equal(jwk.GetProperty("y").GetString(), System.Buffers.Text.Base64Url.EncodeToString(spki.AsSpan()[^32..]));
    }

    [Fact(Explicit = true)]
    public void Write_the_vectors_anew()
    {
        Directory.CreateDirectory(Path.Combine(Vectors.Folder, "refused"));
        Write("keys.json", Vectors.KeysJson());
        Write("sheet-key.json", Vectors.SheetKeyJson());
        var records = Examples.SignAll();
        Write("hashes.json", Vectors.HashesJson(records));
        foreach (var (name, record) in records)
        {
            Keep(name + ".jws", record.Compact);
            Write(name + ".payload.json", Vectors.Pretty(record));
        }

        Write("refused.json", Vectors.RefusedJson(RefusedRecords.All));
        foreach (var record in RefusedRecords.All) Keep($"refused/{record.Name}.jws", record.Compact);

        static void Write(string name, string text) => File.WriteAllText(Path.Combine(Vectors.Folder, name), text);

        // A signature is another one each time; vectors are lasting. What is there stays, and the other tests say whether it should have been changed.
        static void Keep(string name, string text)
        {
            if (!File.Exists(Path.Combine(Vectors.Folder, name))) Write(name, text);
        }
    }

    static List<Refused> RefusedList()
    {
        using var list = JsonDocument.Parse(Vectors.Read("refused.json"));
        return
        [
            .. list.RootElement.EnumerateArray().Select(item => new Refused(
                Path.GetFileNameWithoutExtension(item.GetProperty("file").GetString()!),
                Path.GetFileNameWithoutExtension(item.GetProperty("made_from").GetString()!),
                item.GetProperty("clause").GetString()!,
                item.GetProperty("breaks").GetString()!,
                item.GetProperty("signature_is_right").GetBoolean(),
                "",
                Examples.Device)),
        ];
    }

    static byte[] OpenSsl(byte[] input, params string[] arguments)
    {
        ProcessStartInfo start = new("/usr/bin/openssl", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        using MemoryStream output = new();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, process.StandardError.ReadToEnd());
        return output.ToArray();
    }
}
