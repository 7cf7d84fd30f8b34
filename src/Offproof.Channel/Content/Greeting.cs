using System.Security.Cryptography;
using System.Text;

namespace Offproof.Channel;

/// <summary>A greeting, joke or poem of the collection: one line of channel.md §4.</summary>
/// <param name="Id">1 to 64 of a-z 0-9 . _ -</param>
/// <param name="Text">1 to 2,000 characters, no control character but line feed</param>
/// <param name="Kind">joke, greeting or poem</param>
/// <param name="Language">A BCP 47 tag</param>
/// <param name="Licence">An SPDX expression or a sentence</param>
/// <param name="Occasion">new-year, birthday, ...; null: none in particular</param>
/// <param name="Tone">family, friend, formal or condolence; null: none in particular</param>
/// <param name="Author">A name; null: unknown, or the publisher's own</param>
public sealed record Greeting(string Id, string Text, string Kind, string Language, string Licence, string? Occasion = null, string? Tone = null, string? Author = null)
{
    internal const int MostText = 2000;

    /// <summary>The id that an entry gets which brings none: the same text in the same language has the same.</summary>
    public static string IdOf(string language, string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{language}\n{text}")).AsSpan(0, 8));

    /// <summary>What is wrong with it, in words; null where nothing is.</summary>
    internal string? Complaint() =>
        !Words.IsName(Id, 64) ? "its id is not 1 to 64 of a-z 0-9 . _ -"
        : Words.Complaint(Text, MostText) is { } text ? $"its text {text}"
        : Kind is not ("joke" or "greeting" or "poem") ? "its kind is not joke, greeting or poem"
        : !Words.IsLanguage(Language) ? "its language is no BCP 47 tag"
        : Occasion is not null && !Words.IsWord(Occasion, 40) ? "its occasion is not 1 to 40 of a-z 0-9 -"
        : Tone is not (null or "family" or "friend" or "formal" or "condolence") ? "its tone is not family, friend, formal or condolence"
        : Author is not null && Words.Complaint(Author, 200) is { } author ? $"its author {author}"
        : Words.Complaint(Licence, 200) is { } licence ? $"its licence {licence}"
        : null;
}

/// <summary>The collection: one target for all languages (channel.md §4).</summary>
public static class GreetingList
{
    /// <summary>Its name in the metadata.</summary>
    public const string Target = "greetings.jsonl.zst";

    internal const int MostEntries = 250_000;

    private static readonly Bundle<Greeting> Form = new("offproof/v1/greetings", MostEntries, ContentJson.Default.Greeting, static g => g.Id, static g => g.Complaint());

    /// <summary>The content: the same entries give the same bytes, whatever their order.</summary>
    /// <exception cref="ContentException">An entry is none, or two have one id.</exception>
    public static byte[] Write(IEnumerable<Greeting> entries) => Form.Write(entries);

    /// <summary>Every entry of a content, in order of id.</summary>
    /// <exception cref="ContentException">It is no collection.</exception>
    public static IReadOnlyList<Greeting> Read(ReadOnlySpan<byte> content) => Form.Read(content);

    /// <summary>The entry whose line begins there.</summary>
    internal static Greeting ReadAt(ReadOnlySpan<byte> content, int start) => Form.ReadAt(content, start);

    /// <summary>The target's file for a content.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> content) => Frame.Seal(content);

    /// <summary>The content of a target's file, at most 64 MiB.</summary>
    /// <exception cref="ContentException">It is no such frame.</exception>
    public static byte[] Open(ReadOnlySpan<byte> file) => Frame.Open(file, Bundle<Greeting>.MostBytes);
}
