using System.Security.Cryptography;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What `sheet confirm` proved.</summary>
/// <param name="Inside">The source that the file lies in, with which it would be backed up; null where it is in none</param>
/// <param name="Due">Of a sheet whose replacement is pending: when it becomes the account's; null of the account's own</param>
public sealed record ConfirmReport(Source? Inside, DateTimeOffset? Due);

public sealed partial class DeviceHome
{
    /// <summary>
    /// Proves the written sheet before anything depends on it: what the device seals now opens with it, and its signature verifies for this account. A sheet that this device
    /// does not know yet is asked for at the server: it may have been rotated elsewhere.
    /// </summary>
    /// <exception cref="DeviceException">It is not this account's sheet, or its file is damaged (<see cref="DeviceFault.WrongSheet"/>).</exception>
    public async Task<ConfirmReport> ConfirmSheetAsync(string file, CancellationToken cancel)
    {
        using (Sheet sheet = Sheet.Read(file))
        {
            bool unknown = sheet.Account == AccountId && sheet.ServerKey == serverKey.Thumbprint && sheet.Signing.Thumbprint != SheetInForce.Thumbprint;
            if (unknown) await LearnAsync(cancel).ConfigureAwait(false);
        }
        Source? inside = ConfirmSheet(file, out bool isPending);
        return new ConfirmReport(inside, isPending ? Seen?.PendingDue : null);
    }

    /// <summary>The same with what this device knows of the account, without a connection.</summary>
    /// <returns>The source that the file lies in, with which it would be backed up; null where it is in none.</returns>
    public Source? ConfirmSheet(string file) => ConfirmSheet(file, out _);

    private Source? ConfirmSheet(string file, out bool isPending)
    {
        using Sheet sheet = Sheet.Read(file);
        Sheet.RequireReadableByAge(file);
        const string hint = "look for the file that init wrote for this account, or the newest that took its place";
        if (sheet.Account != AccountId) throw new DeviceException(DeviceFault.WrongSheet, $"{file} is another account's sheet", hint);
        if (sheet.ServerKey != serverKey.Thumbprint || sheet.Server != account.Server)
            throw new DeviceException(DeviceFault.WrongSheet, $"{file} names another server than this device uses", hint);
        SheetChange? pending = Seen?.PendingReplacement;
        isPending = pending is not null && sheet.Signing.Thumbprint == pending.Sheet.Key.Thumbprint;
        if (!isPending && sheet.Signing.Thumbprint != SheetInForce.Thumbprint)
        {
            Seen?.RequireSheet(sheet.Signing.Thumbprint, file);
            throw new DeviceException(DeviceFault.WrongSheet, $"{file}: its identity does not sign for the account that it names", hint);
        }

        if (!AgeRecipient.TryParse(isPending ? pending!.Sheet.Recipient : account.Recipient, out AgeRecipient? recipient))
            throw new DeviceException(DeviceFault.Forgery, $"{home.Account} holds a recipient that is not one");
        byte[] challenge = RandomNumberGenerator.GetBytes(32);
        if (!sheet.TryOpen(AgeFile.Seal(challenge, recipient), out byte[]? opened) || !CryptographicOperations.FixedTimeEquals(challenge, opened))
            throw new DeviceException(DeviceFault.WrongSheet, $"{file} does not open what this device seals", hint);

        using FileStream _ = home.Lock(time, CancellationToken.None);
        ReadAccount();
        account = isPending ? account with { PendingConfirmed = sheet.Signing.Thumbprint.Text } : account with { SheetConfirmed = time.GetUtcNow() };
        account.Write(home);
        string full = Path.GetFullPath(file);
        return Sources().FirstOrDefault(source => Contains(source.Path, full));
    }

    /// <summary>After a rotation that ran beside this home: it seals to the new sheet from now on, once that is confirmed here. False where the home is another account's.</summary>
    public async Task<bool> TakeOverRotationAsync(string accountName, CancellationToken cancel)
    {
        if (account.Account != accountName) return false;
        Thumbprint before = SheetInForce.Thumbprint;
        await LearnAsync(cancel).ConfigureAwait(false);
        using FileStream _ = home.Lock(time, cancel);
        ReadAccount();
        if (SheetInForce.Thumbprint == before) return true;
        account = account with { SheetConfirmed = null };
        account.Write(home);
        return true;
    }

