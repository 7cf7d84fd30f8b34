using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace Offproof.Channel.Tests;

/// <summary>The collection and the notices (channel.md §4, §5): what others wrote, what has to be refused, and what we write.</summary>
public sealed class BundleTests
{
    [Fact]
    public void A_collection_of_stock_zstd_is_read_and_written_again_byte_for_byte()
    {
        byte[] content = GreetingList.Open(ContentVectors.Bytes("greetings.jsonl.zst"));
        Assert.Equal(ContentVectors.Expect.GetProperty("greetings").GetProperty("content").GetString(), ContentVectors.Sha256(content));
        IReadOnlyList<Greeting> greetings = GreetingList.Read(content);
        Assert.Equal(ContentVectors.Expect.GetProperty("greetings").GetProperty("ids").EnumerateArray().Select(id => id.GetString()), greetings.Select(g => g.Id));
        Assert.Equal(content, GreetingList.Write(greetings.Reverse()));
        Assert.Equal("Ana \"Nina\" Souza", greetings.Single(g => g.Language == "pt-BR").Author);
        Assert.Equal(3, greetings.Single(g => g.Kind == "joke").Text.Split('\n').Length);
    }

    [Fact]
    public void Notices_of_stock_zstd_are_read_and_written_again_byte_for_byte()
    {
        byte[] content = NoticeList.Open(ContentVectors.Bytes("notices.jsonl.zst"));
        Assert.Equal(ContentVectors.Expect.GetProperty("notices").GetProperty("content").GetString(), ContentVectors.Sha256(content));
        IReadOnlyList<Notice> notices = NoticeList.Read(content);
        Assert.Equal(content, NoticeList.Write(notices.Reverse()));
        Notice first = notices[0];
        Assert.Equal(("example-phone", "1.1", "1.0", false, 604800L), (first.Model, first.Version.ToString(), first.Minimum!.ToString(), first.Critical, first.Rollout.Seconds));
        Assert.Equal(["1.0"], first.Payloads.Where(p => p.Kind == NoticePayload.Delta).Select(p => p.From!.ToString()));
    }

    public static TheoryData<string, string> Refused()
    {
        TheoryData<string, string> cases = [];
        foreach (JsonProperty kind in ContentVectors.Expect.GetProperty("refused").EnumerateObject())
            foreach (JsonProperty one in kind.Value.EnumerateObject()) cases.Add(kind.Name, one.Name);
        return cases;
    }

