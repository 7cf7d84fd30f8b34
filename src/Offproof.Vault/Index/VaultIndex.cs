using System.Buffers;
using System.Text.Json;

namespace Offproof.Vault;

/// <summary>A pack and the blobs that an index says it holds.</summary>
sealed record PackRecord(ContentId Id, BlobEntry[] Blobs);

/// <summary>Where a blob lies.</summary>
readonly record struct BlobPlace(ContentId Pack, BlobEntry Entry);

/// <summary>All index files of a repository in memory, and what this run adds (vault.md §4.5). Safe for concurrent use.</summary>
sealed class VaultIndex
{
    readonly Lock _lock = new();
    readonly List<PackRecord> _packs = [];
    readonly Dictionary<ContentId, (int Pack, int Blob)> _data = [], _trees = [];
    readonly HashSet<ContentId> _claimed = [];

    internal IReadOnlyList<PackRecord> Packs => _packs;

    internal void Add(PackRecord pack)
    {
        lock (_lock)
        {
            int number = _packs.Count;
            _packs.Add(pack);
            for (int i = 0; i < pack.Blobs.Length; i++) (pack.Blobs[i].Tree ? _trees : _data).TryAdd(pack.Blobs[i].Id, (number, i));
        }
    }

    internal bool TryFind(ContentId id, bool tree, out BlobPlace place)
    {
        lock (_lock)
        {
            bool found = (tree ? _trees : _data).TryGetValue(id, out (int Pack, int Blob) at);
            place = found ? new BlobPlace(_packs[at.Pack].Id, _packs[at.Pack].Blobs[at.Blob]) : default;
            return found;
        }
    }

    /// <summary>Further copies of a blob, for when the first one is damaged. Slow: it walks everything.</summary>
    internal List<BlobPlace> AllPlaces(ContentId id, bool tree)
    {
        lock (_lock)
            return [.. from pack in _packs from blob in pack.Blobs where blob.Id == id && blob.Tree == tree select new BlobPlace(pack.Id, blob)];
    }

    internal bool Contains(ContentId id, bool tree)
    {
        lock (_lock) return (tree ? _trees : _data).ContainsKey(id);
    }

    /// <summary>True once per blob that is neither stored nor claimed yet: the caller then stores it.</summary>
    internal bool TryClaim(ContentId id, bool tree)
    {
        lock (_lock) return !(tree ? _trees : _data).ContainsKey(id) && _claimed.Add(id);
    }

    internal bool IsClaimed(ContentId id)
    {
        lock (_lock) return _claimed.Contains(id);
    }

    internal void ForgetClaims()
    {
        lock (_lock) _claimed.Clear();
    }
}

/// <summary>One index file: JSON of packs and their blobs (vault.md §4.5).</summary>
static class IndexFile
{
    /// <summary>Blobs after which a further index file is begun; keeps files well under 8 MiB.</summary>
    internal const int MostBlobs = 40_000;

    internal static byte[] Write(IReadOnlyList<PackRecord> packs)
    {
        ArrayBufferWriter<byte> output = new(256 + (packs.Sum(static p => p.Blobs.Length) * 170));
        using (Utf8JsonWriter writer = new(output))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("packs"u8);
            foreach (PackRecord pack in packs)
            {
                writer.WriteStartObject();
                writer.WriteString("id"u8, pack.Id.ToString());
                writer.WriteStartArray("blobs"u8);
                foreach (BlobEntry blob in pack.Blobs)
                {
                    writer.WriteStartObject();
                    writer.WriteString("id"u8, blob.Id.ToString());
                    writer.WriteString("type"u8, blob.Tree ? "tree"u8 : "data"u8);
                    writer.WriteNumber("offset"u8, blob.Offset);
                    writer.WriteNumber("length"u8, blob.Length);
                    if (blob.Compressed) writer.WriteNumber("uncompressed_length"u8, blob.PlainLength);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Also reads the oldest form, a bare list of packs.</summary>
    internal static List<PackRecord> Read(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 16 });
            List<PackRecord> packs = [];
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray) ReadPacks(ref reader, packs);
            else if (reader.TokenType == JsonTokenType.StartObject)
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    bool isPacks = reader.ValueTextEquals("packs"u8);
                    reader.Read();
                    if (isPacks && reader.TokenType == JsonTokenType.StartArray) ReadPacks(ref reader, packs);
                    else reader.Skip();
                }
            else throw new CorruptVaultException("an index is neither a JSON object nor a list");
            while (reader.Read()) { }
            return packs;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new CorruptVaultException("an index is not readable JSON", e);
        }
    }

    static void ReadPacks(ref Utf8JsonReader reader, List<PackRecord> packs)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            ContentId? id = null;
            List<BlobEntry> blobs = [];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isId = reader.ValueTextEquals("id"u8), isBlobs = reader.ValueTextEquals("blobs"u8);
                reader.Read();
                if (isId) id = Id(ref reader);
                else if (isBlobs && reader.TokenType == JsonTokenType.StartArray)
                    while (reader.Read() && reader.TokenType == JsonTokenType.StartObject) blobs.Add(ReadBlob(ref reader));
                else reader.Skip();
            }
            packs.Add(new PackRecord(id ?? throw new CorruptVaultException("an index names a pack without an id"), [.. blobs]));
        }
        if (reader.TokenType != JsonTokenType.EndArray) throw new CorruptVaultException("an index's list of packs holds something else");
    }

    static BlobEntry ReadBlob(ref Utf8JsonReader reader)
    {
        ContentId? id = null;
        bool? tree = null;
        uint? offset = null, length = null;
        uint plain = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = reader.GetString()!;
            reader.Read();
            switch (field)
            {
                case "id": id = Id(ref reader); break;
                case "type":
                    tree = reader.GetString() switch { "tree" => true, "data" => false, _ => throw new CorruptVaultException("an index names a blob of unknown type") };
                    break;
                case "offset": offset = reader.GetUInt32(); break;
                case "length": length = reader.GetUInt32(); break;
                case "uncompressed_length": plain = reader.GetUInt32(); break;
                default: reader.Skip(); break;
            }
        }
        if (id is null || tree is null || offset is null || length is null) throw new CorruptVaultException("an index entry lacks id, type, offset or length");
        if (length < Sealer.Overhead || (long)offset + length > uint.MaxValue) throw new CorruptVaultException("an index entry has an impossible place");
        return new BlobEntry(id.Value, tree.Value, offset.Value, length.Value, plain);
    }

    static ContentId Id(ref Utf8JsonReader reader) =>
        ContentId.TryParse(reader.GetString(), out ContentId id) ? id : throw new CorruptVaultException("an index holds something that is no id");
}