    /// <summary>When a newer sheet took the place of this one, as far as the device's folder at this path knows; null where it knows of none, is another account's, or there is none.</summary>
    public static DateTimeOffset? KnowsNewerSince(string path, Sheet sheet)
    {
        HomeFolder home = new(path);
        if (!home.Exists) return null;
        try
        {
            AccountFile account = AccountFile.Read(home);
            if (account.Account != sheet.Account.Text || AccountView.Read(home, sheet.Account, Key(account.ServerKey, home.Account)) is not { } history) return null;
            return history.SheetChanges.FirstOrDefault(c => c.Before.Thumbprint == sheet.Signing.Thumbprint) is { } change ? history.Since(change) : null;
        }
        catch (Exception e) when (e is DeviceException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>This device calls its server, the same one, at another address from its next command on.</summary>
    internal void MoveTo(Uri to)
    {
        using FileStream _ = home.Lock(time, CancellationToken.None);
        ReadAccount();
        account = account with { Server = to };
        account.Write(home);
    }

    /// <summary>What a replacement would mean, before anything is done: what is lost with the old sheet.</summary>
    /// <exception cref="DeviceException">Another one is pending.</exception>
    public async Task<ReplacementReport> DiscloseReplacementAsync(string newFile, CancellationToken cancel)
    {
        RequireMember();
        RequireNotLeft();
        await TellAsync(Chain(), cancel).ConfigureAwait(false);
        (AccountHistory history, _) = await LearnAsync(cancel).ConfigureAwait(false);
        using NextSheet next = NextSheet.Open(newFile, account.Server, serverKey.Thumbprint, AccountId, SheetInForce.Thumbprint);
        if (history.PendingReplacement is { } pending && !pending.Sheet.Key.Equals(next.Sheet.Signing.Public))
        {
            string when = history.PendingDue is { } due ? $" on {AccountHistory.Day(due)}" : "";
            throw new DeviceException(DeviceFault.Refused, $"another replacement of the sheet is pending, and takes effect{when}: nothing was changed", "with the old sheet: offproof sheet replace --cancel --sheet FILE");
        }
        return Report(history, newFile);
    }

    /// <summary>
    /// Puts a new sheet in the place of one that was lost, after 14 days. The new sheet's file is written first, then the record stands in the chain, then the server is told: each
    /// step is found done by the next run with the same file.
    /// </summary>
    public async Task<ReplacementReport> ReplaceSheetAsync(string newFile, CancellationToken cancel)
    {
        await DiscloseReplacementAsync(newFile, cancel).ConfigureAwait(false);
        using NextSheet next = NextSheet.Open(newFile, account.Server, serverKey.Thumbprint, AccountId, SheetInForce.Thumbprint);
        next.Write(time.GetUtcNow());
        RecordChain chain;
        using (home.Lock(time, cancel))
        {
            chain = Chain();
            if (!chain.Links.Any(link => link.Replacement?.Sheet.Key.Equals(next.Sheet.Signing.Public) == true)) chain.Append(SignReplacement(chain, next.Sheet));
        }
        await TellAsync(chain, cancel).ConfigureAwait(false);
        (AccountHistory history, _) = await LearnAsync(cancel).ConfigureAwait(false);
        if (history.PendingReplacement?.Sheet.Key.Equals(next.Sheet.Signing.Public) == true || history.Sheet.Equals(next.Sheet.Signing.Public)) return Report(history, newFile);
        next.Undo();
        throw new DeviceException(DeviceFault.Refused, "this replacement of the sheet does not hold: it was cancelled, or the sheet was changed meanwhile", "offproof status; to begin anew, name another file with --new");
    }

    private SignedRecord SignReplacement(RecordChain chain, Sheet next) => Replacement.Sign(deviceKey, new Replacement
    {
        Device = deviceKey.Thumbprint,
        Account = AccountId,
        Server = serverKey.Thumbprint,
        IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
        Place = chain.Next,
        Succession = (Seen ?? throw new DeviceException(DeviceFault.Failure, "the account's records are not known here", "try again when the server can be reached")).NextChange,
        Sheet = new NewSheet(next.Signing.Public, next.Recipient.ToString()),
    });

    private static ReplacementReport Report(AccountHistory history, string newFile)
    {
        SheetTarget[] Of(VaultState state) => [.. history.Vaults.Where(v => v.State == state)
            .Select(v => new SheetTarget(v.Address.Device.Text, v.Address.Category, v.Address.Epoch.Value, state == VaultState.On ? "on" : "kept", v.Due))];
        return new ReplacementReport(Path.GetFullPath(newFile), history.PendingDue, Of(VaultState.Kept), Of(VaultState.On));
    }
}
