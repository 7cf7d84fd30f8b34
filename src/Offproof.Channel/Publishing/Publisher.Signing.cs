using System.Security.Cryptography;
using System.Text.Json;

namespace Offproof.Channel;

/// <summary>Whose signatures a staged file has.</summary>
/// <param name="Role">root or targets</param>
/// <param name="Version">Its version</param>
/// <param name="Sha256">of the bytes that are signed, in hexadecimal: what was shown is held against it</param>
/// <param name="Summary">What it says, and what changes, in lines for whoever signs</param>
/// <param name="Needs">Which keys have to sign it</param>
public sealed record ToSign(string Role, long Version, string Sha256, IReadOnlyList<string> Summary, IReadOnlyList<Threshold> Needs)
{
    /// <summary>Nobody's signature is missing.</summary>
    public bool IsComplete => Needs.All(static need => need.Good >= need.Wanted);
}

/// <summary>How many keys of a role have signed, and how many have to.</summary>
public sealed record Threshold(string Keys, int Good, long Wanted);

/// <summary>What signing did.</summary>
/// <param name="Added">Role and key of each new signature</param>
/// <param name="Staged">What is staged, with the signatures that it has now</param>
public sealed record SignReport(IReadOnlyList<string> Added, IReadOnlyList<ToSign> Staged)
{
    /// <summary>It can be released.</summary>
    public bool IsComplete => Staged.Count > 0 && Staged.All(static s => s.IsComplete);
}

public sealed partial class Publisher
{
    /// <summary>What is staged and who has to sign it; root before targets.</summary>
    /// <param name="known">The root that whoever signs knows; null: what stood before is what this folder says</param>
    public IReadOnlyList<ToSign> WhatToSign(KnownRoot? known = null) => WhatToSign(Latest(), known);

    List<ToSign> WhatToSign(Standing latest, KnownRoot? known = null)
    {
        List<ToSign> staged = [];
        if (File.Exists(StagedRoot))
        {
            Read<RootMetadata> root = ReadRoot(StagedRoot);
            staged.Add(new ToSign(RootMetadata.Type, root.Metadata.Version, HashOf(root.File), SigningSummary.Of(root.File, latest.Root.File, known, "this folder"),
            [
                Count("root keys of before", latest.Root.Metadata.Roles[RootMetadata.Type], root.File),
                Count("root keys", root.Metadata.Roles[RootMetadata.Type], root.File),
            ]));
        }
        if (File.Exists(StagedTargets))
        {
            Read<TargetsMetadata> targets = ReadTargets(StagedTargets);
            staged.Add(new ToSign(TargetsMetadata.Type, targets.Metadata.Version, HashOf(targets.File), SigningSummary.Of(targets.File, latest.Targets?.File, known, "this folder"),
                [Count("targets keys", ComingRoot(latest).Roles[TargetsMetadata.Type], targets.File)]));
        }
        return staged;
    }

    static string HashOf(SignedFile file) => Convert.ToHexStringLower(SHA256.HashData(file.Canonical.Span));

    /// <summary>Signs what is staged with the keys in these files, each where it may. Again changes nothing.</summary>
    /// <exception cref="PublishingException">Nothing is staged, or a key may sign nothing of it.</exception>
    public SignReport Sign(IEnumerable<string> keyFiles) => Sign(keyFiles, WhatToSign());

    /// <summary>The same for what was shown: the bytes that are signed are those whose hash stands there.</summary>
    /// <param name="keyFiles">Secret keys</param>
    /// <param name="shown">Of <see cref="WhatToSign(KnownRoot?)"/>, as somebody read it</param>
    /// <exception cref="PublishingException">What is staged is not what was shown; nothing is staged, or a key may sign nothing of it.</exception>
    public SignReport Sign(IEnumerable<string> keyFiles, IReadOnlyList<ToSign> shown)
    {
        Standing latest = Latest();
        RequireStaged();
        // Read once: whoever can write to the folder must not exchange a draft between the question and the signature.
        List<(string Role, string File, IReadOnlyList<PublicKey> Allowed)> signable = [.. Signable(latest)];
        Dictionary<string, SignedFile> drafts = signable.ToDictionary(static s => s.Role, static s => PublicTree.ReadFile(s.File, MetadataLimits.Targets), StringComparer.Ordinal);
        if (!drafts.ToDictionary(static d => d.Key, static d => HashOf(d.Value), StringComparer.Ordinal).OrderBy(static d => d.Key, StringComparer.Ordinal)
            .SequenceEqual(shown.Select(static s => KeyValuePair.Create(s.Role, s.Sha256)).OrderBy(static s => s.Key, StringComparer.Ordinal)))
            throw new PublishingException(PublishingFault.Refused, "what is staged changed since it was shown: nothing was signed", "who else writes to this folder? look at it again, then sign");
        List<string> signed = [];
        foreach (string path in keyFiles)
        {
            using SigningKey key = KeyFile.Read(path);
            bool mayAny = false;
            foreach ((string role, string file, IReadOnlyList<PublicKey> allowed) in signable)
            {
                if (allowed.All(a => a.KeyId != key.KeyId)) continue;
                mayAny = true;
                SignedFile draft = drafts[role];
                if (draft.TryGetSignature(key.KeyId, out ReadOnlyMemory<byte> there) && key.Public.Verify(draft.Canonical.Span, there.Span)) continue;
                drafts[role] = SignedFile.Read(draft.WithSignature(key));
                DurableFile.Write(file, drafts[role].Bytes.Span, DurableFile.Public);
                signed.Add($"{role} by {key.KeyId[..8]}");
            }
            if (!mayAny) throw new PublishingException(PublishingFault.WrongKey, $"{path} is no key of what is staged", "offproof publish status says which keys are missing");
        }
        return new SignReport(signed, WhatToSign(latest));
    }

