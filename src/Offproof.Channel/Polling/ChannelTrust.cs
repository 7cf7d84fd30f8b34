using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Offproof.Channel;

/// <summary>What is pinned of a channel, once and for good: <c>trust.json</c> (channel.md §2).</summary>
public sealed class ChannelTrust
{
    /// <summary>Its path below the channel.</summary>
    public const string Name = "trust.json";

    /// <summary>The most bytes that it may have.</summary>
    public const int MostBytes = 1 << 20;

    private const string Schema = "offproof/v1/channel-trust";

    private ChannelTrust(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> root, TrustPolicy policy) => (Bytes, Root, Policy) = (bytes, root, policy);

    /// <summary>The file, byte for byte.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The first root that is trusted, byte for byte; its own keys signed it.</summary>
    public ReadOnlyMemory<byte> Root { get; }

    /// <summary>The log, the witnesses and the quorum.</summary>
    public TrustPolicy Policy { get; }

    /// <summary>SHA-256 of the file in lower-case hexadecimal: what its owner compares with what the publisher says.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Bytes.Span));

    /// <summary>Writes the file, with the root as it is now: a device that comes new begins there, and need not walk from the first.</summary>
    public static byte[] Write(ReadOnlySpan<byte> root, TrustPolicy policy)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteBase64String("root", root);
            json.WriteString("log", policy.Log.ToString());
            json.WriteStartArray("witnesses");
            foreach (NoteKey witness in policy.Witnesses) json.WriteStringValue(witness.ToString());
            json.WriteEndArray();
            json.WriteNumber("quorum", policy.Quorum);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The bytes of such a file, not looked at yet.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="FormatException">It is larger than one may be, or no file, but a pipe, a device or a folder.</exception>
    public static byte[] ReadFile(string file)
    {
        try
        {
            return DurableFile.Read(Path.GetFullPath(file), MostBytes) ?? throw new FileNotFoundException($"{file} is not there", file);
        }
        catch (InvalidDataException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">With what is wrong with it, in words.</exception>
    public static ChannelTrust Read(ReadOnlyMemory<byte> bytes)
    {
        TrustPolicy policy = TrustPolicy.Read(bytes); // one object, no member twice, of a bounded size
        using JsonDocument document = JsonDocument.Parse(bytes);
        if (!document.RootElement.TryGetProperty("schema", out JsonElement schema) || schema.ValueKind != JsonValueKind.String || !schema.ValueEquals(Schema))
            throw new FormatException($"its schema is not {Schema}");
        if (!document.RootElement.TryGetProperty("root", out JsonElement root) || root.ValueKind != JsonValueKind.String || !root.TryGetBytesFromBase64(out byte[]? pinned))
            throw new FormatException("it holds no root in base64");
        try
        {
            TrustedSet.ReadPinned(pinned);
        }
        catch (TufException e)
        {
            throw new FormatException($"its root is none: {e.Message}", e);
        }
        return new ChannelTrust(bytes, pinned, policy);
    }
}
