using System.Globalization;
using System.Text.Json.Nodes;

namespace Offproof.Channel;

/// <summary>The keys of a role, and how many of them must sign.</summary>
internal sealed record RoleKeys(IReadOnlyList<PublicKey> Keys, long Threshold)
{
    /// <summary>
    /// Refuses a file that fewer than the threshold of these keys signed. A key counts once, however often it is listed or signs (§5.3.4, 5.4.2, 5.5.3,
    /// 5.6.3); a signature that does not verify counts for nothing and does no harm.
    /// </summary>
    internal void Verify(SignedFile file, string clause, string role)
    {
        HashSet<string> good = new(StringComparer.Ordinal);
        foreach (var key in Keys)
        {
            if (key.Identity is { } identity && !good.Contains(identity)
                && file.TryGetSignature(key.KeyId, out var signature) && key.Verify(file.Canonical.Span, signature.Span)) good.Add(identity);
            if (good.Count >= Threshold) return;
        }
        throw new TufException(Refusal.ArbitrarySoftware, clause,
            string.Create(CultureInfo.InvariantCulture, $"{role} has good signatures of {good.Count} of its keys, and wants {Threshold}"));
    }

    /// <summary>True when a key that these had is not among <paramref name="next"/>: rotated, so what it signed may have been an attacker's (§5.3.11).</summary>
    internal bool LosesAKeyTo(RoleKeys next) => Keys.Any(old => next.Keys.All(key => key.Identity is null || key.Identity != old.Identity));

    /// <summary><c>keyids</c> and <c>threshold</c> of a role object; a keyid without a key stays out, since nothing can be verified with it.</summary>
    internal static RoleKeys Read(Fields role, IReadOnlyDictionary<string, PublicKey> keys)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        List<PublicKey> found = [];
        foreach (var item in role.Items("keyids"))
        {
            string keyId = role.Text(item, "keyid");
            if (!seen.Add(keyId)) throw role.Bad("lists a keyid twice");
            if (keys.TryGetValue(keyId, out var key)) found.Add(key);
        }
        return new(found, role.Integer("threshold", least: 1));
    }

    internal static Dictionary<string, PublicKey> ReadKeys(Fields keys)
    {
        Dictionary<string, PublicKey> found = new(StringComparer.Ordinal);
        foreach (var (keyId, value) in keys.Members()) found.Add(keyId, PublicKey.Read(keyId, value));
        return found;
    }

    internal JsonObject ToJson()
    {
        JsonArray keyIds = [];
        foreach (var key in Keys) keyIds.Add((JsonNode)key.KeyId);
        return new() { ["keyids"] = keyIds, ["threshold"] = Threshold };
    }
}
