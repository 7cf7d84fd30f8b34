using System.Buffers;
using System.Text.Json;

namespace Offproof.Vault;

/// <summary>One moment of a backup (vault.md §7.1).</summary>
public sealed record Snapshot
{
    internal Snapshot(ContentId id, ContentId tree)
    {
        FileId = id;
        TreeId = tree;
    }

    internal ContentId FileId { get; init; }

    internal ContentId TreeId { get; init; }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Id => FileId.ToString();

    /// <summary>Id of the root tree.</summary>
    public string Tree => TreeId.ToString();

    /// <summary>When the backup began, by the clock of whoever made it: not evidence.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>When the storage received it, by the storage's clock; null where it does not tell, or where nobody asked it.</summary>
    public DateTimeOffset? Received { get; internal init; }

    /// <summary>The roots that were backed up, e.g. <c>/photos</c>.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>The host it names; <c>offproof</c> for all that this engine writes.</summary>
    public string HostName { get; init; } = "";

    /// <summary>The user it names; empty for all that this engine writes.</summary>
    public string UserName { get; init; } = "";

    /// <summary>Id of the snapshot that this one was compared with, or null.</summary>
    public string? Parent { get; init; }

    /// <summary>How many files it holds, as it says itself; null where it does not (restic before 0.17, this engine's first).</summary>
    public long? Files { get; init; }

    /// <summary>Their bytes, likewise.</summary>
    public long? Bytes { get; init; }

    /// <summary>Does it say of itself that this engine made it, of this root alone? Anybody with the password can say so.</summary>
    public bool IsOwn(string root) => string.Equals(HostName, Repository.HostName, StringComparison.Ordinal) && Paths is [var path] && string.Equals(path, root, StringComparison.Ordinal);

    internal static byte[] Write(DateTimeOffset time, ContentId? parent, ContentId tree, IReadOnlyList<string> paths, long files, long bytes)
    {
        ArrayBufferWriter<byte> json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteString("time", GoTime.Format(time));
            if (parent is { } p) writer.WriteString("parent", p.ToString());
            writer.WriteString("tree", tree.ToString());
            writer.WriteStartArray("paths");
            foreach (string path in paths) writer.WriteStringValue(path);
            writer.WriteEndArray();
            writer.WriteString("hostname", Repository.HostName);
            writer.WriteStartObject("summary");
            writer.WriteNumber("total_files_processed", files);
            writer.WriteNumber("total_bytes_processed", bytes);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return json.WrittenSpan.ToArray();
    }

    internal static Snapshot Read(ContentId id, ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (!ContentId.TryParse(root.GetProperty("tree").GetString(), out ContentId tree)) throw new CorruptVaultException($"snapshot {id.Short}: the tree is no id");
            if (!GoTime.TryParse(Text(root, "time"), out DateTimeOffset time)) throw new CorruptVaultException($"snapshot {id.Short}: the time is not readable");
            List<string> paths = [];
            if (root.TryGetProperty("paths", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
                foreach (JsonElement path in list.EnumerateArray()) paths.Add(path.GetString() ?? "");
            JsonElement summary = root.TryGetProperty("summary", out JsonElement said) && said.ValueKind == JsonValueKind.Object ? said : default;
            return new Snapshot(id, tree)
            {
                Time = time,
                Paths = paths,
                HostName = Text(root, "hostname") ?? "",
                UserName = Text(root, "username") ?? "",
                Parent = Text(root, "parent"),
                Files = Number(summary, "total_files_processed"),
                Bytes = Number(summary, "total_bytes_processed"),
            };
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CorruptVaultException($"snapshot {id.Short}: not readable JSON", e);
        }

        static long? Number(JsonElement summary, string name) => summary.ValueKind == JsonValueKind.Object && summary.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= 0 ? number : null;

        static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
    }
}

/// <summary>A snapshot file that cannot be read.</summary>
/// <param name="Id">Its name, 64 lower-case hexadecimal digits</param>
/// <param name="Reason">One sentence</param>
public sealed record DamagedSnapshot(string Id, string Reason);

/// <summary>A vault's snapshots.</summary>
/// <param name="Readable">Oldest first</param>
/// <param name="Damaged">In no particular order</param>
public sealed record SnapshotList(IReadOnlyList<Snapshot> Readable, IReadOnlyList<DamagedSnapshot> Damaged)
{
    /// <summary>What is wrong with the damaged ones, or with the first of them and how many there are; null where there is none.</summary>
    public string? Damage => Damaged switch { [] => null, [var one] => one.Reason, [var first, ..] => $"{first.Reason}; {Damaged.Count} are damaged" };
}
