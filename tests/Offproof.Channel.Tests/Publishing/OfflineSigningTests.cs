using System.Text;

namespace Offproof.Channel.Tests;

/// <summary>Signing on another machine (channel.md §9.3): a request out, signatures back.</summary>
public sealed class OfflineSigningTests
{
    static string Brought(Bench bench, byte[] content, string name = "brought")
    {
        File.WriteAllBytes(bench[name], content);
        return bench[name];
    }

    [Fact]
    public async Task Signatures_made_elsewhere_are_brought_back_one_by_one()
    {
        using Bench bench = new();
        using Publisher publisher = bench.Open();
        publisher.StageGreetings([Bench.Greeting("a")]);
        string request = Brought(bench, publisher.ExportRequest(), "request");
        OfflineSigning there = OfflineSigning.Read(request);
        Assert.StartsWith("targets version 1, good until 2027-11-26", there.Summary[0], StringComparison.Ordinal);
        Assert.Contains("  greetings.jsonl.zst  ", there.Summary[1], StringComparison.Ordinal);
        Assert.False(publisher.AddSignatures(Brought(bench, there.Sign([bench.Key("targets-3")]))).IsComplete);
        Assert.False(publisher.AddSignatures(Brought(bench, there.Sign([bench.Key("targets-3")]))).IsComplete);
        Assert.True(publisher.AddSignatures(Brought(bench, there.Sign([bench.Key("targets-1")]))).IsComplete);
        Assert.True((await publisher.ReleaseAsync(null, TestContext.Current.CancellationToken)).IsPublished);
        Assert.Equal(1, (await bench.VerifyAsync()).Greetings);
    }

    [Fact]
    public void What_is_brought_is_taken_whole_or_not_at_all()
    {
        using Bench bench = new();
        using Publisher publisher = bench.Open();
        publisher.StageGreetings([Bench.Greeting("a")]);
        byte[] signed = OfflineSigning.Read(Brought(bench, publisher.ExportRequest(), "request")).Sign([bench.Key("targets-1"), bench.Key("targets-2")]);
        string text = Encoding.UTF8.GetString(signed);
        void Refused(PublishingFault fault, string content)
        {
            Assert.Equal(fault, Assert.Throws<PublishingException>(() => publisher.AddSignatures(Brought(bench, Encoding.UTF8.GetBytes(content)))).Fault);
            Assert.Equal(0, publisher.WhatToSign().Single().Needs[0].Good);
        }
        int last = text.LastIndexOf("\"sig\": \"", StringComparison.Ordinal) + 8;
        Refused(PublishingFault.Forgery, text[..last] + (text[last] == '0' ? '1' : '0') + text[(last + 1)..]); // the second of two is wrong
        Refused(PublishingFault.Forgery, text[..last] + "xx" + text[(last + 2)..]);
        Refused(PublishingFault.Refused, text.Replace("\"targets\"", "\"root\"", StringComparison.Ordinal));
        Refused(PublishingFault.WrongKey, text.Replace("\"keyid\": \"", "\"keyid\": \"00", StringComparison.Ordinal));
        Refused(PublishingFault.Usage, text.Replace("offproof/v1/signatures", "offproof/v1/other", StringComparison.Ordinal));
        Refused(PublishingFault.Forgery, text[..^10]);
        publisher.StageGreetings([Bench.Greeting("b")]); // staged anew: signatures of before are of another file
        Refused(PublishingFault.Refused, text);
    }

    [Theory] // A stolen publisher's machine asks; the holder of the key sees lines.
    [InlineData("\"delegations\":{\"keys\":{},\"roles\":[]},")]
    [InlineData("\"custom\":{\"a\":1},")]
    [InlineData("\"x\":1,")]
    public void What_no_line_shows_is_not_signed(string member)
    {
        using Bench bench = new();
        using Publisher publisher = bench.Open();
        publisher.StageGreetings([Bench.Greeting("a")]);
        string staged = Path.Combine(bench.Folder, "staged", "targets.json"), text = File.ReadAllText(staged);
        File.WriteAllText(staged, text.Replace("\"signed\":{", "\"signed\":{" + member, StringComparison.Ordinal));
        byte[] request = publisher.ExportRequest();
        PublishingException refused = Assert.Throws<PublishingException>(() => OfflineSigning.Read(Brought(bench, request)));
        Assert.Equal(PublishingFault.Forgery, refused.Fault);
        Assert.Contains("no part of a channel", refused.Message, StringComparison.Ordinal);
        Assert.Throws<PublishingException>(() => publisher.WhatToSign());
        // Inside of a target, too.
        File.WriteAllText(staged, text.Replace("\"hashes\":{", "\"custom\":{\"a\":1},\"hashes\":{\"sha512\":\"00\",", StringComparison.Ordinal));
        Assert.Throws<PublishingException>(() => OfflineSigning.Read(Brought(bench, publisher.ExportRequest())));
        File.WriteAllText(staged, text);
        Assert.Equal(3, OfflineSigning.Read(Brought(bench, publisher.ExportRequest())).Summary.Count);
    }

    [Theory]
    [InlineData("\"consistent_snapshot\":true", "\"consistent_snapshot\":false")]
    [InlineData("\"roles\":{", "\"roles\":{\"mirrors\":{\"keyids\":[],\"threshold\":1},")]
    public void Nor_in_a_root(string there, string instead)
    {
        using Bench bench = new();
        using Publisher publisher = bench.Open();
        publisher.StageRenewal();
        string staged = Path.Combine(bench.Folder, "staged", "root.json"), text = File.ReadAllText(staged);
        Assert.NotEmpty(OfflineSigning.Read(Brought(bench, publisher.ExportRequest())).Summary);
        Assert.Contains(there, text, StringComparison.Ordinal);
        File.WriteAllText(staged, text.Replace(there, instead, StringComparison.Ordinal));
        Assert.Throws<PublishingException>(() => OfflineSigning.Read(Brought(bench, publisher.ExportRequest())));
    }

    [Fact]
    public void A_request_shows_what_its_bytes_say_and_nothing_else_is_signed()
    {
        using Bench bench = new();
        using Publisher publisher = bench.Open();
        publisher.StageGreetings([Bench.Greeting("a")]);
        string text = Encoding.UTF8.GetString(publisher.ExportRequest());
        Assert.Throws<PublishingException>(() => OfflineSigning.Read(Brought(bench, "{}"u8.ToArray())));
        Assert.Throws<PublishingException>(() => OfflineSigning.Read(Brought(bench, Encoding.UTF8.GetBytes(text.Replace("\"signed\": \"", "\"signed\": \"!", StringComparison.Ordinal)))));
        // A text that is no metadata gets no signature: it could be a log's checkpoint, or a letter.
        Assert.Equal(PublishingFault.Forgery, Assert.Throws<PublishingException>(() => OfflineSigning.Read(Brought(bench,
            Encoding.UTF8.GetBytes($$"""{"schema":"offproof/v1/signing-request","items":[{"role":"targets","signed":"{{Convert.ToBase64String("{\"pay\":100}"u8)}}","keyIds":["00"]}]}""")))).Fault);
        // A key that is not asked for signs nothing.
        Assert.Equal(PublishingFault.WrongKey, Assert.Throws<PublishingException>(() => OfflineSigning.Read(Brought(bench, Encoding.UTF8.GetBytes(text))).Sign([bench.Key("root-1")])).Fault);
    }
}
