using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Offproof.Channel;

/// <summary>
/// Reads what an operator brings as JSON or CSV (channel.md §9.2), told apart by how it begins: each entry says itself what it is. <see cref="GreetingImport"/> reads these and files of fortunes.
/// </summary>
public static class GreetingFiles
{
    /// <summary>The entries of a file, in its order, with ids.</summary>
    /// <exception cref="PublishingException">A line is none: which, and why. Nothing of the file is taken.</exception>
    public static IReadOnlyList<Greeting> Read(string file) => Read(file, BroughtText.Decode(file, BroughtText.ReadAll(file), null), new GreetingDefaults());

    /// <summary>The entries of a text; the defaults stand in where one does not say its own.</summary>
    internal static IReadOnlyList<Greeting> Read(string file, string text, GreetingDefaults defaults) => First(text) switch
    {
        '{' => JsonLines(file, text, defaults),
        '[' => JsonArray(file, text, defaults),
        _ => Csv(file, text, defaults),
    };

    /// <summary>Whether a text begins as JSON does, or with the columns of a CSV.</summary>
    internal static bool IsJson(string text) => First(text) is '{' or '[';

    internal static bool IsCsv(string text) => CsvHeader.Of(new CsvRecords(text)) is { HasText: true };

    private static char First(string text) => text.AsSpan().TrimStart() is [var c, ..] ? c : '\n';

    /// <summary>One JSON object a line; the file's name is for what is said of a wrong one.</summary>
    internal static List<Greeting> JsonLines(string file, string text, GreetingDefaults? given = null)
    {
        GreetingDefaults defaults = given ?? new GreetingDefaults();
        List<Greeting> entries = [];
        int line = 0;
        foreach (Range range in text.AsSpan().Split('\n')) // and at nothing else: a text may hold U+2028
        {
            line++;
            ReadOnlySpan<char> content = text.AsSpan(range);
            if (content.IsWhiteSpace()) continue;
            try
            {
                GreetingLine read = JsonSerializer.Deserialize(content, GreetingLines.Default.GreetingLine) ?? throw new JsonException("null");
                // The first line of a collection of ours, brought back as it was published.
                if (line == 1 && read is { Schema: not null, Text: null, Greetings: null }) continue;
                if (read is { Greetings: { } all, Text: null }) entries.AddRange(Whole(all, file, defaults));
                else entries.Add(Accept(read, file, line, defaults));
            }
            catch (JsonException e)
            {
                return entries.Count == 0 && Wrapped(file, text) is { } all ? Whole(all, file, defaults) : throw Wrong(file, line, "it is not one JSON object of texts", e);
            }
        }
        return entries;
    }

    private static List<Greeting> JsonArray(string file, string text, GreetingDefaults defaults)
    {
        try
        {
            List<GreetingLine> given = JsonSerializer.Deserialize(text, GreetingLines.Default.ListGreetingLine) ?? throw new JsonException("null");
            return Whole(given, file, defaults);
        }
        catch (JsonException e)
        {
            throw Wrong(file, (int)Math.Min((e.LineNumber ?? 0) + 1, int.MaxValue), "it is no JSON array of objects of texts", e);
        }
    }

    // One object over several lines, as `offproof greetings --json` prints it.
    private static List<GreetingLine>? Wrapped(string file, string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, GreetingLines.Default.GreetingLine)?.Greetings;
        }
        catch (JsonException e) when (e.Path?.StartsWith("$.greetings", StringComparison.Ordinal) == true)
        {
            throw Wrong(file, (int)Math.Min((e.LineNumber ?? 0) + 1, int.MaxValue), "its greetings are no array of objects of texts", e);
        }
        catch (JsonException)
        {
            return null; // of lines, one of which is wrong
        }
    }

    private static List<Greeting> Whole(List<GreetingLine> given, string file, GreetingDefaults defaults) =>
        [.. given.Select((entry, i) => Accept(entry ?? throw Wrong(file, i + 1, "it is no object", null, "entry"), file, i + 1, defaults, "entry"))];

    // RFC 4180: the first record names the columns, in any order.
    private static List<Greeting> Csv(string file, string text, GreetingDefaults defaults)
    {
        CsvRecords records = new(text);
        CsvHeader header = CsvHeader.Of(records) ?? throw new PublishingException(PublishingFault.Failure, $"{file} is empty");
        if (header.Complaint(file, defaults) is { } wrong) throw wrong;
        List<Greeting> entries = [];
        while (records.TryRead(out List<string>? fields))
        {
            if (fields.TrueForAll(static field => field.Length == 0)) continue; // an empty line, or an empty row of a spreadsheet
            if (fields.Count != header.Count) throw Wrong(file, records.Line, $"it has {fields.Count} fields, and the header names {header.Count}");
            string? Value(string name) => header.IndexOf(name) is var at and >= 0 && fields[at].Length > 0 ? fields[at] : null;
            entries.Add(Accept(new GreetingLine(Value("id"), Value("text"), Value("kind"), Value("language"), Value("occasion"), Value("tone"), Value("author"), Value("licence"), null, null, null), file, records.Line, defaults));
        }
        return records.IsBroken ? throw Wrong(file, records.Line, "a quoted field does not end") : entries;
    }

    private static Greeting Accept(GreetingLine given, string file, int line, GreetingDefaults defaults, string unit = "line")
    {
        string text = (given.Text ?? "").Replace("\r\n", "\n", StringComparison.Ordinal);
        string language = given.Language ?? defaults.Language ?? "";
        Greeting greeting = new(given.Id ?? Greeting.IdOf(language, text), text, given.Kind ?? defaults.Kind ?? GreetingDefaults.AnyKind, language, given.Licence ?? given.License ?? defaults.Licence ?? "",
            given.Occasion ?? defaults.Occasion, given.Tone ?? defaults.Tone, given.Author ?? defaults.Author);
        return greeting.Complaint() is not { } wrong ? greeting : throw Wrong(file, line, wrong, null, unit,
            greeting.Language.Length == 0 ? "--language TAG says it for all that do not" : greeting.Licence.Length == 0 ? "--licence TEXT says it for all that do not" : null);
    }

    private static PublishingException Wrong(string file, int line, string how, Exception? inner = null, string unit = "line", string? hint = null) =>
        new(PublishingFault.Failure, string.Create(CultureInfo.InvariantCulture, $"{file}, {unit} {line}: {how}: nothing was staged"), hint, inner);
}

/// <summary>An entry as it is brought: everything may be missing.</summary>
internal sealed record GreetingLine(string? Id, string? Text, string? Kind, string? Language, string? Occasion, string? Tone, string? Author, string? Licence, string? License, string? Schema, List<GreetingLine>? Greetings);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true, AllowDuplicateProperties = false, MaxDepth = 8)]
[JsonSerializable(typeof(GreetingLine))]
[JsonSerializable(typeof(List<GreetingLine>))]
internal sealed partial class GreetingLines : JsonSerializerContext;
