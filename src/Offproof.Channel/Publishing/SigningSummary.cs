using System.Globalization;

namespace Offproof.Channel;

/// <summary>
/// What somebody reads before signing (channel.md §9.3): made of the bytes to be signed and nothing else, every key and every hash of them. What stood before is compared where it is proven; where
/// it is not, the machine that asks may have made it up, and the lines say so.
/// </summary>
static class SigningSummary
{
    const int HashDigits = 64;

    static readonly string[] Roles = [RootMetadata.Type, TargetsMetadata.Type, SnapshotMetadata.Type, TimestampMetadata.Type];

    /// <param name="file">What is to be signed</param>
    /// <param name="before">What is said to have stood before; null where nothing did</param>
    /// <param name="known">The root that whoever signs knows; null where he named none</param>
    /// <param name="teller">Who says what stood before: "this request", "this folder"</param>
    internal static IReadOnlyList<string> Of(SignedFile file, SignedFile? before, KnownRoot? known, string teller) =>
        new Fields(file.Signed, "4.2.1", "the file").Text("_type") == RootMetadata.Type
            ? OfRoot(ReadRoot(file), known?.Metadata, before is null ? null : ReadRoot(before), teller)
            : OfTargets(ReadTargets(file), before is null ? null : ReadTargets(before), known is not null && before is not null && IsSigned(before, known.Metadata) ? known.Metadata : null, known is not null, teller);

    static RootMetadata ReadRoot(SignedFile file)
    {
        RootMetadata root = RootMetadata.Read(file);
        // The id of a key is the hash of all that its object has: what is shown by its id alone must be that and no more.
        if (!root.ConsistentSnapshot || root.Roles.Values.Any(static role => role.Keys.Any(static key => !key.IsPlainEd25519))) throw Unseen();
        RequireShown(file, root);
        return root;
    }

    static TargetsMetadata ReadTargets(SignedFile file)
    {
        TargetsMetadata targets = TargetsMetadata.Read(file);
        foreach ((string name, TargetFile target) in targets.Targets)
        {
            // A name is a line here, and no character of it turns, hides or begins another one.
            if (name.Length == 0 || name.Any(static c => c is < '!' or > '~') || target.Hashes.ByName.GetValueOrDefault("sha256") is not { Length: HashDigits } hash || !Hex.Is(hash) || hash.Any(char.IsAsciiLetterUpper)) throw Unseen();
        }
        RequireShown(file, targets with
        {
            Targets = targets.Targets.ToDictionary(static t => t.Key, static t => new TargetFile(t.Value.Length, OnlySha256(t.Value.Hashes)), StringComparer.Ordinal),
            Delegations = [],
        });
        return targets;
    }

    /// <summary>
    /// A delegation, a member, a hash or a role of which the lines below say nothing would be signed unseen: what the lines show, written again, has to be what is to be signed, byte for byte.
    /// </summary>
    static void RequireShown(SignedFile file, Metadata shown)
    {
        bool isShown = CanonicalJson.Of(shown.ToJson()).AsSpan().SequenceEqual(file.Canonical.Span);
        if (!isShown) throw Unseen();
    }

    static PublishingException Unseen() => new(PublishingFault.Forgery,
        "what is to be signed holds something that is no part of a channel, as a delegation, a further role, a member that is not known, a key under an id that is not its hash, or a hash that is none: nothing was signed",
        "whoever made it wants a signature under what nobody was shown");

    static FileHashes OnlySha256(FileHashes hashes) =>
        new(hashes.ByName.Where(static h => h.Key == "sha256").ToDictionary(static h => h.Key, static h => h.Value, StringComparer.Ordinal));

    static bool IsSigned(SignedFile targets, RootMetadata root)
    {
        try
        {
            root.Roles[TargetsMetadata.Type].Verify(targets, "5.6.3", TargetsMetadata.Type);
            return true;
        }
        catch (TufException)
        {
            return false;
        }
    }

