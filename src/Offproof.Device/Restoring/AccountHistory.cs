using System.Globalization;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// The records of an account, believed only as far as they verify from ACCOUNT (consent.md §4): first sheet -> sheets that took its place -> certificates and admissions ->
/// each device's chain -> grants, and what became of them. The server hands them over; it cannot add a vault, a device or a sheet, change one, or leave out a link before one
/// that it shows. It can leave out the newest.
/// </summary>
internal sealed partial class AccountHistory
{
    private readonly Thumbprint account;
    private readonly Thumbprint server;
    private readonly SheetSuccession sheets;
    private readonly ReceiptShelf receipts;
    private readonly List<AccountDevice> devices = [];
    private readonly List<GrantedVault> vaults = [];
    private readonly List<SignedRecord> records = [];

    private AccountHistory(Thumbprint account, VerifyingKey firstSheet, VerifyingKey server, IEnumerable<string> receipts)
    {
        (this.account, this.server) = (account, server.Thumbprint);
        sheets = new SheetSuccession(firstSheet, account);
        this.receipts = new ReceiptShelf(receipts, account, server);
        FirstSheet = firstSheet;
    }

    /// <summary>Every vault ever granted, in the order of their grants.</summary>
    internal IReadOnlyList<GrantedVault> Vaults => vaults;

    /// <summary>Every device ever certified or admitted, in that order; those that were removed too.</summary>
    internal IReadOnlyList<AccountDevice> Devices => devices;

    /// <summary>All records, in the order received.</summary>
    internal IReadOnlyList<SignedRecord> Records => records;

    internal VerifyingKey FirstSheet { get; }

    /// <summary>The key of the sheet that is the account's now.</summary>
    internal VerifyingKey Sheet => sheets.Key;

    /// <summary>The changes of the sheet that took effect, in order.</summary>
    internal IReadOnlyList<SheetChange> SheetChanges => sheets.Changes;

    /// <summary>The replacement that is pending; null where none is.</summary>
    internal SheetChange? PendingReplacement => sheets.Pending;

    /// <summary>When that takes effect, by the server's receipt; null where it shows none.</summary>
    internal DateTimeOffset? PendingDue => sheets.Pending is { By: { } device } pending ? receipts.Find(pending.Record.Hash, device, ReceiptState.Pending)?.Due : null;

    /// <summary>The <c>succession</c> and <c>succeeds</c> of the next change of the sheet.</summary>
    internal Succession NextChange => sheets.Next;

    /// <exception cref="DeviceException">A record does not verify, or a link is missing (<see cref="DeviceFault.Forgery"/>).</exception>
    internal static AccountHistory Verify(RecoveryAnswer answer, Thumbprint account, VerifyingKey server)
    {
        if (!VerifyingKey.TryFromJwk(answer.Sheet, out VerifyingKey? first) || first.Thumbprint != account) throw Forged("the key of the account's first sheet is another one");
        AccountHistory history = new(account, first, server, answer.Receipts);
        foreach (string compact in answer.Records)
        {
            if (!SignedRecord.TryParse(compact, out SignedRecord? record)) throw Forged("a record is malformed");
            if (history.devices.FindIndex(d => d.Id == record.Kid) is var at and >= 0) history.FollowDevice(record, at);
            else if (history.sheets.KeyOf(record.Kid) is { } sheet) history.FollowSheet(record, sheet);
            else throw Forged("a record is signed by a device or a sheet that is not one of this account there");
            history.records.Add(record);
        }
        history.ReadOutcomes();
        return history;
    }

    /// <summary>The vaults of a category, in the order of their records.</summary>
    internal IEnumerable<GrantedVault> All(Category category) => vaults.Where(v => v.Address.Category == category);

    /// <summary>The newest granted vault of a category on one device; null where the server shows none.</summary>
    internal GrantedVault? NewestOf(Category category, Thumbprint device) =>
        vaults.FindLast(v => v.Address.Category == category && v.Address.Device == device);

