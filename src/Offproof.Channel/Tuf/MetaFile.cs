using System.Collections.ObjectModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Offproof.Channel;

/// <summary>
/// Hashes of one file by the algorithm's name. sha256 and sha512 are known; of several all known ones must hold, and if none is known nothing can be
/// shown, so nothing holds.
/// </summary>
internal sealed record FileHashes(IReadOnlyDictionary<string, string> ByName)
{
    internal static FileHashes None { get; } = new(ReadOnlyDictionary<string, string>.Empty);

    internal bool Any => ByName.Count > 0;

    internal static FileHashes Sha256Of(ReadOnlySpan<byte> bytes) =>
        new(new Dictionary<string, string>(StringComparer.Ordinal) { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)) });

    /// <summary>The hash that stands in the name of a target (§5.7.3): the first known one, sha256 before sha512; null when none is known.</summary>
    internal string? Known => ByName.GetValueOrDefault("sha256") ?? ByName.GetValueOrDefault("sha512");

    internal bool Hold(ReadOnlySpan<byte> bytes) => Hold(SHA256.HashData(bytes), SHA512.HashData(bytes));

    internal bool Hold(ReadOnlySpan<byte> sha256, ReadOnlySpan<byte> sha512) => Known is not null
        && (!ByName.TryGetValue("sha256", out string? hex256) || Hex.Equals(hex256, sha256))
        && (!ByName.TryGetValue("sha512", out string? hex512) || Hex.Equals(hex512, sha512));

    internal static FileHashes Read(Fields hashes)
    {
        Dictionary<string, string> hex = new(StringComparer.Ordinal);
        foreach (var (name, value) in hashes.Members())
        {
            string text = hashes.Text(value, name);
            // It becomes a part of an address.
            if (text.Length is 0 or > 256 || !Hex.Is(text)) throw hashes.Bad($"has a {name} that is no hash");
            hex.Add(name, text);
        }
        return hex.Count > 0 ? new(hex) : throw hashes.Bad("are none");
    }

    internal JsonObject ToJson()
    {
        JsonObject json = [];
        foreach (var (name, hex) in ByName) json[name] = hex;
        return json;
    }
}

/// <summary>What one metadata file says of another (TUF §4.4): its version, and its length and hashes where they are given.</summary>
internal sealed record MetaFile(long Version, long? Length, FileHashes Hashes)
{
    internal static MetaFile Of(long version, ReadOnlySpan<byte> bytes) => new(version, bytes.Length, FileHashes.Sha256Of(bytes));

    internal static MetaFile Read(Fields file) => new(
        file.Integer("version", least: 1),
        file.Has("length") ? file.Integer("length", least: 0) : null,
        file.Has("hashes") ? FileHashes.Read(file.Object("hashes")) : FileHashes.None);

    /// <summary>True when the bytes are those that are named, as far as length and hashes say.</summary>
    internal bool Describes(ReadOnlySpan<byte> bytes) => (Length is null || Length == bytes.Length) && (!Hashes.Any || Hashes.Hold(bytes));

    internal JsonObject ToJson()
    {
        JsonObject json = new() { ["version"] = Version };
        if (Length is { } length) json["length"] = length;
        if (Hashes.Any) json["hashes"] = Hashes.ToJson();
        return json;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"version {Version}");
}