    static List<string> OfRoot(RootMetadata root, RootMetadata? known, RootMetadata? said, string teller)
    {
        RootMetadata? before = known ?? said;
        List<string> lines = [Head(RootMetadata.Type, root, known is null ? said : null)];
        if (known is not null)
        {
            if (root.Version <= known.Version) throw new PublishingException(PublishingFault.Refused, string.Create(CultureInfo.InvariantCulture, $"root {root.Version} is to be signed, and yours is root {known.Version} already: nothing was signed"), "two roots of one number split a channel");
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  compared with your root {known.Version}, which its own keys signed{(root.Version == known.Version + 1 ? "" : "; what came between the two is not shown")}"));
        }
        foreach (string role in Roles)
        {
            RoleKeys keys = root.Roles[role];
            RoleKeys? old = before?.Roles[role];
            string was = old is null || (old.Threshold, old.Keys.Count) == (keys.Threshold, keys.Keys.Count) ? "" : string.Create(CultureInfo.InvariantCulture, $" ({(known is null ? "said to have been" : "was")} {old.Threshold} of {old.Keys.Count})");
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {role}: {keys.Threshold} of {keys.Keys.Count} keys{was}"));
            lines.AddRange(keys.Keys.Select(key => $"    {key.KeyId}{(old is null ? "" : Word(Has(old, key) ? "as before" : "new", known is not null))}"));
            if (old is not null) lines.AddRange(old.Keys.Where(key => !Has(keys, key)).Select(key => $"    {key.KeyId}{Word("gone", known is not null)}"));
        }
        if (known is null) lines.Add($"  what is new or gone is what {teller} says: hold every key id and every threshold against your own note, or name your own root with --root FILE");
        return lines;

        static bool Has(RoleKeys role, PublicKey key) => role.Keys.Any(other => other.KeyId == key.KeyId);
    }

    static List<string> OfTargets(TargetsMetadata targets, TargetsMetadata? before, RootMetadata? signedBy, bool isRootKnown, string teller)
    {
        List<string> lines = [Head(TargetsMetadata.Type, targets, signedBy is null ? before : null)];
        bool isProven = signedBy is not null;
        if (isProven) lines.Add(string.Create(CultureInfo.InvariantCulture, $"  compared with targets {before!.Version}, which the targets keys of your root {signedBy!.Version} signed; whether newer ones were signed, {teller} may hide"));
        else if (isRootKnown && before is not null) lines.Add("  what is said to have stood before is not signed by the targets keys of your root");
        foreach ((string name, TargetFile file) in targets.Targets.OrderBy(static t => t.Key, StringComparer.Ordinal))
        {
            TargetFile? old = before?.Targets.GetValueOrDefault(name);
            string word = before is null ? "" : Word(old is null ? "new" : old.Hashes.Known == file.Hashes.Known && old.Length == file.Length ? "as before" : "changed", isProven);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {name}  {file.Length} bytes  {file.Hashes.Known}{word}"));
        }
        if (before is not null) lines.AddRange(before.Targets.Keys.Where(name => !targets.Targets.ContainsKey(name)).Order(StringComparer.Ordinal).Select(name => $"  {name}{Word("gone", isProven)}"));
        if (!isProven) lines.Add(before is null ? "  hold every hash against what you built" : $"  what is new, changed or gone is what {teller} says: hold every hash against what you built");
        return lines;
    }

    // "as before" lulls: it is said only where it is proven.
    static string Word(string word, bool isProven) => isProven ? $"  {word}" : word == "as before" ? "" : $"  said to be {word}";

    static string Head(string role, Metadata now, Metadata? said) =>
        string.Create(CultureInfo.InvariantCulture, $"{role} version {now.Version}{(said is null ? "" : $" (said to follow {said.Version})")}, good until {now.Expires:yyyy-MM-dd HH:mm}Z");
}
