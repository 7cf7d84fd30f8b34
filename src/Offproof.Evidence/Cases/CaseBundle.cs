using System.Text;
using System.Text.Json;

namespace Offproof.Evidence;

/// <summary>A bundle in the case's folder that is published with it (case.md §4).</summary>
/// <param name="At">Its folder, below the case's</param>
/// <param name="Sums">Its SHA256SUMS</param>
/// <param name="Listed">The files of that list, with their hashes</param>
sealed record CaseBundle(string At, byte[] Sums, IReadOnlyDictionary<string, string> Listed)
{
    internal const string ListName = "SHA256SUMS";

    // What a browser shows as it is, or saves. Everything else could be a page that runs beside ours, under our address.
    const string Still = "json|ndjson|txt|csv|pcap|pcapng|har|log|png|jpg|minisig|pub";

    /// <summary>Its name in the published folder: what a browser might run gets another ending.</summary>
    internal static string NameOf(string file) => IsStill(file) ? file : file + ".txt";

    static bool IsStill(string file)
    {
        string name = file[(file.LastIndexOf('/') + 1)..];
        int dot = name.LastIndexOf('.');
        return dot < 0 ? name == "CONTENTS" : Still.Split('|').Contains(name[(dot + 1)..], StringComparer.Ordinal);
    }

    internal bool HasOthers => Listed.Keys.Any(static file => !IsStill(file));

    /// <summary>What a reader types in its published folder.</summary>
    internal string Check => HasOthers ? $"sed -E '/(^|[ /])CONTENTS$|[.]({Still})$/!s/$/.txt/' {ListName} | sha256sum -c" : $"sha256sum -c {ListName}";

    /// <exception cref="EvidenceException">A line is none of a bundle (4).</exception>
    internal static Dictionary<string, string> Lines(byte[] sums, string at)
    {
        Dictionary<string, string> listed = new(StringComparer.Ordinal);
        HashSet<string> names = new(StringComparer.Ordinal) { ListName, ListName + ".minisig" };
        foreach (string line in Encoding.UTF8.GetString(sums).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // Two blanks, or a blank and an asterisk: text or binary, which is the same here.
            if (line.Length < 67 || line[64] != ' ' || line[65] is not (' ' or '*') || !line[..64].All(char.IsAsciiHexDigitLower) || !Entry.IsPath(line[66..]) || !listed.TryAdd(line[66..], line[..64]) || !names.Add(NameOf(line[66..])))
                throw new EvidenceException(EvidenceFault.Forgery, $"{at}/{ListName} has a line that is none of a bundle", "nothing was written");
        }
        return listed;
    }

    /// <summary>Why a bundle is not one that everybody may see, by its own bundle.json; null where it says that it is.</summary>
    internal static string? Objection(byte[]? about)
    {
        if (about is null) return "has no bundle.json that says what it opens";
        try
        {
            using JsonDocument document = JsonDocument.Parse(about, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
            JsonElement root = document.RootElement;
            if (root.GetProperty("form").GetString() != "public") return "is not of the public form";
            // The word alone would be edited quickly, and by mistake: the public form holds none of these.
            return root.GetProperty("files").EnumerateArray().Select(static file => file.GetProperty("role").GetString()).FirstOrDefault(static role => role is "keys" or "persona" or "capture" or "ledger") is { } role
                ? $"calls itself public, and holds a file of the role '{role}'" : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return "has a bundle.json that cannot be read";
        }
    }
}
