using System.Net;
using System.Text;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §11.1 to §11.3: the operator's verbs write while the server runs.</summary>
public sealed class InvitationTests
{
    [Fact]
    public async Task An_invitation_opens_one_account_and_no_second()
    {
        await using var bench = await InvitedAsync();
        Assert.Equal("invited", (await bench.SendAsync(HttpMethod.Get, "v1/server")).Json.GetProperty("accounts").GetString());
        string code = bench.AsOperator(server => server.Invite(null, 14)).Code;
        using var first = await Owner.OpenAsync(bench, code);
        using Owner second = new(bench);
        (await second.PostAccountAsync(invitation: code)).Refuses(403, "not-invited");
        (await second.PostAccountAsync()).Refuses(403, "not-invited");
        await bench.RestartAsync();
        (await second.PostAccountAsync(invitation: code)).Refuses(403, "not-invited");

        // A lost answer costs no second invitation, and what was opened is open.
        (await first.PostAccountAsync()).Is(HttpStatusCode.OK);
        (await first.PostAccountAsync(invitation: code)).Is(HttpStatusCode.OK);
        await OpenVault.FilledAsync(bench, first);
    }

    [Theory]
    [InlineData(14, 14 * 86400 - 1, true)]
    [InlineData(14, 14 * 86400, false)]
    [InlineData(1, 86400 - 1, true)]
    [InlineData(1, 86400, false)]
    [InlineData(365, 365 * 86400 - 1, true)]
    public async Task An_invitation_is_good_for_its_days_by_the_clock_of_the_server(int days, int later, bool good)
    {
        await using var bench = await InvitedAsync();
        var made = bench.AsOperator(server => server.Invite(null, days));
        Assert.Equal(bench.Now + days * 86400, made.Expires.ToUnixTimeSeconds());
        bench.Time.Advance(TimeSpan.FromSeconds(later));
        using Owner owner = new(bench);
        var answer = await owner.PostAccountAsync(invitation: made.Code);
        if (good) answer.Is(HttpStatusCode.Created);
        else answer.Refuses(403, "not-invited");
    }

