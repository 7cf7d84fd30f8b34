using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CsCheck;
using Columns = System.Collections.Generic.SortedDictionary<string, string>;

namespace Offproof.Phone.Tests.Messages;

/// <summary>What is written, as programs read it that nobody of this project wrote: Python's XML parser, libxml2, unzip and jq. A missing program is a failure.</summary>
public sealed class OtherReadersTests
{
    static readonly string Reader = Path.Combine(Repository.Root, "tests", "Offproof.Phone.Tests", "Messages", "read_xml.py");

    // By which the reader of the ZIP knows: what the app would see.
    const string Jq = """
        {kind: (if has("m_type") then "mms" else "sms" end), columns: with_entries(select(.value | type == "string")),
         addresses: ((if .__sender_address then [.__sender_address] else [] end) + (.__recipient_addresses // [])), parts: (.__parts // [])}
        """;

    [Fact]
    public void Python_and_libxml2_read_the_XML() => Many.Sample(messages =>
    {
        using TempFolder folder = new();
        List<string> expected = Write(messages, folder, MessageFormat.SmsBackupRestoreXml, Expected.AsXml);
        string xml = folder["out/messages.xml"];
        Assert.Equal(expected, ReadXml(xml));
        Assert.Equal("", Run("xmllint", "--noout", xml));
        File.WriteAllText(folder["recovered.xml"], Run("xmllint", "--recover", xml));
        Assert.Equal(expected, ReadXml(folder["recovered.xml"]));
    }, iter: 3, threads: 1);

    [Fact]
    public void Unzip_and_jq_read_the_ZIP() => Many.Sample(messages =>
    {
        using TempFolder folder = new();
        List<string> expected = Write([.. messages.Select(Whole)], folder, MessageFormat.SmsImportExportZip, Expected.AsZip);
        string zip = folder["out/messages.zip"];
        Assert.Contains("No errors detected", Run("unzip", "-t", zip), StringComparison.Ordinal);
        string[] members = Run("unzip", "-Z1", zip).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("messages.ndjson", members[0]);
        Assert.Equal(members.Length, members.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Run("unzip", "-q", zip, "-d", folder["unpacked"]);
        List<string> used = ["messages.ndjson"];
        List<SampleMessage> read = [.. Run("jq", "-c", Jq, folder["unpacked/messages.ndjson"]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            JsonElement message = JsonDocument.Parse(line).RootElement;
            return new SampleMessage(message.GetProperty("kind").GetString() is "mms", Row(message.GetProperty("columns")), [.. message.GetProperty("addresses").EnumerateArray().Select(Row)], [.. message.GetProperty("parts").EnumerateArray().Select(part =>
            {
                Columns columns = Row(part);
                if (!columns.Remove("_data", out string? path)) return (columns, (byte[]?)null);
                used.Add("data/" + path.Split('/')[^1]);
                return (columns, File.ReadAllBytes(folder["unpacked/" + used[^1]]));
            })]);
        })];
        Assert.Equal(expected, Sorted(read));
        Assert.Equal(members.Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal)); // each member belongs to one part
    }, iter: 3, threads: 1);

    static readonly Gen<List<SampleMessage>> Many = SampleMessage.Any.List[150, 200];

    static List<string> Write(List<SampleMessage> messages, TempFolder folder, MessageFormat format, Func<SampleMessage, SampleMessage> expected)
    {
        using Import import = MessageImport.Read(new SourceFile("source", () => new MemoryStream(Sources.Xml(messages))), null);
        Trees.Store(import, folder["tree"]);
        Assert.Empty(Trees.Write(folder["tree"], folder["out"], format).Problems);
        return Sorted(Sources.OfTree(import).Select(expected));
    }

    static List<string> ReadXml(string path) => Sorted(Run("/usr/bin/python3", Reader, path).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
    {
        JsonElement message = JsonDocument.Parse(line).RootElement;
        return Expected.WithoutNull(new SampleMessage(message[0].GetString() is "mms", Row(message[1]), [.. message[2].EnumerateArray().Select(Row)],
            [.. message[3].EnumerateArray().Select(part => (Row(part[0]), part[1].GetString() is { } data ? Convert.FromBase64String(data) : null))]));
    }));

    // jq does not read half of a pair.
    static SampleMessage Whole(SampleMessage message) => message.Select(Whole, Whole, (row, _) => Whole(row));

    static Columns Whole(Columns columns) => new(columns.ToDictionary(pair => pair.Key, pair => string.Concat(pair.Value.EnumerateRunes().Select(rune => rune.ToString())), StringComparer.Ordinal), StringComparer.Ordinal);

    static Columns Row(JsonElement row) => new(row.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!, StringComparer.Ordinal), StringComparer.Ordinal);

    static List<string> Sorted(IEnumerable<SampleMessage> messages) => [.. messages.Select(message => message.Show()).Order(StringComparer.Ordinal)];

    static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
