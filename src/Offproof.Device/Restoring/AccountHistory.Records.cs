using Offproof.Consent;

namespace Offproof.Device;

/// <summary>How each record changes what is known. Types of later versions are links that grant nothing.</summary>
internal sealed partial class AccountHistory
{
    private void FollowSheet(SignedRecord record, VerifyingKey sheet)
    {
        switch (record.Typ)
        {
            case RecordTyp.Certificate:
                if (!Certificate.TryVerify(record, sheet, account, server, out Certificate? certificate)) throw Forged("a certificate is not signed by this account's sheet for this server");
                Join(record, certificate.DeviceKey, null, receipts.Received(record.Hash, account, ReceiptState.Account, certificate.IssuedAt));
                break;
            case RecordTyp.Rotation:
                if (!Rotation.TryVerify(record, sheet, account, server, out Rotation? rotation) || !sheets.TryRotate(record, rotation)) throw Forged("a change of the sheet does not follow the one before");
                RequireNewSheet(rotation.Sheet.Key);
                break;
            case RecordTyp.Erasure:
                if (!Erasure.TryVerify(record, sheet, account, server, out Erasure? erasure)) throw Forged("an erasure contradicts itself");
                Erase(record, erasure);
                break;
            case RecordTyp.Removal:
                if (!Removal.TryVerify(record, sheet, account, server, out Removal? removal)) throw Forged("a removal contradicts itself");
                Remove(removal.Device, null, receipts.Received(record.Hash, account, ReceiptState.Removed, removal.IssuedAt));
                break;
            case RecordTyp.Cancellation:
                if (!Cancellation.TryVerify(record, sheet, account, server, out Cancellation? cancellation)) throw Forged("a cancellation contradicts itself");
                Cancel(cancellation);
                break;
            default:
                // consent.md §3: a sheet's records are no links, so one of a later version, which cannot be verified here, says nothing and hides nothing.
                break;
        }
    }

    private void FollowDevice(SignedRecord record, int at)
    {
        AccountDevice device = devices[at];
        if (!ChainLink.TryVerify(record, device.Key, account, server, out ChainLink? link)) throw Forged("a record is not signed by the device that it names");
        if (device.Removed is not null) throw Forged("a record is signed by a device that was removed before");
        if (link.Seq != device.Head.Seq + 1 || link.Prev != device.Head.Prev) throw Forged("a record of a device's chain is missing, or they are out of order");
        devices[at] = device = device with { Head = new ChainPlace(link.Seq, record.Hash) };
        switch (record.Typ)
        {
            case RecordTyp.Grant:
                if (!Grant.TryVerify(record, device.Key, server, out Grant? grant)) throw Forged("a grant contradicts itself");
                vaults.Add(new GrantedVault(new VaultAddress(account, device.Id, grant.Category, grant.Epoch), grant.Vault, record.Hash, VaultState.On));
                break;
            case RecordTyp.Revocation:
                if (!Revocation.TryVerify(record, device.Key, server, out Revocation? revocation)) throw Forged("a revocation contradicts itself");
                int ended = Find(device.Id, revocation.Category, revocation.Epoch, revocation.Grant);
                if (vaults[ended].State == VaultState.On) vaults[ended] = vaults[ended] with { State = VaultState.Kept };
                break;
            case RecordTyp.Erasure:
                if (!Erasure.TryVerify(record, device.Key, device.Id, server, out Erasure? erasure)) throw Forged("an erasure contradicts itself");
                Erase(record, erasure);
                break;
            case RecordTyp.Admission:
                if (!Admission.TryVerify(record, device.Key, server, out Admission? admission)) throw Forged("an admission contradicts itself");
                Join(record, admission.DeviceKey, device.Id, receipts.Received(record.Hash, device.Id, ReceiptState.Device, admission.IssuedAt));
                break;
            case RecordTyp.Removal:
                if (!Removal.TryVerify(record, device.Key, device.Id, server, out Removal? removal)) throw Forged("a removal contradicts itself");
                Remove(removal.Device, device.Id, receipts.Received(record.Hash, device.Id, ReceiptState.Removed, removal.IssuedAt));
                break;
            case RecordTyp.Replacement:
                if (!Replacement.TryVerify(record, device.Key, server, out Replacement? replacement) || !sheets.TryReplace(record, replacement)) throw Forged("a change of the sheet does not follow the one before");
                RequireNewSheet(replacement.Sheet.Key);
                break;
            default:
                break;
        }
    }

