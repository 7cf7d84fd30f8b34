using System.Net;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §3.3.</summary>
public sealed class SheetTests
{
    [Fact] // README: "after a rotation the old sheet is refused"
    public async Task After_three_rotations_the_earlier_sheets_get_403_and_the_last_opens_everything()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await ErasureTests.KeptAsync(bench, owner);
        List<string> tokens = [];
        List<SignedRecord> rotations = [];
        for (int i = 0; i < 3; i++)
        {
            tokens.Add(await owner.TokenAsync(owner.Sheet, null));
            tokens.Add(await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read)));
            rotations.Add(await owner.RotateAsync());
        }

        foreach (string token in tokens)
        {
            (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: token)).Refuses(403, "not-accepted");
            (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token)).Refuses(403, "not-accepted");
        }

        foreach (var old in owner.OldSheets)
        {
            (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(old, null))).Refuses(403, "not-accepted");
            (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(old, vault.Ask(VaultMode.Read)))).Refuses(403, "not-accepted");
            using var device = SigningKey.Generate();
            var certificate = Certificate.Sign(old, new() { Account = owner.Account, DeviceKey = device.Public, Server = bench.Server.Key, IssuedAt = bench.Now });
            (await bench.PostAsync("v1/records", certificate)).Refuses(403, "not-accepted");
            (await bench.PostAsync("v1/records", owner.SignRotation(device, by: old))).Refuses(403, "not-accepted");
        }

        foreach (var rotation in rotations) (await bench.PostAsync("v1/records", rotation)).Is(HttpStatusCode.OK);
        await ErasureTests.ReadableAsync(bench, vault);
        using var second = await owner.CertifyAsync();
        await OpenVault.FilledAsync(bench, second);
    }

    [Fact]
    public async Task A_replacement_takes_effect_when_it_is_due()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var lost = owner.Sheet;
        string token = await owner.TokenAsync(lost, null);
        var sheet = SigningKey.Generate();
        var replacement = owner.SignReplacement(sheet);
        var pending = await ErasureTests.ReceiptAsync(bench, await owner.TakeAsync(replacement), owner.Device.Thumbprint);
        Assert.Equal((ReceiptState.Pending, bench.Now + 14 * 24 * 3600), (pending.State, pending.Due));
        bench.Time.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(sheet, null, change: proof => proof with { Signer = owner.Account }))).Refuses(403, "not-accepted");
        token = await owner.TokenAsync(lost, null);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: token)).Refuses(403, "not-accepted");
        owner.Changed(sheet, replacement);
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(lost, null))).Refuses(403, "not-accepted");
        await owner.TokenAsync(sheet, null);
        var replaced = await ErasureTests.ReceiptAsync(bench, (await bench.PostAsync("v1/records", replacement)).Is(HttpStatusCode.OK), owner.Device.Thumbprint);
        Assert.Equal((ReceiptState.Replaced, null, bench.Now), (replaced.State, replaced.Due, replaced.IssuedAt));
        await owner.RotateAsync();
    }

    [Fact]
    public async Task A_replacement_that_the_sheet_cancels_does_not_happen()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var sheet = SigningKey.Generate();
        var replacement = owner.SignReplacement(sheet);
        await owner.TakeAsync(replacement);
        bench.Time.Advance(TimeSpan.FromDays(13));
        await owner.TakeBySheetAsync(owner.SignCancellation(replacement));
        bench.Time.Advance(TimeSpan.FromDays(13));
        await owner.TokenAsync(owner.Sheet, null);
    }

    [Fact]
    public async Task A_replacement_that_came_due_while_no_server_ran_has_taken_effect_when_it_starts()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        string token = await owner.TokenAsync(owner.Sheet, null, seconds: 3600);
        var sheet = SigningKey.Generate();
        var replacement = owner.SignReplacement(sheet);
        await owner.TakeAsync(replacement);
        await bench.WhileDownAsync(() => bench.Time.Advance(TimeSpan.FromDays(20)));
        await bench.WithDatabaseAsync(database => Assert.Equal(1, database.Query("SELECT number FROM sheets", row => row.GetInt32(0)).Single())); // nobody asked
        (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: token)).Refuses(403, "not-accepted");
        owner.Changed(sheet, replacement);
        var page = await PageAsync(bench, owner);
        Assert.True(VerifyingKey.TryFromJwk(page.GetProperty("sheet"), out var first));
        Assert.Equal(owner.Account, first.Thumbprint); // the first one, always
        Assert.Equal(2, await ErasureTests.ReceiptsOfAsync(bench, owner, replacement));
    }

    [Fact] // protocol.md §3: nobody looked when it came due, and the first who looks finds it so.
    public async Task A_replacement_takes_effect_at_its_second_whoever_looks_first()
    {
        foreach (var look in (Func<Bench, Owner, SignedRecord, SigningKey, string, Task>[])
        [
            async (bench, owner, record, sheet, token) => (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: token)).Refuses(403, "not-accepted"),
            async (bench, owner, record, sheet, token) => (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Sheet, null))).Refuses(403, "not-accepted"),
            async (bench, owner, record, sheet, token) => (await bench.PostAsync("v1/records", owner.SignCancellation(record))).Refuses(403, "not-accepted"),
            async (bench, owner, record, sheet, token) => (await bench.PostAsync("v1/records", owner.SignRotation(owner.Device))).Refuses(403, "not-accepted"),
            async (bench, owner, record, sheet, token) => (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(sheet, null, change: proof => proof with { Signer = owner.Account }))).Is(HttpStatusCode.OK),
        ])
        {
            await using var bench = await Bench.StartAsync(clock: new StillClock());
            using var owner = await Owner.OpenAsync(bench);
            using var sheet = SigningKey.Generate();
            var record = owner.SignReplacement(sheet);
            await owner.TakeAsync(record);
            bench.Time.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
            string token = await owner.TokenAsync(owner.Sheet, null);
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            await look(bench, owner, record, sheet, token);
        }
    }

    [Fact]
    public async Task On_day_13_the_old_sheet_still_says_no_and_on_day_14_it_is_nobody()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var unwanted = SigningKey.Generate();
        var first = owner.SignReplacement(unwanted);
        await owner.TakeAsync(first);
        bench.Time.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
        var no = owner.SignCancellation(first);
        await owner.TakeBySheetAsync(no);
        (await bench.PostAsync("v1/records", no)).Is(HttpStatusCode.OK); // the lost answer
        // Said no to, it is pending no more: neither the same again nor a later look makes it so. Another may be asked for, to the same sheet.
        (await bench.PostAsync("v1/records", first)).Is(HttpStatusCode.OK);
        bench.Time.Advance(TimeSpan.FromDays(15));
        (await bench.PostAsync("v1/records", owner.SignCancellation(first))).Refuses(409, "epoch");
        var second = owner.SignReplacement(unwanted);
        await owner.TakeAsync(second);
        bench.Time.Advance(TimeSpan.FromDays(14));
        (await bench.PostAsync("v1/records", owner.SignCancellation(second))).Refuses(403, "not-accepted");
        (await bench.PostAsync("v1/records", no)).Is(HttpStatusCode.OK);
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(unwanted, null, change: proof => proof with { Signer = owner.Account }))).Is(HttpStatusCode.OK);
        // The sheet that came cannot undo its own coming.
        (await bench.PostAsync("v1/records", owner.SignCancellation(second, unwanted))).Refuses(409, "epoch");
    }

    [Fact]
    public async Task A_rotation_ends_what_is_pending_and_one_is_pending_at_a_time()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var lost = SigningKey.Generate();
        using var another = SigningKey.Generate();
        var pending = owner.SignReplacement(lost);
        await owner.TakeAsync(pending);
        (await bench.PostAsync("v1/records", owner.SignReplacement(another))).Refuses(409, "not-next");
        await owner.RotateAsync();
        bench.Time.Advance(TimeSpan.FromDays(15));
        await owner.TokenAsync(owner.Sheet, null);
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(lost, null, change: proof => proof with { Signer = owner.Account }))).Refuses(403, "not-accepted");
        Assert.Equal(1, await ErasureTests.ReceiptsOfAsync(bench, owner, pending));
        await owner.TakeAsync(owner.SignReplacement(another));
    }

    [Fact]
    public async Task A_change_must_follow_the_change_before()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var sheet = SigningKey.Generate();
        await RefusedAsync();
        var rotation = await owner.RotateAsync();
        await RefusedAsync();
        (await bench.PostAsync("v1/records", owner.SignRotation(sheet, change: r => r with { Succession = Succession.First(owner.Account) }))).Refuses(409, "not-next");
        var replacement = owner.SignReplacement(sheet);
        await owner.TakeAsync(replacement);
        bench.Time.Advance(TimeSpan.FromDays(14));
        using var old = SigningKey.Generate();
        (await bench.PostAsync("v1/records", owner.SignReplacement(old, r => r with { Succession = new Succession(2, rotation.Hash) }))).Refuses(409, "not-next");
        await owner.TakeAsync(owner.SignReplacement(old, r => r with { Succession = new Succession(3, replacement.Hash) }));

        async Task RefusedAsync()
        {
            Succession[] wrongs = owner.NextSheet.Number == 1
                ? [new(2, owner.Certificate.Hash), new(3, owner.Certificate.Hash)]
                : [owner.NextSheet with { Number = owner.NextSheet.Number + 1 }, owner.NextSheet with { Succeeds = owner.Certificate.Hash }];
            foreach (var wrong in wrongs)
            {
                (await bench.PostAsync("v1/records", owner.SignRotation(sheet, change: r => r with { Succession = wrong }))).Refuses(409, "not-next");
                (await bench.PostAsync("v1/records", owner.SignReplacement(sheet, r => r with { Succession = wrong }))).Refuses(409, "not-next");
            }
        }
    }

    [Fact]
    public async Task A_key_with_a_role_in_any_account_becomes_no_sheet()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var stranger = await Owner.OpenAsync(bench);
        using var joined = await stranger.JoinAsync();
        var before = stranger.Sheet;
        await stranger.RotateAsync();
        using var coming = SigningKey.Generate();
        await stranger.TakeAsync(stranger.SignReplacement(coming));
        await stranger.TakeAsync(stranger.SignRemoval(joined.Device.Thumbprint));
        foreach (var taken in (SigningKey[])[owner.Sheet, owner.Device, before, stranger.Sheet, stranger.Device, joined.Device, coming])
        {
            (await bench.PostAsync("v1/records", owner.SignRotation(taken))).Refuses(403, "not-accepted");
            (await bench.PostAsync("v1/records", owner.SignReplacement(taken))).Refuses(403, "not-accepted");
            if (taken == owner.Sheet) continue;
            using Owner opening = new(bench);
            var certificate = Certificate.Sign(taken, new() { Account = taken.Thumbprint, DeviceKey = opening.Device.Public, Server = bench.Server.Key, IssuedAt = bench.Now });
            (await opening.PostAccountAsync(taken, certificate)).Refuses(403, "not-accepted");
        }

        // In its own account, the sheet that is to come may come at once.
        await stranger.TakeBySheetAsync(stranger.SignRotation(coming));
        (await bench.PostAsync("v1/tokens", await stranger.SignProofAsync(coming, null, change: proof => proof with { Signer = stranger.Account }))).Is(HttpStatusCode.OK);
    }

    [Fact] // A thief's replacement ends with the thief's device.
    public async Task What_a_removed_device_had_asked_for_does_not_happen()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var stolen = await owner.JoinAsync();
        using var thiefs = SigningKey.Generate();
        var replacement = stolen.SignReplacement(thiefs);
        await stolen.TakeAsync(replacement);
        await owner.TakeAsync(owner.SignRemoval(stolen.Device.Thumbprint));
        bench.Time.Advance(TimeSpan.FromDays(20));
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(thiefs, null, change: proof => proof with { Signer = owner.Account }))).Refuses(403, "not-accepted");
        await owner.TokenAsync(owner.Sheet, null);
        (await bench.PostAsync("v1/records", replacement)).Is(HttpStatusCode.OK); // acknowledged, and still nothing
    }

    [Fact]
    public async Task The_new_sheet_removes_the_locks_of_the_old_one()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await ErasureTests.KeptAsync(bench, owner);
        (await vault.AddAsync(bench, [7], await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read)), "locks")).Is(HttpStatusCode.OK);
        await owner.RotateAsync();
        (await bench.SendAsync(HttpMethod.Delete, vault.Path + "locks/" + Digest.Of([7]), token: await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read)))).Is(HttpStatusCode.OK);
        Assert.DoesNotContain(bench.Stored().Keys, path => path.Contains("/locks/", StringComparison.Ordinal));
    }

    [Fact] // The old sheet's record, sent again after it was taken, and one that it signed and nobody sent.
    public async Task What_an_old_sheet_signed_is_acknowledged_if_it_was_taken_and_refused_if_not()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        var other = await OpenVault.FilledAsync(bench, owner, Category.Notes);
        var taken = owner.SignErasure(other, bySheet: true);
        var kept = owner.SignErasure(vault, bySheet: true);
        var removal = owner.SignRemoval(owner.Device.Thumbprint, bySheet: true);
        await owner.TakeBySheetAsync(taken);
        await owner.RotateAsync();
        (await bench.PostAsync("v1/records", taken)).Is(HttpStatusCode.OK);
        foreach (var record in (SignedRecord[])[kept, removal]) (await bench.PostAsync("v1/records", record)).Refuses(403, "not-accepted");
        (await vault.AddAsync(bench, [1], await vault.AddTokenAsync())).Is(HttpStatusCode.OK);
    }

    static async Task<System.Text.Json.JsonElement> PageAsync(Bench bench, Owner owner) =>
        (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: await owner.TokenAsync(owner.Sheet, null))).Is(HttpStatusCode.OK).Json;
}
