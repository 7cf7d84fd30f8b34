using System.Globalization;

namespace Offproof.Channel;

/// <summary>
/// What a device keeps of a channel (channel.md §6.3). A view is one release whole; <c>current</c> names the one in force and is replaced last, so that whatever stops a
/// poll leaves the old release or the new one.
/// </summary>
internal sealed class ChannelFolder(string folder)
{
    private const string CheckpointName = "checkpoint";
    private const int HashDigits = 64;
    private const int MostName = 64;

    /// <summary>Called with the file that is about to be written; what it throws is a full disk or the end of the process.</summary>
    internal Action<string>? Before { get; init; }

    private readonly string root = Path.GetFullPath(folder);

    private string TrustFile => Path.Combine(root, ChannelTrust.Name);

    private string Views => Path.Combine(root, "views");

    private string Targets => Path.Combine(root, "targets");

    private string CurrentFile => Path.Combine(root, "current");

    private string SplitFile => Path.Combine(root, "checkpoint.split");

    internal bool IsPinned => File.Exists(TrustFile);

    /// <exception cref="FormatException">It is damaged.</exception>
    internal ChannelTrust ReadTrust() => ChannelTrust.Read(ChannelTrust.ReadFile(TrustFile));

    internal void Pin(ChannelTrust trust)
    {
        if (IsPinned) throw new InvalidOperationException($"{root} trusts a channel already");
        Write(TrustFile, trust.Bytes.Span);
    }

    /// <summary>The release in force; null before the first poll.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal HeldView? ReadHeld()
    {
        if (DurableFile.Read(CurrentFile, MostName) is not { } current) return null;
        string name = System.Text.Encoding.ASCII.GetString(current).TrimEnd('\n');
        if (!IsViewName(name)) throw new InvalidDataException($"{CurrentFile} names no view");
        string view = Path.Combine(Views, name);
        try
        {
            MetadataStore store = new(view);
            TrustedSet.ReadPinned(Stored(store, RootMetadata.Type, MetadataLimits.Root).Bytes);
            SnapshotMetadata snapshot = SnapshotMetadata.Read(Stored(store, SnapshotMetadata.Type, MetadataLimits.Snapshot));
            TimestampMetadata timestamp = TimestampMetadata.Read(Stored(store, TimestampMetadata.Type, MetadataLimits.Timestamp));
            TargetsMetadata targets = TargetsMetadata.Read(Stored(store, TargetsMetadata.Type, MetadataLimits.Targets));
            return new HeldView(name, snapshot.Version, timestamp, targets, DurableFile.Read(Path.Combine(view, CheckpointName), SignedNote.MaxSize) ?? throw new FileNotFoundException($"there is no {CheckpointName}"));
        }
        catch (Exception e) when (e is TufException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException($"{view} is not whole: {e.Message}", e);
        }
    }

    /// <summary>A folder for the next view: what is held, or the pinned root alone.</summary>
    internal string Begin(HeldView? held, ReadOnlySpan<byte> pinned)
    {
        Sweep(held?.Name);
        string name = (held is null ? 1 : long.Parse(held.Name, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
        string view = Path.Combine(Views, name);
        DurableFile.MakeFolder(view);
        if (held is null)
        {
            Write(Path.Combine(view, "root.json"), pinned);
            return name;
        }
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Views, held.Name)))
        {
            if (FileFacts.Of(file) is { IsRegular: false }) continue; // no poll wrote it
            Before?.Invoke(file);
            File.Copy(file, Path.Combine(view, Path.GetFileName(file)));
        }
        return name;
    }

    internal MetadataStore Metadata(string view) => new(Path.Combine(Views, view)) { Before = (_, role) => Before?.Invoke(role) };

    internal void KeepCheckpoint(string view, ReadOnlySpan<byte> checkpoint) => Write(Path.Combine(Views, view, CheckpointName), checkpoint);

    /// <summary>A checkpoint that contradicts the one in force: together they are the proof that the log has two histories.</summary>
    internal void KeepContradiction(ReadOnlySpan<byte> checkpoint) => Write(SplitFile, checkpoint);

    /// <summary>Where that is; null where none is kept.</summary>
    internal string? Contradiction => File.Exists(SplitFile) ? SplitFile : null;

    /// <summary>The view is in force from here on; what no view needs any more goes.</summary>
    internal void Commit(string view, IEnumerable<string> targets)
    {
        DirectorySync.Flush(Path.Combine(Views, view));
        Write(CurrentFile, System.Text.Encoding.ASCII.GetBytes(view + "\n"));
        Sweep(view);
        if (!Directory.Exists(Targets)) return;
        HashSet<string> kept = new(targets, StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(Targets).Where(file => IsTargetName(Path.GetFileName(file)) && !kept.Contains(Path.GetFileName(file)))) File.Delete(file);
    }

    /// <summary>Nothing of the view is wanted.</summary>
    internal void Drop(string view) => Directory.Delete(Path.Combine(Views, view), recursive: true);

    /// <summary>The bytes of a bundle; null where it is not held, or is not what it should be any more.</summary>
    internal byte[]? ReadTarget(string name, TargetFile target)
    {
        string file = Path.Combine(Targets, FileName(name, target));
        if (!File.Exists(file) || new FileInfo(file).Length != target.Length) return null;
        byte[] bytes = DurableFile.Read(file, ChannelPoll.MostBundle) ?? [];
        return target.Hashes.Hold(bytes) ? bytes : null;
    }

    internal void KeepTarget(string name, TargetFile target, ReadOnlySpan<byte> bytes) => Write(Path.Combine(Targets, FileName(name, target)), bytes);

    internal static string FileName(string name, TargetFile target) => $"{target.Hashes.Known}.{name}";

    private static SignedFile Stored(MetadataStore store, string role, int limit) =>
        SignedFile.Read(store.Read(role, limit) ?? throw new TufException(Refusal.Unavailable, "5", $"there is no {role}.json"));

    // What is not ours is left alone, also where a link leads into somebody's folder.
    private static bool IsTargetName(string name) => name.Length > HashDigits && name[HashDigits] == '.' && Hex.Is(name[..HashDigits]);

    private static bool IsViewName(string name) => name.Length is > 0 and < 19 && name.All(char.IsAsciiDigit);

    // What a poll that was stopped left, and what was in force before.
    private void Sweep(string? kept)
    {
        if (!Directory.Exists(Views)) return;
        foreach (string view in Directory.EnumerateDirectories(Views).Where(view => IsViewName(Path.GetFileName(view)) && Path.GetFileName(view) != kept)) Directory.Delete(view, recursive: true);
    }

    private void Write(string file, ReadOnlySpan<byte> bytes)
    {
        Before?.Invoke(file);
        DurableFile.Write(file, bytes, DurableFile.Private);
    }
}

/// <summary>The release that a device holds.</summary>
/// <param name="Name">Its view's</param>
/// <param name="Release">Its number: the version of its snapshot</param>
/// <param name="Timestamp">The newest that was taken</param>
/// <param name="Targets">What it has</param>
/// <param name="Checkpoint">The log's, byte for byte</param>
internal sealed record HeldView(string Name, long Release, TimestampMetadata Timestamp, TargetsMetadata Targets, byte[] Checkpoint);
