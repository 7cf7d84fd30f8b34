using System.Diagnostics;
using System.Net;
using System.Text;
using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device.Tests.Egress;

public sealed class VaultAccessTests
{
    private static readonly Uri Vault = new("http://127.0.0.1:8750/v1/vaults/");
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData(0)] // silent after the headers
    [InlineData(1)] // one byte now and then, for ever
    public async Task An_answer_that_stalls_or_drips_is_one_failed_attempt_and_the_next_one_may_do(int bytesAtOnce)
    {
        int asked = 0;
        Wire wire = new(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(++asked == 1 ? new Dripping(bytesAtOnce) : new MemoryStream([1, 2, 3])) });
        using VaultAccess access = Access(wire);
        using HttpMessageInvoker invoker = new(access);
        RestStorage storage = new(invoker, Vault, new RestRetry(2, TimeSpan.Zero, TimeSpan.Zero));
        long start = Stopwatch.GetTimestamp();
        Assert.Equal([1, 2, 3], await storage.ReadAsync(new VaultFile(VaultFileKind.Config, ""), 100, CancellationToken.None));
        Assert.InRange(Stopwatch.GetElapsedTime(start), Short / 2, TimeSpan.FromSeconds(20));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task What_the_reader_does_between_two_reads_does_not_count()
    {
        using PatientStream stream = new(new MemoryStream([1, 2, 3]), Short, TimeProvider.System);
        byte[] one = new byte[1];
        Assert.Equal(1, await stream.ReadAsync(one));
        await Task.Delay(2 * Short);
        Assert.Equal(1, await stream.ReadAsync(one));
    }

    [Fact] // protocol.md §10: "not-accepted: get a new token, once"
    public async Task A_token_that_is_taken_no_more_is_replaced_once_and_the_upload_goes_on()
    {
        List<string> sent = [];
        Wire wire = new(request =>
        {
            sent.Add(request.Headers.Authorization!.Parameter!);
            return sent.Count == 1 ? Problem(HttpStatusCode.Forbidden, "not-accepted") : new HttpResponseMessage(HttpStatusCode.OK);
        });
        using VaultAccess access = Access(wire);
        using HttpMessageInvoker invoker = new(access);
        await new RestStorage(invoker, Vault).WriteAsync(new VaultFile(VaultFileKind.Data, new string('a', 64)), new byte[] { 1, 2, 3 }, CancellationToken.None);
        Assert.Equal(["token-1", "token-2"], sent);
        Assert.Equal([3L, 3L], wire.Lengths);
    }

    [Fact]
    public async Task A_refusal_too_long_to_read_is_a_refusal_still_and_not_a_server_out_of_reach()
    {
        int asked = 0;
        Wire wire = new(_ =>
        {
            asked++;
            return new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new ByteArrayContent(new byte[100_000]) };
        });
        using VaultAccess access = Access(wire);
        using HttpMessageInvoker invoker = new(access);
        RestStorage storage = new(invoker, Vault, new RestRetry(2, TimeSpan.Zero, TimeSpan.Zero));
        StorageRefusedException refused = await Assert.ThrowsAsync<StorageRefusedException>(() => storage.ReadAsync(new VaultFile(VaultFileKind.Config, ""), 100, CancellationToken.None));
        Assert.Equal((403, 1), (refused.Status, asked));
    }

    [Theory]
    [InlineData("not-accepted", 2)]
    [InlineData("revoked", 1)]
    [InlineData("read-only", 1)]
    public async Task A_refusal_that_lasts_is_asked_about_at_most_once_more(string problem, int requests)
    {
        Wire wire = new(_ => Problem(HttpStatusCode.Forbidden, problem));
        using VaultAccess access = Access(wire);
        using HttpMessageInvoker invoker = new(access);
        await Assert.ThrowsAsync<StorageRefusedException>(() =>
            new RestStorage(invoker, Vault).ReadAsync(new VaultFile(VaultFileKind.Config, ""), 100, CancellationToken.None));
        Assert.Equal(requests, wire.Lengths.Count);
    }

    [Theory] // the server's clock says when a token dies, and may be years away from this one
    [InlineData(-366), InlineData(0), InlineData(366)]
    public async Task Whatever_the_clocks_say_a_token_is_used_until_shortly_before_its_end(int days)
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 31, 18, 0, 0, TimeSpan.Zero));
        List<string> sent = [];
        Wire wire = new(request =>
        {
            sent.Add(request.Headers.Authorization!.Parameter!);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        int tokens = 0;
        using VaultAccess access = new(new HttpMessageInvoker(wire), new Purpose.Backup(Category.Photos, Digest.Of("a grant"u8)),
            _ => Task.FromResult(new Token($"token-{++tokens}", time.GetUtcNow().AddDays(days).AddSeconds(900)) { Life = TimeSpan.FromSeconds(900) }), time);
        using HttpMessageInvoker invoker = new(access);
        foreach (int seconds in (int[])[0, 1, 778, 2, 700])
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(Vault, "config"));
            (await invoker.SendAsync(request, CancellationToken.None)).Dispose();
        }
        Assert.Equal(["token-1", "token-1", "token-1", "token-2", "token-2"], sent);
    }

    private static VaultAccess Access(Wire wire)
    {
        int tokens = 0;
        return new VaultAccess(new HttpMessageInvoker(new PatientHandler(wire, TimeProvider.System, Short)), new Purpose.Backup(Category.Photos, Digest.Of("a grant"u8)),
            _ => Task.FromResult(new Token($"token-{++tokens}", DateTimeOffset.MaxValue)), TimeProvider.System);
    }

    private static HttpResponseMessage Problem(HttpStatusCode status, string name) => new(status)
    {
        Content = new StringContent($$"""{"type":"urn:offproof:problem:{{name}}","detail":""}""", Encoding.UTF8, "application/problem+json"),
    };

    private sealed class Wire(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        internal List<long> Lengths { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Lengths.Add(request.Content is null ? 0 : (await request.Content.ReadAsByteArrayAsync(cancellationToken)).Length);
            return answer(request);
        }
    }

    /// <summary>A body that never ends.</summary>
    private sealed class Dripping(int bytesAtOnce) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(bytesAtOnce == 0 ? Timeout.Infinite : 20, cancellationToken);
            buffer.Span[..bytesAtOnce].Clear();
            return bytesAtOnce;
        }
    }
}
