using System.Text.Json;

namespace Offproof.Channel;

/// <summary>
/// A release that does not happen (channel.md §9.5): everything is done in a copy of the publisher's folder, with its keys, and what comes out is taken as a device takes it. No witness is
/// asked: it would remember a tree that nobody ever sees. Where signatures are missing, throwaway keys stand in for them.
/// </summary>
public sealed class Rehearsal : IDisposable
{
    readonly string copy;
    readonly TimeProvider time;

    Rehearsal(string copy, Publisher publisher, TimeProvider time) => (this.copy, Publisher, this.time) = (copy, publisher, time);

    /// <summary>Works in the copy.</summary>
    public Publisher Publisher { get; }

    /// <summary>Throwaway keys signed in the place of offline ones.</summary>
    public bool HasStandIns { get; private set; }

    /// <summary>Copies a publisher's folder; the original stays locked for no longer than that takes.</summary>
    public static Rehearsal Begin(string folder, TimeProvider time)
    {
        string copy = Directory.CreateTempSubdirectory("offproof-rehearsal-").FullName;
        try
        {
            string from = Path.GetFullPath(folder);
            using (Publisher.Open(from, time)) Copy(from, copy);
            return new Rehearsal(copy, Publisher.Rehearse(copy, Path.Combine(from, "keys"), time), time);
        }
        catch
        {
            Directory.Delete(copy, recursive: true);
            throw;
        }
    }

    /// <summary>Releases what is staged, if anything is, and takes it as a device does; null where nothing is published even then.</summary>
    public async Task<DeviceReport?> VerifyAsync(CancellationToken cancel)
    {
        HasStandIns = await Publisher.ReleaseRehearsedAsync(cancel).ConfigureAwait(false);
        string tree = Publisher.PublicTreeFolder;
        if (!File.Exists(Path.Combine(tree, PublicTree.Timestamp))) return null;
        return await DeviceView.VerifyAsync(tree, await File.ReadAllBytesAsync(Path.Combine(tree, PublicTree.Trust), cancel).ConfigureAwait(false), time, quorum: 0, cancel).ConfigureAwait(false);
    }

    /// <summary>Deletes the copy.</summary>
    public void Dispose()
    {
        Publisher.Dispose();
        Directory.Delete(copy, recursive: true);
    }

    // Keys stay where they are. Targets are never written to, only replaced, so that a link does for them: payloads are large.
    static void Copy(string from, string to)
    {
        foreach (string directory in Directory.EnumerateDirectories(from))
        {
            string name = Path.GetFileName(directory);
            if (name == "keys" && File.Exists(Path.Combine(from, "publisher.json"))) continue;
            Copy(directory, Directory.CreateDirectory(Path.Combine(to, name)).FullName);
        }
        foreach (string file in Directory.EnumerateFiles(from))
        {
            string place = Path.Combine(to, Path.GetFileName(file));
            if (Path.GetFileName(file) == ".lock") continue;
            if (new FileInfo(file).Length > 1 << 20) File.CreateSymbolicLink(place, file);
            else File.Copy(file, place);
        }
    }
}

public sealed partial class Publisher
{
    internal static Publisher Rehearse(string copy, string keys, TimeProvider time)
    {
        string file = Path.Combine(copy, FileName);
        PublisherFile settings = PublisherJson.Read(file, MostFile, PublisherJson.Default.PublisherFile) with { Quorum = 0 };
        DurableFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(settings, PublisherJson.Default.PublisherFile), DurableFile.Public);
        return Open(copy, keys, time);
    }

    /// <summary>In a copy only: with throwaway keys where signatures are missing. True where it had to.</summary>
    internal async Task<bool> ReleaseRehearsedAsync(CancellationToken cancel)
    {
        Standing latest = Latest();
        List<ToSign> staged = WhatToSign(latest);
        bool hasStandIns = staged.Exists(static s => !s.IsComplete) && !Directory.Exists(this[Begun]);
        if (hasStandIns)
        {
            using SigningKey standIn = SigningKey.Generate();
            Dictionary<string, RoleKeys> roles = new(ComingRoot(latest).Roles, StringComparer.Ordinal) { [RootMetadata.Type] = new([standIn.Public], 1), [TargetsMetadata.Type] = new([standIn.Public], 1) };
            RootMetadata root = new(latest.Root.Metadata.Version + 1, Expires(settings.Expiry.Root), ConsistentSnapshot: true, roles);
            if (!File.Exists(StagedTargets)) StageTargets(latest, static files => { });
            DurableFile.Write(StagedRoot, SignedFile.Write(root.ToJson(), [standIn]), DurableFile.Public);
            DurableFile.Write(StagedTargets, PublicTree.ReadFile(StagedTargets, MetadataLimits.Targets).WithSignature(standIn), DurableFile.Public);
            Begin(latest);
        }
        if (hasStandIns || (Directory.Exists(this[Begun]) && !GivesWay())) await FinishAsync(null, cancel).ConfigureAwait(false);
        else await ReleaseAsync(null, cancel).ConfigureAwait(false);
        return hasStandIns;
    }
}