    [Theory, MemberData(nameof(Refused))]
    public void A_content_with_one_wrong_line_is_refused_whole(string kind, string name)
    {
        byte[] content = ContentVectors.Bytes($"refused/{kind}/{name}.jsonl");
        ContentException e = Assert.Throws<ContentException>(() => { if (kind == "notices") NoticeList.Read(content); else GreetingList.Read(content); });
        Assert.DoesNotContain("\u001b", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_refused_file_stands_in_the_list() => Assert.Equal(
        Refused().Select(row => $"{row.Data.Item1}/{row.Data.Item2}").Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(ContentVectors.Path("refused"), "*", SearchOption.AllDirectories).Select(f => $"{Path.GetFileName(Path.GetDirectoryName(f))}/{Path.GetFileNameWithoutExtension(f)}").Order(StringComparer.Ordinal));

    [Fact]
    public void Members_that_nobody_here_knows_are_passed_over()
    {
        string content = Encoding.UTF8.GetString(ContentVectors.Bytes("greetings.jsonl")).Replace("\"kind\":", "\"hue\":{\"h\":[1]},\"kind\":", StringComparison.Ordinal);
        Assert.Equal(6, GreetingList.Read(Encoding.UTF8.GetBytes(content)).Count);
    }

    [Fact] // channel.md §4: "the same entries give the same bytes, whatever their order was"
    public void The_same_entries_give_the_same_bytes_whatever_their_order_was() =>
        Gen.Select(Gen.String[Gen.Char[AnyText], 1, 60], Gen.Int[0, 2].Select(i => Kinds[i]), Gen.Int[0, 2].Select(i => Languages[i])).Array[0, 40].Select(Gen.Int).Sample((texts, seed) =>
        {
            List<Greeting> entries = [.. texts.Select(t => new Greeting(Greeting.IdOf(t.Item3, t.Item1), t.Item1, t.Item2, t.Item3, "CC0-1.0")).DistinctBy(g => g.Id)];
            byte[] content = GreetingList.Write(entries), sealedContent = GreetingList.Seal(content);
            byte[] again = GreetingList.Write(entries.OrderBy(g => HashCode.Combine(g.Id, seed)));
            Assert.Equal(content, again);
            Assert.Equal(sealedContent, GreetingList.Seal(again));
            Assert.Equal(content, GreetingList.Open(sealedContent));
            Assert.Equal(entries.OrderBy(g => g.Id, StringComparer.Ordinal), GreetingList.Read(content));
        }, iter: 300);

    static readonly string[] Kinds = ["joke", "greeting", "poem"], Languages = ["en", "hi", "zh-Hans"];

    const string AnyText = " \nabc\"\\/<>&'+\u00e4\u0915\u2028\u65b0\ufeff\u200d";

    [Fact]
    public void What_is_no_entry_is_not_written()
    {
        Greeting good = new("a", "x", "joke", "en", "CC0-1.0");
        Assert.Throws<ContentException>(() => GreetingList.Write([good, good]));
        Assert.Throws<ContentException>(() => GreetingList.Write([good with { Text = "x\u0007" }]));
        Assert.Throws<ContentException>(() => GreetingList.Write([good with { Text = "\ud83d" }]));
        Assert.NotEmpty(GreetingList.Write([good with { Text = string.Concat(Enumerable.Repeat("\U0001F600", 2000)) }]));
        Assert.Throws<ContentException>(() => GreetingList.Write([good with { Text = string.Concat(Enumerable.Repeat("\U0001F600", 2001)) }]));
    }

    [Fact]
    public void Versions_are_compared_as_numbers()
    {
        List<List<ReleaseVersion>> ascending = [.. ContentVectors.Expect.GetProperty("versions").GetProperty("ascending").EnumerateArray().Select(same => same.EnumerateArray().Select(v => Version(v.GetString()!)).ToList())];
        for (int i = 0; i < ascending.Count; i++)
        {
            for (int j = 0; j < ascending.Count; j++)
            {
                foreach (ReleaseVersion a in ascending[i])
                {
                    foreach (ReleaseVersion b in ascending[j])
                    {
                        Assert.Equal(i.CompareTo(j), Math.Sign(a.CompareTo(b)));
                        Assert.Equal((i == j, i < j, i >= j), (a == b, a < b, a >= b));
                        if (i == j) Assert.Equal(a.GetHashCode(), b.GetHashCode());
                    }
                }
            }
        }
    }

    [Fact]
    public void What_is_no_version_is_none() => Assert.All(ContentVectors.Expect.GetProperty("versions").GetProperty("refused").EnumerateArray(), v => Assert.False(ReleaseVersion.TryParse(v.GetString(), out _), v.GetString()));

    [Fact]
    public void A_rollout_is_drawn_as_the_page_says()
    {
        Notice notice = NoticeList.Read(ContentVectors.Bytes("notices.jsonl"))[0];
        foreach (JsonElement row in ContentVectors.Expect.GetProperty("rollout").EnumerateArray())
        {
            ulong draw = Rollout.Draw(Convert.FromHexString(row.GetProperty("secret").GetString()!), row.GetProperty("id").GetString()!);
            Assert.Equal(row.GetProperty("draw").GetString(), draw.ToString("x16", CultureInfo.InvariantCulture));
            Assert.Equal(notice.Rollout.Start.AddTicks(row.GetProperty("ticks").GetInt64()), Rollout.OfferedFrom(notice, draw));
        }
        Assert.Equal(notice.Rollout.Start, Rollout.OfferedFrom(notice, 0));
        Assert.Equal(notice.Rollout.Start.AddSeconds(604800), Rollout.OfferedFrom(notice, ulong.MaxValue));
        Assert.Equal(notice.Rollout.Start, Rollout.OfferedFrom(notice with { Critical = true }, ulong.MaxValue));
        Assert.Equal(notice.Rollout.Start, Rollout.OfferedFrom(notice with { Rollout = notice.Rollout with { Seconds = 0 } }, ulong.MaxValue));
        Assert.Equal(DateTimeOffset.MaxValue, Rollout.OfferedFrom(notice with { Rollout = new(DateTimeOffset.MaxValue.AddSeconds(-5), 604800) }, ulong.MaxValue));
    }

    [Fact] // the same phones are not always first
    public void Two_notices_are_two_draws_and_many_devices_spread_evenly()
    {
        byte[] secret = new byte[Rollout.SecretSize];
        Assert.NotEqual(Rollout.Draw(secret, "a"), Rollout.Draw(secret, "b"));
        int first = Enumerable.Range(0, 10_000).Count(i =>
        {
            BitConverter.TryWriteBytes(secret, i);
            return Rollout.Draw(secret, "example-phone/1.1/stable") < ulong.MaxValue / 10;
        });
        Assert.InRange(first, 880, 1120); // a tenth of 10,000, by four standard deviations
    }

    [Fact]
    public void A_notice_says_what_it_means_for_one_device()
    {
        Notice notice = NoticeList.Read(ContentVectors.Bytes("notices.jsonl"))[0];
        byte[] secret = new byte[Rollout.SecretSize];
        DateTimeOffset from = Rollout.OfferedFrom(notice, Rollout.Draw(secret, notice.Id));
        Assert.Equal(OfferState.NotYet, Offer.Of(notice, Version("1.0"), secret, from.AddTicks(-1)).State);
        Assert.Equal(OfferState.Offered, Offer.Of(notice, Version("1.0"), secret, from).State);
        Assert.Equal(OfferState.BelowMinimum, Offer.Of(notice, Version("0.9"), secret, from).State);
        Assert.Equal(OfferState.NotNewer, Offer.Of(notice, Version("1.1.0"), secret, from).State);
        Assert.Equal(OfferState.NotNewer, Offer.Of(notice, Version("1.10"), secret, from).State);
    }

    static ReleaseVersion Version(string text) => ReleaseVersion.TryParse(text, out ReleaseVersion? version) ? version : throw new FormatException(text);
}
