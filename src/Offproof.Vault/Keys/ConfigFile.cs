using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Offproof.Vault;

/// <summary>The repository's <c>config</c> (vault.md §2.3): format version, random id, cutting polynomial. Sealed, never compressed.</summary>
sealed record ConfigFile(int Version, ContentId Id, Polynomial Polynomial)
{
    internal const int MostBytes = 1 << 20;

    internal static ConfigFile Random()
    {
        Span<byte> id = stackalloc byte[ContentId.Size];
        RandomNumberGenerator.Fill(id);
        return new ConfigFile(2, ContentId.Read(id), Polynomial.Random());
    }

    internal byte[] Seal(MasterKey master)
    {
        ArrayBufferWriter<byte> json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteString("id", Id.ToString());
            writer.WriteString("chunker_polynomial", Polynomial.ToString());
            writer.WriteEndObject();
        }
        byte[] file = new byte[json.WrittenCount + Sealer.Overhead];
        using Sealer sealer = master.NewSealer();
        sealer.Seal(json.WrittenSpan, file);
        return file;
    }

    internal static ConfigFile Open(ReadOnlySpan<byte> file, MasterKey master)
    {
        if (file.Length < Sealer.Overhead) throw new CorruptVaultException("config is too short");
        byte[] json = new byte[file.Length - Sealer.Overhead];
        using (Sealer sealer = master.NewSealer())
            if (!sealer.TryOpen(file, json)) throw new CorruptVaultException("config does not authenticate: it is damaged, or belongs to another vault");
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            int version = document.RootElement.GetProperty("version").GetInt32();
            if (version is not (1 or 2)) throw new CorruptVaultException($"config: format version {version} is unknown; 1 and 2 are read");
            if (!ContentId.TryParse(document.RootElement.GetProperty("id").GetString(), out ContentId id)) throw new CorruptVaultException("config: the id is not 64 hexadecimal digits");
            if (!Polynomial.TryParse(document.RootElement.GetProperty("chunker_polynomial").GetString(), out Polynomial polynomial) || !polynomial.IsUsable)
                throw new CorruptVaultException("config: the cutting polynomial is not irreducible of degree 53");
            return new ConfigFile(version, id, polynomial);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CorruptVaultException("config: not readable JSON", e);
        }
    }
}
