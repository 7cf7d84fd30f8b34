using System.Net;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §3.1.</summary>
public sealed class ErasureTests
{
    const long Wait = 14 * 24 * 3600;

    [Fact] // README: "malware with your device's key cannot destroy your history"
    public async Task What_malware_with_the_devices_key_erases_is_still_there_with_the_sheet_on_day_13()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await KeptAsync(bench, owner);
        var erasure = owner.SignErasure(vault);
        var closed = await ReceiptAsync(bench, await owner.TakeAsync(erasure), owner.Device.Thumbprint);
        Assert.Equal((erasure.Hash, ReceiptState.Closed, bench.Now + Wait), (closed.Record, closed.State, closed.Due));
        await ClosedAsync(bench, vault, "closed");

        bench.Time.Advance(TimeSpan.FromDays(13));
        var cancellation = owner.SignCancellation(erasure);
        Assert.Equal(ReceiptState.Cancelled, (await ReceiptAsync(bench, await owner.TakeBySheetAsync(cancellation), owner.Account)).State);
        bench.Time.Advance(TimeSpan.FromDays(30));
        await bench.RestartAsync();
        await ReadableAsync(bench, vault);
    }

    [Fact]
    public async Task What_nobody_cancels_is_deleted_when_it_is_due()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await KeptAsync(bench, owner);
        var other = await OpenVault.FilledAsync(bench, owner, Category.Notes);
        var erasure = owner.SignErasure(vault);
        await owner.TakeAsync(erasure);
        bench.Time.Advance(TimeSpan.FromSeconds(Wait));
        await ClosedAsync(bench, vault, "erased");
        Assert.All(bench.Stored().Keys, path => Assert.Contains("/notes/", path, StringComparison.Ordinal));
        Assert.NotEmpty(bench.Stored());
        var again = (await bench.PostAsync("v1/records", erasure)).Is(HttpStatusCode.OK);
        var erased = await ReceiptAsync(bench, again, owner.Device.Thumbprint);
        Assert.Equal((erasure.Hash, ReceiptState.Erased, bench.Now, null), (erased.Record, erased.State, erased.IssuedAt, erased.Due));
        (await bench.PostAsync("v1/records", owner.SignCancellation(erasure))).Refuses(409, "epoch");
        (await other.AddAsync(bench, [1], await other.AddTokenAsync())).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_sheet_erases_at_once_also_what_is_on()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        var erasure = owner.SignErasure(vault, bySheet: true);
        var first = await owner.TakeBySheetAsync(erasure);
        Assert.Equal(ReceiptState.Erased, (await ReceiptAsync(bench, first, owner.Account)).State);
        Assert.Empty(bench.Stored());
        Assert.Equal(first.Text, (await bench.PostAsync("v1/records", erasure)).Is(HttpStatusCode.OK).Text);
        await ClosedAsync(bench, vault, "erased");
        await owner.TakeAsync(vault.SignRevocation()); // a device that did not know
        await ClosedAsync(bench, vault, "erased");
        await OpenVault.FilledAsync(bench, owner, epoch: 2);
    }

    [Fact]
    public async Task What_came_due_while_no_server_ran_is_deleted_when_it_starts()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await KeptAsync(bench, owner);
        await owner.TakeAsync(owner.SignErasure(vault));
        await bench.WhileDownAsync(() => bench.Time.Advance(TimeSpan.FromDays(15)));
        Assert.Empty(bench.Stored());
        await ClosedAsync(bench, vault, "erased");
    }

    [Fact]
    public async Task What_came_due_while_nobody_asked_is_deleted_within_a_minute()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await KeptAsync(bench, owner);
        await owner.TakeAsync(owner.SignErasure(vault));
        bench.Time.Advance(TimeSpan.FromSeconds(Wait - 1));
        await Task.Delay(200);
        Assert.NotEmpty(bench.Stored());
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        for (int i = 0; i < 500 && bench.Stored().Count > 0; i++) await Task.Delay(10);
        Assert.Empty(bench.Stored());
    }

    [Theory] // protocol.md §3: decided by the clock, not by who comes first.
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public async Task A_cancellation_counts_until_the_last_second_and_not_after_it(int second, bool counts)
    {
        await using var bench = await Bench.StartAsync(clock: new StillClock());
        using var owner = await Owner.OpenAsync(bench);
        var vault = await KeptAsync(bench, owner);
        var erasure = owner.SignErasure(vault);
        await owner.TakeAsync(erasure);
        bench.Time.Advance(TimeSpan.FromSeconds(Wait + second));
        Assert.NotEmpty(bench.Stored()); // nobody has looked
        var answer = await bench.PostAsync("v1/records", owner.SignCancellation(erasure));
        if (counts)
        {
            answer.Is(HttpStatusCode.Created);
            await ReadableAsync(bench, vault);
        }
        else
        {
            answer.Refuses(409, "epoch");
            await ClosedAsync(bench, vault, "erased");
            Assert.Empty(bench.Stored());
        }
    }

    [Fact]
    public async Task A_device_erases_what_it_has_revoked_and_nothing_else()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var second = await owner.JoinAsync();
        var vault = await OpenVault.FilledAsync(bench, owner);
        await RefusedAsync(owner.SignErasure(vault)); // on
        await owner.TakeAsync(vault.SignRevocation());
        await RefusedAsync(owner.SignErasure(vault, change: erasure => erasure with { Epoch = new(2) }));
        await RefusedAsync(owner.SignErasure(vault, change: erasure => erasure with { Category = Category.Notes }));
        await RefusedAsync(owner.SignErasure(vault, change: erasure => erasure with { Grant = owner.Certificate.Hash }));
        Assert.Throws<ArgumentException>(() => second.SignErasure(vault)); // another device's: no such record (consent.md §3.7)
        (await bench.PostAsync("v1/records", owner.SignErasure(vault, change: erasure => erasure with { Place = new(owner.Seq, owner.Last) }))).Refuses(409, "not-next");
        await ReadableAsync(bench, vault);
        await owner.TakeAsync(owner.SignErasure(vault));
        await RefusedAsync(owner.SignErasure(vault)); // closed
        bench.Time.Advance(TimeSpan.FromDays(14));
        await RefusedAsync(owner.SignErasure(vault)); // erased
        await RefusedAsync(owner.SignErasure(vault, bySheet: true));
        (await bench.PostAsync("v1/records", owner.SignGrant(vault.Hashes))).Refuses(409, "epoch"); // its number is not used again
        await OpenVault.FilledAsync(bench, owner, epoch: 2);

        async Task RefusedAsync(SignedRecord record) => (await bench.PostAsync("v1/records", record)).Refuses(409, "epoch");
    }

    [Fact]
    public async Task Nobody_erases_in_another_account()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var stranger = await Owner.OpenAsync(bench);
        var vault = await KeptAsync(bench, owner);
        (await bench.PostAsync("v1/records", stranger.SignErasure(vault, bySheet: true))).Refuses(409, "epoch"); // theirs has no such vault
        var theirs = await KeptAsync(bench, stranger);
        foreach (var record in (SignedRecord[])
        [
            Sign(stranger.Sheet, null, erasure => erasure with { Issuer = owner.Account, Account = owner.Account }),
            Sign(stranger.Device, new(stranger.Seq + 1, stranger.Last), erasure => erasure with { Account = owner.Account, Device = stranger.Device.Thumbprint }),
            Sign(stranger.Sheet, new(stranger.Seq + 1, stranger.Last), erasure => erasure with { Issuer = stranger.Account, Account = owner.Account, Device = stranger.Account }),
        ]) (await bench.PostAsync("v1/records", record)).Refuses(403, "not-accepted");
        var closing = owner.SignErasure(vault);
        await owner.TakeAsync(closing);
        (await bench.PostAsync("v1/records", stranger.SignCancellation(closing))).Refuses(409, "epoch");
        (await bench.PostAsync("v1/records", Cancellation.Sign(stranger.Sheet, new()
        {
            Account = owner.Account, Server = bench.Server.Key, IssuedAt = bench.Now, Record = closing.Hash, OfTyp = closing.Typ,
        }))).Refuses(403, "not-accepted");
        await ReadableAsync(bench, theirs);

        SignedRecord Sign(SigningKey key, ChainPlace? place, Func<Erasure, Erasure> change) => Erasure.Sign(key, change(new()
        {
            Issuer = key.Thumbprint, Account = owner.Account, Server = bench.Server.Key, IssuedAt = bench.Now, Place = place, Device = owner.Device.Thumbprint,
            Category = vault.Category, Epoch = new(1), Grant = vault.Grant.Hash, RecordId = Guid.NewGuid(), EventTime = bench.Time.GetUtcNow(),
        }));
    }

    [Fact]
    public async Task Every_token_is_dead_from_the_closing_on_and_stays_so_when_it_is_cancelled()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string device = await vault.AddTokenAsync();
        await owner.TakeAsync(vault.SignRevocation());
        string sheet = await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read));
        var erasure = owner.SignErasure(vault);
        await owner.TakeAsync(erasure);
        var before = bench.Stored();
        foreach (string token in (string[])[device, sheet])
        {
            foreach (var (method, path) in ((HttpMethod, string)[])
            [
                (HttpMethod.Get, vault.Path + "config"), (HttpMethod.Head, vault.Path + "config"), (HttpMethod.Get, vault.Path + "data/"), (HttpMethod.Get, vault.Path + "keys/" + vault.Hashes.Key),
                (HttpMethod.Post, vault.Path + "?create=true"), (HttpMethod.Post, vault.Path + "locks/" + Digest.Of([])), (HttpMethod.Delete, vault.Path + "locks/" + Digest.Of([])),
                (HttpMethod.Get, vault.SealedPath), (HttpMethod.Put, vault.SealedPath),
            ])
            {
                var answer = await bench.SendAsync(method, path, method == HttpMethod.Get || method == HttpMethod.Head ? null : [], token);
                Assert.True(answer.Status == HttpStatusCode.Gone, $"{method} {path}: {answer.Status}");
            }
        }

        Assert.Equal(before, bench.Stored());
        await owner.TakeBySheetAsync(owner.SignCancellation(erasure));
        foreach (string token in (string[])[device, sheet]) (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token)).Refuses(403, "not-accepted");
        await ReadableAsync(bench, vault);
        Assert.Equal(before, bench.Stored());
    }

    [Fact]
    public async Task A_record_that_is_sent_again_after_its_cancellation_changes_nothing()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await KeptAsync(bench, owner);
        var erasure = owner.SignErasure(vault);
        var closed = await owner.TakeAsync(erasure);
        var cancellation = owner.SignCancellation(erasure);
        var cancelled = await owner.TakeBySheetAsync(cancellation);
        Assert.Equal(closed.Text, (await bench.PostAsync("v1/records", erasure)).Is(HttpStatusCode.OK).Text);
        bench.Time.Advance(TimeSpan.FromDays(20));
        await ReadableAsync(bench, vault);
        // Another erasure is another: the old cancellation does not stop it.
        var second = owner.SignErasure(vault);
        await owner.TakeAsync(second);
        Assert.Equal(cancelled.Text, (await bench.PostAsync("v1/records", cancellation)).Is(HttpStatusCode.OK).Text);
        (await bench.PostAsync("v1/records", owner.SignCancellation(erasure))).Refuses(409, "epoch");
        await ClosedAsync(bench, vault, "closed");
        bench.Time.Advance(TimeSpan.FromDays(14));
        (await bench.PostAsync("v1/records", owner.SignCancellation(second))).Refuses(409, "epoch");
        await ClosedAsync(bench, vault, "erased");
        Assert.Equal(1, await ReceiptsOfAsync(bench, owner, erasure));
        Assert.Equal(2, await ReceiptsOfAsync(bench, owner, second));
    }

    [Fact]
    public async Task The_sheet_finishes_what_a_device_closed_and_both_records_have_their_receipt()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var second = await owner.JoinAsync();
        var vault = await KeptAsync(bench, second);
        var closing = second.SignErasure(vault);
        await second.TakeAsync(closing);
        await owner.TakeAsync(owner.SignRemoval(second.Device.Thumbprint)); // of a removed device, too
        await owner.TakeBySheetAsync(owner.SignErasure(vault, bySheet: true));
        Assert.Empty(bench.Stored());
        var receipt = await ReceiptAsync(bench, (await bench.PostAsync("v1/records", closing)).Is(HttpStatusCode.OK), second.Device.Thumbprint);
        Assert.Equal(ReceiptState.Erased, receipt.State);
        (await bench.PostAsync("v1/records", owner.SignCancellation(closing))).Refuses(409, "epoch");
    }

    [Fact]
    public async Task A_removed_devices_erasure_goes_on_and_the_sheet_can_cancel_it()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var sold = await owner.JoinAsync();
        var first = await KeptAsync(bench, sold);
        var second = await OpenVault.FilledAsync(bench, sold, Category.Notes);
        await sold.TakeAsync(second.SignRevocation());
        await sold.TakeAsync(sold.SignErasure(first));
        var cancelled = sold.SignErasure(second);
        await sold.TakeAsync(cancelled);
        await owner.TakeAsync(owner.SignRemoval(sold.Device.Thumbprint));
        await owner.TakeBySheetAsync(owner.SignCancellation(cancelled));
        bench.Time.Advance(TimeSpan.FromDays(14));
        await ReadableAsync(bench, second);
        Assert.DoesNotContain("photos", await StatesAsync(bench, owner), StringComparison.Ordinal);
        Assert.Contains("notes", await StatesAsync(bench, owner), StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Stored().Keys, path => path.Contains("photos", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sheet_that_rotates_erases_what_was_sealed_to_the_old_one()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await KeptAsync(bench, owner);
        var erasure = owner.SignErasure(vault);
        await owner.TakeAsync(erasure);
        await owner.RotateAsync();
        await owner.TakeBySheetAsync(owner.SignCancellation(erasure));
        await ReadableAsync(bench, vault);
        await owner.TakeBySheetAsync(owner.SignErasure(vault, bySheet: true));
        Assert.Empty(bench.Stored());
    }

    // The categories of which something is still there.
    static async Task<string> StatesAsync(Bench bench, Owner owner) => string.Join(' ', (await bench.SendAsync(
        HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: await owner.TokenAsync(owner.Sheet, null))).Json.GetProperty("vaults").EnumerateArray()
        .Where(item => item.GetProperty("state").GetString() is not "erased").Select(item => item.GetProperty("category").GetString()));

    internal static async Task<OpenVault> KeptAsync(Bench bench, Owner owner)
    {
        var vault = await OpenVault.FilledAsync(bench, owner);
        (await vault.AddAsync(bench, [1, 2, 3], await vault.AddTokenAsync())).Is(HttpStatusCode.OK);
        await owner.TakeAsync(vault.SignRevocation());
        return vault;
    }

    // consent.md §3.5: signed by the server, for the signer of the record.
    internal static async Task<Receipt> ReceiptAsync(Bench bench, Answer answer, Thumbprint audience)
    {
        Assert.True(SignedRecord.TryParse(answer.Text, out var record));
        Assert.True(Receipt.TryVerify(record, await AccountTests.KeyAsync(bench), audience, out var receipt));
        return receipt;
    }

    internal static async Task ReadableAsync(Bench bench, OpenVault vault)
    {
        var owner = vault.Owner;
        string token = await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read));
        Assert.Equal(vault.Config, (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token)).Is(HttpStatusCode.OK).Body);
        Assert.Equal(vault.Sealed, (await bench.SendAsync(HttpMethod.Get, vault.SealedPath, token: await owner.TokenAsync(owner.Sheet, null))).Is(HttpStatusCode.OK).Body);
    }

    internal static async Task<int> ReceiptsOfAsync(Bench bench, Owner owner, SignedRecord record)
    {
        var page = (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: await owner.TokenAsync(owner.Sheet, null))).Is(HttpStatusCode.OK).Json;
        int count = 0;
        foreach (var item in page.GetProperty("receipts").EnumerateArray())
        {
            Assert.True(SignedRecord.TryParse(item.GetString(), out var receipt));
            string payload = System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(receipt.Compact.Split('.')[1]));
            if (payload.Contains(record.Hash.Text, StringComparison.Ordinal)) count++;
        }

        return count;
    }

    // Nobody gets anything of it, and the account's page says which it is.
    internal static async Task ClosedAsync(Bench bench, OpenVault vault, string? state)
    {
        var owner = vault.Owner;
        foreach (var signer in (SigningKey[])[owner.Sheet, owner.Device])
        {
            (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(signer, vault.Ask(VaultMode.Read)))).Refuses(410, "erased");
            string recovery = await owner.TokenAsync(signer, null);
            (await bench.SendAsync(HttpMethod.Get, vault.SealedPath, token: recovery)).Refuses(410, "erased");
            var shown = (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: recovery)).Is(HttpStatusCode.OK).Json.GetProperty("vaults").EnumerateArray()
                .Single(item => item.GetProperty("category").GetString() == vault.Category.Name() && item.GetProperty("epoch").GetInt32() == vault.Epoch);
            string? said = shown.GetProperty("state").GetString();
            if (state is null) Assert.True(said is "closed" or "erased", said);
            else Assert.Equal(state, said);
            if (state is "erased") Assert.Equal(0, shown.GetProperty("objects").GetInt64());
        }
    }
}
