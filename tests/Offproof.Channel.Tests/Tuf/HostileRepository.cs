using System.Globalization;
using System.Net;

namespace Offproof.Channel.Tests;

/// <summary>A TUF repository in memory, with keys of its own, that publishes what it is told to: the wrong things too.</summary>
sealed class HostileRepository : HttpMessageHandler
{
    internal const string Root = "root", Timestamp = "timestamp", Snapshot = "snapshot", Targets = "targets";

    internal static readonly DateTimeOffset Start = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    internal static readonly Uri Metadata = new("http://repository.example/metadata"), TargetFiles = new("http://repository.example/targets/");

    readonly List<SigningKey> keys = [];

    /// <summary>Who signs a role's next file, and which keys the next root gives a role.</summary>
    internal Dictionary<string, List<SigningKey>> Signers { get; } = new(StringComparer.Ordinal);
    internal Dictionary<string, RoleKeys> Trusted { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, long> Version { get; } = new(StringComparer.Ordinal);
    internal Dictionary<string, DateTimeOffset> Expires { get; } = new(StringComparer.Ordinal);
    internal Dictionary<string, TargetsMetadata> Roles { get; } = new(StringComparer.Ordinal);
    internal Dictionary<string, MetaFile> Listed { get; } = new(StringComparer.Ordinal);
    internal MetaFile Named { get; set; } = new(1, null, FileHashes.None);
    internal bool IsConsistent { get; set; } = true;
    internal bool GivesHashes { get; set; } = true;

    /// <summary>What is served, by path; and answers that take the place of what is served.</summary>
    internal Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);
    internal Dictionary<string, Func<CancellationToken, Task<HttpResponseMessage>>> Answers { get; } = new(StringComparer.Ordinal);
    internal List<string> Requests { get; } = [];
    internal Action<HttpRequestMessage>? OnRequest { get; set; }

    internal HostileRepository(bool isConsistent = true, bool givesHashes = true)
    {
        (IsConsistent, GivesHashes) = (isConsistent, givesHashes);
        foreach (string role in (string[])[Root, Timestamp, Snapshot, Targets])
        {
            NewKeys(role, 1, 1);
            Version[role] = 0;
            Expires[role] = Start.AddDays(role is Timestamp ? 3 : 30);
        }
        Roles[Targets] = new(0, Expires[Targets], new Dictionary<string, TargetFile>(StringComparer.Ordinal), []);
        PutTarget(Targets, "greetings/hello.txt", "hello"u8);
        PutRoot();
        Publish(Targets);
    }

    internal byte[] FirstRoot => Files["/metadata/1.root.json"];

    internal SigningKey NewKey()
    {
        keys.Add(SigningKey.Generate());
        return keys[^1];
    }

    /// <summary>New keys for a top-level role, from the next root on.</summary>
    internal void NewKeys(string role, int count, int threshold)
    {
        Signers[role] = [.. Enumerable.Range(0, count).Select(_ => NewKey())];
        Trust(role, threshold, [.. Signers[role]]);
    }

    internal void Trust(string role, int threshold, params SigningKey[] trusted) => Trusted[role] = new([.. trusted.Select(k => k.Public)], threshold);

    internal byte[] Sign(string role, Metadata metadata) => SignedFile.Write(metadata.ToJson(), Signers[role]);

    internal byte[] PutRoot() => Files[$"/metadata/{++Version[Root]}.root.json"] = Sign(Root, new RootMetadata(Version[Root], Expires[Root], IsConsistent, Trusted));

    internal byte[] PutTimestamp() => Files["/metadata/timestamp.json"] = Sign(Timestamp, new TimestampMetadata(++Version[Timestamp], Expires[Timestamp], Named));

    internal byte[] PutSnapshot()
    {
        byte[] bytes = Sign(Snapshot, new SnapshotMetadata(++Version[Snapshot], Expires[Snapshot], Listed));
        Named = Of(Version[Snapshot], bytes);
        return Files[PathOf(Snapshot)] = bytes;
    }

    /// <summary>The next version of a targets role.</summary>
    internal byte[] PutTargets(string role)
    {
        Version[role]++;
        byte[] bytes = Sign(role, Roles[role] = Roles[role] with { Version = Version[role], Expires = Expires[role] });
        Listed[$"{role}.json"] = Of(Version[role], bytes);
        return Files[PathOf(role)] = bytes;
    }

    /// <summary>The next version of these targets roles, of the snapshot and of the timestamp.</summary>
    internal void Publish(params string[] roles)
    {
        foreach (string role in roles) PutTargets(role);
        PutSnapshot();
        PutTimestamp();
    }

    internal void PutTarget(string role, string path, ReadOnlySpan<byte> content)
    {
        var target = TargetFile.Of(content);
        Roles[role] = Roles[role] with { Targets = new Dictionary<string, TargetFile>(Roles[role].Targets, StringComparer.Ordinal) { [path] = target } };
        Files["/targets/" + TufUpdater.TargetName(path, target, IsConsistent)[2..]] = content.ToArray();
    }

    /// <summary>A delegation at the end of a role's, to a new role with one key or to one that is there.</summary>
    internal Delegation Delegate(string from, string to, string[]? paths = null, string[]? prefixes = null, bool isTerminating = false, SigningKey? key = null)
    {
        if (!Roles.ContainsKey(to))
        {
            (Version[to], Expires[to], Signers[to]) = (0, Start.AddDays(30), [key ?? NewKey()]);
            Roles[to] = new(0, Expires[to], new Dictionary<string, TargetFile>(StringComparer.Ordinal), []);
        }
        Delegation delegation = new(to, new([(key ?? Signers[to][0]).Public], 1), paths, prefixes, isTerminating);
        Roles[from] = Roles[from] with { Delegations = [.. Roles[from].Delegations, delegation] };
        return delegation;
    }

    internal string PathOf(string role) => role is Timestamp || !IsConsistent && role is not Root
        ? $"/metadata/{role}.json" : string.Create(CultureInfo.InvariantCulture, $"/metadata/{Version[role]}.{Uri.EscapeDataString(role)}.json");

    MetaFile Of(long version, byte[] bytes) => GivesHashes ? MetaFile.Of(version, bytes) : new(version, null, FileHashes.None);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        Assert.Equal((HttpMethod.Get, HttpVersion.Version11, null), (request.Method, request.Version, request.Content));
        Assert.Empty(request.Headers); // what tells one device from another
        Requests.Add(path);
        OnRequest?.Invoke(request);
        if (Answers.TryGetValue(path, out var answer)) return await answer(cancellationToken);
        return Files.TryGetValue(path, out byte[]? bytes) ? new(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes) } : new(HttpStatusCode.NotFound) { Content = new ByteArrayContent([]) };
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var key in keys) key.Dispose();
        base.Dispose(disposing);
    }
}
