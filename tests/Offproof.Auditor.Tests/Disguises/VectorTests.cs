using System.Text;
using System.Text.Json;

namespace Offproof.Auditor.Tests.Disguises;

/// <summary>What other programs encoded (vectors/audit/disguises): chains, places, unread bytes.</summary>
public sealed class VectorTests
{
    internal static string Folder { get; } = Find();

    private static readonly JsonElement[] Rows = [.. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "expected.json"))).RootElement.EnumerateArray()];

    public static TheoryData<string> Files => [.. Rows.Select(r => r.GetProperty("file").GetString()!)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_vector_gives_what_stands_beside_it(string file)
    {
        JsonElement row = Rows.Single(r => r.GetProperty("file").GetString() == file);
        Searcher searcher = new([new Form(ChainTests.Email, "utf8", Encoding.ASCII.GetBytes(ChainTests.Secret), 200),
            new Form(new Canary("identifiers.phone", "phone", "+447700900028"), "digits", "447700900028"u8.ToArray(), 30)]);
        using CanaryExaminer examiner = new(searcher, null);
        byte[] bytes = File.ReadAllBytes(Path.Combine(Folder, file));
        Sender sender = row.GetProperty("sender").GetString() == "client" ? Sender.Client : Sender.Server;
        int unread = examiner.Examine(ChainTests.Body(null, sender), bytes, new Declared(row.GetProperty("type").GetString(), row.GetProperty("encoding").GetString()));
        int expected = row.GetProperty("unread").GetInt32();
        if (expected < 0) Assert.InRange(unread, bytes.Length * 9 / 10, bytes.Length);
        else Assert.Equal(expected, unread);
        if (row.GetProperty("chain").ValueKind == JsonValueKind.Null)
        {
            Assert.Empty(examiner.Findings);
            return;
        }
        Finding finding = Assert.Single(examiner.Findings);
        Assert.Equal(row.GetProperty("canary").GetString(), finding.Form.Canary.Kind);
        Assert.Equal(row.GetProperty("chain").EnumerateArray().Select(e => e.GetString()!), finding.Chain, StringComparer.Ordinal);
        if (row.GetProperty("offset").ValueKind == JsonValueKind.Number) Assert.Equal(row.GetProperty("offset").GetInt64(), finding.Offset);
        if (row.GetProperty("length").ValueKind == JsonValueKind.Number) Assert.Equal(row.GetProperty("length").GetInt32(), finding.Length);
        Assert.InRange(finding.Offset + finding.Length, 1, bytes.Length);
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "vectors", "audit", "disguises"))) return Path.Combine(folder.FullName, "vectors", "audit", "disguises");
        throw new DirectoryNotFoundException("vectors/audit/disguises");
    }
}
