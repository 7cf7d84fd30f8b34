using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Offproof.Channel;

/// <summary>What is carried to the machine with the offline keys (channel.md §9.3). It is not believed there: what is shown is made of the bytes that are signed.</summary>
sealed record SigningRequest(string Schema, IReadOnlyList<RequestItem> Items)
{
    internal const string CurrentSchema = "offproof/v1/signing-request";
}

/// <summary>One file to sign.</summary>
/// <param name="Role">root or targets</param>
/// <param name="Signed">Its canonical bytes, base64: what the signature is over</param>
/// <param name="KeyIds">Whose signatures are asked for</param>
/// <param name="Before">The bytes of the version before; null where there is none</param>
sealed record RequestItem(string Role, string Signed, IReadOnlyList<string> KeyIds, string? Before = null)
{
    internal static RequestItem Of(string role, SignedFile file, IReadOnlyList<PublicKey> keys, SignedFile? before) => new(
        role, Convert.ToBase64String(file.Canonical.Span), [.. keys.Select(static key => key.KeyId).Distinct(StringComparer.Ordinal)], before is null ? null : Convert.ToBase64String(before.Canonical.Span));

    /// <summary>As a file without signatures.</summary>
    internal static SignedFile Open(string base64)
    {
        byte[] canonical = Convert.FromBase64String(base64);
        SignedFile file = SignedFile.Read(SignedFile.Write(JsonObject.Create(CanonicalJson.Parse(canonical)) ?? [], []));
        return file.Canonical.Span.SequenceEqual(canonical) ? file : throw new FormatException("it is not in canonical form");
    }
}

/// <summary>What is carried back.</summary>
sealed record BroughtSignatures(string Schema, IReadOnlyList<BroughtSignature> Signatures)
{
    internal const string CurrentSchema = "offproof/v1/signatures";
}

/// <summary>A signature over the canonical bytes with this SHA-256.</summary>
sealed record BroughtSignature(string Role, string Sha256, [property: JsonPropertyName("keyid")] string KeyId, [property: JsonPropertyName("sig")] string Signature);

/// <summary>Signing far from the publisher's folder, with nothing but the request and the key.</summary>
public sealed class OfflineSigning
{
    const int MostBytes = 16 << 20;

    readonly List<(string Role, SignedFile File, IReadOnlyList<string> KeyIds)> items = [];

    OfflineSigning()
    {
    }

    /// <summary>What the bytes say that are to be signed, in lines.</summary>
    public IReadOnlyList<string> Summary { get; private set; } = [];

    /// <summary>Reads a request.</summary>
    /// <exception cref="PublishingException">It is none.</exception>
    public static OfflineSigning Read(string file)
    {
        SigningRequest request = PublisherJson.Read(file, MostBytes, PublisherJson.Default.SigningRequest);
        if (request.Schema != SigningRequest.CurrentSchema || request.Items.Count == 0) throw new PublishingException(PublishingFault.Usage, $"{file} is no request to sign", "offproof publish sign --dir DIR --export FILE writes one");
        OfflineSigning signing = new();
        List<string> summary = [];
        foreach (RequestItem item in request.Items)
        {
            try
            {
                SignedFile signed = RequestItem.Open(item.Signed);
                summary.AddRange(SigningSummary.Of(signed, item.Before is null ? null : RequestItem.Open(item.Before)));
                signing.items.Add((new Fields(signed.Signed, "4.2.1", "the file").Text("_type"), signed, item.KeyIds));
            }
            catch (Exception e) when (e is TufException or FormatException or InvalidOperationException)
            {
                throw new PublishingException(PublishingFault.Forgery, $"{file} asks for a signature under something that is no metadata: nothing was signed", null, e);
            }
        }
        signing.Summary = summary;
        return signing;
    }

    /// <summary>Signs with each key what it is asked for. Whether it may is decided where the signatures are brought.</summary>
    /// <returns>The file to carry back.</returns>
    public byte[] Sign(IEnumerable<string> keyFiles)
    {
        List<BroughtSignature> signatures = [];
        foreach (string path in keyFiles)
        {
            using SigningKey key = KeyFile.Read(path);
            foreach ((string role, SignedFile file, _) in items.Where(item => item.KeyIds.Contains(key.KeyId, StringComparer.Ordinal)))
                signatures.Add(new BroughtSignature(role, Convert.ToHexStringLower(SHA256.HashData(file.Canonical.Span)), key.KeyId, Convert.ToHexStringLower(key.Sign(file.Canonical.Span))));
        }
        if (signatures.Count == 0) throw new PublishingException(PublishingFault.WrongKey, "no key signs anything of this request");
        return JsonSerializer.SerializeToUtf8Bytes(new BroughtSignatures(BroughtSignatures.CurrentSchema, signatures), PublisherJson.Default.BroughtSignatures);
    }
}

