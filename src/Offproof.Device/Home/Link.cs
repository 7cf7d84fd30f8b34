using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>One record of this device's chain, and the server's receipt for it once there is one. Exactly one of its contents is set (consent.md §3).</summary>
internal sealed record Link(ChainPlace Place, string File, SignedRecord Record)
{
    internal Grant? Grant { get; private init; }

    internal Revocation? Revocation { get; private init; }

    internal Erasure? Erasure { get; private init; }

    internal Admission? Admission { get; private init; }

    internal Removal? Removal { get; private init; }

    internal Replacement? Replacement { get; private init; }

    internal string ReceiptFile => Path.ChangeExtension(File, ".receipt.jws");

    /// <summary>A second receipt: of an erasure that was done, of a replacement that took effect (consent.md §3.5).</summary>
    internal string OutcomeFile => Path.ChangeExtension(File, ".outcome.receipt.jws");

    internal bool IsTold => System.IO.File.Exists(ReceiptFile);

    /// <summary>The category whose switch it turns; null of what turns none.</summary>
    internal Category? Category => Grant?.Category ?? Revocation?.Category;

    /// <summary>The category that it is about, whether or not it turns its switch.</summary>
    internal Category? About => Category ?? Erasure?.Category;

    /// <summary>A request that the server may refuse for good, by what became of the account meanwhile. What turns a switch is none: it is brought together with the server's chain.</summary>
    internal bool IsRequest => Category is null;

    /// <summary>What a receipt for it may say.</summary>
    internal bool MayBe(ReceiptState state) => state switch
    {
        ReceiptState.On => Grant is not null,
        ReceiptState.Kept => Revocation is not null,
        ReceiptState.Closed or ReceiptState.Erased => Erasure is not null,
        ReceiptState.Device => Admission is not null,
        ReceiptState.Removed => Removal is not null,
        ReceiptState.Pending or ReceiptState.Replaced => Replacement is not null,
        _ => false,
    };

    /// <summary>Its words in a sentence.</summary>
    internal string Words => this switch
    {
        { Grant: { } g } => $"the grant of {g.Category.Name()} (epoch {g.Epoch})",
        { Revocation: { } r } => $"the revocation of {r.Category.Name()} (epoch {r.Epoch})",
        { Erasure: { } e } => $"the erasure of {e.Category.Name()} (epoch {e.Epoch})",
        { Admission: { } a } => $"the admission of the device {a.Device.Text[..8]}",
        { Removal: { } r } => $"the removal of the device {r.Device.Text[..8]}",
        _ => "the replacement of the sheet",
    };

    /// <summary>False where this device did not sign it for this server, or its type is none that a chain of this version holds.</summary>
    internal static bool TryRead(SignedRecord record, VerifyingKey device, Thumbprint server, [NotNullWhen(true)] out Link? link)
    {
        link = record.Typ switch
        {
            RecordTyp.Grant when Grant.TryVerify(record, device, server, out Grant? grant) =>
                new Link(new ChainPlace(grant.Seq, grant.Prev), "", record) { Grant = grant },
            RecordTyp.Revocation when Revocation.TryVerify(record, device, server, out Revocation? revocation) =>
                new Link(new ChainPlace(revocation.Seq, revocation.Prev), "", record) { Revocation = revocation },
            RecordTyp.Erasure when Erasure.TryVerify(record, device, device.Thumbprint, server, out Erasure? erasure) && erasure.Place is { } place =>
                new Link(place, "", record) { Erasure = erasure },
            RecordTyp.Admission when Admission.TryVerify(record, device, server, out Admission? admission) => new Link(admission.Place, "", record) { Admission = admission },
            RecordTyp.Removal when Removal.TryVerify(record, device, device.Thumbprint, server, out Removal? removal) && removal.Place is { } place =>
                new Link(place, "", record) { Removal = removal },
            RecordTyp.Replacement when Replacement.TryVerify(record, device, server, out Replacement? replacement) =>
                new Link(replacement.Place, "", record) { Replacement = replacement },
            _ => null,
        };
        return link is not null;
    }

    /// <summary>The name of its file: its place first, so that the names' order is the chain's.</summary>
    internal string FileName => string.Create(CultureInfo.InvariantCulture, $"{Place.Seq:D8}-{Kind}.jws");

    private string Kind => this switch
    {
        { Grant: { } g } => $"grant-{g.Category.Name()}-{g.Epoch}",
        { Revocation: { } r } => $"revocation-{r.Category.Name()}-{r.Epoch}",
        { Erasure: { } e } => $"erasure-{e.Category.Name()}-{e.Epoch}",
        { Admission: { } a } => $"admission-{a.Device.Text[..8]}",
        { Removal: { } r } => $"removal-{r.Device.Text[..8]}",
        _ => "replacement",
    };
}
