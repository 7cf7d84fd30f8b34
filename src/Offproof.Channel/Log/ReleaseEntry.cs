using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Offproof.Channel;

/// <summary>Which file: its version and the SHA-256 of its bytes in lower-case hexadecimal.</summary>
readonly record struct LoggedFile(long Version, string Sha256);

/// <summary>
/// What the log says of a release (channel-log.md §1): a function of its metadata. A device makes it of what it verified and looks for its leaf; only a monitor reads one.
/// </summary>
/// <param name="Release">The snapshot's version.</param>
/// <param name="Root">The newest root.</param>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Targets">The targets.</param>
/// <param name="Greetings">SHA-256 of the collection; null where the release has none.</param>
/// <param name="Notices">Likewise of the notices.</param>
sealed record ReleaseEntry(long Release, LoggedFile Root, LoggedFile Snapshot, LoggedFile Targets, string? Greetings, string? Notices)
{
    const long MostVersions = (1L << 53) - 1;
    const int HashDigits = 64;

    static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");
    static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Canonical JSON: the members are sorted here, by hand.</summary>
    internal byte[] ToBytes()
    {
        ArrayBufferWriter<byte> buffer = new(512);
        using (Utf8JsonWriter writer = new(buffer, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("greetings", Greetings);
            writer.WriteString("notices", Notices);
            writer.WriteNumber("release", Release);
            foreach ((string name, LoggedFile file) in (ReadOnlySpan<(string, LoggedFile)>)[("root", Root), ("snapshot", Snapshot), ("targets", Targets)])
            {
                writer.WriteStartObject(name);
                writer.WriteString("sha256", file.Sha256);
                writer.WriteNumber("version", file.Version);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>False for anything that is not the one way to write an entry.</summary>
    internal static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out ReleaseEntry? entry)
    {
        entry = null;
        if (bytes.Length > Tile.MaxEntry) return false;
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 3, AllowDuplicateProperties = false });
            JsonElement line = document.RootElement;
            if (line.ValueKind != JsonValueKind.Object || !TryNumber(line, "release", out long release) || !TryFile(line, "root", out LoggedFile root) || !TryFile(line, "snapshot", out LoggedFile snapshot)
                || !TryFile(line, "targets", out LoggedFile targets) || !TryHash(line, "greetings", out string? greetings) || !TryHash(line, "notices", out string? notices) || release != snapshot.Version) return false;
            ReleaseEntry read = new(release, root, snapshot, targets, greetings, notices);
            // Whatever else stands in it, or stands otherwise, does not come back.
            if (read.ToBytes().AsSpan().SequenceEqual(bytes.Span)) entry = read;
            return entry is not null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the second: a text that is no UTF-8, which is found only when it is read
        {
            return false;
        }
    }

    static bool TryFile(JsonElement line, string name, out LoggedFile file)
    {
        file = default;
        if (!line.TryGetProperty(name, out JsonElement value) || value.ValueKind != JsonValueKind.Object || !TryNumber(value, "version", out long version) || !TryHash(value, "sha256", out string? hash) || hash is null) return false;
        file = new LoggedFile(version, hash);
        return true;
    }

    static bool TryNumber(JsonElement line, string name, out long number)
    {
        number = 0;
        return line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out number) && number is > 0 and <= MostVersions;
    }

    static bool TryHash(JsonElement line, string name, out string? hash)
    {
        hash = null;
        if (!line.TryGetProperty(name, out JsonElement value)) return false;
        if (value.ValueKind == JsonValueKind.Null) return true;
        // A string that is no hash may be no text at all (half a surrogate): its raw form tells.
        if (value.ValueKind != JsonValueKind.String || value.GetRawText() is not { Length: HashDigits + 2 } raw || raw.AsSpan(1, HashDigits).ContainsAnyExcept(Hex)) return false;
        hash = raw[1..^1];
        return true;
    }
}
