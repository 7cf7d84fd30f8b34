using System.Net;
using System.Text;

namespace Offproof.Lab.Tests;

/// <summary>lab.md §5 on connections and ledgers that are made here.</summary>
public sealed class MatchTests
{
    static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_true_ledger_fits_whole()
    {
        LedgerMatch match = Match(Two(), True());
        Assert.Empty(match.UnmatchedLines);
        Assert.Empty(match.Unmatched);
        Assert.Equal(3, match.Placed.Count);
    }

    [Fact] // two requests at the same time, of which the first that fits is not the right place
    public void Requests_side_by_side_are_laid_where_all_of_them_fit()
    {
        Connection a = Connection(1, (0, 100, 100), (30, 200, 50)), b = Connection(2, (0, 100, 100), (30, 300, 60));
        LedgerMatch match = Match([a, b], [Request(0, 29, 100, 100), Request(0, 29, 100, 100), Request(30, 60, 300, 60), Request(30, 60, 200, 50)]);
        Assert.Empty(match.UnmatchedLines);
        Assert.Empty(match.Unmatched);
    }

    [Fact] // on either connection it would fit, but one of them is then not full
    public void A_first_choice_that_leaves_bytes_behind_is_taken_back()
    {
        Connection a = Connection(1, (0, 100, 100), (30, 200, 50)), b = Connection(2, (0, 100, 100));
        LedgerMatch match = Match([b, a], [Request(0, 29, 100, 100), Request(0, 60, 100, 100), Request(30, 60, 200, 50)]);
        Assert.Empty(match.UnmatchedLines);
        Assert.Empty(match.Unmatched);
    }

