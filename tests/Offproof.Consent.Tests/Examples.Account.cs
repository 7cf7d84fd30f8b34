namespace Offproof.Consent.Tests;

/// <summary>The same account afterwards: an epoch erased, devices that come and go, and a sheet that is rotated, replaced and rotated again.</summary>
static partial class Examples
{
    const long FourteenDays = 14 * 24 * 3600;

    internal static Thumbprint Account => Sheet.Thumbprint;

    internal static Admission Admission(Digest prev) => new()
    {
        Issuer = Device.Thumbprint,
        Account = Account,
        Server = Server.Thumbprint,
        IssuedAt = Start + 7200,
        Place = new(3, prev),
        DeviceKey = Other.Public,
    };

    internal static Erasure Erasure(long seq, Digest prev, Digest grant, long after) => new()
    {
        Issuer = Device.Thumbprint,
        Account = Account,
        Server = Server.Thumbprint,
        IssuedAt = Start + after,
        Place = new(seq, prev),
        Device = Device.Thumbprint,
        Category = Category.Messages,
        Epoch = Epoch.First,
        Grant = grant,
        RecordId = Guid.Parse($"5d1e0c52-0f3a-4b1d-9a77-{after:d12}"),
        EventTime = DateTimeOffset.FromUnixTimeSeconds(Start + after),
    };

    internal static Erasure ErasureBySheet(Digest grant) => Erasure(1, grant, grant, 7600) with { Issuer = Account, Place = null, Device = Other.Thumbprint, Category = Category.Photos };

    internal static Removal Removal(Thumbprint issuer, ChainPlace? place, Thumbprint device, long after) => new()
    {
        Issuer = issuer,
        Account = Account,
        Server = Server.Thumbprint,
        IssuedAt = Start + after,
        Place = place,
        Device = device,
    };

    internal static NewSheet LaterSheet(int at) => new(Sheets[at + 1].Public, PublishedKeys.LaterSheets[at].Recipient);

    // What age sealed is random, so it is kept, and the rotation holds it again each time.
    internal static Rotation Rotation(string name, Succession succession, int next, long after) => new()
    {
        Account = Account,
        Server = Server.Thumbprint,
        IssuedAt = Start + after,
        Succession = succession,
        Sheet = LaterSheet(next),
        Identity = File.ReadAllBytes(Path.Combine(Vectors.Folder, name + ".identity.age")),
    };

    internal static Replacement Replacement(ChainPlace place, Digest succeeds, long after) => new()
    {
        Device = Device.Thumbprint,
        Account = Account,
        Server = Server.Thumbprint,
        IssuedAt = Start + after,
        Place = place,
        Succession = new(3, succeeds),
        Sheet = LaterSheet(2),
    };

    internal static Cancellation Cancellation(SignedRecord record, long after) =>
        new() { Account = Account, Server = Server.Thumbprint, IssuedAt = Start + after, Record = record.Hash, OfTyp = record.Typ };

