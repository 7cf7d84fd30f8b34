using System.Text;
using CsCheck;

namespace Offproof.Channel.Tests;

/// <summary>Notes, keys and checkpoints that somebody made to be read otherwise (channel-log.md §4, §5).</summary>
public sealed class NoteTests
{
    const string Upstream = "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    const string UpstreamKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    [Fact] // C2SP signed-note, its example
    public void The_example_of_the_specification_is_verified()
    {
        Assert.True(NoteKey.TryParse(UpstreamKey, out NoteKey? key));
        Assert.True(SignedNote.TryParse(Encoding.UTF8.GetBytes(Upstream), out SignedNote? note));
        Assert.Equal(NoteSeal.Right, note.Signed(key, out _));
        Assert.Equal(NoteSeal.Wrong, (note with { Text = note.Text + "more\n" }).Signed(key, out _));
        Assert.Equal(UpstreamKey, key.ToString());
    }

    [Theory]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")] // another id
    [InlineData("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/fo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l")] // loose bits are another key here
    [InlineData("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")] // a kind that is not used
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==")]
    [InlineData("example com+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo"), InlineData("")]
    [InlineData("PRIVATE+KEY+example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    public void Another_text_is_no_key(string text) => Assert.False(NoteKey.TryParse(text, out _));

    [Fact] // for which a signature of anything is easily made
    public void A_point_of_small_order_is_no_key()
    {
        byte[] point = new byte[32];
        point[0] = 1;
        Assert.False(NoteKey.TryParse(new NoteKey("a", NoteKeyKind.Log, point).ToString(), out _));
    }

    [Fact]
    public void A_signer_comes_back_from_its_text_and_nothing_else_does()
    {
        using NoteSigner made = NoteSigner.Create("log.example.org", NoteKeyKind.Log);
        byte[] text = made.Export();
        Assert.True(NoteSigner.TryParse(text, out NoteSigner? read));
        Assert.Equal(made.Key.ToString(), read.Key.ToString());
        Assert.Equal(made.Sign("a\n", default), read.Sign("a\n", default), (a, b) => a!.Line == b!.Line);
        read.Dispose();
        Assert.NotEqual(made.Sign("a\n", default).Line, read.Sign("a\n", default).Line); // zeroed
        foreach (int at in new[] { 0, 12, text.Length - 20, text.Length - 2 })
        {
            byte[] spoiled = [.. text];
            spoiled[at] ^= 1;
            Assert.False(NoteSigner.TryParse(spoiled, out _));
        }
        Assert.False(NoteSigner.TryParse(new byte[100_000], out _));
        Assert.Throws<ArgumentException>(() => NoteSigner.Create("a b", NoteKeyKind.Log));
        using NoteSigner witness = NoteSigner.Create("w", NoteKeyKind.Witness);
        Assert.Throws<ArgumentOutOfRangeException>(() => witness.Sign("a\n", default)); // a clock of before 1970
    }

    [Fact] // which key signed is told by name and id together: a line of the same name alone, or of the same id alone, is a stranger's
    public void A_line_that_shares_the_name_or_the_id_with_a_known_key_is_skipped()
    {
        using NoteSigner known = NoteSigner.Create("a", NoteKeyKind.Log);
        NoteSignature right = known.Sign("t\n", default);
        foreach (NoteSignature stranger in new[] { right with { KeyId = right.KeyId ^ 1, Bytes = new byte[64] }, right with { Name = "b", Bytes = new byte[64] } })
        {
            Assert.Equal(NoteSeal.None, new SignedNote("t\n", [stranger]).Signed(known.Key, out _));
            Assert.Equal(NoteSeal.Right, new SignedNote("t\n", [stranger, right]).Signed(known.Key, out _));
        }
        Assert.Equal(NoteSeal.Wrong, new SignedNote("t\n", [right, right with { Bytes = new byte[64] }]).Signed(known.Key, out _));
        Assert.Equal(NoteSeal.Wrong, new SignedNote("t\n", [right with { Bytes = right.Bytes[..63] }]).Signed(known.Key, out _));
    }

    [Fact]
    public void A_text_may_hold_empty_lines_and_lines_like_signatures()
    {
        using NoteSigner signer = NoteSigner.Create("a", NoteKeyKind.Log);
        const string Text = "x\n\n\u2014 a AAAAAAAA\n\ny\n";
        SignedNote made = new(Text, [signer.Sign(Text, default)]);
        Assert.True(SignedNote.TryParse(made.ToBytes(), out SignedNote? read));
        Assert.Equal((Text, NoteSeal.Right), (read.Text, read.Signed(signer.Key, out _)));
    }

    [Fact] // C2SP: at least 16
    public void Sixteen_signatures_are_read()
    {
        using NoteSigner signer = NoteSigner.Create("a", NoteKeyKind.Witness);
        SignedNote made = new("x\n", [.. Enumerable.Range(0, 16).Select(at => signer.Sign("x\n", DateTimeOffset.UnixEpoch.AddSeconds(1 + at)))]);
        Assert.True(SignedNote.TryParse(made.ToBytes(), out SignedNote? read));
        Assert.Equal(16, read.Signatures.Count);
    }

    [Fact]
    public void Whatever_is_read_writes_the_same_bytes() => Gen.Select(Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 3]).Sample((at, value, how) =>
    {
        byte[] bytes = LogVectors.Read("checkpoint.2");
        bytes = how switch { 0 => [.. bytes[..at], value, .. bytes[at..]], 1 => [.. bytes[..at], .. bytes[(at + 1)..]], 2 => bytes[..at], _ => bytes };
        if (how == 3) bytes[at] = value;
        return !Checkpoint.TryRead(bytes, out SignedNote? note, out Checkpoint? checkpoint) || (note.ToBytes().AsSpan().SequenceEqual(bytes) && checkpoint.Text == note.Text);
    }, iter: 20000, threads: 1);

    [Fact] // whatever is changed in it, the note is refused, unless it is a line of nobody whom the policy knows
    public void No_changed_byte_of_a_checkpoint_is_accepted()
    {
        byte[] checkpoint = LogVectors.Read("checkpoint.3");
        TreeHash[] leaves = Tile.TryRead(new TileAddress(0, 0, 3), LogVectors.Read("tile/0/000.p/3"), out TreeHash[]? read) ? read : [];
        TrustPolicy policy = LogVectors.Policy(2);
        Assert.True(LogView.Check(policy, [], checkpoint, leaves, null).IsAccepted);
        for (int at = 0; at < checkpoint.Length; at++)
        {
            foreach (byte change in (byte[])[1, 0x20])
            {
                byte[] spoiled = [.. checkpoint];
                spoiled[at] ^= change;
                Assert.False(LogView.Check(policy, [], spoiled, leaves, null).IsAccepted, $"byte {at}");
            }
        }
    }

    [Fact]
    public void A_policy_counts_no_key_twice_and_asks_for_no_more_than_there_are()
    {
        NoteKey[] witnesses = LogVectors.Witnesses;
        Assert.True(NoteKey.TryParse(LogVectors.Keys.GetProperty("firstWitnessRenamed").GetProperty("verifier").GetString()!, out NoteKey? renamed));
        Assert.Throws<ArgumentException>(() => new TrustPolicy(LogVectors.Log, [witnesses[0], renamed], 1));
        Assert.Throws<ArgumentException>(() => new TrustPolicy(LogVectors.Log, [witnesses[0], witnesses[0]], 1));
        Assert.Throws<ArgumentException>(() => new TrustPolicy(LogVectors.Log, witnesses, 3));
        Assert.Throws<ArgumentException>(() => new TrustPolicy(LogVectors.Log, witnesses, -1));
        Assert.Throws<ArgumentException>(() => new TrustPolicy(LogVectors.Log, [LogVectors.Log], 0));
        Assert.Throws<ArgumentException>(() => new TrustPolicy(witnesses[0], [], 0));
        using NoteSigner log = LogVectors.LogSigner();
        Assert.Throws<ArgumentException>(() => new TrustPolicy(LogVectors.Log, [new NoteKey("w", NoteKeyKind.Witness, log.Key.PublicKey.ToArray())], 1)); // the log as its own witness
    }

    [Theory]
    [InlineData("""{"log":"LOG","witnesses":["W0","W1"],"quorum":2,"more":{}}""", null)]
    [InlineData("""{"log":"LOG","witnesses":[],"quorum":0}""", null)]
    [InlineData("""{"log":"LOG","witnesses":["W0"],"quorum":2}""", "a quorum of 2 of 1 witnesses")]
    [InlineData("""{"log":"LOG","witnesses":["W0","W0"],"quorum":1}""", "one key stands there twice")]
    [InlineData("""{"log":"W0","witnesses":[],"quorum":0}""", "no key of a log")]
    [InlineData("""{"log":"LOG","witnesses":["x"],"quorum":0}""", "not of the form")]
    [InlineData("""{"log":"LOG","witnesses":[],"quorum":"0"}""", "no number quorum")]
    [InlineData("""{"log":"LOG","witnesses":[],"quorum":0,"quorum":0}""", "no JSON")]
    [InlineData("""{"log":"LOG","quorum":0}""", "no list witnesses")]
    [InlineData("""{"witnesses":[],"quorum":0}""", "names no log")]
    [InlineData("[]", "no JSON object"), InlineData("", "no JSON")]
    public void Trust_json_is_read_or_refused_in_words(string json, string? words)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json.Replace("LOG", LogVectors.Log.ToString(), StringComparison.Ordinal).Replace("W0", LogVectors.Witnesses[0].ToString(), StringComparison.Ordinal)
            .Replace("W1", LogVectors.Witnesses[1].ToString(), StringComparison.Ordinal));
        if (words is null) Assert.Equal(LogVectors.Log.ToString(), TrustPolicy.Read(bytes).Log.ToString());
        else Assert.Contains(words, Assert.Throws<FormatException>(() => TrustPolicy.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"notices\":null", "\"notices\": null"), InlineData("\"release\":1", "\"release\":1.0"), InlineData("\"release\":1", "\"release\":2"), InlineData("\"version\":1", "\"version\":0"),
     InlineData("\"version\":1", "\"version\":9007199254740992"), InlineData("681ec4", "681EC4"), InlineData("681ec4", "\\u0036"), InlineData("681ec4", "\\ud800"), InlineData("{\"greetings", "{\"a\":1,\"greetings"), InlineData("}}", "}}\n")]
    public void An_entry_is_written_in_one_way(string from, string to)
    {
        string entry = Encoding.UTF8.GetString(LogVectors.Read("tile/entries/000.p/1").AsSpan(2));
        Assert.True(ReleaseEntry.TryParse(Encoding.UTF8.GetBytes(entry), out ReleaseEntry? read));
        Assert.Equal((1, null), (read.Release, read.Notices));
        Assert.Contains(from, entry, StringComparison.Ordinal);
        Assert.False(ReleaseEntry.TryParse(Encoding.UTF8.GetBytes(entry.Replace(from, to, StringComparison.Ordinal)), out _));
    }

    [Fact] // found by the fuzzer
    public void A_text_in_JSON_that_is_no_UTF8_is_refused_in_words()
    {
        byte[] entry = LogVectors.Read("tile/entries/000.p/1")[2..];
        entry[20] = 0xb1;
        Assert.False(ReleaseEntry.TryParse(entry, out _));
        byte[] trust = LogVectors.Read("trust.json");
        trust[trust.AsSpan().IndexOf("log.example"u8)] = 0xb1;
        Assert.Throws<FormatException>(() => TrustPolicy.Read(trust));
        Assert.Throws<FormatException>(() => TrustPolicy.Read("""{"log":"\ud800","witnesses":[],"quorum":0}"""u8.ToArray()));
    }

    [Fact]
    public void What_was_held_and_cannot_be_read_is_not_taken_for_nothing()
    {
        Assert.Throws<InvalidDataException>(() => LogView.CheckAlone(LogVectors.Policy(2), "x"u8, LogVectors.Read("checkpoint.2")));
        Assert.Throws<InvalidDataException>(() => LogView.Check(LogVectors.Policy(2), LogVectors.Read("refused/another-origin"), LogVectors.Read("checkpoint.2"), [], null));
    }
}
