using System.Diagnostics;
using System.Globalization;
using System.Text;
using static Offproof.Interop.Forged;

namespace Offproof.Interop;

/// <summary>
/// docs/refusals.md, line by line: forged and stale requests, signed by openssl and sent by curl to the real server. Each is refused as the table says, and
/// what is stored stays the same, name by name and byte by byte. OFFPROOF_WRITE=1 writes the page anew.
/// </summary>
public sealed class RefusalTable
{
    static readonly string Page = Path.Combine(ProgramUnderTest.Root, "docs", "refusals.md");

    [Fact]
    public async Task Every_forged_or_stale_request_is_refused_as_the_page_says_and_stores_nothing()
    {
        await using Scratch scratch = new();
        await using OwnServer server = await OwnServer.StartUnderAsync(scratch);
        Stage stage = new(scratch, server, new OpenSslJose(scratch));
        (Owned owner, string epochBefore, string revoked) = await OwnerAsync(stage, scratch);
        Owned other = await stage.NewOwnerAsync("other");
        await Stage.OffproofAsync("on", "notes", "--yes", "--home", scratch["other"]);
        await Stage.OffproofAsync("backup", "--home", scratch["other"]);
        await Stage.OffproofAsync("account", "quota", "--data", server.Data, owner.Account, "1000000");
        Signer stranger = await stage.Jose.NewSignerAsync("stranger");

        string unsealed = await GrantByOpensslAsync(stage, owner);
        Tokens tokens = await TokensAsync(stage, owner, other, epochBefore, revoked);
        long shortLived = Stopwatch.GetTimestamp();
        Assert.Equal(200, (await stage.SendAsync(new Request("POST", owner.Vault("notes", "2") + "locks/" + Hash(tokens.LockOfTheDevice), tokens.LockOfTheDevice, tokens.Add))).Status);
        string next = Grant(owner, "photos", "2", "8", unsealed);
        RecordRows records = new(stage, owner, other, stranger, next);
        VaultRows vaults = new(stage, owner, other, tokens);

        List<Group> groups = [vaults.ByToken(), vaults.Revoked(), vaults.Objects(), records.Algorithms(), records.Forms(), records.Foreign(), records.Stale(), records.Proofs(), records.Accounts()];
        List<string> wrong = [];
        foreach (Group group in groups) await DriveAsync(stage, group, wrong);
        await Stage.OffproofAsync("account", "suspend", "--data", server.Data, other.Account);
        groups.Add(vaults.Suspended());
        await DriveAsync(stage, groups[^1], wrong);
        await Stage.OffproofAsync("account", "resume", "--data", server.Data, other.Account);
        TimeSpan left = TimeSpan.FromSeconds(61) - Stopwatch.GetElapsedTime(shortLived);
        if (left > TimeSpan.Zero) await Task.Delay(left, TestContext.Current.CancellationToken);
        groups.Add(vaults.Expired());
        await DriveAsync(stage, groups[^1], wrong);

        // The table can fail: an upload without a mistake is refused by nobody, and seen to be stored.
        List<string> caught = [];
        await DriveAsync(stage, vaults.Honest(), caught);
        Assert.Equal(3, caught.Count);
        await vaults.ControlAsync();
        await records.ControlAsync();
        string page = Written(groups);
        Assert.Empty(wrong);
        if (Environment.GetEnvironmentVariable("OFFPROOF_WRITE") is { Length: > 0 }) await File.WriteAllTextAsync(Page, page, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken), page);
    }

    static async Task DriveAsync(Stage stage, Group group, List<string> wrong)
    {
        string before = await stage.StoredAsync();
        foreach (Row row in group.Rows)
        {
            string name = $"{row.Asked}: {row.Wrong}: ";
            Reply reply = await stage.SendAsync(await row.MakeAsync());
            if (reply.Status != row.Status || reply.Problem != row.Problem) wrong.Add($"{name}expected {row.Status} {row.Problem}, got {reply.Status} {reply.Body}");
            if (row.Problem.Length > 0 ? reply.Type != "application/problem+json" : reply.Body.Length > 0) wrong.Add($"{name}the answer is {reply.Type} {reply.Body}");
            string after = await stage.StoredAsync();
            if (after != before) wrong.Add(name + "something was stored");
            before = after;
        }
    }

    // Notes in two epochs, photos that were on, contacts; and tokens that were given before something was turned off.
    static async Task<(Owned Owner, string EpochBefore, string Revoked)> OwnerAsync(Stage stage, Scratch scratch)
    {
        Owned owner = await stage.NewOwnerAsync("owner");
        string[] home = ["--home", scratch["owner"]];
        await Stage.OffproofAsync(["on", "notes", "--yes", .. home]);
        await Stage.OffproofAsync(["backup", .. home]);
        string before = await stage.TokenAsync(owner.Device, owner.Account, Stage.Ask(owner, "notes", "1", "add"));
        await Stage.OffproofAsync(["off", "notes", "--yes", .. home]);
        foreach (string category in (string[])["notes", "photos"]) await Stage.OffproofAsync(["on", category, "--yes", .. home]);
        await Stage.OffproofAsync(["backup", .. home]);
        string revoked = await stage.TokenAsync(owner.Device, owner.Account, Stage.Ask(owner, "photos", "1", "add"));
        await Stage.OffproofAsync(["off", "photos", "--yes", .. home]);
        await Stage.OffproofAsync(["on", "contacts", "--yes", .. home]);
        return (owner, before, revoked);
    }

    // The first control: a grant that openssl signed is taken. Its vault has no sealed password yet.
    static async Task<string> GrantByOpensslAsync(Stage stage, Owned owner)
    {
        string last = owner.Record("00000006-grant-contacts-1.jws");
        string grant = await stage.Jose.SignAsync(owner.Device, "grant", Grant(owner, "messages", "1", "7", last));
        Reply reply = await stage.PostAsync("v1/records", grant);
        Assert.True(reply.Status == 201, reply.Body);
        return grant;
    }

    static string Grant(Owned owner, string category, string epoch, string seq, string previous) =>
        OpenSslJose.Decode(owner.Record("00000003-grant-notes-2.jws").Split('.')[1]).With("category", Text(category)).With("pii_type", Text(category))
            .With("epoch", epoch).With("seq", seq).With("prev", Text(OpenSslJose.HashOf(previous)));

    static async Task<Tokens> TokensAsync(Stage stage, Owned owner, Owned other, string epochBefore, string revoked) => new()
    {
        Add = await stage.TokenAsync(owner.Device, owner.Account, Stage.Ask(owner, "notes", "2", "add")),
        Read = await stage.TokenAsync(owner.Device, owner.Account, Stage.Ask(owner, "notes", "2", "read")),
        Sheet = await stage.TokenAsync(owner.Sheet, owner.Account, Stage.Ask(owner, "notes", "2", "read")),
        SheetKept = await stage.TokenAsync(owner.Sheet, owner.Account, Stage.Ask(owner, "photos", "1", "read")),
        Recovery = await stage.TokenAsync(owner.Device, owner.Account, "\"action\":\"recovery\""),
        Contacts = await stage.TokenAsync(owner.Device, owner.Account, Stage.Ask(owner, "contacts", "1", "add")),
        EpochBefore = epochBefore,
        Revoked = revoked,
        Unsealed = await stage.TokenAsync(owner.Device, owner.Account, Stage.Ask(owner, "messages", "1", "add")),
        Others = await stage.TokenAsync(other.Device, other.Account, Stage.Ask(other, "notes", "1", "add")),
        OthersRecovery = await stage.TokenAsync(other.Sheet, other.Account, "\"action\":\"recovery\""),
        Short = await stage.TokenAsync(owner.Device, owner.Account, Stage.Ask(owner, "notes", "2", "add", ",\"seconds\":60")),
    };

    static string Written(IReadOnlyList<Group> groups)
    {
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"""
            # What the server refuses

            {groups.Sum(static group => group.Rows.Count)} forged, foreign or stale requests. `tests/Interop/Refusals/` makes each of them anew - the records with openssl, the requests with curl - sends it to the real
            server, and compares the answer with this page; after each one the SHA-256 over every name and byte under `vaults/`, `recovery/` and `tmp/` is what it was before. The names are those of
            [protocol.md](protocol.md) §10, in an `application/problem+json` body. The same requests without the mistake are accepted. A nonce that ended, and limits that take long to reach, are shown
            with a clock that can be set, in `tests/Offproof.Server.Tests/`.

            """);
        int number = 0;
        foreach (Group group in groups)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {group.Title}\n\n| | request | what is wrong with it | answer |\n|---|---|---|---|\n");
            foreach (Row row in group.Rows)
                page.Append(CultureInfo.InvariantCulture, $"| {++number} | `{row.Asked}` | {row.Wrong} | {row.Status}{(row.Problem.Length > 0 ? $" `{row.Problem}`" : ", no body")} |\n");
        }
        return page.ToString();
    }
}
