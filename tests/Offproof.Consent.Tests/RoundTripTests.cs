namespace Offproof.Consent.Tests;

public sealed class RoundTripTests
{
    [Fact]
    public void Every_record_reads_back_as_what_was_signed()
    {
        var certificate = Certificate.Sign(Examples.Sheet, Examples.Certificate);
        var grant = Grant.Sign(Examples.Device, Examples.Grant(certificate.Hash));
        var revocation = Revocation.Sign(Examples.Device, Examples.Revocation(grant.Hash));
        var receipt = Receipt.Sign(Examples.Server, Examples.Receipt(Examples.Device.Thumbprint, grant, ReceiptState.On, 61));

        Assert.Equal(Examples.Certificate, Examples.Verify(Again(certificate)));
        Assert.Equal(Examples.Grant(certificate.Hash), Examples.Verify(Again(grant)));
        Assert.Equal(Examples.Revocation(grant.Hash), Examples.Verify(Again(revocation)));
        Assert.Equal(Examples.Receipt(Examples.Device.Thumbprint, grant, ReceiptState.On, 61), Examples.Verify(Again(receipt)));
        var anchored = Examples.Receipt(Examples.Device.Thumbprint, grant, ReceiptState.On, 61) with { Ledger = Examples.Ledger };
        Assert.Equal(anchored, Examples.Verify(Again(Receipt.Sign(Examples.Server, anchored))));
        foreach (var proof in (Proof[])[Examples.AddProof, Examples.ReadProof, Examples.RecoveryProof, Examples.ReadProof with { Vault = Examples.ReadProof.Vault! with { Mode = VaultMode.Prune } }])
            Assert.Equal(proof, Examples.Verify(Again(Proof.Sign(proof == Examples.AddProof ? Examples.Device : Examples.Sheet, proof))));
    }

    [Fact]
    public void Two_signatures_over_one_content_have_one_hash()
    {
        var first = Certificate.Sign(Examples.Sheet, Examples.Certificate);
        var second = Certificate.Sign(Examples.Sheet, Examples.Certificate);
        Assert.NotEqual(first.Compact, second.Compact, StringComparer.Ordinal);
        Assert.Equal(first.Hash, second.Hash);
    }

    [Fact]
    public void Signing_for_somebody_else_is_misuse()
    {
        Assert.Throws<ArgumentException>(() => Revocation.Sign(Examples.Sheet, Examples.Revocation(Digest.Of("x"u8))));
        Assert.Throws<ArgumentException>(() => Grant.Sign(Examples.Sheet, Examples.Grant(Digest.Of("x"u8))));
        Assert.Throws<ArgumentException>(() => Proof.Sign(Examples.Device, Examples.AddProof with { Seconds = 59 }));
    }

    [Fact]
    public void The_policy_is_embedded_as_it_stands_in_the_source()
    {
        byte[] file = File.ReadAllBytes(Path.Combine(Repository.Root, "src", "Offproof.Consent", "policy.en.txt"));
        Assert.Equal(Digest.Of(file), Policy.Sha256);
        Assert.StartsWith("Offproof:", Policy.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\r", Policy.Text, StringComparison.Ordinal);
    }

    static SignedRecord Again(SignedRecord record)
    {
        Assert.True(SignedRecord.TryParse(record.Compact, out var read));
        Assert.Equal(record.Hash, read.Hash);
        return read;
    }
}

static class Repository
{
    // The folder that holds Offproof.slnx, upwards from the tests' own assembly.
    internal static string Root { get; } = Find();

    static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Offproof.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("not inside the repository");
    }
}