    [Fact] // a client opens a second connection, and then the first is free: the handshake counts with the request for which it was made
    public void A_connection_that_was_opened_for_a_request_and_not_used_is_matched()
    {
        Connection first = Connection(1, (0, 500, 1800), (30, 841, 97), (32, 1194, 97), (50, 24, 24)), second = Connection(2, (31, 290, 750), (33, 80, 158), (50, 24, 0));
        List<(int From, int To, long Sent, long Received)> lines = [Request(0, 20, 500, 1800), Request(29, 34, 841, 97), Request(30, 36, 1194 + 370, 97 + 750)];
        LedgerMatch match = Match([first, second], lines);
        Assert.Empty(match.UnmatchedLines);
        Assert.Empty(match.Unmatched);
        lines[2] = Request(30, 36, 1194, 97);
        Assert.Single(Match([first, second], lines).Unmatched);
        lines[2] = Request(30, 36, 1194 + 371, 97 + 750);
        Assert.NotEmpty(Match([first, second], lines).UnmatchedLines);
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2)]
    public void A_request_that_was_taken_out_and_the_chain_made_anew_is_found(int which)
    {
        List<(int From, int To, long Sent, long Received)> lines = True();
        lines.RemoveAt(which);
        Assert.True(Match(Two(), lines).Unmatched.Count > 0);
    }

    [Theory]
    [InlineData(0, -1, 0), InlineData(0, 1, 0), InlineData(1, 0, -70), InlineData(1, 0, 1), InlineData(2, -100, 0), InlineData(2, 0, 1000)]
    public void Counts_that_were_changed_are_found(int which, long sent, long received)
    {
        List<(int From, int To, long Sent, long Received)> lines = True();
        lines[which] = (lines[which].From, lines[which].To, lines[which].Sent + sent, lines[which].Received + received);
        LedgerMatch match = Match(Two(), lines);
        Assert.True(match.UnmatchedLines.Count + match.Unmatched.Count > 0);
    }

    [Fact]
    public void A_line_without_bytes_is_found()
    {
        List<(int From, int To, long Sent, long Received)> lines = True();
        lines.Add(Request(200, 220, 50, 50));
        Assert.Equal(7, Assert.Single(Match(Two(), lines).UnmatchedLines).Line);
    }

    [Fact]
    public void A_request_at_another_time_is_found()
    {
        List<(int From, int To, long Sent, long Received)> lines = True();
        lines[2] = (5000, 5010, lines[2].Sent, lines[2].Received);
        Assert.NotEmpty(Match(Two(), lines).UnmatchedLines);
    }

    [Fact]
    public void More_than_the_end_of_TLS_behind_the_last_request_is_found()
    {
        Assert.Empty(Match([Connection(1, (0, 100, 100), (30, 48, 48))], [Request(0, 20, 100, 100)]).Unmatched);
        Assert.Single(Match([Connection(1, (0, 100, 100), (30, 47, 0))], [Request(0, 20, 100, 100)]).Unmatched);
        Assert.Single(Match([Connection(1, (0, 100, 100), (30, 24, 16))], [Request(0, 20, 100, 100)]).Unmatched);
        Assert.Single(Match([Connection(1, (0, 100, 100), (30, 72, 0))], [Request(0, 20, 100, 100)]).Unmatched);
    }

    [Fact]
    public void An_attempt_needs_a_line_that_failed()
    {
        Assert.Contains("an attempt without a line", Assert.Single(Match([Connection(1)], []).Unmatched).What, StringComparison.Ordinal);
        Assert.Empty(Match([Connection(1)], [Request(0, 20, 0, 0)]).Unmatched);
        Assert.Single(Match([Connection(1)], [Request(500, 520, 0, 0)]).Unmatched);
    }

    [Fact]
    public void A_line_that_was_altered_breaks_the_chain()
    {
        byte[] file = Ledger(True());
        Assert.Empty(LedgerFile.Read(file).Problems);
        string text = Encoding.UTF8.GetString(file);
        Assert.Equal(2, Assert.Single(LedgerFile.Read(Encoding.UTF8.GetBytes(text.Replace("\"purpose\":\"public\",\"method\":\"GET\",\"path\":\"/0\"", "\"purpose\":\"public\",\"method\":\"GET\",\"path\":\"/9\"", StringComparison.Ordinal))).Problems).Line);
        Assert.Contains(LedgerFile.Read(Encoding.UTF8.GetBytes(text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..])).Problems, static problem => problem.Line == 1);
        Assert.NotEmpty(LedgerFile.Read(file[..^3]).Problems);
        Assert.NotEmpty(LedgerFile.Read("no ledger\n"u8.ToArray()).Problems);
    }

    [Fact]
    public void A_search_that_has_no_end_is_ended()
    {
        Connection[] many = [.. Enumerable.Range(1, 30).Select(port => Connection(port, (0, 100, 100), (1, 100, 100)))];
        List<(int From, int To, long Sent, long Received)> lines = [.. Enumerable.Repeat(Request(0, 60, 100, 100), 59)];
        Assert.NotEmpty(Match(many, lines).Unmatched);
    }

    static List<(int From, int To, long Sent, long Received)> True() => [Request(0, 20, 500, 1800), Request(30, 40, 90, 400), Request(45, 90, 700, 2000)];

    static Connection[] Two() => [Connection(1, (1, 500, 1800), (31, 90, 400), (50, 24, 24)), Connection(2, (50, 700, 2000))];

    static (int From, int To, long Sent, long Received) Request(int from, int to, long sent, long received) => (from, to, sent, received);

    static LedgerMatch Match(IReadOnlyList<Connection> connections, List<(int From, int To, long Sent, long Received)> lines) => LedgerMatch.Of(connections, LedgerFile.Read(Ledger(lines)), static time => time);

    static Connection Connection(int port, params (int At, int Sent, int Received)[] exchanges)
    {
        Frame opened = new(1, Noon - DateTimeOffset.UnixEpoch + TimeSpan.FromMilliseconds(exchanges is [var begun, ..] ? begun.At : 0), default, 74, default);
        Connection connection = new(new IPEndPoint(IPAddress.Parse("198.51.100.2"), port), new IPEndPoint(IPAddress.Parse("198.51.100.1"), 443), opened);
        connection.Sent.Begin(1000);
        connection.Received.Begin(2000);
        (uint sent, uint received) = (1000, 2000);
        foreach ((int at, int out_, int in_) in exchanges)
        {
            TimeSpan time = Noon - DateTimeOffset.UnixEpoch + TimeSpan.FromMilliseconds(at);
            if (out_ > 0) Assert.True(connection.Sent.Add(sent, Bytes(out_), time));
            if (in_ > 0) Assert.True(connection.Received.Add(received, Bytes(in_), time));
            (sent, received) = (sent + (uint)out_, received + (uint)in_);
        }
        return connection;
    }

    // Twenty-four, or as often as that: alerts, as TLS 1.3 encrypts them.
    static byte[] Bytes(int count) => count % 24 == 0 ? [.. Enumerable.Repeat((byte[])[0x17, 3, 3, 0, 19, .. new byte[19]], count / 24).SelectMany(static alert => alert)] : new byte[count];

    static byte[] Ledger(List<(int From, int To, long Sent, long Received)> lines)
    {
        LedgerLines ledger = new();
        for (int i = 0; i < lines.Count; i++) ledger.Add(Noon.AddMilliseconds(lines[i].From), Noon.AddMilliseconds(lines[i].To), "cloud.example.org:443", "public", "GET", $"/{i}", lines[i].Sent, lines[i].Received);
        return ledger.File;
    }
}
