using System.Globalization;

namespace Offproof.Channel;

/// <summary>
/// Drafts come into their place whole, and those that belong together at once (channel.md §9.2): whatever stops the staging, what can be signed is what was staged before, or what was to be staged.
/// What no device would read is refused here, where it can still be changed, and not when a threshold of people has signed it.
/// </summary>
public sealed partial class Publisher
{
    // {"keyid":64 digits,"sig":128 digits} and a comma.
    const int SignatureRoom = 256;

    // While it lies there both drafts beside it are whole, and take their places.
    string BothDrafts => Path.Combine(this[Staged], "both");

    /// <summary>Drafts replace those of before, and with them goes what had been signed: signatures are over bytes.</summary>
    void PutDrafts(Standing latest, RootMetadata? root, TargetsMetadata? targets)
    {
        byte[]? rootDraft = root is null ? null : SignedFile.Write(root.ToJson(), []), targetsDraft = targets is null ? null : SignedFile.Write(targets.ToJson(), []);
        if (rootDraft is not null) RequireChain(latest, root!, rootDraft.Length + Room(latest.Root.Metadata.Roles[RootMetadata.Type]) + Room(root!.Roles[RootMetadata.Type]));
        if (targetsDraft is not null && targetsDraft.Length + Room((root ?? ComingRoot(latest)).Roles[TargetsMetadata.Type]) > MetadataLimits.Targets)
        {
            throw new PublishingException(PublishingFault.Failure, string.Create(CultureInfo.InvariantCulture, $"the list of {targets!.Targets.Count} targets would be longer than the {MetadataLimits.Targets} bytes that devices read: nothing was staged"),
                "withdraw notices: offproof publish withdraw ID");
        }
        if (rootDraft is not null && targetsDraft is not null)
        {
            Stage(StagedRoot + New, rootDraft);
            Stage(StagedTargets + New, targetsDraft);
            Stage(BothDrafts, []);
            TakeUpDrafts();
        }
        else if (rootDraft is not null) Stage(StagedRoot, rootDraft);
        else if (targetsDraft is not null) Stage(StagedTargets, targetsDraft);
        if (targets is not null) ForgetStaged(targets);

        static int Room(RoleKeys role) => role.Keys.Count * SignatureRoom;
    }

    void Stage(string place, ReadOnlySpan<byte> content)
    {
        tree.BeforeWriting?.Invoke(Path.GetRelativePath(folder, place));
        DurableFile.Write(place, content, DurableFile.Public);
    }

    void TakeUpDrafts()
    {
        bool isWhole = File.Exists(BothDrafts);
        foreach (string place in (string[])[StagedRoot, StagedTargets])
        {
            if (!File.Exists(place + New)) continue;
            tree.BeforeWriting?.Invoke(Path.GetRelativePath(folder, place));
            if (isWhole) File.Move(place + New, place, overwrite: true);
            else File.Delete(place + New);
        }
        if (!isWhole) return;
        DirectorySync.Flush(this[Staged]);
        File.Delete(BothDrafts);
    }

    // What was staged before, or was left by a run that was killed.
    void ForgetStaged(TargetsMetadata targets)
    {
        if (!Directory.Exists(StagedFiles)) return;
        HashSet<string> named = [.. targets.Targets.Select(target => StagedFile(target.Key, target.Value.Hashes.ByName["sha256"]))];
        foreach (string file in Directory.EnumerateFiles(StagedFiles, "*", SearchOption.AllDirectories).Where(file => !named.Contains(file)).ToList()) File.Delete(file);
    }

    // A snapshot names one file and a timestamp one: these two never come near their limits.
    void RequireChain(Standing latest, RootMetadata root, long bytes)
    {
        if (root.Version > RootChain.MostRoots)
            throw new PublishingException(PublishingFault.Failure, string.Create(CultureInfo.InvariantCulture, $"root {root.Version} would be one more than devices read: nothing was staged"), "a new channel has to be made");
        long newest = tree.NewestRoot(), chain = bytes + RootChain.LengthSize;
        for (long version = 1; version < root.Version; version++)
            chain += RootChain.LengthSize + (version <= newest ? LengthOf(tree[PublicTree.Versioned(version, RootMetadata.Type)])!.Value : latest.Root.File.Bytes.Length);
        if (bytes > MetadataLimits.Root || chain > RootChain.MostContent)
            throw new PublishingException(PublishingFault.Failure, string.Create(CultureInfo.InvariantCulture, $"with root {root.Version} the roots would have {chain} bytes, more than devices read: nothing was staged"), "a new channel has to be made");
    }

    /// <summary>A bundle that is more than a device fetches is signed for nobody.</summary>
    internal static void RequireBundle(string name, byte[] file)
    {
        if (file.Length > ChannelPoll.MostBundle)
            throw new PublishingException(PublishingFault.Failure, string.Create(CultureInfo.InvariantCulture, $"{name} would have {file.Length} bytes, and devices fetch at most {ChannelPoll.MostBundle}: nothing was staged"));
    }
}