    [Fact]
    public async Task Of_two_at_once_one_is_taken()
    {
        await using var bench = await InvitedAsync();
        string code = bench.AsOperator(server => server.Invite(null, 14)).Code;
        Owner[] owners = [.. Enumerable.Range(0, 6).Select(_ => new Owner(bench))];
        var answers = await Task.WhenAll(owners.Select(owner => owner.PostAccountAsync(invitation: code)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => answer.Refuses(403, "not-invited"));
        Assert.Single(bench.AsOperator(server => server.Accounts()));
        foreach (var owner in owners) owner.Dispose();
    }

    [Theory] // as people copy it
    [InlineData("{0}", 201)]
    [InlineData(" {0} ", 201)]
    [InlineData("UPPER", 201)]
    [InlineData("PLAIN", 201)]
    [InlineData("", 403)]
    [InlineData("{0}a", 403)]
    [InlineData("aaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaa", 403)]
    [InlineData("0189-0189-0189-0189-0189-0189-0189", 403)]
    [InlineData("%", 403)]
    public async Task A_code_is_read_as_people_copy_it_and_nothing_else_is_one(string form, int status)
    {
        await using var bench = await InvitedAsync();
        string code = bench.AsOperator(server => server.Invite(null, 14)).Code;
        Assert.Matches("^([a-z2-7]{4}-){6}[a-z2-7]{4}$", code);
        string text = form switch
        {
            "UPPER" => code.ToUpperInvariant(),
            "PLAIN" => code.Replace("-", "", StringComparison.Ordinal),
            _ => form.Replace("{0}", code, StringComparison.Ordinal),
        };
        using Owner owner = new(bench);
        var answer = await owner.PostAccountAsync(invitation: text);
        if (status == 201) answer.Is(HttpStatusCode.Created);
        else answer.Refuses(status, "not-invited");
    }

    [Fact]
    public async Task What_is_refused_uses_none_up()
    {
        await using var bench = await InvitedAsync();
        string code = bench.AsOperator(server => server.Invite(null, 14)).Code;
        using Owner owner = new(bench);
        using Owner stranger = new(bench);
        (await owner.PostAccountAsync(certificate: stranger.Certificate, invitation: code)).Refuses(403, "not-accepted");
        using var first = await Owner.OpenAsync(bench, code);
        string second = bench.AsOperator(server => server.Invite(null, 14)).Code;
        using var another = SigningKey.Generate();
        var other = Certificate.Sign(first.Sheet, new() { Account = first.Account, DeviceKey = another.Public, Server = bench.Server.Key, IssuedAt = bench.Now });
        (await first.PostAccountAsync(certificate: other, invitation: second)).Refuses(403, "not-accepted");
        (await owner.PostAccountAsync(invitation: second)).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Withdrawn_ones_are_good_no_more()
    {
        await using var bench = await InvitedAsync();
        string used = bench.AsOperator(server => server.Invite(null, 14)).Code;
        using var owner = await Owner.OpenAsync(bench, used);
        string open = bench.AsOperator(server => server.Invite(null, 14)).Code;
        Assert.Equal(1, bench.AsOperator(server => server.WithdrawInvitations()));
        using Owner another = new(bench);
        (await another.PostAccountAsync(invitation: open)).Refuses(403, "not-invited");
        (await another.PostAccountAsync(invitation: used)).Refuses(403, "not-invited");
        (await owner.PostAccountAsync()).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_open_server_needs_none_and_refuses_a_bad_one()
    {
        await using var bench = await Bench.StartAsync();
        using Owner owner = new(bench);
        (await owner.PostAccountAsync(invitation: "aaaa")).Refuses(403, "not-invited");
        (await owner.PostAccountAsync(invitation: bench.AsOperator(server => server.Invite(5, 14)).Code)).Is(HttpStatusCode.Created);
        Assert.Equal(5, Assert.Single(bench.AsOperator(server => server.Accounts())).QuotaBytes);
        using var uninvited = await Owner.OpenAsync(bench);
    }

    [Theory]
    [InlineData("\"invitation\":1")]
    [InlineData("\"invitation\":null")]
    [InlineData("\"receipt\":[]")]
    [InlineData("\"invitation\":\"a\",\"invitation\":\"b\"")]
    public async Task Of_another_kind_it_is_malformed(string member)
    {
        await using var bench = await InvitedAsync();
        using Owner owner = new(bench);
        string body = $$"""{"sheet":{{Answers.JsonText(owner.Sheet.Public.WriteJwk)}},"certificate":"{{owner.Certificate.Compact}}",{{member}}}""";
        (await bench.SendAsync(HttpMethod.Post, "v1/accounts", Encoding.UTF8.GetBytes(body))).Refuses(400, "malformed");
    }

    [Fact]
    public async Task A_server_that_was_set_back_takes_its_accounts_back_by_its_own_receipt()
    {
        await using var bench = await InvitedAsync();
        string code = bench.AsOperator(server => server.Invite(1000, 14)).Code;
        using Owner owner = new(bench);
        string receipt = (await owner.PostAccountAsync(invitation: code)).Is(HttpStatusCode.Created).Text;
        using var other = await Owner.OpenAsync(bench, bench.AsOperator(server => server.Invite(null, 14)).Code);
        string others = (await other.PostAccountAsync()).Is(HttpStatusCode.OK).Text;
        await bench.WithDatabaseAsync(database =>
        {
            // The copy is older than both accounts: the invitations are unused in it.
            foreach (string table in (string[])["receipts", "records", "devices", "accounts"]) database.Execute($"DELETE FROM {table}");
            database.Execute("UPDATE invitations SET account = NULL");
        });
        (await owner.PostAccountAsync()).Refuses(403, "not-invited");
        (await owner.PostAccountAsync(receipt: others)).Refuses(403, "not-invited");
        (await owner.PostAccountAsync(receipt: owner.Certificate.Compact)).Refuses(403, "not-invited");
        (await owner.PostAccountAsync(receipt: Forged(owner, bench))).Refuses(403, "not-invited");
        // It is for one certificate, not for whatever the sheet signs next.
        using var another = SigningKey.Generate();
        var second = Certificate.Sign(owner.Sheet, new() { Account = owner.Account, DeviceKey = another.Public, Server = bench.Server.Key, IssuedAt = bench.Now });
        (await owner.PostAccountAsync(certificate: second, receipt: receipt)).Refuses(403, "not-invited");
        (await owner.PostAccountAsync(receipt: receipt)).Is(HttpStatusCode.Created);
        Assert.Null(Assert.Single(bench.AsOperator(server => server.Accounts())).QuotaBytes); // docs: the quota was forgotten with the rest
        using Owner stranger = new(bench);
        (await stranger.PostAccountAsync(receipt: receipt)).Refuses(403, "not-invited");
        // What §11.3 warns of, and the remedy.
        Assert.Equal(2, bench.AsOperator(server => server.WithdrawInvitations()));
        (await stranger.PostAccountAsync(invitation: code)).Refuses(403, "not-invited");
    }

    [Fact]
    public async Task No_code_is_found_in_the_folder_of_the_server()
    {
        await using var bench = await InvitedAsync();
        string code = bench.AsOperator(server => server.Invite(null, 14)).Code;
        using var owner = await Owner.OpenAsync(bench, code);
        foreach (string needle in (string[])[code, code.Replace("-", "", StringComparison.Ordinal)])
            Assert.False(await bench.DatabaseHoldsAsync(needle));
        Assert.True(await bench.DatabaseHoldsAsync(owner.Account.Text)); // the control
    }

    // Right in everything but the key.
    static string Forged(Owner owner, Bench bench)
    {
        using var key = SigningKey.Generate();
        return Receipt.Sign(key, new()
        {
            Server = key.Thumbprint,
            Account = owner.Account,
            Audience = owner.Account,
            IssuedAt = bench.Now,
            Record = owner.Certificate.Hash,
            OfTyp = RecordTyp.Certificate,
            State = ReceiptState.Account,
        }).Compact;
    }

    static Task<Bench> InvitedAsync() => Bench.StartAsync(change: options => options with { InvitedOnly = true });
}
