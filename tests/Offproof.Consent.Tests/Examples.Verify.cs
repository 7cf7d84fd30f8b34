namespace Offproof.Consent.Tests;

/// <summary>A reader that holds the account's keys: it stands in the place of each record's audience, looks the key up by kid, and takes it only in its own role (consent.md §1.4, §2, §3).</summary>
static partial class Examples
{
    static readonly Lazy<Dictionary<string, SignedRecord>> ByHash =
        new(() => SignAll().ToDictionary(pair => pair.Record.Hash.Text, pair => pair.Record, StringComparer.Ordinal));

    /// <summary>The published key with this name, or null.</summary>
    internal static SigningKey? KeyOf(Thumbprint kid) => Devices.Concat(Sheets).Append(Server).FirstOrDefault(key => key.Thumbprint == kid);

    /// <summary>The typed record, or null where any rule is broken.</summary>
    internal static object? Verify(SignedRecord record)
    {
        var sheet = Sheets.FirstOrDefault(key => key.Thumbprint == record.Kid)?.Public;
        var device = Devices.FirstOrDefault(key => key.Thumbprint == record.Kid)?.Public;
        return record.Typ switch
        {
            RecordTyp.Receipt => VerifyReceipt(record),
            _ when sheet is not null => VerifySheets(record, sheet),
            _ when device is not null => VerifyDevices(record, device),
            _ => null,
        };
    }

    static object? VerifySheets(SignedRecord record, VerifyingKey sheet)
    {
        var server = Server.Thumbprint;
        return record.Typ switch
        {
            RecordTyp.Certificate => Consent.Certificate.TryVerify(record, sheet, Account, server, out var read) ? read : null,
            RecordTyp.Erasure => Consent.Erasure.TryVerify(record, sheet, Account, server, out var read) && read.Account == Account ? read : null,
            RecordTyp.Removal => Consent.Removal.TryVerify(record, sheet, Account, server, out var read) && read.Account == Account ? read : null,
            RecordTyp.Rotation => Consent.Rotation.TryVerify(record, sheet, Account, server, out var read) ? read : null,
            RecordTyp.Cancellation => Consent.Cancellation.TryVerify(record, sheet, Account, server, out var read) ? read : null,
            RecordTyp.Proof => Proof.TryVerify(record, sheet, Account, server, out var read) && read.Account == Account ? read : null,
            _ => null,
        };
    }

    static object? VerifyDevices(SignedRecord record, VerifyingKey device)
    {
        var server = Server.Thumbprint;
        return record.Typ switch
        {
            RecordTyp.Grant => Consent.Grant.TryVerify(record, device, server, out var read) && read.Account == Account ? read : null,
            RecordTyp.Revocation => Consent.Revocation.TryVerify(record, device, server, out var read) && read.Account == Account ? read : null,
            RecordTyp.Erasure => Consent.Erasure.TryVerify(record, device, device.Thumbprint, server, out var read) && read.Account == Account ? read : null,
            RecordTyp.Admission => Consent.Admission.TryVerify(record, device, server, out var read) && read.Account == Account ? read : null,
            RecordTyp.Removal => Consent.Removal.TryVerify(record, device, device.Thumbprint, server, out var read) && read.Account == Account ? read : null,
            RecordTyp.Replacement => Consent.Replacement.TryVerify(record, device, server, out var read) && read.Account == Account ? read : null,
            RecordTyp.Proof => Proof.TryVerify(record, device, device.Thumbprint, server, out var read) && read.Account == Account ? read : null,
            _ => null,
        };
    }

    // §4: a receipt's audience is the signer of the record that it names.
    static Receipt? VerifyReceipt(SignedRecord record)
    {
        if (!record.Payload.TryGetProperty("record", out var hash) || !ByHash.Value.TryGetValue(hash.ToString(), out var named)) return null;
        var audience = Sheets.Any(sheet => sheet.Thumbprint == named.Kid) ? Account : named.Kid;
        return Consent.Receipt.TryVerify(record, Server.Public, audience, out var read) && read.Account == Account && read.OfTyp == named.Typ ? read : null;
    }
}
