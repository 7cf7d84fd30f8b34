using System.Globalization;
using System.Text.Json.Nodes;

namespace Offproof.Channel;

/// <summary>What all roles have (TUF §4.3): a version from 1, and a time after which they are not believed.</summary>
internal abstract record Metadata(long Version, DateTimeOffset Expires)
{
    internal const string SpecVersion = "1.0.34";
    const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss'Z'"; // §4.2.3

    /// <summary>The common members of the signed part; the type must be the one that was asked for, or one role's file would pass for another's.</summary>
    protected static (long Version, DateTimeOffset Expires) ReadCommon(Fields signed, string type)
    {
        if (signed.Text("_type") != type) throw signed.Bad($"is no {type}");
        // §4.3: any 1.x is one that we read; a later major version may mean something else by the same words.
        if (!signed.Text("spec_version").StartsWith("1.", StringComparison.Ordinal)) throw signed.Bad("is of another specification");
        return DateTimeOffset.TryParseExact(signed.Text("expires"), TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expires)
            ? (signed.Integer("version", least: 1), expires)
            : throw signed.Bad("expires at no time of the form YYYY-MM-DDTHH:MM:SSZ");
    }

    protected JsonObject Common(string type) => new()
    {
        ["_type"] = type,
        ["spec_version"] = SpecVersion,
        ["version"] = Version,
        ["expires"] = Expires.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture),
    };

    /// <summary>The signed part, to be signed by <see cref="SignedFile.Write"/>.</summary>
    internal abstract JsonObject ToJson();
}

/// <summary>root.json (TUF §4.3). <paramref name="Roles"/> has at least root, timestamp, snapshot and targets.</summary>
internal sealed record RootMetadata(
    long Version, DateTimeOffset Expires, bool ConsistentSnapshot, IReadOnlyDictionary<string, RoleKeys> Roles) : Metadata(Version, Expires)
{
    internal const string Type = "root";

    internal static RootMetadata Read(SignedFile file)
    {
        Fields signed = new(file.Signed, "4.3", Type);
        var (version, expires) = ReadCommon(signed, Type);
        var keys = RoleKeys.ReadKeys(signed.Object("keys"));
        Dictionary<string, RoleKeys> roles = new(StringComparer.Ordinal);
        Fields listed = signed.Object("roles");
        foreach (string role in (string[])[Type, TimestampMetadata.Type, SnapshotMetadata.Type, TargetsMetadata.Type]) roles[role] = RoleKeys.Read(listed.Object(role), keys);
        return new(version, expires, signed.Flag("consistent_snapshot", otherwise: false), roles);
    }

    internal override JsonObject ToJson()
    {
        JsonObject keys = [], roles = [], signed = Common(Type);
        foreach (var key in Roles.Values.SelectMany(role => role.Keys).DistinctBy(key => key.KeyId, StringComparer.Ordinal)) keys[key.KeyId] = key.ToJson();
        foreach (var (name, role) in Roles) roles[name] = role.ToJson();
        (signed["consistent_snapshot"], signed["keys"], signed["roles"]) = (ConsistentSnapshot, keys, roles);
        return signed;
    }
}

/// <summary>timestamp.json (TUF §4.6): which snapshot is the latest.</summary>
internal sealed record TimestampMetadata(long Version, DateTimeOffset Expires, MetaFile Snapshot) : Metadata(Version, Expires)
{
    internal const string Type = "timestamp";

    internal static TimestampMetadata Read(SignedFile file)
    {
        Fields signed = new(file.Signed, "4.6", Type);
        var (version, expires) = ReadCommon(signed, Type);
        return new(version, expires, MetaFile.Read(signed.Object("meta").Object("snapshot.json")));
    }

    internal override JsonObject ToJson()
    {
        var signed = Common(Type);
        signed["meta"] = new JsonObject { ["snapshot.json"] = Snapshot.ToJson() };
        return signed;
    }
}

/// <summary>snapshot.json (TUF §4.4): the version of every targets file. Keys are file names, for example <c>targets.json</c>.</summary>
internal sealed record SnapshotMetadata(long Version, DateTimeOffset Expires, IReadOnlyDictionary<string, MetaFile> Files) : Metadata(Version, Expires)
{
    internal const string Type = "snapshot";

    internal static SnapshotMetadata Read(SignedFile file)
    {
        Fields signed = new(file.Signed, "4.4", Type);
        var (version, expires) = ReadCommon(signed, Type);
        Dictionary<string, MetaFile> files = new(StringComparer.Ordinal);
        foreach (var (name, value) in signed.Object("meta").Members()) files.Add(name, MetaFile.Read(new(value, "4.4", $"{Type}: {name}")));
        // §4.4: it must list the top-level targets.
        return files.ContainsKey("targets.json") ? new(version, expires, files) : throw signed.Bad("does not list targets.json");
    }

    internal override JsonObject ToJson()
    {
        JsonObject meta = [], signed = Common(Type);
        foreach (var (name, file) in Files) meta[name] = file.ToJson();
        signed["meta"] = meta;
        return signed;
    }
}
