using System.Text;
using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>consent.md §4: what is believed of the records that a server shows, and what is not.</summary>
public sealed class AccountHistoryTests
{
    [Fact]
    public void Devices_are_certified_or_admitted_and_removed()
    {
        using Archive account = new();
        using SigningKey second = SigningKey.Generate(), third = SigningKey.Generate();
        account.Admit(account.First, second);
        SignedRecord grant = account.Grant(second, 1);
        account.Admit(second, third);
        account.Grant(third, 1);
        account.Receive(account.Remove(account.First, second), ReceiptState.Removed, at: 1234);
        account.Rotate();
        using SigningKey fourth = SigningKey.Generate();
        account.Certify(fourth); // by the second sheet
        account.Remove(null, account.First);

        AccountHistory history = account.Verify();
        Assert.Equal([account.First.Thumbprint, second.Thumbprint, third.Thumbprint, fourth.Thumbprint], history.Devices.Select(static d => d.Id));
        Assert.Equal([null, account.First.Thumbprint, second.Thumbprint, null], history.Devices.Select(static d => d.AdmittedBy));
        Assert.Equal(new DeviceRemoval(account.First.Thumbprint, DateTimeOffset.FromUnixTimeSeconds(1234)), history.Devices[1].Removed);
        Assert.Equal((null, true, true), (history.Devices[0].Removed!.By, history.Devices[2].Removed is null, history.Devices[3].Removed is null));
        Assert.Equal([VaultState.Kept, VaultState.On], history.Vaults.Select(static v => v.State)); // those that a removed device admitted stay
        Assert.Equal(grant.Hash, history.Vaults[0].Grant);
    }

