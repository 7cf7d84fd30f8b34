using Offproof.Fuzz;

namespace Offproof.Phone.Tests.Messages;

/// <summary>Damaged, cut and crossed exports: whatever is read obeys docs/messages.md (<see cref="MessageFuzz"/> throws where it does not).</summary>
public sealed class FuzzTests
{
    static readonly byte[][] Seeds = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "vectors", "phone", "messages"), "*", SearchOption.AllDirectories)
        .Where(path => Path.GetExtension(path) is ".xml" or ".zip" or ".json" or ".ssef" or ".ndjson").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    static readonly string[] Splinters = ["<", ">", "\"", "'", "/>", "<sms ", "<mms ", "</mms>", "</smses>", "<part ", " data=\"", "&#", "&#55357;", "&#56832;", "&#0;", "&#65535;", "&amp", "null", "\"null\"",
        "{", "}", "[", "]", ",", ":", "\\u0000", "\\ud83d", "\\ude00", "\"__parts\":", "\"kind\":", "\"m_type\":\"132\",", "~", "\r\n", "\0", "<!--", "]]>", "<![CDATA[", "date=\"99999999999\"", "\uFEFF", "=", "+"];

    [Fact]
    public void Every_vector_passes() => Assert.All(Seeds, seed => MessageFuzz.Run(seed));

    [Fact]
    public void Mangled_vectors_pass() => new Mangled(Seeds, Splinters).Show(bytes => MessageFuzz.Run(bytes), inputs: 60, threads: 1); // the fuzzer does thousands (fuzz/README.md)

    [Fact]
    public void Every_beginning_of_an_export_passes()
    {
        byte[] xml = Seeds.First(seed => seed.AsSpan().IndexOf("<smses"u8) >= 0);
        for (int length = 0; length < xml.Length; length++)
        {
            if (length % 251 == 0) MessageFuzz.Run(xml.AsSpan(0, length));
            else MessageFuzz.Import(xml[..length]);
        }
    }
}
