namespace Offproof.Auditor.Tests.Tls;

/// <summary>Recorded sessions that were changed, cut, doubled and torn at random: every byte is counted (TlsRun checks it), and how the rest was cut changes nothing.</summary>
public sealed class PropertyTests
{
    static readonly (string Keys, List<Step> Steps)[] Sessions = [.. VectorTests.Names.SelectMany(row => VectorTests.Steps(row.Data)), Mixed(true), Mixed(false)];

    static (string, List<Step>) Mixed(bool is13)
    {
        TlsWriter writer = new(is13);
        List<Step> steps = writer.Handshake();
        for (int at = 0; at < 20; at++) steps.Add(writer.Data((Sender)(at % 2), new string('x', at * at * 10)));
        return (writer.KeyLog, steps);
    }

    [Fact]
    public void Every_byte_of_a_mangled_session_is_counted_once_however_it_is_cut()
    {
        ulong state = 1;
        int Below(int limit)
        {
            state = unchecked((state * 6364136223846793005) + 1442695040888963407);
            return (int)((state >> 33) % (ulong)limit);
        }

        long opened = 0, opaque = 0;
        for (int round = 0; round < 800; round++)
        {
            (string keys, List<Step> steps) = Sessions[Below(Sessions.Length)];
            steps = [.. steps];
            for (int changes = Below(4); changes > 0; changes--)
            {
                int at = Below(steps.Count);
                byte[] bytes = [.. steps[at].Bytes];
                int from = bytes.Length == 0 ? 0 : Below(bytes.Length), to = Math.Min(bytes.Length, from + 1 + Below(64));
                switch (Below(7))
                {
                    case 0 when bytes.Length > 0:
                        bytes[from] ^= (byte)(1 << Below(8));
                        steps[at] = steps[at] with { Bytes = bytes };
                        break;
                    case 1 when bytes.Length > 1: // lost, and known to be lost
                        Sender sender = steps[at].Sender;
                        steps.RemoveAt(at);
                        steps.InsertRange(at, [new(sender, bytes[..from]), new(sender, [], to - from), new(sender, bytes[to..])]);
                        break;
                    case 2 when bytes.Length > 1: // lost, and nobody noticed
                        steps[at] = steps[at] with { Bytes = [.. bytes[..from], .. bytes[to..]] };
                        break;
                    case 3:
                        steps.Insert(Below(steps.Count), steps[at]);
                        break;
                    case 4:
                        steps.RemoveAt(at);
                        break;
                    case 5:
                        steps.Insert(at, new Step((Sender)Below(2), [.. Enumerable.Range(0, Below(3000)).Select(_ => (byte)Below(256))]));
                        break;
                    default:
                        steps.Insert(at, new Step((Sender)Below(2), [], Below(3000)));
                        break;
                }
                if (steps.Count == 0) steps.Add(new(Sender.Client, [22]));
            }
            steps = [.. steps.Where(step => step.Bytes.Length > 0 || step.Lost > 0)];
            TlsRun whole = new(steps, keys), cut = new(steps, keys, 1 + Below(40));
            Assert.Equal(whole.Everything, cut.Everything);
            opened += whole.Opened;
            opaque += whole.Flow.Bytes(Sender.Client, ByteKind.Opaque);
        }
        // The inputs are neither all whole nor all broken.
        Assert.True(opened > 1000 && opaque > 10_000, $"{opened} records, {opaque} bytes");
    }

    [Fact]
    public void Every_beginning_of_a_session_is_counted()
    {
        foreach (bool is13 in (bool[])[false, true])
        {
            (string keys, List<Step> steps) = Mixed(is13);
            for (int count = 0; count < steps.Count; count++)
            {
                for (int length = 0; length < Math.Min(60, steps[count].Bytes.Length); length++)
                {
                    TlsRun run = new([.. steps[..count], steps[count] with { Bytes = steps[count].Bytes[..length] }], keys);
                    if (length > 0 && count > 0) Assert.Contains("ends inside a TLS record", run.Remarks, StringComparison.Ordinal);
                }
            }
        }
    }
}