    // consent.md §3.8: a key that was a device of an account once is never admitted or certified again, and a sheet is no device.
    private void Join(SignedRecord record, VerifyingKey key, Thumbprint? by, DateTimeOffset joined)
    {
        if (devices.Exists(d => d.Id == key.Thumbprint) || IsSheet(key.Thumbprint)) throw Forged("a key became a device of this account twice, or is its sheet's");
        devices.Add(new AccountDevice(key, record, by, joined) { Head = new ChainPlace(0, record.Hash) });
    }

    private void Remove(Thumbprint device, Thumbprint? by, DateTimeOffset at)
    {
        int index = devices.FindIndex(d => d.Id == device && d.Removed is null);
        if (index < 0) throw Forged("a removal names what is no device of this account there");
        devices[index] = devices[index] with { Removed = new DeviceRemoval(by, at) };
        // consent.md §3.9: a replacement that it signed and that is pending does not take effect; one that had, had.
        if (sheets.Pending?.By == device && !TryTakeEffect()) sheets.TryCancel(sheets.Pending.Record.Hash);
        for (int i = 0; i < vaults.Count; i++)
            if (vaults[i].Address.Device == device && vaults[i].State == VaultState.On) vaults[i] = vaults[i] with { State = VaultState.Kept };
    }

    // consent.md §3.7: a device closes what is kept; the sheet erases at once, also what is on or closed.
    private void Erase(SignedRecord record, Erasure erasure)
    {
        int index = Find(erasure.Device, erasure.Category, erasure.Epoch, erasure.Grant);
        if (vaults[index].ErasedBySheet || (!erasure.BySheet && vaults[index].State != VaultState.Kept)) throw Forged("an erasure is of an epoch that cannot be erased there");
        vaults[index] = vaults[index] with
        {
            State = VaultState.Closed,
            Erasure = record.Hash,
            ErasedBySheet = erasure.BySheet,
            Due = erasure.BySheet ? null : receipts.Find(record.Hash, erasure.Issuer, ReceiptState.Closed)?.Due,
        };
    }

    private void Cancel(Cancellation cancellation)
    {
        if (cancellation.OfTyp == RecordTyp.Replacement ? sheets.TryCancel(cancellation.Record) : TryReopen(cancellation.Record)) return;
        throw Forged("a cancellation names nothing that was to come");
    }

    private bool TryReopen(Digest erasure)
    {
        int index = vaults.FindIndex(v => v.Erasure == erasure && v is { State: VaultState.Closed, ErasedBySheet: false });
        if (index < 0) return false;
        vaults[index] = vaults[index] with { State = VaultState.Kept, Erasure = null, Due = null };
        return true;
    }

    /// <summary>What the server alone knows: whether it deleted, and whether 14 days have passed. It signs that.</summary>
    private void ReadOutcomes()
    {
        for (int i = 0; i < vaults.Count; i++)
        {
            if (vaults[i] is not { State: VaultState.Closed, Erasure: { } erasure } closed) continue;
            if (receipts.Find(erasure, closed.ErasedBySheet ? account : closed.Address.Device, ReceiptState.Erased) is { } erased)
                vaults[i] = closed with { State = VaultState.Erased, Due = erased.At };
        }
        TryTakeEffect();
    }

    private bool TryTakeEffect()
    {
        if (sheets.Pending is not { By: { } device } pending || receipts.Find(pending.Record.Hash, device, ReceiptState.Replaced) is null) return false;
        sheets.TakeEffect();
        return true;
    }

    // The same address can be granted once only; the hash of the grant says which one is meant all the same.
    private int Find(Thumbprint device, Category category, Epoch epoch, Digest grant)
    {
        VaultAddress address = new(account, device, category, epoch);
        int index = vaults.FindIndex(v => v.Address == address && v.Grant == grant);
        return index >= 0 ? index : throw Forged("a record names a grant that is not shown");
    }

    private void RequireNewSheet(VerifyingKey key)
    {
        bool again = key.Equals(FirstSheet) || devices.Exists(d => d.Id == key.Thumbprint)
            || SheetChanges.Count(c => c.Sheet.Key.Equals(key)) + (PendingReplacement?.Sheet.Key.Equals(key) == true ? 1 : 0) > 1;
        if (again) throw Forged("a sheet took a place that was a sheet's or a device's before");
    }

    private bool IsSheet(Thumbprint key) =>
        key == FirstSheet.Thumbprint || SheetChanges.Any(c => c.Sheet.Key.Thumbprint == key) || PendingReplacement?.Sheet.Key.Thumbprint == key;
}
