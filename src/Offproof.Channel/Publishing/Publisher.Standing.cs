using System.Globalization;

namespace Offproof.Channel;

/// <summary>
/// Where a channel stands. The log says what was released last, and not <c>public/</c>: a thief of the online keys may have put there what no log has, or a version near the last one. What is published
/// counts where the keys of today signed it and the log has it.
/// </summary>
public sealed partial class Publisher
{
    // No number above it is one to every reader of JSON, nor to the log (channel-log.md §1).
    internal const long MostVersions = (1L << 53) - 1;

    string OwnTimestamp => this[PublicTree.Timestamp];

    /// <summary>What was released last, also where its publication is not finished: the next release goes on from there.</summary>
    Standing Latest()
    {
        string begun = this[Begun];
        Standing standing = LastLogged();
        if (!Directory.Exists(begun)) return standing;
        if (File.Exists(Path.Combine(begun, "root.json"))) standing = standing with { Root = ReadRoot(Path.Combine(begun, "root.json")) };
        if (File.Exists(Path.Combine(begun, "targets.json"))) standing = standing with { Targets = ReadTargets(Path.Combine(begun, "targets.json")) };
        return standing with { Snapshot = ReadSnapshot(Path.Combine(begun, "snapshot.json")) };
    }

    Standing LastLogged()
    {
        Read<RootMetadata> root = NewestRoot();
        using LogWriter log = ReadLog();
        if (Reading(log.Last) is not { } last) return new Standing(root, null, null, null);
        if (!ReleaseEntry.TryParse(last, out ReleaseEntry? entry)) throw new PublishingException(PublishingFault.Forgery, "the log's last entry is none of a release");
        return new Standing(root, null, Named(SnapshotMetadata.Type, entry.Snapshot, ReadSnapshot), Named(TargetsMetadata.Type, entry.Targets, ReadTargets));

        Read<T> Named<T>(string role, LoggedFile file, Func<string, Read<T>> read) where T : Metadata
        {
            Read<T> found = read(tree[PublicTree.Versioned(file.Version, role)]);
            return Logged(found) == file ? found : throw new PublishingException(PublishingFault.Forgery, $"{tree[PublicTree.Versioned(file.Version, role)]} is not the file that was logged", "copy it back from where it is served");
        }
    }

    /// <summary>What devices find now, and take: with the root alone where what lies there is nothing that the keys of today signed, or that was never logged.</summary>
    Standing Published()
    {
        Read<RootMetadata> root = NewestRoot();
        Standing nothing = new(root, null, null, null);
        if (ReadTimestamp(tree[PublicTree.Timestamp]) is not { } timestamp || !IsOfToday(timestamp, root.Metadata)) return nothing;
        try
        {
            Read<SnapshotMetadata> snapshot = ReadSnapshot(tree[PublicTree.Versioned(timestamp.Metadata.Snapshot.Version, SnapshotMetadata.Type)]);
            Read<TargetsMetadata> targets = ReadTargets(tree[PublicTree.Versioned(snapshot.Metadata.Files["targets.json"].Version, TargetsMetadata.Type)]);
            if (!timestamp.Metadata.Snapshot.Describes(snapshot.File.Bytes.Span)) return nothing;
            using LogWriter log = ReadLog();
            // With the root that was the newest then (channel.md §3.3).
            for (long version = root.Metadata.Version; version > 0; version--)
                if (log.Contains(EntryOf(ReadRoot(tree[PublicTree.Versioned(version, RootMetadata.Type)]), snapshot, targets).ToBytes())) return new Standing(root, timestamp, snapshot, targets);
            return nothing;
        }
        catch (PublishingException)
        {
            return nothing; // it names what is not there, or cannot be read
        }
    }

    Read<RootMetadata> NewestRoot() => tree.NewestRoot() is var newest and > 0 ? ReadRoot(tree[PublicTree.Versioned(newest, RootMetadata.Type)])
        : throw new PublishingException(PublishingFault.Forgery, $"there is no root in {tree.Folder}", "what is published can be copied back from where it is served");

    // Whatever else lies in its place was not signed here.
    static Read<TimestampMetadata>? ReadTimestamp(string path)
    {
        try
        {
            return File.Exists(path) ? Reading(path, MetadataLimits.Timestamp, TimestampMetadata.Read) : null;
        }
        catch (PublishingException)
        {
            return null;
        }
    }

    static bool IsOfToday(Read<TimestampMetadata> timestamp, RootMetadata root) => Count("timestamp key", root.Roles[TimestampMetadata.Type], timestamp.File) is var own && own.Good >= own.Wanted;

    /// <summary>
    /// The version of the next timestamp. Only what a key of this root signed counts: devices forget a replaced key with all that it signed, however high its version and late its time (TUF 5.3.11).
    /// </summary>
    /// <exception cref="PublishingException">Devices would refuse the next one, whatever it is; only another key helps, or time.</exception>
    long NextTimestamp(RootMetadata root, long release)
    {
        long version = 0;
        foreach (string path in (string[])[OwnTimestamp, tree[PublicTree.Timestamp]])
        {
            if (ReadTimestamp(path) is not { } read || !IsOfToday(read, root)) continue;
            TimestampMetadata before = read.Metadata;
            if (before.Version >= MostVersions || before.Snapshot.Version > release)
            {
                throw new PublishingException(PublishingFault.Refused, string.Create(CultureInfo.InvariantCulture,
                    $"the timestamp that is published has version {before.Version} and names release {before.Snapshot.Version}, which this publisher never made: its key is in other hands. No timestamp was signed"), "offproof publish keys replace timestamp, and snapshot, then sign");
            }
            DateTimeOffset latest = time.GetUtcNow() + TimeSpan.FromHours(settings.Expiry.Timestamp) + TimeSpan.FromHours(1);
            if (before.Expires > latest)
            {
                throw new PublishingException(PublishingFault.Refused, $"the timestamp that is published is good until {before.Expires:u}, which is more than {settings.Expiry.Timestamp} hours from the time of this clock: no timestamp was signed",
                    $"where this clock is behind, set it; where a clock was ahead, or a thief signed: offproof publish keys replace timestamp, then sign, or wait until {time.GetUtcNow() + (before.Expires - latest):u}");
            }
            version = Math.Max(version, before.Version);
        }
        return version + 1;
    }

    /// <summary>Why a release cannot come to its end with this root; null where it can.</summary>
    PublishingException? Obstacle(RootMetadata root, long release)
    {
        try
        {
            NextTimestamp(root, release);
            using SigningKey key = OnlineKey(TimestampMetadata.Type, root);
            return null;
        }
        catch (PublishingException e)
        {
            return e;
        }
    }

    LogWriter ReadLog() => Reading(() => LogWriter.Read(tree[PublicTree.Log], this[LogFolder], settings.Policy.Log));

    static T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw new PublishingException(PublishingFault.Forgery, $"the log cannot go on: {e.Message}", "copy its files back from where they are served; never begin it anew: devices would call it a split view", e);
        }
    }
}
