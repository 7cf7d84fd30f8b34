using System.Text.RegularExpressions;
using Offproof.Channel;

namespace Offproof.Interop;

/// <summary>channel-log.md §7, as strace saw it: what a witness signed is flushed and has its name before the answer leaves.</summary>
public sealed class WitnessOrder
{
    [Fact]
    public async Task The_checkpoint_is_on_the_disk_before_the_cosignature_is_given_out()
    {
        await using Scratch scratch = new();
        using NoteSigner signer = NoteSigner.Create("log.example.org/interop", NoteKeyKind.Log);
        string trace = scratch["trace"];
        await using (WitnessProcess witness = await WitnessProcess.StartAsync(scratch["w"], signer.Key, "strace", "-f", "-o", trace, "-y", "-s", "40", "-e", "trace=fsync,rename,renameat,renameat2,sendto,sendmsg"))
        {
            MerkleTree tree = new([TreeHash.OfLeaf("a"u8)]);
            Checkpoint checkpoint = new(signer.Key.Name, 1, tree.Root);
            using HttpMessageInvoker invoker = new(new SocketsHttpHandler());
            Cosigning answer = await new WitnessClient(invoker, witness.Url, witness.Key).CosignAsync(new SignedNote(checkpoint.Text, [signer.Sign(checkpoint.Text, default)]), tree, 0, TestContext.Current.CancellationToken);
            Assert.Equal(CosigningOutcome.Cosigned, answer.Outcome);
        }
        Assert.Equal("", Broken(await File.ReadAllLinesAsync(trace, TestContext.Current.CancellationToken)));
    }

    [Theory] // it can find
    [InlineData("F R D A", ""), InlineData("R F D A", "flushed before"), InlineData("R D A", "flushed before"), InlineData("F A R D", "named before"), InlineData("F R A D", "folder was"), InlineData("F R A", "folder was"), InlineData("D F R A", "folder was"), InlineData("F R D", "no answer")]
    public void Another_order_is_noticed(string order, string words)
    {
        string broken = Broken([.. order.Split(' ').Select(step => step switch
        {
            "F" => "7 fsync(9</w/logs/00.0a1b.tmp> <unfinished ...>",
            "D" => "7 fsync(10</w/logs>) = 0",
            "R" => "7 rename(\"/w/logs/00.0a1b.tmp\", \"/w/logs/00\") = 0",
            _ => "8 sendmsg(5<socket:[1]>, {msg_iov=[{iov_base=\"HTTP/1.1 200 OK\\r\\n\"",
        })]);
        if (words.Length == 0) Assert.Equal("", broken);
        else Assert.Contains(words, broken, StringComparison.Ordinal);
    }

    // What does not stand before what; nothing where all does. One thread does the first three, so that a call that began ended before its next.
    static string Broken(string[] lines)
    {
        int answer = First("send(to|msg)\\(.*HTTP/1\\.1 200", 0), named = First("rename(at2?)?\\(.*/logs/[0-9a-f.]+\\.tmp\"", 0);
        if (answer < 0 || named < 0) return "no answer, or nothing was named:\n" + string.Join('\n', lines);
        if (named > answer) return "the file was not named before the answer";
        if (First("fsync\\([0-9]+<.*/logs/[0-9a-f.]+\\.tmp>", 0) is var flushed && (flushed < 0 || flushed > named)) return "the file was not flushed before it was named";
        return First("fsync\\([0-9]+<.*/logs>", named) is var folder && (folder < 0 || folder > answer) ? "the folder was not flushed before the answer" : "";

        int First(string pattern, int from) => Array.FindIndex(lines, from, line => Regex.IsMatch(line, pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)));
    }
}
