using System.Net;
using System.Net.Sockets;
using System.Text;
using Offproof.Consent;

namespace Offproof.Device.Tests.Egress;

/// <summary>ledger.md §2-§4: how the ledger is written.</summary>
public sealed class LedgerTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Digest Grant = Digest.Of("a grant"u8);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact] // "Before a byte leaves": the server looks at the ledger when it is called, before it has read anything.
    public async Task A_request_has_its_line_before_it_has_a_connection()
    {
        using RawServer server = new("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        string[] seen = [];
        server.Called = () => seen = File.ReadAllLines(Home.Ledger);
        (await SendAsync(server, "v1/server", new Purpose.Public())).Dispose();
        LedgerLine line = Read(Assert.Single(seen));
        Assert.Equal((1, "public", "GET", "/v1/server", $"127.0.0.1:{server.Url.Port}"), (line.Seq, line.Purpose, line.Method, line.Path, line.Host));
    }

    [Fact]
    public async Task The_outcome_has_the_bytes_that_went_over_the_wire_also_on_a_connection_that_is_used_again()
    {
        using RawServer server = new("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        using EgressGate gate = Gate(server.Url);
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage answer = await SendAsync(gate, new Uri(server.Url, "v1/vaults/a/d/photos/1/data/" + new string('a', 64)), new Purpose.Backup(Category.Photos, Grant), new byte[1000 * i]);
            await answer.Content.ReadAsByteArrayAsync(None);
        }
        LedgerLine[] outcomes = [.. Lines().Where(static l => l.Of is not null)];
        Assert.Equal([1L, 3L, 5L], outcomes.Select(static l => l.Of!.Value));
        Assert.All(outcomes, static l => Assert.Equal((200, (string?)null), (l.Status, l.Failure)));
        Assert.Equal(1, server.Connections);
        Assert.Equal(server.Requests, outcomes.Select(static l => l.Sent!.Value));
        Assert.All(outcomes, l => Assert.Equal(server.AnswerLength, l.Received));
    }

    [Fact] // a handshake that fails has left bytes too: the server that has no certificate counts what it was sent
    public async Task What_a_connection_needs_before_its_request_is_counted()
    {
        using RawServer server = new("this is not TLS", readsAtLeast: 100);
        UriBuilder https = new(server.Url) { Scheme = "https" };
        using EgressGate gate = Gate(https.Uri);
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(gate, new Uri(https.Uri, "v1/server"), new Purpose.Public()));
        await server.EndedAsync();
        LedgerLine outcome = Lines()[^1];
        Assert.Equal(("failed", (int?)null), (outcome.Failure, outcome.Status));
        Assert.InRange(server.Total, 100, 5000);
        Assert.Equal(server.Total, outcome.Sent);
        Assert.InRange(outcome.Received!.Value, 1, server.AnswerLength);
    }

    [Fact]
    public async Task A_server_that_is_not_there_an_answer_that_is_let_go_of_and_a_wait_that_is_ended_have_their_words()
    {
        Uri nobody = new("http://127.0.0.1:1/");
        using (EgressGate gate = Gate(nobody))
            await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(gate, new Uri(nobody, "v1/server"), new Purpose.Public()));
        LedgerLine refused = Lines()[^1];
        Assert.Equal(("failed", 0L, 0L, (int?)null), (refused.Failure, refused.Sent, refused.Received, refused.Status));

        using (RawServer cut = new("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello")) (await SendAsync(cut, "v1/server", new Purpose.Public())).Dispose();
        Assert.Equal(("cut", 200), (Lines()[^1].Failure, Lines()[^1].Status));

        using RawServer silent = new("");
        using CancellationTokenSource patience = new(TimeSpan.FromMilliseconds(200));
        using EgressGate waiting = Gate(silent.Url);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(waiting, new Uri(silent.Url, "v1/server"), new Purpose.Public(), cancel: patience.Token));
        Assert.Equal(("stopped", (int?)null), (Lines()[^1].Failure, Lines()[^1].Status));
    }

    [Fact]
    public async Task Where_the_line_cannot_be_written_nothing_is_sent()
    {
        Directory.CreateDirectory(Home.Ledger); // nobody can append to a folder
        CountingWire wire = new();
        using EgressGate gate = new(new Uri("http://127.0.0.1:8750/"), static _ => Holding.ToAdd, Ledger(), wire);
        DeviceException failed = await Assert.ThrowsAsync<DeviceException>(() => SendAsync(gate, new Uri("http://127.0.0.1:8750/v1/server"), new Purpose.Public()));
        Assert.Equal(DeviceFault.Failure, failed.Fault);
        Assert.StartsWith($"{Home.Ledger} could not be written, and nothing is sent that it does not name", failed.Message, StringComparison.Ordinal);
        Assert.Equal(0, wire.Count);
    }

    [Fact]
    public async Task The_head_goes_with_what_a_signature_authenticates_and_with_nothing_else()
    {
        CountingWire wire = new();
        Uri server = new("http://127.0.0.1:8750/");
        using EgressGate gate = new(server, static _ => Holding.ToAdd, Ledger(), wire);
        foreach (string path in (string[])["v1/accounts", "v1/records", "v1/tokens", "v1/nonces"])
            (await SendAsync(gate, new Uri(server, path), new Purpose.ConsentRecords(), [1])).Dispose();
        (await SendAsync(gate, new Uri(server, "v1/vaults/a/d/photos/1/config"), new Purpose.Backup(Category.Photos, Grant))).Dispose();
        string[] lines = await File.ReadAllLinesAsync(Home.Ledger, None);
        Assert.Equal([1, 3, 5], wire.Heads.Where(static h => h is not null).Select(static h => int.Parse(h!.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.All(wire.Heads.Take(3), head => Assert.Equal(head, new LedgerHead(Read(lines[head![0] - '1']).Seq, Digest.Of(Encoding.UTF8.GetBytes(lines[head[0] - '1']))).Text));
        Assert.All(wire.Heads.Skip(3), Assert.Null);
    }

    [Theory]
    [InlineData("v1/recovery/7b/refusals", "", "/v1/recovery/ACCOUNT/refusals")]
    [InlineData("v1/vaults/7b/9c/photos/12/data/", "?create=true", "/v1/vaults/ACCOUNT/DEVICE/photos/12/data/?create=true")]
    [InlineData("v1/recovery/7b/", "", "/v1/recovery/ACCOUNT/")]
    [InlineData("v1/vaults/7b/9c/photos/1/keys/7777777777777777777777777777777777777777777777777777777777777777", "", "/v1/vaults/ACCOUNT/DEVICE/photos/1/keys/7777777777777777777777777777777777777777777777777777777777777777")]
    [InlineData("v1/join/4821-ABCD", "", "/v1/join/*")]
    [InlineData("v1/devices/7777777777777777777777777777777777777777777777777777777777777777", "", "/v1/devices/*")]
    [InlineData("v1/records", "", "/v1/records")]
    public void A_path_names_nobody_and_opens_nothing(string path, string query, string written) => Assert.Equal(written, LedgerPath.Of(path.Split('/'), query));

    [Theory]
    [InlineData("https://cloud.example.org/offproof/", "cloud.example.org:443")]
    [InlineData("http://[::1]:8750/", "[::1]:8750")]
    public void A_host_is_written_with_its_port(string server, string written) => Assert.Equal(written, LedgerPath.Host(new Uri(server)));

    [Fact]
    public async Task An_address_of_version_6_is_a_place_like_another()
    {
        using RawServer server = new("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", address: IPAddress.IPv6Loopback);
        (await SendAsync(server, "v1/server", new Purpose.Public())).Dispose();
        Assert.Equal((200, (string?)null), (Lines()[^1].Status, Lines()[^1].Failure));
        Assert.Equal($"[::1]:{server.Url.Port}", Lines()[0].Host);
    }

    [Fact] // several processes of one device: each has its own Ledger and its own descriptor
    public async Task Writers_at_once_give_one_chain()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            Ledger ledger = Ledger();
            for (int i = 0; i < 40; i++) Write(ledger);
        })));
        LedgerVerdict verdict = Verify();
        Assert.Equal((320, 0, true), (verdict.Lines, verdict.Unfinished, verdict.Verified));
    }

    [Theory] // what a loss of power or a full disk may leave of a line, and of the lines that account for it
    [InlineData("{\"seq\":3,\"ti")]
    [InlineData("\0\0\0\0\0")]
    [InlineData("{\"seq\":3,\"time\":\"2026-01-01T10:00:00.000Z\"}\n")]
    [InlineData("{\"se\n{\"seq\":4,\"to")]
    [InlineData("\n\n")]
    public void A_torn_line_is_kept_and_the_next_one_names_it(string torn)
    {
        Write(Ledger());
        File.AppendAllText(Home.Ledger, torn);
        LedgerVerdict before = Verify();
        Assert.Equal((true, 0L), (before.Verified, before.Unfinished));
        Assert.InRange(before.Torn, 1, 2);

        Write(Ledger());
        string text = File.ReadAllText(Home.Ledger);
        Assert.Contains(torn, text, StringComparison.Ordinal);
        LedgerLine[] lines = Lines();
        Assert.Equal(3, Assert.Single(lines, static l => l.Torn is not null).Torn);
        LedgerVerdict after = Verify();
        Assert.Equal((true, 0L, before.Torn), (after.Verified, after.Unfinished, after.Torn));
        Assert.Equal(2 + after.Torn + 1 + 2, after.Lines);
    }

    [Fact]
    public void A_line_that_is_whole_but_for_its_end_is_torn_and_goes_on_being_a_line()
    {
        Write(Ledger());
        Ledger writer = Ledger();
        Write(writer);
        byte[] all = File.ReadAllBytes(Home.Ledger);
        File.WriteAllBytes(Home.Ledger, all[..^1]);
        Assert.True(Verify().Verified);
        Write(writer); // it sees that the file is not where it left it
        LedgerVerdict verdict = Verify();
        Assert.Equal((true, 7L), (verdict.Verified, verdict.Lines));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void What_was_cut_off_is_not_covered_up_by_what_is_appended(int cut)
    {
        Ledger writer = Ledger();
        for (int i = 0; i < 3; i++) Write(writer);
        string head = File.ReadAllText(Home.LedgerHead).Trim();
        string[] lines = File.ReadAllLines(Home.Ledger);
        File.WriteAllText(Home.Ledger, string.Concat(lines[..^cut].Select(static l => l + "\n")));
        Assert.False(Verify().Verified);

        Write(writer);
        Write(Ledger());
        Assert.Equal(head, Assert.Single(Lines(), static l => l.Gap is not null).Gap);
        LedgerVerdict verdict = Verify();
        Assert.Equal(6 - cut + 1, Assert.Single(verdict.Problems, static p => p.Problem.Contains("did not end as it should have", StringComparison.Ordinal)).Line);
    }

    [Fact]
    public void A_ledger_that_was_deleted_is_a_gap_in_the_next_one()
    {
        Write(Ledger());
        File.Delete(Home.Ledger);
        Assert.False(Verify().Verified);
        Write(Ledger());
        Assert.NotNull(Lines()[0].Gap);
        Assert.False(Verify().Verified);
    }

    [Fact] // ledger.md §4: killed between the line and the head
    public void A_head_that_names_the_line_before_is_no_damage()
    {
        Ledger writer = Ledger();
        Write(writer);
        string head = File.ReadAllText(Home.LedgerHead);
        writer.Request("example.org:443", new Purpose.Public(), HttpMethod.Get, "/v1/server", showsHead: false, via: null, None);
        File.WriteAllText(Home.LedgerHead, head);
        LedgerVerdict verdict = Verify();
        Assert.Equal((true, 1L), (verdict.Verified, verdict.Unfinished));
        Write(Ledger());
        Assert.True(Verify().Verified);
        Assert.DoesNotContain(Lines(), static l => l.Gap is not null);
    }

    [Fact]
    public void Both_files_are_for_their_owner_alone()
    {
        Write(Ledger());
        if (OperatingSystem.IsWindows()) return;
        foreach (string file in (string[])[Home.Ledger, Home.LedgerHead]) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    private HomeFolder Home => new(folder.Root);

    private Ledger Ledger() => new(Home, TimeProvider.System);

    private LedgerFile LedgerFile => new(Home, TimeProvider.System);

    private LedgerLine[] Lines() => [.. LedgerCheck.Lines(LedgerFile)];

    private LedgerVerdict Verify() => LedgerCheck.Run(LedgerFile, []);

    private static void Write(Ledger ledger)
    {
        LedgerHead line = ledger.Request("example.org:443", new Purpose.Reading(Category.Notes, Grant), HttpMethod.Get, "/v1/vaults/ACCOUNT/DEVICE/notes/1/config", showsHead: false, via: null, None);
        ledger.Outcome(line.Seq, new Meter(), 200, null);
    }

    private static LedgerLine Read(string text)
    {
        Assert.True(LedgerLine.TryRead(Encoding.UTF8.GetBytes(text), out LedgerLine? line), text);
        return line;
    }

    private EgressGate Gate(Uri server) => new(server, static _ => Holding.ToAdd, Ledger());

    private async Task<HttpResponseMessage> SendAsync(RawServer server, string path, Purpose purpose)
    {
        using EgressGate gate = Gate(server.Url);
        return await SendAsync(gate, new Uri(server.Url, path), purpose);
    }

    private static async Task<HttpResponseMessage> SendAsync(EgressGate gate, Uri url, Purpose purpose, byte[]? body = null, CancellationToken cancel = default)
    {
        using HttpMessageInvoker invoker = new(gate, disposeHandler: false);
        using HttpRequestMessage request = new(body is null ? HttpMethod.Get : HttpMethod.Post, url);
        if (body is not null) request.Content = new ByteArrayContent(body);
        request.Options.Set(Purpose.Key, purpose);
        return await invoker.SendAsync(request, cancel);
    }

    private sealed class CountingWire : HttpMessageHandler
    {
        internal int Count => Heads.Count;

        internal List<string?> Heads { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Heads.Add(request.Headers.TryGetValues(LedgerHead.Header, out IEnumerable<string>? values) ? values.Single() : null);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }

    /// <summary>A listener that counts the bytes which really come, and gives one answer to each request.</summary>
    private sealed class RawServer : IDisposable
    {
        private readonly TcpListener listener;
        private readonly byte[] answer;
        private readonly Task serving;
        private readonly int readsAtLeast;

        internal RawServer(string answer, int readsAtLeast = 0, IPAddress? address = null)
        {
            listener = new TcpListener(address ?? IPAddress.Loopback, 0);
            (this.answer, this.readsAtLeast) = (Encoding.ASCII.GetBytes(answer), readsAtLeast);
            listener.Start();
            Url = new Uri($"http://{listener.LocalEndpoint}/");
            serving = Task.Run(ServeAsync);
        }

        internal Uri Url { get; }

        internal Action Called { get; set; } = static () => { };

        internal int Connections { get; private set; }

        internal List<long> Requests { get; } = [];

        internal long Total { get; private set; }

        internal long AnswerLength => answer.Length;

        internal async Task EndedAsync()
        {
            while (!serving.IsCompleted) await Task.Delay(10, None);
        }

        private async Task ServeAsync()
        {
            try
            {
                using TcpClient client = await listener.AcceptTcpClientAsync(None);
                listener.Stop(); // a second connection is refused at once, not left waiting
                Connections++;
                Called();
                NetworkStream stream = client.GetStream();
                byte[] buffer = new byte[64 * 1024];
                using MemoryStream request = new();
                for (int read = await stream.ReadAsync(buffer, None); read > 0; read = await stream.ReadAsync(buffer, None))
                {
                    Total += read;
                    await request.WriteAsync(buffer.AsMemory(0, read), None);
                    if (readsAtLeast > 0 ? Total < readsAtLeast : !IsWhole(Encoding.Latin1.GetString(request.ToArray()))) continue;
                    Requests.Add(request.Length);
                    request.SetLength(0);
                    await stream.WriteAsync(answer, None);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // The client is gone, or the test is over.
            }
        }

        private static bool IsWhole(string request)
        {
            int end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0) return false;
            string? length = request[..end].Split("\r\n").FirstOrDefault(static h => h.StartsWith("Content-Length: ", StringComparison.Ordinal));
            return request.Length - end - 4 >= (length is null ? 0 : int.Parse(length["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture));
        }

        public void Dispose() => listener.Dispose();
    }
}