    [Fact]
    public void An_epoch_is_on_kept_closed_and_erased()
    {
        using Archive account = new();
        SignedRecord first = account.Grant(account.First, 1);
        account.Revoke(account.First, first, 1);
        SignedRecord closed = account.Erase(account.First, account.First, first, 1);
        account.Receive(closed, ReceiptState.Closed, due: 5000);
        SignedRecord second = account.Grant(account.First, 2);
        GrantedVault[] vaults = [.. account.Verify().Vaults];
        Assert.Equal([(VaultState.Closed, DateTimeOffset.FromUnixTimeSeconds(5000)), (VaultState.On, (DateTimeOffset?)null)], vaults.Select(static v => (v.State, v.Due)));

        account.Cancel(closed);
        Assert.Equal(VaultState.Kept, account.Verify().Vaults[0].State);
        SignedRecord again = account.Erase(account.First, account.First, first, 1);
        account.Receive(again, ReceiptState.Erased, at: 6000);
        SignedRecord bySheet = account.Erase(null, account.First, second, 2); // while it is on
        account.Revoke(account.First, second, 2); // the device ends it afterwards
        Assert.Equal((VaultState.Closed, true), account.Verify().Vaults[1] is var asked ? (asked.State, asked.ErasedBySheet) : default); // the server has not signed yet that it did
        account.Receive(bySheet, ReceiptState.Erased);
        Assert.Equal([VaultState.Erased, VaultState.Erased], account.Verify().Vaults.Select(static v => v.State));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(6000), account.Verify().Vaults[0].Due);
    }

    [Fact]
    public void What_can_be_restored_is_the_newest_that_can_be_read()
    {
        using Archive account = new();
        SignedRecord first = account.Grant(account.First, 1);
        account.Revoke(account.First, first, 1);
        SignedRecord second = account.Grant(account.First, 2);
        account.Receive(account.Erase(null, account.First, second, 2), ReceiptState.Erased);
        Assert.Equal(1, account.Verify().Choose(Category.Photos, null).Address.Epoch.Value);
        Assert.Equal(DeviceFault.Refused, Assert.Throws<DeviceException>(() => account.Verify().Choose(Category.Photos, 2)).Fault);
        Assert.Equal(DeviceFault.Failure, Assert.Throws<DeviceException>(() => account.Verify().Choose(Category.Photos, 3)).Fault);
        account.Erase(account.First, account.First, first, 1);
        DeviceException closed = Assert.Throws<DeviceException>(() => account.Verify().Choose(Category.Photos, 1));
        Assert.Contains("is closed and will be erased within 14 days", closed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sheet_rotated_three_times_opens_what_was_sealed_to_the_first()
    {
        using Archive account = new();
        byte[] first = AgeFile.Seal("first"u8, account.Sheets[0].Recipient);
        for (int i = 0; i < 3; i++) account.Rotate();
        byte[] third = AgeFile.Seal("third"u8, account.Sheets[2].Recipient);
        AccountHistory history = account.Verify();
        history.RequireSheet(account.Paper.Thumbprint, "it");
        using SheetKeyring keyring = new(account.Sheets[3], history);
        Assert.True(keyring.TryOpen(third, out byte[]? opened));
        Assert.Equal("third"u8, opened);
        Assert.True(keyring.TryOpen(first, out opened));
        Assert.Equal("first"u8, opened);
        using AgeIdentity stranger = AgeIdentity.Generate();
        Assert.False(keyring.TryOpen(AgeFile.Seal("other"u8, stranger.Recipient), out _));
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2)]
    public void An_earlier_sheet_is_told_since_when_there_is_a_newer_one(int which)
    {
        using Archive account = new();
        account.Receive(account.Rotate(), ReceiptState.Rotated, at: 86400 * 10);
        account.Receive(account.Rotate(), ReceiptState.Rotated, at: 86400 * 20);
        (SignedRecord Record, Sheet Sheet) replaced = account.Replace(account.First);
        account.Receive(replaced.Record, ReceiptState.Replaced, at: 86400 * 30);
        account.TakeEffect(replaced);
        DeviceException old = Assert.Throws<DeviceException>(() => account.Verify().RequireSheet(account.Sheets[which].Signing.Thumbprint, "old.txt"));
        Assert.Equal(DeviceFault.WrongSheet, old.Fault);
        Assert.Equal($"old.txt is not this account's sheet any more: a newer sheet took its place on 1970-01-{11 + (10 * which)}", old.Message);
        account.Verify().RequireSheet(account.Paper.Thumbprint, "new.txt");
    }

    [Fact]
    public void A_rotation_that_carries_another_sheet_is_a_forgery()
    {
        using Archive account = new();
        using Sheet other = Sheet.Generate(account.Sheets[0].Server, account.Server.Thumbprint);
        byte[] old = AgeFile.Seal("old"u8, account.Sheets[0].Recipient);
        account.Rotate(carried: other);
        using SheetKeyring keyring = new(account.Sheets[1], account.Verify());
        Assert.Equal(DeviceFault.Forgery, Assert.Throws<DeviceException>(() => keyring.TryOpen(old, out _)).Fault);
        // What the sheet in hand opens itself needs no other.
        Assert.True(keyring.TryOpen(AgeFile.Seal("new"u8, account.Sheets[1].Recipient), out _));
    }

    [Fact]
    public void A_replacement_is_pending_until_the_server_or_a_record_says_that_it_took_effect()
    {
        using Archive account = new();
        byte[] lost = AgeFile.Seal("lost"u8, account.Sheets[0].Recipient);
        (SignedRecord Record, Sheet Sheet) replaced = account.Replace(account.First);
        account.Receive(replaced.Record, ReceiptState.Pending, due: 7000);
        AccountHistory pending = account.Verify();
        Assert.Equal((replaced.Record.Hash, DateTimeOffset.FromUnixTimeSeconds(7000)), (pending.PendingReplacement!.Record.Hash, pending.PendingDue));
        Assert.Equal(account.Sheets[0].Signing.Public, pending.Sheet);

        account.TakeEffect(replaced);
        using SigningKey second = SigningKey.Generate();
        account.Certify(second); // signed by the new sheet: it is the account's by then, with or without a receipt
        AccountHistory history = account.Verify();
        Assert.Equal((account.Paper.Public, null), (history.Sheet, history.PendingReplacement));
        using SheetKeyring keyring = new(account.Sheets[1], history);
        Assert.False(keyring.TryOpen(lost, out _)); // consent.md §3.11: there was nobody to seal an identity

        account.Rotate();
        account.TakeEffect(account.Replace(second));
        Assert.Single(account.Verify().SheetChanges, static c => c.IsReplacement);
        account.Rotate();
        Assert.Equal(4, account.Verify().SheetChanges.Count);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_pending_replacement_ends_by_the_old_sheet(bool rotated)
    {
        using Archive account = new();
        (SignedRecord record, Sheet sheet) = account.Replace(account.First);
        if (rotated) account.Rotate();
        else account.Cancel(record);
        Assert.Null(account.Verify().PendingReplacement);
        Assert.Throws<DeviceException>(() => account.Verify().RequireSheet(sheet.Signing.Thumbprint, "it"));
        account.Replace(account.First).Sheet.Dispose(); // the next one has the same number
        Assert.NotNull(account.Verify().PendingReplacement);
        sheet.Dispose();
    }

    [Theory] // consent.md §3.9
    [InlineData(false), InlineData(true)]
    public void The_removal_of_its_device_ends_a_replacement_that_is_pending(bool tookEffect)
    {
        using Archive account = new();
        using SigningKey second = SigningKey.Generate();
        account.Admit(account.First, second);
        (SignedRecord record, Sheet sheet) = account.Replace(second);
        if (tookEffect) account.Receive(record, ReceiptState.Replaced);
        account.Remove(account.First, second);
        AccountHistory history = account.Verify();
        Assert.Equal((null, tookEffect), (history.PendingReplacement, history.Sheet.Equals(sheet.Signing.Public)));
        sheet.Dispose();
    }

    [Fact] // a receipt is the server's statement: another's is none, and one for somebody else says nothing
    public void A_receipt_that_does_not_verify_says_nothing()
    {
        using Archive account = new();
        (SignedRecord record, Sheet sheet) = account.Replace(account.First);
        using SigningKey stranger = SigningKey.Generate();
        account.Receive(record, ReceiptState.Replaced, by: stranger);
        account.Receive(record, ReceiptState.Replaced, audience: stranger.Thumbprint);
        account.Receipts.Add(record);
        Assert.Equal(account.Sheets[0].Signing.Public, account.Verify().Sheet);
        account.Receive(record, ReceiptState.Replaced);
        Assert.Equal(sheet.Signing.Public, account.Verify().Sheet);
        sheet.Dispose();
    }

    [Fact] // bounded work: each receipt that claims to be of one record costs a verification, so a flood hides the server's own word and nothing else
    public void Only_a_few_receipts_of_one_record_are_looked_at()
    {
        using Archive account = new();
        (SignedRecord record, Sheet sheet) = account.Replace(account.First);
        using SigningKey stranger = SigningKey.Generate();
        SignedRecord forged = account.Receive(record, ReceiptState.Replaced, by: stranger);
        account.Receipts.AddRange(Enumerable.Repeat(forged, 6));
        SignedRecord genuine = account.Receive(record, ReceiptState.Replaced);
        Assert.Equal(sheet.Signing.Public, account.Verify().Sheet);
        account.Receipts.Remove(genuine);
        account.Receipts.AddRange(Enumerable.Repeat(forged, 6));
        account.Receipts.Add(genuine);
        Assert.Equal(account.Sheets[0].Signing.Public, account.Verify().Sheet);
        sheet.Dispose();
    }

    public static TheoryData<string> Forgeries => [.. Forgery.Keys];

    [Theory, MemberData(nameof(Forgeries))]
    public void What_a_server_must_not_show_is_a_forgery(string name)
    {
        using Archive account = new();
        SignedRecord grant = account.Grant(account.First, 1);
        account.Verify();
        Forgery[name](account, grant);
        DeviceException forged = Assert.Throws<DeviceException>(account.Verify);
        Assert.Equal(DeviceFault.Forgery, forged.Fault);
        Assert.Contains("the server's records cannot be believed", forged.Message, StringComparison.Ordinal);
    }

    private static readonly Dictionary<string, Action<Archive, SignedRecord>> Forgery = new(StringComparer.Ordinal)
    {
        ["the certificate left out"] = static (a, _) => a.Records.RemoveAt(0),
        ["the grant before the certificate"] = static (a, _) => a.Records.Reverse(),
        ["a link twice"] = static (a, grant) => a.Records.Add(grant),
        ["a device certified twice"] = static (a, _) => a.Certify(a.First),
        ["a certificate by a sheet that was rotated"] = static (a, _) =>
        {
            a.Rotate();
            Sheet newest = a.Sheets[^1];
            a.Sheets.RemoveAt(1);
            using SigningKey device = SigningKey.Generate();
            a.Certify(device);
            a.Sheets.Add(newest);
        },
        ["a certificate by a sheet that was replaced"] = static (a, _) =>
        {
            (SignedRecord Record, Sheet Sheet) replaced = a.Replace(a.First);
            a.TakeEffect(replaced);
            using SigningKey one = SigningKey.Generate(), other = SigningKey.Generate();
            a.Certify(one);
            a.Sheets.RemoveAt(1);
            a.Certify(other);
            replaced.Sheet.Dispose();
        },
        ["a certificate by a replacement that was cancelled"] = static (a, _) =>
        {
            (SignedRecord Record, Sheet Sheet) replaced = a.Replace(a.First);
            a.Cancel(replaced.Record);
            a.Sheets.Add(replaced.Sheet);
            using SigningKey device = SigningKey.Generate();
            a.Certify(device);
        },
        ["a second replacement while one is pending"] = static (a, _) =>
        {
            a.Replace(a.First).Sheet.Dispose();
            a.Replace(a.First).Sheet.Dispose();
        },
        ["a rotation left out"] = static (a, _) =>
        {
            a.Rotate();
            a.Rotate();
            a.Records.RemoveAt(2);
        },
        ["a rotation back to an earlier sheet"] = static (a, _) =>
        {
            a.Rotate();
            Sheet first = a.Sheets[0];
            a.Add(Rotation.Sign(a.Paper, new Rotation
            {
                Account = a.Account, Server = a.Server.Thumbprint, IssuedAt = 8, Succession = a.NextChange,
                Sheet = new NewSheet(first.Signing.Public, first.Recipient.ToString()), Identity = a.Sheets[1].SealTo(first.Recipient),
            }));
        },
        ["a sheet that is a device"] = static (a, _) => a.Add(Rotation.Sign(a.Paper, new Rotation
        {
            Account = a.Account, Server = a.Server.Thumbprint, IssuedAt = 8, Succession = a.NextChange,
            Sheet = new NewSheet(a.First.Public, a.Sheets[0].Recipient.ToString()), Identity = a.Sheets[0].SealTo(a.Sheets[0].Recipient),
        })),
        ["a device that was removed signs"] = static (a, _) =>
        {
            a.Remove(null, a.First);
            a.Grant(a.First, 2);
        },
        ["a device that was removed is admitted again"] = static (a, _) =>
        {
            using SigningKey second = SigningKey.Generate();
            a.Admit(a.First, second);
            a.Remove(a.First, second);
            a.Admit(a.First, second);
        },
        ["a removal of a stranger"] = static (a, _) =>
        {
            using SigningKey stranger = SigningKey.Generate();
            a.Remove(a.First, stranger);
        },
        ["a stranger admits"] = static (a, _) =>
        {
            using Archive other = new();
            using SigningKey device = SigningKey.Generate();
            a.Records.Add(other.Admit(other.First, device));
        },
        ["an erasure by the device of what is on"] = static (a, grant) => a.Erase(a.First, a.First, grant, 1),
        ["an erasure of what is erased"] = static (a, grant) =>
        {
            a.Erase(null, a.First, grant, 1);
            a.Erase(null, a.First, grant, 1);
        },
        ["an erasure of a grant that is not shown"] = static (a, _) => a.Erase(null, a.First, a.Records[0], 1),
        ["a revocation of another epoch"] = static (a, grant) => a.Revoke(a.First, grant, 2),
        ["a cancellation of what was never asked"] = static (a, grant) =>
        {
            SignedRecord erased = a.Erase(null, a.First, grant, 1);
            a.Cancel(erased);
        },
        ["text that is no record"] = static (a, _) =>
        {
            string[] parts = a.Records[^1].Compact.Split('.');
            string flipped = parts[2][..^2] + (parts[2][^2] == 'A' ? 'B' : 'A') + parts[2][^1];
            Assert.True(SignedRecord.TryParse($"{parts[0]}.{parts[1]}.{flipped}", out SignedRecord? altered));
            a.Records[^1] = altered;
        },
    };

    [Fact]
    public void Another_accounts_first_sheet_is_a_forgery()
    {
        using Archive account = new(), other = new();
        Assert.Throws<DeviceException>(() => AccountHistory.Verify(account.Answer() with { Sheet = other.Answer().Sheet }, account.Account, account.Server.Public));
        Assert.Throws<DeviceException>(() => AccountHistory.Verify(account.Answer() with { Records = [Encoding.ASCII.GetString(new byte[70_000])] }, account.Account, account.Server.Public));
        Assert.Throws<DeviceException>(() => AccountHistory.Verify(account.Answer(), account.Account, other.Server.Public));
    }
}
