using System.Text;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §3, §5, §7.1: whoever has no right in an account does not learn whether it, its devices, vaults or objects exist.</summary>
public sealed class EnumerationTests
{
    static readonly string[] Vaults = ["", "config", "data/", "nothing/", "data/NAME", "data/name", "keys/NAME", "locks/NAME", "snapshots/NAME", "index/NAME", "nothing/NAME"];

    // Method and path below an account, a device, a category and an epoch: every route of the server that has one of them.
    static IEnumerable<(HttpMethod Method, string Path)> Routes()
    {
        foreach (string tail in Vaults)
        {
            if (tail.Length == 0) yield return (HttpMethod.Post, "v1/vaults/VAULT/?create=true");
            else if (tail.EndsWith('/')) yield return (HttpMethod.Get, "v1/vaults/VAULT/" + tail);
            else foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head, HttpMethod.Post]) yield return (method, "v1/vaults/VAULT/" + tail);
            if (tail.Contains("NAME", StringComparison.OrdinalIgnoreCase)) yield return (HttpMethod.Delete, "v1/vaults/VAULT/" + tail);
        }

        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head, HttpMethod.Put]) yield return (method, "v1/recovery/VAULT");
        yield return (HttpMethod.Get, "v1/recovery/ACCOUNT/");
        yield return (HttpMethod.Get, "v1/recovery/ACCOUNT/refusals");
    }

    [Fact]
    public async Task Every_route_answers_who_has_no_right_alike_whether_or_not_it_is_there()
    {
        // More failures than an address may have: §14.
        await using var bench = await Bench.StartAsync(change: options => options with { Limits = new() { Failures = new(10_000, TimeSpan.FromSeconds(1)) } });
        using var owner = await Owner.OpenAsync(bench);
        using var other = await Owner.OpenAsync(bench);
        using Owner absent = new(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        (await vault.AddAsync(bench, [1], await vault.AddTokenAsync())).Is(System.Net.HttpStatusCode.OK);
        var theirs = await OpenVault.FilledAsync(bench, other);
        string?[] callers = [null, "x", new('A', 43), await theirs.AddTokenAsync(), await other.TokenAsync(other.Sheet, null)];
        string[] places =
        [
            $"{owner.Account}/{owner.Device.Thumbprint}/photos/1", // there
            $"{owner.Account}/{owner.Device.Thumbprint}/photos/2",
            $"{owner.Account}/{owner.Device.Thumbprint}/notes/1",
            $"{owner.Account}/{absent.Device.Thumbprint}/photos/1",
            $"{absent.Account}/{absent.Device.Thumbprint}/photos/1",
            $"{absent.Account}/x/y/z",
        ];
        var before = bench.Stored();
        int asked = 0;
        foreach (var (method, path) in Routes())
        {
            foreach (string? token in callers)
            {
                HashSet<string> answers = [];
                foreach (string place in places)
                {
                    string asking = path.Replace("VAULT", place, StringComparison.Ordinal).Replace("ACCOUNT", place[..64], StringComparison.Ordinal).Replace("NAME", Digest.Of([1]).Text, StringComparison.Ordinal);
                    answers.Add(await AnswerAsync(bench, method, asking, token));
                    asked++;
                }

                Assert.True(answers.Count == 1, $"{method} {path} with {token ?? "no token"}:\n{string.Join("\n", answers)}");
                Assert.StartsWith("403", Assert.Single(answers), StringComparison.Ordinal);
            }
        }

        Assert.Equal(before, bench.Stored());
        Assert.InRange(asked, 900, 2000);
    }

    [Fact]
    public async Task Records_and_proofs_answer_alike_whether_or_not_the_account_and_the_key_are_known()
    {
        // More failures than an address may have: §14.
        await using var bench = await Bench.StartAsync(change: options => options with { Limits = new() { Failures = new(10_000, TimeSpan.FromSeconds(1)) } });
        using var owner = await Owner.OpenAsync(bench);
        using var other = await Owner.OpenAsync(bench);
        using Owner absent = new(bench);
        using var forger = SigningKey.Generate();
        var vault = await OpenVault.FilledAsync(bench, owner);
        HashSet<string> answers = [];
        foreach (var named in (Owner[])[owner, absent])
        {
            // Signed with another key under the name of this one; and by somebody of another account, for this one.
            foreach (var signer in (SigningKey[])[named.Device, named.Sheet])
            {
                answers.Add(await PostAsync("v1/tokens", Renamed(await named.SignProofAsync(forger, vault.Ask(VaultMode.Read)), forger, signer)));
                answers.Add(await PostAsync("v1/records", Spoiled(Renamed(named.SignGrant(vault.Hashes, Category.Notes), named.Device, signer))));
                answers.Add(await PostAsync("v1/records", named.SignGrant(vault.Hashes, Category.Notes).Compact + "x"));
            }

            answers.Add(await PostAsync("v1/tokens", (await other.SignProofAsync(other.Device, null, change: proof => proof with { Account = named.Account })).Compact));
            answers.Add(await PostAsync("v1/tokens", (await other.SignProofAsync(other.Device, vault.Ask(VaultMode.Read), change: proof => proof with { Account = named.Account })).Compact));
            answers.Add(await PostAsync("v1/tokens", (await other.SignProofAsync(other.Sheet, new(named.Device.Thumbprint, Category.Photos, Epoch.First, VaultMode.Read))).Compact));
            answers.Add(await PostAsync("v1/records", other.SignRevocation(vault.Grant.Hash, change: revocation => revocation with { Account = named.Account }).Compact));
        }

        Assert.Single(answers, answer => answer.StartsWith("403", StringComparison.Ordinal));
        Assert.Equal(2, answers.Count);
        Assert.Single(answers, answer => answer.StartsWith("400", StringComparison.Ordinal)); // what is no record, for both alike

        Task<string> PostAsync(string path, string compact) => AnswerAsync(bench, HttpMethod.Post, path, null, Encoding.ASCII.GetBytes(compact));
    }

    // Another signature of the same length.
    static string Spoiled(string compact)
    {
        int at = compact.LastIndexOf('.') + 1;
        return $"{compact[..at]}{(compact[at] == 'A' ? 'B' : 'A')}{compact[(at + 1)..]}";
    }

    // The same record with another kid: the signature is not that key's.
    static string Renamed(SignedRecord record, SigningKey from, SigningKey to)
    {
        string[] parts = record.Compact.Split('.');
        string header = Encoding.ASCII.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[0])).Replace(from.Thumbprint.Text, to.Thumbprint.Text, StringComparison.Ordinal);
        return $"{System.Buffers.Text.Base64Url.EncodeToString(Encoding.ASCII.GetBytes(header))}.{parts[1]}.{parts[2]}";
    }

    // All that a caller sees but the time.
    static async Task<string> AnswerAsync(Bench bench, HttpMethod method, string path, string? token, byte[]? body = null)
    {
        using HttpRequestMessage request = new(method, new Uri(bench.Http.BaseAddress!, path));
        if (body is not null || method == HttpMethod.Post || method == HttpMethod.Put) request.Content = new ByteArrayContent(body ?? [1]);
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        using var response = await bench.Http.SendAsync(request);
        string headers = string.Join('|', response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order(StringComparer.Ordinal));
        return $"{(int)response.StatusCode} {headers} {await response.Content.ReadAsStringAsync()}";
    }
}
