using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Offproof.Channel.Tests;

/// <summary>A thief of the publisher's machine asks for signatures (channel.md §9.3): what he wants signed and what he says stood before are both his, and the offline signer sees each key all the same.</summary>
public sealed partial class SignerTests : IDisposable
{
    readonly Bench bench = new();
    readonly Publisher publisher;

    public SignerTests() => publisher = bench.Open();

    public void Dispose()
    {
        publisher.Dispose();
        bench.Dispose();
    }

    [GeneratedRegex("[0-9a-f]{64}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyId { get; }

    JsonObject Request() => JsonNode.Parse(publisher.ExportRequest())!.AsObject();

    static JsonObject Opened(JsonNode item, string member)
    {
        JsonObject json = JsonNode.Parse(Convert.FromBase64String(item[member]!.GetValue<string>()))!.AsObject();
        return member == "before" ? json["signed"]!.AsObject() : json;
    }

    static void Close(JsonNode item, string member, JsonObject signed) => item[member] = Convert.ToBase64String(
        member == "before" ? Encoding.UTF8.GetBytes(new JsonObject { ["signatures"] = new JsonArray(), ["signed"] = signed.DeepClone() }.ToJsonString()) : CanonicalJson.Of(signed));

    OfflineSigning There(JsonObject request, bool knows = false)
    {
        File.WriteAllText(bench["request"], request.ToJsonString());
        return OfflineSigning.Read(bench["request"], knows ? KnownRoot.Read(bench["mine.json"]) : null);
    }

    /// <summary>The root of the thief: his own keys for all but root, one of them enough for targets.</summary>
    static JsonObject Forged(JsonObject root, IEnumerable<SigningKey> his)
    {
        JsonObject forged = root.DeepClone().AsObject();
        JsonObject keys = forged["keys"]!.AsObject(), roles = forged["roles"]!.AsObject();
        SigningKey[] all = [.. his];
        for (int i = 0; i < all.Length; i++)
        {
            string role = new[] { "targets", "snapshot", "timestamp" }[i];
            foreach (JsonNode? id in roles[role]!["keyids"]!.AsArray()) keys.Remove(id!.GetValue<string>());
            keys[all[i].KeyId] = all[i].Public.ToJson();
            roles[role] = new JsonObject { ["keyids"] = new JsonArray(all[i].KeyId), ["threshold"] = 1 };
        }
        return forged;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Keys_that_are_exchanged_in_what_is_signed_and_in_what_stood_before_are_seen(bool knows)
    {
        File.Copy(Path.Combine(bench.Public, "trust.json"), bench["mine.json"]);
        await ReleaseAsync();
        publisher.StageRenewal();
        JsonObject request = Request();
        request["items"]!.AsArray().RemoveAt(1); // the targets
        JsonNode item = request["items"]![0]!;
        SigningKey[] his = [SigningKey.Generate(), SigningKey.Generate(), SigningKey.Generate()];
        Close(item, "before", Forged(Opened(item, "before"), his));
        Close(item, "signed", Forged(Opened(item, "signed"), his));
        IReadOnlyList<string> summary = There(request, knows).Summary;
        foreach (SigningKey key in his)
        {
            string line = Assert.Single(summary, line => line.Contains(key.KeyId, StringComparison.Ordinal));
            Assert.Equal(knows, line.EndsWith("  new", StringComparison.Ordinal));
            key.Dispose();
        }
        Assert.Equal(knows, summary.Contains("  compared with your root 1, which its own keys signed"));
        Assert.Equal(knows, summary.Contains("  targets: 1 of 1 keys (was 2 of 3)"));
        Assert.Equal(knows ? 3 : 0, summary.Count(static line => line.EndsWith("  as before", StringComparison.Ordinal))); // the root's
        Assert.Equal(knows ? 5 : 0, summary.Count(static line => line.EndsWith("  gone", StringComparison.Ordinal)));
        Assert.Equal(!knows, summary.Any(static line => line.Contains("hold every key id and every threshold against your own note", StringComparison.Ordinal)));
    }

    async Task ReleaseAsync()
    {
        publisher.StageGreetings([Bench.Greeting("a")]);
        publisher.Sign([bench.Key("targets-1"), bench.Key("targets-2")]);
        Assert.True((await publisher.ReleaseAsync(null, TestContext.Current.CancellationToken)).IsPublished);
    }

    [Fact]
    public void Every_key_of_every_role_is_shown_also_where_nothing_changes()
    {
        publisher.StageRenewal();
        IReadOnlyList<string> summary = There(Request()).Summary;
        Assert.Equal(publisher.Status().Keys.SelectMany(static role => role.KeyIds).Order(StringComparer.Ordinal), summary.SelectMany(static line => KeyId.Matches(line)).Select(static m => m.Value).Order(StringComparer.Ordinal));
        Assert.Equal(["  root: 2 of 3 keys", "  targets: 2 of 3 keys", "  snapshot: 1 of 1 keys", "  timestamp: 1 of 1 keys"], summary.Where(static line => line.EndsWith(" keys", StringComparison.Ordinal)));
        Assert.DoesNotContain(summary, static line => line.Contains("as before", StringComparison.Ordinal));
    }

    [Fact]
    public void A_signers_own_root_is_one_that_its_keys_signed_and_older_than_what_is_asked_for()
    {
        publisher.StageRenewal();
        JsonObject request = Request();
        byte[] root = File.ReadAllBytes(Path.Combine(bench.Public, "1.root.json"));
        foreach (string other in (string[])["{}", "nothing", Encoding.UTF8.GetString(root).Replace("\"version\":1", "\"version\":0", StringComparison.Ordinal), Encoding.UTF8.GetString(root).Replace("\"threshold\":2", "\"threshold\":1", StringComparison.Ordinal)])
        {
            File.WriteAllText(bench["mine.json"], other);
            Assert.Equal(PublishingFault.Forgery, Assert.Throws<PublishingException>(() => There(request, knows: true)).Fault);
        }
        File.WriteAllBytes(bench["mine.json"], root);
        Assert.Contains("  compared with your root 1, which its own keys signed", There(request, knows: true).Summary);
        JsonNode item = request["items"]![0]!;
        JsonObject signed = Opened(item, "signed");
        signed["version"] = 3;
        Close(item, "signed", signed);
        Assert.Contains("  compared with your root 1, which its own keys signed; what came between the two is not shown", There(request, knows: true).Summary);
        signed["version"] = 1; // a second root of a number that is there
        Close(item, "signed", signed);
        Assert.Equal(PublishingFault.Refused, Assert.Throws<PublishingException>(() => There(request, knows: true)).Fault);
    }

    [Fact]
    public async Task Targets_are_compared_with_what_the_targets_keys_signed_and_with_nothing_else()
    {
        File.Copy(Path.Combine(bench.Public, "1.root.json"), bench["mine.json"]);
        await ReleaseAsync();
        publisher.StageGreetings([Bench.Greeting("a")]);
        JsonObject request = Request();
        JsonNode item = request["items"]![0]!;
        Assert.EndsWith("  as before", There(request, knows: true).Summary[2], StringComparison.Ordinal);
        Assert.Contains("compared with targets 1, which the targets keys of your root 1 signed", There(request, knows: true).Summary[1], StringComparison.Ordinal);
        Assert.Matches("[0-9a-f]{64}$", There(request).Summary[1]); // no word: nothing is proven without the root
        // Another collection, and a story of what stood before that makes it look as if nothing changed.
        JsonObject forged = Opened(item, "signed");
        forged["targets"]!["greetings.jsonl.zst"]!["hashes"]!["sha256"] = new string('0', 64);
        Close(item, "signed", forged);
        Assert.EndsWith("  changed", There(request, knows: true).Summary[2], StringComparison.Ordinal);
        Assert.EndsWith("  said to be changed", There(request).Summary[1], StringComparison.Ordinal);
        Close(item, "before", forged);
        foreach (bool knows in (bool[])[false, true])
        {
            IReadOnlyList<string> summary = There(request, knows).Summary;
            Assert.DoesNotContain(summary, static line => line.Contains("as before", StringComparison.Ordinal));
            Assert.Equal(knows, summary.Contains("  what is said to have stood before is not signed by the targets keys of your root"));
            Assert.Equal("  what is new, changed or gone is what this request says: hold every hash against what you built", summary[^1]);
        }
    }

    [Theory] // nothing of it is in a line
    [InlineData("a member in a key", "root")]
    [InlineData("a key changed under its old id", "root")]
    [InlineData("a key under a borrowed id", "root")]
    [InlineData("a key that no role has", "root")]
    [InlineData("a key id without its key", "root")]
    [InlineData("a key of another kind", "root")]
    [InlineData("a short hash", "targets")]
    [InlineData("a hash in capitals", "targets")]
    [InlineData("a name that is two lines", "targets")]
    [InlineData("a name that turns", "targets")]
    [InlineData("no name", "targets")]
    public async Task What_no_line_shows_is_signed_by_nobody(string what, string role)
    {
        await ReleaseAsync();
        publisher.StageRenewal();
        foreach (string member in (string[])["signed", "before"]) // its names stand in lines, too
        {
            JsonObject request = Request();
            JsonNode item = request["items"]!.AsArray().Single(i => i!["role"]!.GetValue<string>() == role)!;
            JsonObject signed = Opened(item, member);
            Spoil(what, signed);
            Close(item, member, signed);
            PublishingException refused = Assert.Throws<PublishingException>(() => There(request));
            Assert.Equal(PublishingFault.Forgery, refused.Fault);
            Assert.Contains("nothing was signed", refused.Message, StringComparison.Ordinal);
        }
        Assert.NotEmpty(There(Request()).Summary);
    }

    static void Spoil(string what, JsonObject signed)
    {
        JsonObject? keys = signed["keys"]?.AsObject(), targets = signed["targets"]?.AsObject();
        string? id = signed["roles"]?["targets"]!["keyids"]![0]!.GetValue<string>();
        using SigningKey other = SigningKey.Generate();
        switch (what)
        {
            case "a member in a key": keys![id!]!["x"] = "y"; break;
            case "a key changed under its old id": keys![id!]!["keyval"]!["public"] = Convert.ToHexStringLower(other.PublicBytes.Span); break;
            case "a key under a borrowed id":
                keys![new string('f', 64)] = keys[id!]!.DeepClone();
                signed["roles"]!["targets"]!["keyids"]!.AsArray().Add((JsonNode)new string('f', 64));
                break;
            case "a key that no role has": keys![other.KeyId] = other.Public.ToJson(); break;
            case "a key id without its key": signed["roles"]!["targets"]!["keyids"]!.AsArray().Add((JsonNode)other.KeyId); break;
            case "a key of another kind": keys![id!]!["scheme"] = "other"; break;
            case "a short hash": targets!["greetings.jsonl.zst"]!["hashes"]!["sha256"] = "ab"; break;
            case "a hash in capitals": targets!["greetings.jsonl.zst"]!["hashes"]!["sha256"] = new string('A', 64); break;
            case "a name that is two lines": targets!["a\n  greetings.jsonl.zst"] = targets["greetings.jsonl.zst"]!.DeepClone(); break;
            case "a name that turns": targets!["a\u202eb"] = targets["greetings.jsonl.zst"]!.DeepClone(); break;
            default: targets![""] = targets["greetings.jsonl.zst"]!.DeepClone(); break;
        }
    }

    [Fact] // /staged is writable by whoever publishes: between the question and the answer somebody exchanges the draft
    public async Task What_is_signed_here_is_what_was_shown()
    {
        publisher.StageGreetings([Bench.Greeting("thief")]);
        Dictionary<string, byte[]> his = Directory.EnumerateFiles(Path.Combine(bench.Folder, "staged"), "*", SearchOption.AllDirectories).ToDictionary(static f => f, File.ReadAllBytes, StringComparer.Ordinal);
        publisher.StageGreetings([Bench.Greeting("mine")]);
        IReadOnlyList<ToSign> shown = publisher.WhatToSign();
        Dictionary<string, byte[]> mine = Directory.EnumerateFiles(Path.Combine(bench.Folder, "staged"), "*", SearchOption.AllDirectories).ToDictionary(static f => f, File.ReadAllBytes, StringComparer.Ordinal);
        foreach ((string file, byte[] bytes) in his) await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        string[] keys = [bench.Key("targets-1"), bench.Key("targets-2")];
        PublishingException refused = Assert.Throws<PublishingException>(() => publisher.Sign(keys, shown));
        Assert.Equal(PublishingFault.Refused, refused.Fault);
        Assert.Equal(0, publisher.WhatToSign().Single().Needs[0].Good);
        foreach ((string file, byte[] bytes) in mine) await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        publisher.StageRenewal(); // a root beside it was not shown either
        Assert.Equal(PublishingFault.Refused, Assert.Throws<PublishingException>(() => publisher.Sign(keys, shown)).Fault);

        // The files below staged/files are bound by their hashes: another one of the same length is not published under them.
        shown = publisher.WhatToSign();
        Assert.True(publisher.Sign([.. keys, bench.Key("root-1"), bench.Key("root-2")], shown).IsComplete);
        string staged = mine.Keys.Single(static f => f.Contains("files", StringComparison.Ordinal));
        byte[] other = await File.ReadAllBytesAsync(staged, TestContext.Current.CancellationToken);
        other[^1] ^= 1;
        await File.WriteAllBytesAsync(staged, other, TestContext.Current.CancellationToken);
        Assert.Equal(PublishingFault.Forgery, (await Assert.ThrowsAsync<PublishingException>(() => publisher.ReleaseAsync(null, TestContext.Current.CancellationToken))).Fault);
        Assert.False(File.Exists(Path.Combine(bench.Public, "timestamp.json")));
        Assert.False(File.Exists(Path.Combine(bench.Public, "1.snapshot.json")));
    }
}
