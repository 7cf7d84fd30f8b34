using System.Globalization;
using System.Security.Cryptography;

namespace Offproof.Channel;

/// <summary>
/// A TUF client, specification 1.0.34 (channel-tuf.md): brings a store up to date from a repository, and downloads targets that its metadata vouch for.
/// Every refusal is a <see cref="TufException"/>; what was trusted before stays. A failing disk is an <see cref="IOException"/>. Not for several threads.
/// </summary>
/// <param name="store">A root must be pinned in it.</param>
/// <param name="http">Follows no redirects; stays the caller's to dispose.</param>
/// <param name="metadataAddress">The folder of the metadata, with or without a slash at its end.</param>
/// <param name="time">The clock for expiry and for slow retrieval.</param>
public sealed class TufUpdater(MetadataStore store, HttpMessageInvoker http, Uri metadataAddress, TimeProvider time)
{
    readonly Fetcher fetcher = new(http, time);
    TrustedSet? trusted;

    /// <summary>One update of root, timestamp, snapshot and targets (TUF 5.1 to 5.6.6).</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        trusted = null;
        var set = TrustedSet.Open(store, time.GetUtcNow());
        for (int i = 0; i < MetadataLimits.RootRotations; i++)
        {
            var address = Metadata(string.Create(CultureInfo.InvariantCulture, $"{set.Root.Version + 1}.root.json"));
            if (await fetcher.TryFetchAsync(address, MetadataLimits.Root, "5.3.3", cancellation).ConfigureAwait(false) is not { } root) break;
            set.AddRoot(root);
        }
        set.EndRoots();
        set.AddTimestamp(await fetcher.FetchAsync(Metadata("timestamp.json"), MetadataLimits.Timestamp, "5.4.1", cancellation).ConfigureAwait(false));
        if (!set.TryUseStoredSnapshot())
            set.AddSnapshot(await FetchAsync(set, SnapshotMetadata.Type, set.NamedSnapshot, MetadataLimits.Snapshot, "5.5.1", cancellation).ConfigureAwait(false));
        if (!set.TryUseStoredTargets())
        {
            var named = set.Named(TargetsMetadata.Type) ?? throw TrustedSet.NotListed(TargetsMetadata.Type);
            set.AddTargets(await FetchAsync(set, TargetsMetadata.Type, named, MetadataLimits.Targets, "5.6.1", cancellation).ConfigureAwait(false));
        }
        trusted = set;
    }

    /// <summary>
    /// Downloads a target (TUF 5.6.7, 5.7) into <paramref name="file"/>, which has its name only when it is whole and verified. False when the right bytes are there
    /// already, and nothing was fetched. Refreshes first when that was not done.
    /// </summary>
    /// <param name="targetPath">The target's path in the metadata.</param>
    /// <param name="targetsAddress">The folder of the targets.</param>
    /// <param name="file">Its folder must exist; an older file of this name is replaced. FILE~ is used on the way.</param>
    /// <param name="cancellation">Ends the download.</param>
    public async Task<bool> DownloadAsync(string targetPath, Uri targetsAddress, string file, CancellationToken cancellation)
    {
        var target = await FindAsync(targetPath, cancellation).ConfigureAwait(false);
        if (File.Exists(file) && await IsAsync(target, file, cancellation).ConfigureAwait(false)) return false;
        var address = new Uri(Folder(targetsAddress), TargetName(targetPath, target, trusted!.Root.ConsistentSnapshot));
        string temporary = file + "~"; // FileName makes no such name, so it is no other target's
        try
        {
            FileStream stream = new(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
            await using (stream.ConfigureAwait(false))
            {
                if (!await fetcher.TryCopyAsync(address, target.Length, "5.7.3", stream, cancellation).ConfigureAwait(false)) throw fetcher.Absent(address, "5.7.3");
                stream.Flush(flushToDisk: true);
            }
            if (!await IsAsync(target, temporary, cancellation).ConfigureAwait(false))
                throw new TufException(Refusal.ArbitrarySoftware, "5.7.3", $"what the server gives for {targetPath} is not what was signed");
            File.Move(temporary, file, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        return true;
    }

    /// <summary>A name for a target's file: it leads into no other folder, and two targets have two names on any file system.</summary>
    public static string FileName(string targetPath) => MetadataStore.FileName(targetPath);

    /// <summary>What the metadata say of a target; <see cref="Refusal.NoSuchTarget"/> when they say nothing.</summary>
    internal async Task<TargetFile> FindAsync(string targetPath, CancellationToken cancellation)
    {
        if (trusted is null) await RefreshAsync(cancellation).ConfigureAwait(false);
        var set = trusted!;
        return await TargetSearch.FindAsync(set.Targets!, targetPath, LoadAsync).ConfigureAwait(false)
            ?? throw new TufException(Refusal.NoSuchTarget, "5.7.2", $"there is no {targetPath} in the repository");

        async Task<TargetsMetadata> LoadAsync(Delegation delegation)
        {
            var named = set.Named(delegation.Name) ?? throw TrustedSet.NotListed(delegation.Name);
            return set.TryUseStored(delegation.Name, delegation.Keys) ?? set.Add(
                delegation.Name, delegation.Keys,
                await FetchAsync(set, delegation.Name, named, MetadataLimits.Targets, "5.6.1", cancellation).ConfigureAwait(false));
        }
    }

    Task<byte[]> FetchAsync(TrustedSet set, string role, MetaFile named, int limit, string clause, CancellationToken cancellation)
    {
        if (named.Length > limit)
            throw new TufException(Refusal.EndlessData, clause, string.Create(CultureInfo.InvariantCulture, $"{role} is said to have {named.Length} bytes, and may have {limit}"));
        string name = Uri.EscapeDataString(role) + ".json";
        if (set.Root.ConsistentSnapshot) name = string.Create(CultureInfo.InvariantCulture, $"{named.Version}.{name}"); // §6.2.1
        return fetcher.FetchAsync(Metadata(name), named.Length ?? limit, clause, cancellation);
    }

    Uri Metadata(string name) => new(Folder(metadataAddress), name);

    static Uri Folder(Uri address) => address.AbsoluteUri.EndsWith('/') ? address : new(address.AbsoluteUri + "/");

    /// <summary>The target's address below the targets' folder: DIR/HASH.NAME with consistent snapshots, else DIR/NAME (§5.7.3).</summary>
    internal static string TargetName(string targetPath, TargetFile target, bool isConsistent)
    {
        string[] parts = targetPath.Split('/');
        // An address with such a part would leave the folder, or be another's.
        if (parts.Any(part => part is "" or "." or "..")) throw new TufException(Refusal.Malformed, "4.5", $"{targetPath} is no path below a folder");
        parts = [.. parts.Select(Uri.EscapeDataString)];
        if (isConsistent)
            parts[^1] = $"{target.Hashes.Known ?? throw new TufException(Refusal.ArbitrarySoftware, "5.7.3", $"{targetPath} has no hash of a known kind")}.{parts[^1]}";
        // "./", so that a first part with a colon is no scheme.
        return "./" + string.Join('/', parts);
    }

    static async Task<bool> IsAsync(TargetFile target, string file, CancellationToken cancellation)
    {
        FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        await using (stream.ConfigureAwait(false))
        {
            if (stream.Length != target.Length) return false;
            byte[] sha256 = await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false);
            stream.Position = 0;
            byte[] sha512 = target.Hashes.ByName.ContainsKey("sha512") ? await SHA512.HashDataAsync(stream, cancellation).ConfigureAwait(false) : [];
            return target.Hashes.Hold(sha256, sha512);
        }
    }
}