    /// <summary>The newest granted vault of a category that can be read, or that of one epoch.</summary>
    /// <exception cref="DeviceException">There is none, or it was erased.</exception>
    internal GrantedVault Choose(Category category, int? epoch, string? device = null)
    {
        bool IsMeant(GrantedVault v) => v.Address.Category == category && (epoch is null || v.Address.Epoch.Value == epoch)
            && (device is null || DeviceNames.Names(device, v.Address.Device));
        // By place: clocks lie.
        return vaults.FindLast(v => IsMeant(v) && v.CanBeRead)
            ?? throw (vaults.FindLast(IsMeant) is { } over ? IsOver(over) : new DeviceException(DeviceFault.Failure, epoch is null
                ? $"the server shows no record that {(device is null ? "this account" : $"a device {device}")} turned {category.Name()} on; if it did, the server withholds them"
                : $"the server shows no record of an epoch {epoch} of {category.Name()}"));
    }

    /// <summary>When a change of the sheet came to hold, by the server's receipt or else by the signer's clock.</summary>
    internal DateTimeOffset Since(SheetChange change) =>
        receipts.Received(change.Record.Hash, change.By ?? account, change.IsReplacement ? ReceiptState.Replaced : ReceiptState.Rotated, change.IssuedAt);

    /// <summary>The server's receipt for a record, with the state that is asked for; null where it shows none that verifies.</summary>
    internal SignedReceipt? Receipt(Digest record, Thumbprint signer, ReceiptState state) => receipts.Find(record, signer, state);

    /// <summary>The receipt by which the server signed that it deleted what a grant stored; null where it shows none.</summary>
    internal (SignedReceipt Receipt, Thumbprint Signer)? ErasedReceipt(Digest grant)
    {
        if (vaults.Find(v => v.Grant == grant) is not { State: VaultState.Erased, Erasure: { } erasure } vault) return null;
        Thumbprint signer = vault.ErasedBySheet ? account : vault.Address.Device;
        return receipts.Find(erasure, signer, ReceiptState.Erased) is { } receipt ? (receipt, signer) : null;
    }

    /// <summary>The sheet in hand must be the account's: the last one (consent.md §4). A replacement that is pending is its sheet's own word for it: the server let it read.</summary>
    /// <exception cref="DeviceException">Another sheet took its place, or it never was the account's (<see cref="DeviceFault.WrongSheet"/>).</exception>
    internal void RequireSheet(Thumbprint sheet, string name)
    {
        if (sheet == Sheet.Thumbprint || sheet == PendingReplacement?.Sheet.Key.Thumbprint) return;
        SheetChange? after = SheetChanges.FirstOrDefault(c => c.Before.Thumbprint == sheet);
        throw after is null
            ? new DeviceException(DeviceFault.WrongSheet, $"{name} is not this account's sheet: its identity does not sign for the account that it names", "one of its lines '# account:' and AGE-SECRET-KEY-1... is altered, or another sheet's")
            : new DeviceException(DeviceFault.WrongSheet, $"{name} is not this account's sheet any more: a newer sheet took its place on {Day(Since(after))}", "look for the newer one");
    }

    internal static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DeviceException IsOver(GrantedVault vault)
    {
        string what = $"{vault.Address.Category.Name()} (epoch {vault.Address.Epoch})";
        string when = vault.Due is { } due ? $" on {Day(due)}" : "";
        return vault switch
        {
            { State: VaultState.Erased } => new DeviceException(DeviceFault.Refused, $"{what} was erased{when}"),
            { ErasedBySheet: true } => new DeviceException(DeviceFault.Refused, $"{what} is closed: the sheet erased it, and the server has not signed yet that it deleted it"),
            _ => new DeviceException(DeviceFault.Refused, $"{what} is closed and will be erased{(when.Length > 0 ? when : " within 14 days")}",
                $"offproof erase {vault.Address.Category.Name()} --cancel --sheet FILE"),
        };
    }

    private static DeviceException Forged(string what) =>
        new(DeviceFault.Forgery, $"the server's records cannot be believed: {what}", "nothing was opened or written");
}
