using Offproof.Fuzz;

namespace Offproof.Phone.Tests.Notes;

/// <summary>Damaged, cut and crossed notes: whatever is read obeys docs/notes.md (<see cref="NoteFuzz"/> throws where it does not).</summary>
public sealed class FuzzTests
{
    static readonly byte[][] Seeds = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "vectors", "phone", "notes"), "*", SearchOption.AllDirectories)
        .Where(path => Path.GetExtension(path) is ".json" or ".md" or ".html").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    static readonly string[] Splinters = ["{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud83d", "\\ude00", "null", "0", "-1", "1e999", "\"isTrashed\":1,", "\"textContent\":\"x\",", "\"title\":\"\",",
        "\"filePath\":\"../x\"", "\"filePath\":\"input.md\"", "\"filePath\":\"1690.1.png\"", "\"entry\":{", "\"entries\":[", "\"folders\":[", "\"createDate\":1,", "\"snippet\":\"x\",", "<text indent=\\\"9\\\">", "<input ", "/>", "<b>", "</b>",
        "<quote>", "</quote>", "<hr/>", "<order inputNumber=\\\"999999\\\"/>", "\u263A 1<0/></>", "\\n", "---\n", "path: \"../../x\"\n", "path: \"/tmp/x\"\n", "source: \"file\"\n", "  - name: \"", "file: \"attachments/", "\uFEFF", "\0", "\r\n", "\\x41"];

    [Fact]
    public void Every_vector_passes() => Assert.All(Seeds, seed => NoteFuzz.Run(seed));

    [Fact]
    public void Mangled_vectors_pass() => new Mangled(Seeds, Splinters).Show(bytes => NoteFuzz.Run(bytes), inputs: 600, threads: 2);

    [Fact]
    public void Every_beginning_of_a_note_passes()
    {
        byte[] json = Seeds.First(seed => seed.AsSpan().IndexOf("listContent"u8) >= 0);
        for (int length = 0; length < json.Length; length += 7) NoteFuzz.Run(json.AsSpan(0, length));
    }
}