/// <summary>What somebody reads before signing. Made of the bytes to be signed and nothing else.</summary>
static class SigningSummary
{
    internal static IReadOnlyList<string> Of(SignedFile file, SignedFile? before)
    {
        Fields signed = new(file.Signed, "4.2.1", "the file");
        if (signed.Text("_type") == RootMetadata.Type)
        {
            RootMetadata root = RootMetadata.Read(file);
            RequireShown(file, root);
            return OfRoot(root, before is null ? null : RootMetadata.Read(before));
        }
        TargetsMetadata targets = TargetsMetadata.Read(file);
        RequireShown(file, targets with
        {
            Targets = targets.Targets.ToDictionary(static t => t.Key, static t => new TargetFile(t.Value.Length, OnlySha256(t.Value.Hashes)), StringComparer.Ordinal),
            Delegations = [],
        });
        return OfTargets(targets, before is null ? null : TargetsMetadata.Read(before));
    }

    /// <summary>
    /// A delegation, a member, a hash or a role of which the lines below say nothing would be signed unseen: what the lines show, written again, has to be what is to be signed, byte for byte.
    /// </summary>
    static void RequireShown(SignedFile file, Metadata shown)
    {
        bool isShown = CanonicalJson.Of(shown.ToJson()).AsSpan().SequenceEqual(file.Canonical.Span) && shown is not RootMetadata { ConsistentSnapshot: false };
        if (!isShown) throw new PublishingException(PublishingFault.Forgery, "what is to be signed holds something that is no part of a channel, as a delegation, a further role or a member that is not known: nothing was signed", "whoever made it wants a signature under what nobody was shown");
    }

    static FileHashes OnlySha256(FileHashes hashes) =>
        new(hashes.ByName.Where(static h => h.Key == "sha256").ToDictionary(static h => h.Key, static h => h.Value, StringComparer.Ordinal));

    static List<string> OfRoot(RootMetadata root, RootMetadata? before)
    {
        List<string> lines = [Head("root", root, before)];
        foreach ((string role, RoleKeys keys) in root.Roles)
        {
            RoleKeys? old = before?.Roles.GetValueOrDefault(role);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {role}: {keys.Threshold} of {keys.Keys.Count} keys{(old is null || old.Threshold == keys.Threshold ? "" : $" (was {old.Threshold} of {old.Keys.Count})")}"));
            lines.AddRange(keys.Keys.Where(key => old?.Keys.Any(o => o.KeyId == key.KeyId) != true).Select(static key => $"    + {key.KeyId}"));
            if (old is not null) lines.AddRange(old.Keys.Where(o => keys.Keys.All(key => key.KeyId != o.KeyId)).Select(static o => $"    - {o.KeyId}"));
        }
        return lines;
    }

    static List<string> OfTargets(TargetsMetadata targets, TargetsMetadata? before)
    {
        List<string> lines = [Head("targets", targets, before)];
        foreach ((string name, TargetFile file) in targets.Targets.OrderBy(static t => t.Key, StringComparer.Ordinal))
        {
            TargetFile? old = before?.Targets.GetValueOrDefault(name);
            string mark = old is null ? "+" : old.Hashes.Known == file.Hashes.Known ? " " : "*";
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {mark} {name}  {file.Length} bytes  {file.Hashes.Known}"));
        }
        if (before is not null) lines.AddRange(before.Targets.Keys.Where(name => !targets.Targets.ContainsKey(name)).Order(StringComparer.Ordinal).Select(static name => $"  - {name}"));
        return lines;
    }

    static string Head(string role, Metadata now, Metadata? before) =>
        string.Create(CultureInfo.InvariantCulture, $"{role} version {now.Version}{(before is null ? "" : $" (before: {before.Version})")}, good until {now.Expires:yyyy-MM-dd HH:mm}Z");
}
