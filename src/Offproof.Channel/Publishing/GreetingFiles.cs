using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Offproof.Channel;

/// <summary>
/// Reads what an operator brings (channel.md §9): JSON lines, a JSON array, or CSV with a header line, told apart by how the file begins. Another form is another method here and a line in <see cref="Read"/>.
/// </summary>
public static class GreetingFiles
{
    private const long MostBytes = 256L << 20;

    /// <summary>The entries of a file, in its order, with ids.</summary>
    /// <exception cref="PublishingException">A line is none: which, and why. Nothing of the file is taken.</exception>
    public static IReadOnlyList<Greeting> Read(string file)
    {
        if (new FileInfo(file).Length > MostBytes) throw new PublishingException(PublishingFault.Failure, $"{file} is larger than {MostBytes >> 20} MiB", "bring it in parts: several files can be named");
        string text = Decode(file);
        char first = text.AsSpan().TrimStart() is [var c, ..] ? c : '\n';
        return first switch
        {
            '{' => JsonLines(file, text),
            '[' => JsonArray(file, text),
            _ => Csv(file, text),
        };
    }

    // A file in another encoding would become other words, not an error.
    private static string Decode(string file)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new PublishingException(PublishingFault.Failure, $"{file} is not UTF-8", "iconv -t UTF-8 makes it so", e);
        }
    }

    /// <summary>One JSON object a line; the file's name is for what is said of a wrong one.</summary>
    internal static List<Greeting> JsonLines(string file, string text)
    {
        List<Greeting> entries = [];
        int line = 0;
        foreach (Range range in text.AsSpan().Split('\n')) // and at nothing else: a text may hold U+2028
        {
            line++;
            ReadOnlySpan<char> content = text.AsSpan(range);
            if (content.IsWhiteSpace()) continue;
            try
            {
                GreetingLine given = JsonSerializer.Deserialize(content, GreetingLines.Default.GreetingLine) ?? throw new JsonException("null");
                // The first line of a collection of ours, brought back as it was published.
                if (line == 1 && given is { Schema: not null, Text: null }) continue;
                entries.Add(Accept(given, file, line));
            }
            catch (JsonException e)
            {
                throw Wrong(file, line, "it is not one JSON object of texts", e);
            }
        }
        return entries;
    }

    private static List<Greeting> JsonArray(string file, string text)
    {
        try
        {
            List<GreetingLine> given = JsonSerializer.Deserialize(text, GreetingLines.Default.ListGreetingLine) ?? throw new JsonException("null");
            return [.. given.Select((entry, i) => Accept(entry ?? throw new JsonException("null"), file, i + 1, "entry"))];
        }
        catch (JsonException e)
        {
            throw Wrong(file, (int)Math.Min((e.LineNumber ?? 0) + 1, int.MaxValue), "it is no JSON array of objects of texts", e);
        }
    }

    // RFC 4180: the first record names the columns, in any order; text and language have to be among them.
    private static List<Greeting> Csv(string file, string text)
    {
        CsvRecords records = new(text);
        if (!records.TryRead(out List<string>? names)) throw new PublishingException(PublishingFault.Failure, $"{file} is empty");
        string[] known = ["id", "text", "kind", "language", "occasion", "tone", "author", "licence"];
        string? unknown = names.Find(name => !known.Contains(name, StringComparer.Ordinal));
        if (unknown is not null || names.Distinct(StringComparer.Ordinal).Count() != names.Count || !names.Contains("text") || !names.Contains("language"))
        {
            throw new PublishingException(PublishingFault.Failure,
                $"{file} is neither JSON nor CSV with a header line{(unknown is null ? "" : $": it has a column '{(unknown.Length > 40 ? unknown[..40] : unknown)}'")}",
                $"the first line names the columns, of {string.Join(' ', known)}");
        }
        List<Greeting> entries = [];
        while (records.TryRead(out List<string>? fields))
        {
            if (fields is [""]) continue; // an empty line
            if (fields.Count != names.Count) throw Wrong(file, records.Line, $"it has {fields.Count} fields, and the header names {names.Count}");
            string? Value(string name) => names.IndexOf(name) is var at and >= 0 && fields[at].Length > 0 ? fields[at] : null;
            entries.Add(Accept(new GreetingLine(Value("id"), Value("text"), Value("kind"), Value("language"), Value("occasion"), Value("tone"), Value("author"), Value("licence"), null), file, records.Line));
        }
        return records.IsBroken ? throw Wrong(file, records.Line, "a quoted field does not end") : entries;
    }

    private static Greeting Accept(GreetingLine given, string file, int line, string unit = "line")
    {
        string text = (given.Text ?? "").Replace("\r\n", "\n", StringComparison.Ordinal);
        string language = given.Language ?? "";
        Greeting greeting = new(given.Id ?? Greeting.IdOf(language, text), text, given.Kind ?? "greeting", language, given.Licence ?? "", given.Occasion, given.Tone, given.Author);
        return greeting.Complaint() is { } wrong ? throw Wrong(file, line, wrong, null, unit) : greeting;
    }

    private static PublishingException Wrong(string file, int line, string how, Exception? inner = null, string unit = "line") =>
        new(PublishingFault.Failure, string.Create(CultureInfo.InvariantCulture, $"{file}, {unit} {line}: {how}: nothing was staged"), null, inner);
}

/// <summary>An entry as it is brought: everything may be missing.</summary>
internal sealed record GreetingLine(string? Id, string? Text, string? Kind, string? Language, string? Occasion, string? Tone, string? Author, string? Licence, string? Schema);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false, MaxDepth = 8)]
[JsonSerializable(typeof(GreetingLine))]
[JsonSerializable(typeof(List<GreetingLine>))]
internal sealed partial class GreetingLines : JsonSerializerContext;
