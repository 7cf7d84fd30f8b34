using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Offproof.Channel;

/// <summary>
/// One target: its length in bytes, its hashes, and what the publisher says of it besides (TUF §4.5). <paramref name="Custom"/> is a JSON object or null.
/// </summary>
internal sealed record TargetFile(long Length, FileHashes Hashes, JsonElement? Custom = null)
{
    internal static TargetFile Of(ReadOnlySpan<byte> bytes, JsonElement? custom = null) => new(bytes.Length, FileHashes.Sha256Of(bytes), custom);

    internal static TargetFile Read(Fields file) => new(
        file.Integer("length", least: 0), FileHashes.Read(file.Object("hashes")), file.Has("custom") ? file.Object("custom").Json : null);

    internal bool Describes(ReadOnlySpan<byte> bytes) => bytes.Length == Length && Hashes.Hold(bytes);

    internal JsonObject ToJson()
    {
        JsonObject json = new() { ["length"] = Length, ["hashes"] = Hashes.ToJson() };
        if (Custom is { } custom) json["custom"] = JsonObject.Create(custom);
        return json;
    }
}

/// <summary>
/// Trust in another role for some paths (TUF §4.5): exactly one of <paramref name="Paths"/> and <paramref name="HashPrefixes"/>; with neither, no path.
/// </summary>
internal sealed record Delegation(string Name, RoleKeys Keys, IReadOnlyList<string>? Paths, IReadOnlyList<string>? HashPrefixes, bool IsTerminating)
{
    // A delegated role of one of these names would take the place of the role itself.
    static readonly string[] Reserved = [RootMetadata.Type, TimestampMetadata.Type, SnapshotMetadata.Type, TargetsMetadata.Type, "mirrors"];

    internal bool Covers(string targetPath)
    {
        if (Paths is not null) return Paths.Any(pattern => PathPattern.Matches(pattern, targetPath));
        if (HashPrefixes is null) return false;
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(targetPath)));
        return HashPrefixes.Any(prefix => hash.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
    }

    internal static Delegation Read(Fields role, IReadOnlyDictionary<string, PublicKey> keys)
    {
        string name = role.Text("name");
        if (name.Length is 0 or > MetadataLimits.RoleName || Reserved.Contains(name, StringComparer.OrdinalIgnoreCase)) throw role.Bad("has a name that no delegated role may have");
        var paths = role.Has("paths") ? role.Items("paths").Select(item => role.Text(item, "path")).ToList() : null;
        var prefixes = role.Has("path_hash_prefixes") ? role.Items("path_hash_prefixes").Select(item => role.Text(item, "path hash prefix")).ToList() : null;
        if (paths is not null && prefixes is not null) throw role.Bad("has paths and path_hash_prefixes");
        if (prefixes?.Exists(prefix => !Hex.Is(prefix)) is true) throw role.Bad("has a path hash prefix that is not hexadecimal");
        return new(name, RoleKeys.Read(role, keys), paths, prefixes, role.Flag("terminating", otherwise: false));
    }

    internal JsonObject ToJson()
    {
        var json = Keys.ToJson();
        (json["name"], json["terminating"]) = (Name, IsTerminating);
        if (Paths is not null) json["paths"] = List(Paths);
        if (HashPrefixes is not null) json["path_hash_prefixes"] = List(HashPrefixes);
        return json;
    }

    static JsonArray List(IEnumerable<string> texts)
    {
        JsonArray list = [];
        foreach (string text in texts) list.Add((JsonNode)text);
        return list;
    }
}

/// <summary>targets.json, or a delegated role's file (TUF §4.5). Delegations are in the order in which they are to be believed.</summary>
internal sealed record TargetsMetadata(
    long Version, DateTimeOffset Expires, IReadOnlyDictionary<string, TargetFile> Targets, IReadOnlyList<Delegation> Delegations) : Metadata(Version, Expires)
{
    internal const string Type = "targets";

    internal static TargetsMetadata Read(SignedFile file)
    {
        Fields signed = new(file.Signed, "4.5", Type);
        var (version, expires) = ReadCommon(signed, Type);
        Dictionary<string, TargetFile> targets = new(StringComparer.Ordinal);
        foreach (var (path, value) in signed.Object("targets").Members()) targets.Add(path, TargetFile.Read(new(value, "4.5", "a target")));
        List<Delegation> delegations = [];
        if (signed.Has("delegations"))
        {
            var listed = signed.Object("delegations");
            var keys = RoleKeys.ReadKeys(listed.Object("keys"));
            foreach (var item in listed.Items("roles")) delegations.Add(Delegation.Read(new(item, "4.5", "a delegation"), keys));
            // §4.5: the name must be unique.
            if (delegations.DistinctBy(d => d.Name, StringComparer.Ordinal).Count() != delegations.Count) throw listed.Bad("name a role twice");
        }
        return new(version, expires, targets, delegations);
    }

    internal override JsonObject ToJson()
    {
        JsonObject targets = [], signed = Common(Type);
        foreach (var (path, target) in Targets) targets[path] = target.ToJson();
        signed["targets"] = targets;
        if (Delegations.Count > 0)
        {
            JsonObject keys = [];
            JsonArray roles = [];
            foreach (var key in Delegations.SelectMany(d => d.Keys.Keys).DistinctBy(key => key.KeyId, StringComparer.Ordinal)) keys[key.KeyId] = key.ToJson();
            foreach (var delegation in Delegations) roles.Add((JsonNode)delegation.ToJson());
            signed["delegations"] = new JsonObject { ["keys"] = keys, ["roles"] = roles };
        }
        return signed;
    }
}
