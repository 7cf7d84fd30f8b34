using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Offproof.Channel;

/// <summary>The form that the collection and the notices share (channel.md §4): a header line, then lines in canonical JSON, sorted by id.</summary>
internal sealed class Bundle<T>(string schema, int mostEntries, JsonTypeInfo<T> type, Func<T, string> id, Func<T, string?> complaint)
    where T : class
{
    /// <summary>Of what a bundle unfolds to.</summary>
    internal const int MostBytes = 64 << 20;

    /// <summary>The content: a function of the entries, whatever order they are in.</summary>
    /// <exception cref="ContentException">An entry is none, or two have one id.</exception>
    internal byte[] Write(IEnumerable<T> entries)
    {
        List<T> sorted = [.. entries.OrderBy(id, StringComparer.Ordinal)];
        if (sorted.Count > mostEntries) throw new ContentException($"there are {sorted.Count} entries, and {mostEntries} is the most");
        ArrayBufferWriter<byte> content = new();
        content.Write(Header(sorted.Count));
        for (int i = 0; i < sorted.Count; i++)
        {
            if (complaint(sorted[i]) is { } wrong) throw new ContentException($"{id(sorted[i])}: {wrong}");
            if (i > 0 && id(sorted[i]) == id(sorted[i - 1])) throw new ContentException($"{id(sorted[i])}: two have this id");
            CanonicalLine.Write(JsonSerializer.SerializeToElement(sorted[i], type), content);
            content.Write("\n"u8);
            if (content.WrittenCount > MostBytes) throw new ContentException($"it would be more than {MostBytes >> 20} MiB");
        }
        return content.WrittenSpan.ToArray();
    }

    /// <summary>Every entry, in order of id.</summary>
    /// <exception cref="ContentException">Any line is not what it should be.</exception>
    internal IReadOnlyList<T> Read(ReadOnlySpan<byte> content)
    {
        if (content.Length > MostBytes) throw new ContentException($"it is more than {MostBytes >> 20} MiB");
        int count = ReadHeader(NextLine(ref content));
        List<T> entries = new(Math.Min(count, content.Length / 16));
        string last = "";
        for (int line = 2; content.Length > 0; line++)
        {
            T entry = Parse(NextLine(ref content), line);
            string name = id(entry);
            if (string.CompareOrdinal(name, last) <= 0) throw Wrong(line, name == last ? "two have one id" : "the lines are not sorted by id");
            last = name;
            if (entries.Count == count) throw Wrong(line, $"there are more entries than the {count} of the header");
            entries.Add(entry);
        }
        return entries.Count == count ? entries : throw new ContentException($"there are {entries.Count} entries, and the header says {count}");
    }

    /// <summary>The entry whose line begins there, of a content that was read whole before.</summary>
    internal T ReadAt(ReadOnlySpan<byte> content, int start)
    {
        ReadOnlySpan<byte> rest = content[start..];
        return Parse(NextLine(ref rest), line: 0);
    }

    private T Parse(ReadOnlySpan<byte> json, int line)
    {
        try
        {
            T entry = JsonSerializer.Deserialize(json, type) ?? throw Wrong(line, "it is null");
            return complaint(entry) is { } wrong ? throw Wrong(line, wrong) : entry;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for text that is no UTF-8
        {
            throw new ContentException(string.Create(CultureInfo.InvariantCulture, $"line {line}: it is no entry"), e);
        }
    }

    private byte[] Header(int count) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"entries\":{count},\"schema\":\"{schema}\"}}\n"));

    // Members that are not known here are passed over, as everywhere.
    private int ReadHeader(ReadOnlySpan<byte> line)
    {
        try
        {
            BundleHeader? header = JsonSerializer.Deserialize(line, ContentJson.Default.BundleHeader);
            if (header?.Schema != schema) throw new ContentException($"its first line does not say {schema}");
            return header.Entries is var count && count >= 0 && count <= mostEntries ? count : throw new ContentException($"it holds more than {mostEntries} entries");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ContentException("its first line is no header", e);
        }
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> content)
    {
        int end = content.IndexOf((byte)'\n');
        if (end < 0) throw new ContentException("its last line has no end");
        ReadOnlySpan<byte> line = content[..end];
        content = content[(end + 1)..];
        return line;
    }

    private static ContentException Wrong(int line, string how) => new(string.Create(CultureInfo.InvariantCulture, $"line {line}: {how}"));
}

internal sealed record BundleHeader(int Entries, string Schema);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false, MaxDepth = 8)]
[JsonSerializable(typeof(BundleHeader))]
[JsonSerializable(typeof(Greeting))]
[JsonSerializable(typeof(Notice))]
internal sealed partial class ContentJson : JsonSerializerContext;
