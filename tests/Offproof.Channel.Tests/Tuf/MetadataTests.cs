using System.Text;
using System.Text.Json.Nodes;
using static Offproof.Channel.Tests.HostileRepository;

namespace Offproof.Channel.Tests;

/// <summary>The forms of TUF 4: one wrong member at a time, refused with the clause of its form.</summary>
public sealed class MetadataTests : IDisposable
{
    readonly HostileRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Theory]
    // Common to all, here of the timestamp.
    [InlineData(Timestamp, "_type", "\"snapshot\"", "4.6"), InlineData(Timestamp, "spec_version", "\"2.0.0\"", "4.6"), InlineData(Timestamp, "spec_version", "1", "4.6"), InlineData(Timestamp, "version", "0", "4.6")]
    [InlineData(Timestamp, "version", "-1", "4.6"), InlineData(Timestamp, "version", "9223372036854775808", "4.6"), InlineData(Timestamp, "version", "\"1\"", "4.6"), InlineData(Timestamp, "version", "1.0", "4.1")]
    [InlineData(Timestamp, "expires", "\"2030-01-01T00:00:00+00:00\"", "4.6"), InlineData(Timestamp, "expires", "\"2030-01-01\"", "4.6"), InlineData(Timestamp, "expires", "\"2030-02-30T00:00:00Z\"", "4.6"), InlineData(Timestamp, "expires", null, "4.6")]
    [InlineData(Timestamp, "meta", "{}", "4.6"), InlineData(Timestamp, "meta", "[]", "4.6"), InlineData(Timestamp, "meta", "{\"snapshot.json\":{\"version\":1,\"length\":-1}}", "4.6")]
    [InlineData(Timestamp, "meta", "{\"snapshot.json\":{\"version\":1,\"hashes\":{}}}", "4.6"), InlineData(Timestamp, "meta", "{\"snapshot.json\":{\"version\":1,\"hashes\":{\"sha256\":\"../x\"}}}", "4.6")]
    [InlineData(Snapshot, "meta", "{}", "4.4"), InlineData(Snapshot, "meta", "{\"targets.json\":{}}", "4.4"), InlineData(Snapshot, "meta", "{\"targets.json\":{\"version\":1},\"a.json\":1}", "4.4")]
    [InlineData(Root, "keys", null, "4.3"), InlineData(Root, "keys", "{\"a\":{\"keytype\":\"rsa\",\"scheme\":\"rsassa-pss-sha256\"}}", "4.2.2"), InlineData(Root, "consistent_snapshot", "1", "4.3"), InlineData(Root, "roles", "{}", "4.3")]
    [InlineData(Targets, "targets", "[]", "4.5"), InlineData(Targets, "targets", "{\"a\":{\"length\":1}}", "4.5"), InlineData(Targets, "targets", "{\"a\":{\"length\":1,\"hashes\":{}}}", "4.5")]
    [InlineData(Targets, "targets", "{\"a\":{\"length\":1,\"hashes\":{\"sha256\":\"00\"},\"custom\":[]}}", "4.5"), InlineData(Targets, "delegations", "{}", "4.5"), InlineData(Targets, "delegations", "{\"keys\":{},\"roles\":{}}", "4.5")]
    [InlineData(Targets, "delegations", "{\"keys\":{},\"roles\":[{\"name\":\"a\",\"keyids\":[],\"threshold\":0,\"terminating\":false,\"paths\":[]}]}", "4.5")]
    [InlineData(Targets, "delegations", "{\"keys\":{},\"roles\":[{\"name\":\"a\",\"keyids\":[\"k\",\"k\"],\"threshold\":1,\"terminating\":false,\"paths\":[]}]}", "4.5")]
    public void One_wrong_member_is_refused(string role, string name, string? value, string clause)
    {
        string good = Encoding.UTF8.GetString(repository.Files[repository.PathOf(role)]);
        Read(role, good);
        var file = JsonNode.Parse(good)!;
        if (value is null) file["signed"]!.AsObject().Remove(name);
        else file["signed"]![name] = JsonNode.Parse(value);
        var e = Assert.Throws<TufException>(() => Read(role, file.ToJsonString()));
        Assert.Equal((Refusal.Malformed, clause), (e.Refusal, e.Clause));
    }

    [Theory]
    [InlineData("{\"signatures\":[]}"), InlineData("{\"signed\":{}}"), InlineData("{\"signed\":[],\"signatures\":[]}"), InlineData("{\"signed\":{},\"signatures\":{}}"), InlineData("[]"), InlineData("1")]
    [InlineData("{\"signed\":{},\"signatures\":[{\"keyid\":\"a\"}]}"), InlineData("{\"signed\":{},\"signatures\":[{\"keyid\":\"a\",\"sig\":\"\"},{\"keyid\":\"a\",\"sig\":\"00\"}]}")]
    public void What_is_no_signed_file_is_refused(string text)
    {
        var e = Assert.Throws<TufException>(() => SignedFile.Read(Encoding.UTF8.GetBytes(text)));
        Assert.Equal((Refusal.Malformed, "4.2.1"), (e.Refusal, e.Clause));
    }

    [Theory]
    [InlineData(Root), InlineData(Timestamp), InlineData(Snapshot), InlineData(Targets)]
    public void What_nobody_here_knows_is_signed_as_it_is_and_kept(string role)
    {
        var signed = JsonNode.Parse(repository.Files[repository.PathOf(role)])!["signed"]!.AsObject();
        signed["x-new"] = new JsonObject { ["deep"] = new JsonArray { "a\nb", -1, null } };
        byte[] bytes = SignedFile.Write(signed, repository.Signers[role]);
        var file = SignedFile.Read(bytes);
        repository.Trusted[role].Verify(file, "5", role);
        Read(role, Encoding.UTF8.GetString(bytes));
        Assert.Contains("\"x-new\":{\"deep\":[\"a\nb\",-1,null]}", Encoding.UTF8.GetString(file.Canonical.Span), StringComparison.Ordinal);
        var without = SignedFile.Read(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("-1", "-2", StringComparison.Ordinal)));
        Assert.Equal(Refusal.ArbitrarySoftware, Assert.Throws<TufException>(() => repository.Trusted[role].Verify(without, "5", role)).Refusal);
    }

    static Metadata Read(string role, string text)
    {
        var file = SignedFile.Read(Encoding.UTF8.GetBytes(text));
        return role switch { Root => RootMetadata.Read(file), Timestamp => TimestampMetadata.Read(file), Snapshot => SnapshotMetadata.Read(file), _ => TargetsMetadata.Read(file) };
    }
}
