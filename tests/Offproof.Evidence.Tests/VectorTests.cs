namespace Offproof.Evidence.Tests;

/// <summary>vectors/evidence: what an earlier version packed verifies with every later one.</summary>
public sealed class VectorTests
{
    static MinisignKey Key => MinisignKey.TryParse(File.ReadAllText(Path.Combine(Repository.Vectors, "test.key.pub")), out var key) ? key : throw new InvalidOperationException();

    [Theory]
    [InlineData("bundle", "private", 10), InlineData("public", "public", 9)]
    public void The_example_bundles_verify(string name, string form, int files)
    {
        var report = EvidenceBundle.Verify(Path.Combine(Repository.Vectors, name), Key);
        Assert.Empty(report.Defects);
        Assert.Equal((true, form, files), (report.Signer!.Known, report.Bundle!.Form, report.Files));
    }

    [Fact]
    public void The_example_openings_open_what_they_say()
    {
        string[] sums = File.ReadAllLines(Path.Combine(Repository.Vectors, "openings.sha256"));
        Assert.Equal(3, sums.Length);
        foreach (string line in sums)
        {
            byte[] opening = File.ReadAllBytes(Path.Combine(Repository.Vectors, "openings", line[66..]));
            Assert.Equal(line[..64], EvidenceBundle.Verify(Path.Combine(Repository.Vectors, "public"), Key, opening).Opening!.Commitment);
        }
    }

    [Fact]
    public void The_example_page_is_made_again_byte_for_byte()
    {
        var (path, page) = Assert.Single(EvidenceBundle.Pages(Path.Combine(Repository.Vectors, "public")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(Repository.Vectors, "public", path)), page);
    }

    [Fact]
    public void The_test_key_is_the_one_that_signed()
    {
        Assert.Equal(SecretKeyReading.Read, MinisignSecretKey.TryRead(File.ReadAllBytes(Path.Combine(Repository.Vectors, "test.key")), [], out var key));
        using (key) Assert.True(key!.PublicKey.IsSame(Key));
    }
}
