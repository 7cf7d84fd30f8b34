using System.Globalization;
using System.Text;
using Offproof.Auditor.Tests.Flows;

namespace Offproof.Auditor.Tests.Packets;

/// <summary>vectors/audit/packets: small captures, and beside each what a reader must find. OFFPROOF_WRITE_VECTORS=1 writes both; what changed is then looked at.</summary>
public sealed class VectorTests
{
    static readonly string Folder = Path.Combine(Repository.Root, "vectors", "audit", "packets");

    static readonly bool IsWriting = Environment.GetEnvironmentVariable("OFFPROOF_WRITE_VECTORS") is "1";

    public static TheoryData<string> Names => [.. Vectors.All.Select(vector => vector.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_vector_is_what_its_description_makes(string name)
    {
        byte[] made = Vectors.All.Single(vector => vector.Name == name).Make();
        string path = Path.Combine(Folder, name);
        if (IsWriting) File.WriteAllBytes(path, made);
        // What a compressor makes of the same bytes is its own matter.
        if (!name.EndsWith(".gz", StringComparison.Ordinal)) Assert.Equal(made, File.ReadAllBytes(path));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_reader_finds_what_stands_beside_a_vector(string name)
    {
        string path = Path.Combine(Folder, name);
        string found = Describe(Heard.In(File.ReadAllBytes(path)));
        if (IsWriting) File.WriteAllText(path + ".txt", found);
        Assert.Equal(File.ReadAllText(path + ".txt"), found);
    }

    [Fact]
    public void Every_file_is_one_of_these() => Assert.Equal(
        Names.SelectMany(row => (string[])[row.Data, row.Data + ".txt"]).Append("README.md").Order(StringComparer.Ordinal), Directory.GetFiles(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));

    // Cut anywhere and handed over in small pieces, a capture is read as far as it goes, and everything is counted.
    [Theory, MemberData(nameof(Names))]
    public void A_capture_that_is_cut_is_never_whole(string name)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(Folder, name));
        Heard whole = Heard.In(file);
        for (int length = 0; length < file.Length; length++)
        {
            Heard cut = Heard.In(new Trickle(file[..length], 1 + length % 7));
            Assert.True(cut.Packets <= whole.Packets);
            // A plain file may be cut between two packets or blocks, and nobody can see it; gzip says how long it is.
            if (name.EndsWith(".gz", StringComparison.Ordinal) && whole.End == CaptureEnd.Whole) Assert.NotEqual(CaptureEnd.Whole, cut.End);
            else if (cut.End == CaptureEnd.Whole) Assert.True(cut.Packets < whole.Packets || whole.End != CaptureEnd.Whole || name.StartsWith("ng-", StringComparison.Ordinal), $"whole at {length}");
        }
    }

    static string Describe(Heard heard)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{heard.End.ToString().ToLowerInvariant()}, {heard.Packets} packets, {heard.OnTheWire} bytes, {heard.Lost} lost\n");
        foreach (string remark in heard.Remarks) text.Append(CultureInfo.InvariantCulture, $"  ! {remark}\n");
        foreach ((long nanoseconds, int linkType, int captured, long length) in heard.Seen)
            text.Append(CultureInfo.InvariantCulture, $"packet {nanoseconds / 1_000_000_000}.{nanoseconds % 1_000_000_000:d9} link {linkType} captured {captured} of {length}\n");
        foreach ((uint type, byte[] bytes) in heard.Secrets) text.Append(CultureInfo.InvariantCulture, $"secrets {type:x8} {Quoted(bytes)}\n");
        foreach (Flow flow in heard.Flows.OrderBy(flow => flow.Number))
        {
            text.Append(CultureInfo.InvariantCulture, $"flow {flow.Number} {flow.Transport} {flow.Client} > {flow.Server}{(flow.OpeningSeen ? ", opening seen" : "")}\n");
            foreach (string remark in flow.Remarks) text.Append(CultureInfo.InvariantCulture, $"  ! {remark}\n");
            foreach (Sender sender in Enum.GetValues<Sender>())
            {
                if (Enum.GetValues<ByteKind>().All(kind => flow.Bytes(sender, kind) == 0)) continue;
                text.Append(CultureInfo.InvariantCulture,
                    $"  {sender.Word()}: payload {flow.Bytes(sender, ByteKind.Decoded)} structural {flow.Bytes(sender, ByteKind.Structural)} opaque {flow.Bytes(sender, ByteKind.Opaque)} missing {flow.Bytes(sender, ByteKind.Missing)} budget {flow.Capacity(sender)}\n");
                Heard.Said said = heard.Of(flow, sender);
                if (said.Bytes.Count + said.Holes.Count > 0)
                    text.Append(CultureInfo.InvariantCulture, $"    stream {Quoted([.. said.Bytes])}{string.Concat(said.Holes.Select(hole => string.Create(CultureInfo.InvariantCulture, $" hole of {hole.Length} at {hole.At}")))}\n");
                if (said.EndedClean is { } clean) text.Append(clean ? "    ended\n" : "    broke off\n");
                foreach (byte[] payload in heard.Datagrams.Where(datagram => datagram.Flow == flow && datagram.Sender == sender).Select(datagram => datagram.Payload)) text.Append(CultureInfo.InvariantCulture, $"    datagram {Quoted(payload)}\n");
                foreach (byte[] bytes in heard.Strays.Where(stray => stray.Flow == flow && stray.Sender == sender).Select(stray => stray.Bytes)) text.Append(CultureInfo.InvariantCulture, $"    stray {Quoted(bytes)}\n");
            }
        }
        return text.ToString();
    }

    static string Quoted(byte[] bytes) => "\"" + string.Concat(bytes.Select(b => b is >= 0x20 and < 0x7f and not (0x22 or 0x5c) ? ((char)b).ToString() : $"\\x{b:x2}")) + "\"";
}