    static IEnumerable<(string Name, SignedRecord Record)> SignAccount(SignedRecord certificate, SignedRecord grant, SignedRecord revocation)
    {
        var admission = Consent.Admission.Sign(Device, Admission(revocation.Hash));
        var grantAdmitted = Consent.Grant.Sign(Other, Grant(certificate.Hash) with
        {
            Device = Other.Thumbprint,
            IssuedAt = Start + 7260,
            Prev = admission.Hash,
            Category = Category.Photos,
            Consent = GrantConsent.For(Category.Photos, ServerUrl, Guid.Parse("c0a3f1d8-7a52-4e0b-8d2e-11f0c4b7a963"), DateTimeOffset.FromUnixTimeSeconds(Start + 7260)),
        });
        var erasure = Consent.Erasure.Sign(Device, Erasure(4, admission.Hash, grant.Hash, 7300));
        var cancelErasure = Consent.Cancellation.Sign(Sheet, Cancellation(erasure, 7400));
        var erasureAgain = Consent.Erasure.Sign(Device, Erasure(5, erasure.Hash, grant.Hash, 7500));
        var erasureBySheet = Consent.Erasure.Sign(Sheet, ErasureBySheet(grantAdmitted.Hash));
        var rotation = Consent.Rotation.Sign(Sheet, Rotation("rotation", Succession.First(Account), 0, 7700));
        var certificateRotated = Consent.Certificate.Sign(Sheets[1], Certificate with { DeviceKey = Third.Public, IssuedAt = Start + 7800 });
        var proofRotated = Proof.Sign(Sheets[1], RecoveryProof with { IssuedAt = Start + 7900, Nonce = "bm9uY2UgNA" });
        var rotationSecond = Consent.Rotation.Sign(Sheets[1], Rotation("rotation-second", new(2, rotation.Hash), 1, 8000));
        var removal = Consent.Removal.Sign(Device, Removal(Device.Thumbprint, new(6, erasureAgain.Hash), Other.Thumbprint, 8100));
        var removalBySheet = Consent.Removal.Sign(Sheets[2], Removal(Account, null, Third.Thumbprint, 8200));
        var replacement = Consent.Replacement.Sign(Device, Replacement(new(7, removal.Hash), rotationSecond.Hash, 8300));
        var cancelReplacement = Consent.Cancellation.Sign(Sheets[2], Cancellation(replacement, 8400));
        var replacementAgain = Consent.Replacement.Sign(Device, Replacement(new(8, replacement.Hash), rotationSecond.Hash, 8500));
        var rotationLast = Consent.Rotation.Sign(Sheets[3], Rotation("rotation-after-replacement", new(4, replacementAgain.Hash), 3, FourteenDays + 8600));
        var removalItself = Consent.Removal.Sign(Device, Removal(Device.Thumbprint, new(9, replacementAgain.Hash), Device.Thumbprint, FourteenDays + 8700));
        return
        [
            ("admission", admission),
            ("receipt-admission", By(admission, ReceiptState.Device, 7201)),
            ("grant-admitted", grantAdmitted),
            ("erasure-device", erasure),
            ("receipt-erasure-device", By(erasure, ReceiptState.Closed, 7301)),
            ("cancellation-erasure", cancelErasure),
            ("receipt-cancellation-erasure", By(cancelErasure, ReceiptState.Cancelled, 7401)),
            ("erasure-device-again", erasureAgain),
            ("receipt-erasure-device-again-closed", By(erasureAgain, ReceiptState.Closed, 7501)),
            ("receipt-erasure-device-again-erased", By(erasureAgain, ReceiptState.Erased, 7501 + FourteenDays)),
            ("erasure-sheet", erasureBySheet),
            ("receipt-erasure-sheet", By(erasureBySheet, ReceiptState.Erased, 7602)),
            ("rotation", rotation),
            ("receipt-rotation", By(rotation, ReceiptState.Rotated, 7701)),
            ("certificate-rotated", certificateRotated),
            ("proof-rotated", proofRotated),
            ("rotation-second", rotationSecond),
            ("removal-device", removal),
            ("receipt-removal-device", By(removal, ReceiptState.Removed, 8101)),
            ("removal-sheet", removalBySheet),
            ("receipt-removal-sheet", By(removalBySheet, ReceiptState.Removed, 8201)),
            ("replacement", replacement),
            ("receipt-replacement", By(replacement, ReceiptState.Pending, 8301)),
            ("cancellation-replacement", cancelReplacement),
            ("receipt-cancellation-replacement", By(cancelReplacement, ReceiptState.Cancelled, 8401)),
            ("replacement-again", replacementAgain),
            ("receipt-replacement-again-pending", By(replacementAgain, ReceiptState.Pending, 8501)),
            ("receipt-replacement-again-replaced", By(replacementAgain, ReceiptState.Replaced, 8501 + FourteenDays)),
            ("rotation-after-replacement", rotationLast),
            ("removal-itself", removalItself),
        ];

        static SignedRecord By(SignedRecord record, ReceiptState state, long after)
        {
            var audience = Sheets.Any(sheet => sheet.Thumbprint == record.Kid) ? Account : record.Kid;
            return Consent.Receipt.Sign(Server, Receipt(audience, record, state, after) with
            {
                Due = state is ReceiptState.Closed or ReceiptState.Pending ? Start + after + FourteenDays : null,
            });
        }
    }
}