    /// <summary>What is to be signed, for another machine: the canonical bytes, and the file of before, to compare.</summary>
    public byte[] ExportRequest()
    {
        Standing latest = Latest();
        RequireStaged();
        List<RequestItem> items = [.. Signable(latest).Select(s => RequestItem.Of(
            s.Role, PublicTree.ReadFile(s.File, MetadataLimits.Targets), s.Allowed, s.Role == RootMetadata.Type ? latest.Root.File : latest.Targets?.File))];
        return JsonSerializer.SerializeToUtf8Bytes(new SigningRequest(SigningRequest.CurrentSchema, items), PublisherJson.Default.SigningRequest);
    }

    /// <summary>Takes signatures that were made elsewhere; each must be of a key that may sign what is staged, and right.</summary>
    /// <exception cref="PublishingException">One is not: none of the file is taken.</exception>
    public SignReport AddSignatures(string file)
    {
        Standing latest = Latest();
        RequireStaged();
        BroughtSignatures brought = PublisherJson.Read(file, MostFile, PublisherJson.Default.BroughtSignatures);
        if (brought.Schema != BroughtSignatures.CurrentSchema) throw new PublishingException(PublishingFault.Usage, $"{file} holds no signatures", "what `publish sign --request` wrote on the other machine");
        Dictionary<string, SignedFile> drafts = new(StringComparer.Ordinal);
        List<string> signed = [];
        foreach (BroughtSignature one in brought.Signatures)
        {
            (string role, string path, IReadOnlyList<PublicKey> allowed) = Signable(latest).FirstOrDefault(s => s.Role == one.Role);
            if (role is null) throw new PublishingException(PublishingFault.Refused, $"{file} has a signature of {one.Role}, and none is staged: nothing of it was taken");
            SignedFile draft = drafts.GetValueOrDefault(path) ?? PublicTree.ReadFile(path, MetadataLimits.Targets);
            if (HashOf(draft) != one.Sha256)
                throw new PublishingException(PublishingFault.Refused, $"{file} has a signature of another {one.Role} than the one that is staged now: nothing of it was taken", "export a new request");
            if (allowed.FirstOrDefault(key => key.KeyId == one.KeyId) is not { } key) throw new PublishingException(PublishingFault.WrongKey, $"{file} has a signature of a key that may not sign {one.Role}: nothing of it was taken");
            if (Hex.TryRead(one.Signature) is not { } value || !key.Verify(draft.Canonical.Span, value)) throw new PublishingException(PublishingFault.Forgery, $"{file} has a signature that is wrong: nothing of it was taken");
            drafts[path] = SignedFile.Read(draft.WithSignature(one.KeyId, value));
            signed.Add($"{role} by {key.KeyId[..8]}");
        }
        foreach ((string path, SignedFile draft) in drafts) DurableFile.Write(path, draft.Bytes.Span, DurableFile.Public);
        return new SignReport(signed, WhatToSign(latest));
    }

    void RequireStaged()
    {
        if (!File.Exists(StagedRoot) && !File.Exists(StagedTargets)) throw new PublishingException(PublishingFault.Failure, "nothing is staged", "offproof publish greetings, update or keys stage something");
    }

    IEnumerable<(string Role, string File, IReadOnlyList<PublicKey> Allowed)> Signable(Standing latest)
    {
        RootMetadata coming = ComingRoot(latest);
        if (File.Exists(StagedRoot)) yield return (RootMetadata.Type, StagedRoot, [.. latest.Root.Metadata.Roles[RootMetadata.Type].Keys, .. coming.Roles[RootMetadata.Type].Keys]);
        if (File.Exists(StagedTargets)) yield return (TargetsMetadata.Type, StagedTargets, coming.Roles[TargetsMetadata.Type].Keys);
    }

    // As devices count (channel-tuf.md §1.6): keys, not signatures.
    static Threshold Count(string what, RoleKeys role, SignedFile file) => new(what, role.Keys
        .Where(key => key.Identity is not null && file.TryGetSignature(key.KeyId, out ReadOnlyMemory<byte> signature) && key.Verify(file.Canonical.Span, signature.Span))
        .Select(static key => key.Identity).Distinct(StringComparer.Ordinal).Count(), role.Threshold);
}
