namespace Offproof.Consent.Tests;

/// <summary>One complete life of a switch, as in vectors/consent/: certificate, grant, revocation, a receipt for each, and the three kinds of proof; then of an account.</summary>
static partial class Examples
{
    internal const long Start = 1_767_225_600; // 2026-01-01T00:00:00Z
    internal const string ServerUrl = "https://cloud.example.org/";

    internal static readonly SigningKey Sheet = PublishedKeys.Sheet();
    internal static readonly SigningKey Device = PublishedKeys.Device();
    internal static readonly SigningKey Server = PublishedKeys.Server();
    internal static readonly SigningKey Other = PublishedKeys.OtherDevice();
    internal static readonly SigningKey Third = PublishedKeys.ThirdDevice();
    internal static readonly IReadOnlyList<SigningKey> Sheets = [Sheet, .. Enumerable.Range(0, PublishedKeys.LaterSheets.Length).Select(PublishedKeys.LaterSheet)];
    internal static readonly IReadOnlyList<SigningKey> Devices = [Device, Other, Third];

    internal static Certificate Certificate { get; } =
        new() { Account = Sheet.Thumbprint, DeviceKey = Device.Public, Server = Server.Thumbprint, IssuedAt = Start };

    internal static Grant Grant(Digest certificate) => new()
    {
        Device = Device.Thumbprint,
        Account = Sheet.Thumbprint,
        Server = Server.Thumbprint,
        IssuedAt = Start + 60,
        Seq = 1,
        Prev = certificate,
        Category = Category.Messages,
        Epoch = Epoch.First,
        Vault = new(Digest.Of("the config file"u8), Digest.Of("the key file"u8), Digest.Of("the sealed password"u8)),
        // The example keeps its own text, so that a new wording of the policy does not change lasting vectors.
        Policy = Digest.Of("the policy text"u8),
        Consent = GrantConsent.For(
            Category.Messages, ServerUrl, Guid.Parse("3f2c8f0e-5a0d-4f43-9f0e-6b1f6a2d7c11"), DateTimeOffset.FromUnixTimeSeconds(Start + 60)) with
        { Validity = null },
    };

    internal static Revocation Revocation(Digest grant) => new()
    {
        Device = Device.Thumbprint,
        Account = Sheet.Thumbprint,
        Server = Server.Thumbprint,
        IssuedAt = Start + 3600,
        Seq = 2,
        Prev = grant,
        Category = Category.Messages,
        Epoch = Epoch.First,
        Grant = grant,
        RecordId = Guid.Parse("b1f7c1de-83e4-4c38-8c55-0d3a5f6e9a20"),
        EventTime = DateTimeOffset.FromUnixTimeSeconds(Start + 3600),
    };

    internal static Receipt Receipt(Thumbprint audience, SignedRecord record, ReceiptState state, long after) => new()
    {
        Server = Server.Thumbprint,
        Account = Sheet.Thumbprint,
        Audience = audience,
        IssuedAt = Start + after,
        Record = record.Hash,
        OfTyp = record.Typ,
        State = state,
    };

    internal static LedgerHead Ledger { get; } = new(12, Digest.Of("line 12 of a ledger"u8));

    internal static Proof AddProof { get; } = new()
    {
        Signer = Device.Thumbprint,
        Account = Sheet.Thumbprint,
        Server = Server.Thumbprint,
        IssuedAt = Start + 120,
        Nonce = "bm9uY2UgMQ",
        Vault = new(Device.Thumbprint, Category.Messages, Epoch.First, VaultMode.Add),
    };

    internal static Proof ReadProof { get; } = AddProof with
    {
        Signer = Sheet.Thumbprint,
        Nonce = "bm9uY2UgMg",
        Vault = new(Device.Thumbprint, Category.Messages, Epoch.First, VaultMode.Read),
        Seconds = 3600,
    };

    internal static Proof RecoveryProof { get; } = ReadProof with { Nonce = "bm9uY2UgMw", Vault = null, Seconds = 60 };

    // Every example by its file name in vectors/consent/, signed anew. Hashes do not depend on signatures, so links and receipts are the same each time.
    internal static IReadOnlyList<(string Name, SignedRecord Record)> SignAll()
    {
        var certificate = Consent.Certificate.Sign(Sheet, Certificate);
        var grant = Consent.Grant.Sign(Device, Grant(certificate.Hash));
        var revocation = Consent.Revocation.Sign(Device, Revocation(grant.Hash));
        var proof = Proof.Sign(Device, AddProof);
        return
        [
            ("certificate", certificate),
            ("grant", grant),
            ("revocation", revocation),
            ("receipt-certificate", Consent.Receipt.Sign(Server, Receipt(Sheet.Thumbprint, certificate, ReceiptState.Account, 1))),
            ("receipt-grant", Consent.Receipt.Sign(Server, Receipt(Device.Thumbprint, grant, ReceiptState.On, 61))),
            ("receipt-revocation", Consent.Receipt.Sign(Server, Receipt(Device.Thumbprint, revocation, ReceiptState.Kept, 3601))),
            ("receipt-ledger", Consent.Receipt.Sign(Server, Receipt(Device.Thumbprint, grant, ReceiptState.On, 61) with { Ledger = Ledger })),
            ("proof-add", proof),
            ("receipt-proof", Consent.Receipt.Sign(Server, Receipt(Device.Thumbprint, proof, ReceiptState.Token, 121) with { Ledger = Ledger })),
            ("proof-read", Proof.Sign(Sheet, ReadProof)),
            ("proof-recovery", Proof.Sign(Sheet, RecoveryProof)),
            .. SignAccount(certificate, grant, revocation),
        ];
    }
}
