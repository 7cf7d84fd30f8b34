using System.Text;
using Offproof.Auditor.Tests.Disguises;
using static Offproof.Auditor.Tests.Explained.Talk;

namespace Offproof.Auditor.Tests.Explained;

/// <summary>audit.md §6.2: texts behind their lengths.</summary>
public sealed class RecordTests
{
    static readonly byte[] s_root = "{\"signatures\":[],\"signed\":{\"_type\":\"root\",\"version\":1}}"u8.ToArray();

    static byte[] Record(byte[] bytes) => [.. Packets.Made.Big(4, (ulong)bytes.Length), .. bytes];

    static int Unread(byte[] bytes, Sender sender = Sender.Server)
    {
        using CanaryExaminer examiner = ChainTests.Examiner();
        return examiner.Examine(ChainTests.Body(sender: sender), bytes);
    }

    [Fact]
    public void Texts_behind_their_lengths_are_read()
    {
        Assert.Equal(0, Unread(Record(s_root)));
        Assert.Equal(0, Unread([.. Record(s_root), .. Record("{\"signatures\":[{}],\"signed\":{}}"u8.ToArray())]));
        Assert.Equal(0, Unread(Packets.Made.Gzip([.. Record(s_root), .. Record(s_root)])));
        Assert.Equal(0, Unread(Record(s_root), Sender.Client));
    }

    [Fact]
    public void What_only_looks_like_them_is_not()
    {
        byte[] record = Record(s_root);
        byte[] longer = [.. record];
        longer[3]++;
        byte[] shorter = [.. record];
        shorter[3]--;
        List<byte[]> all =
        [
            longer, shorter, record[..^1], [.. record, 0], [.. record, .. "\0\0\0\0"u8], [.. record, .. Record(Random(1, 64))], [.. record, .. Record([.. s_root, 0])], [.. record, .. Record("1"u8.ToArray()), .. record], [.. record[..4].Reverse(), .. s_root],
            Record(Random(2, 16)), Record(Random(3, 600)), [.. Random(4, 4), .. s_root],
        ];
        for (int i = 0; i < all.Count; i++) Assert.True(Unread(all[i]) > 0, $"{i}");
        for (int seed = 0; seed < 200; seed++) Assert.True(Unread(Record(Random(seed, 100))) >= 64, $"{seed}");
    }

    [Fact] // a text of the client holds what nobody can explain
    public void Of_what_leaves_the_tokens_in_a_record_count() =>
        Assert.Equal(48, Unread([.. Record(s_root), .. Record(Encoding.ASCII.GetBytes($"{{\"id\":\"{Convert.ToHexStringLower(Random(5, 24))}\"}}"))], Sender.Client));

    [Fact]
    public void A_canary_in_a_record_is_found()
    {
        using CanaryExaminer examiner = ChainTests.Examiner();
        byte[] canary = Encoding.ASCII.GetBytes($"{{\"contact\":\"{Convert.ToBase64String(Encoding.ASCII.GetBytes(ChainTests.Secret))}\"}}");
        Assert.Equal(0, examiner.Examine(ChainTests.Body(sender: Sender.Server), Packets.Made.Gzip([.. Record(s_root), .. Record(canary)])));
        Assert.Equal(["gzip", "base64"], Assert.Single(examiner.Findings).Chain);
    }
}
