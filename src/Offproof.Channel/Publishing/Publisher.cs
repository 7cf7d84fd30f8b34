using System.Globalization;

namespace Offproof.Channel;

/// <summary>
/// A publisher's folder (channel.md §9): what is staged, who has to sign it, and the published tree. One process at a time. Nothing of it knows an offline key but while it signs.
/// </summary>
public sealed partial class Publisher : IDisposable
{
    const string FileName = "publisher.json";
    const string Staged = "staged";
    const string Begun = "release";
    const string New = ".new";
    const string Done = ".done";
    const string Next = ".next";
    const string OnlineKeys = "keys";
    const string LogFolder = "log";
    const string PublicFolder = "public";
    const string LogKey = "log" + KeyFile.Ending;
    const int MostFile = 1 << 20;

    readonly string folder;
    readonly string keys;
    readonly TimeProvider time;
    readonly FileStream holding;
    PublisherFile settings;
    readonly PublicTree tree;

    Publisher(string folder, string keys, TimeProvider time, FileStream holding, PublisherFile settings)
    {
        (this.folder, this.keys, this.time, this.holding, this.settings) = (folder, keys, time, holding, settings);
        tree = new PublicTree(Path.Combine(folder, PublicFolder));
    }

    /// <summary>The published tree: what a web server serves as /channel/.</summary>
    public string PublicTreeFolder => tree.Folder;

    internal Action<string>? BeforeWriting
    {
        get => tree.BeforeWriting;
        set => tree.BeforeWriting = value;
    }

    string this[string name] => Path.Combine(folder, name);

    string StagedRoot => Path.Combine(this[Staged], "root.json");

    string StagedTargets => Path.Combine(this[Staged], "targets.json");

    string StagedFiles => Path.Combine(this[Staged], "files");

    // By its hash, as it is served: what an earlier draft names stays beside it until the new draft is in its place.
    string StagedFile(string target, string sha256) => Path.Combine(StagedFiles, PublicTree.TargetPlace(target, sha256)[(PublicTree.Targets.Length + 1)..]);

    /// <summary>Opens what <see cref="Create(PublisherSetup, TimeProvider)"/> made, and puts away what a killed run left.</summary>
    /// <exception cref="PublishingException">There is no publisher here, or another process works in it.</exception>
    public static Publisher Open(string folder, TimeProvider time) => Open(folder, null, time);

    // A rehearsal works in a copy of the folder, with the keys where they are.
    internal static Publisher Open(string folder, string? keys, TimeProvider time)
    {
        string full = Path.GetFullPath(folder);
        if (!File.Exists(Path.Combine(full, FileName))) throw new PublishingException(PublishingFault.Failure, $"there is no publisher in {folder}", "offproof publish init --dir DIR");
        FileStream holding = Lock(full);
        try
        {
            PublisherFile settings = PublisherJson.Read(Path.Combine(full, FileName), MostFile, PublisherJson.Default.PublisherFile);
            Publisher publisher = new(full, keys ?? Path.Combine(full, OnlineKeys), time, holding, settings);
            publisher.PutAway();
            return publisher;
        }
        catch
        {
            holding.Dispose();
            throw;
        }
    }

    static FileStream Lock(string folder) => DurableFile.TryLock(Path.Combine(folder, ".lock"))
        ?? throw new PublishingException(PublishingFault.Refused, $"another process publishes in {folder}: nothing was changed", "wait until it has ended");

    /// <summary>Lets another process in.</summary>
    public void Dispose() => holding.Dispose();

    void PutAway()
    {
        TakeUpNext();
        foreach (string left in (string[])[this[Begun + New], this[Begun + Done]])
            if (Directory.Exists(left)) Directory.Delete(left, recursive: true);
        foreach (string at in (string[])[this[Staged], tree.Folder, keys]) DurableFile.ForgetBegun(at, SearchOption.AllDirectories);
        foreach (string at in (string[])[folder, this[LogFolder]]) DurableFile.ForgetBegun(at, SearchOption.TopDirectoryOnly);
        ForgetInit(folder);
        TakeUpDrafts();
    }

    DateTimeOffset Expires(int hours) => Second(time.GetUtcNow()).AddHours(hours);

    static DateTimeOffset Second(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    static Read<RootMetadata> ReadRoot(string path) => Reading(path, MetadataLimits.Root, RootMetadata.Read);

    static Read<SnapshotMetadata> ReadSnapshot(string path) => Reading(path, MetadataLimits.Snapshot, SnapshotMetadata.Read);

    static Read<TargetsMetadata> ReadTargets(string path) => Reading(path, MetadataLimits.Targets, TargetsMetadata.Read);

    static Read<T> Reading<T>(string path, int most, Func<SignedFile, T> read) where T : Metadata
    {
        SignedFile file = PublicTree.ReadFile(path, most);
        try
        {
            return new Read<T>(file, read(file));
        }
        catch (TufException e)
        {
            throw new PublishingException(PublishingFault.Forgery, $"{path} cannot be read: {e.Message}", null, e);
        }
    }

    /// <summary>The root that will hold when what is staged is released: its keys sign the targets that are staged beside it.</summary>
    RootMetadata ComingRoot(Standing latest) => File.Exists(StagedRoot) ? ReadRoot(StagedRoot).Metadata : latest.Root.Metadata;

    SigningKey OnlineKey(string role, RootMetadata root)
    {
        if (Directory.Exists(keys))
        {
            foreach (string path in Directory.EnumerateFiles(keys, "*" + KeyFile.Ending).Order(StringComparer.Ordinal))
            {
                if (KeyFile.KeyIdOf(path) is { } keyId && root.Roles[role].Keys.Any(key => key.KeyId == keyId)) return KeyFile.Read(path);
            }
        }
        throw new PublishingException(PublishingFault.WrongKey, $"the {role} key of root {root.Version.ToString(CultureInfo.InvariantCulture)} is not in {keys}",
            $"bring it back; where it is lost: offproof publish keys replace {role}");
    }

    /// <summary>A metadata file and what it says.</summary>
    internal sealed record Read<T>(SignedFile File, T Metadata) where T : Metadata;

    internal sealed record Standing(Read<RootMetadata> Root, Read<TimestampMetadata>? Timestamp, Read<SnapshotMetadata>? Snapshot, Read<TargetsMetadata>? Targets);
}
