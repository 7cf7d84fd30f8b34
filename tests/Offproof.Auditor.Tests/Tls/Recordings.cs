using System.Text;

namespace Offproof.Auditor.Tests;

/// <summary>An examiner that keeps what it is given.</summary>
internal sealed class RecordingExaminer : Examiner
{
    internal List<(Carrier Carrier, Sender Sender, byte[] Bytes)> Examined { get; } = [];

    internal IEnumerable<string> Names => Examined.Where(piece => piece.Carrier == Carrier.ServerName).Select(piece => Encoding.Latin1.GetString(piece.Bytes));

    internal override int Examine(in Place place, ReadOnlySpan<byte> bytes, in Declared declared = default)
    {
        Assert.False(bytes.IsEmpty);
        Examined.Add((place.Carrier, place.Sender, bytes.ToArray()));
        return 0;
    }
}

/// <summary>A conversation that keeps what it is given, and counts it as decoded.</summary>
internal sealed class RecordingConversation(Flow flow, Examiner examiner, string? protocol) : Conversation(flow, examiner)
{
    private readonly MemoryStream[] _bytes = [new(), new()];

    internal string? Protocol { get; } = protocol;

    internal List<string> Events { get; } = [];

    internal string Text(Sender sender) => Encoding.Latin1.GetString(_bytes[(int)sender].ToArray());

    internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet)
    {
        Assert.False(bytes.IsEmpty);
        Assert.DoesNotContain(Events, said => said.StartsWith($"{sender} ended", StringComparison.Ordinal));
        _bytes[(int)sender].Write(bytes);
        Flow.Count(sender, ByteKind.Decoded, bytes.Length);
    }

    internal override void Hole(Sender sender, long length, long packet) => Events.Add($"{sender} hole at {_bytes[(int)sender].Length}");

    internal override void End(Sender sender, bool clean) => Events.Add($"{sender} ended {(clean ? "cleanly" : "cut")}");
}
