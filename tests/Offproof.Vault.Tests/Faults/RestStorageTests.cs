using System.Net;
using System.Text;

namespace Offproof.Vault.Tests.Faults;

public sealed class RestStorageTests
{
    /// <summary>A write-once server of the REST protocol in memory; the script may break the n-th request, before or after it took effect.</summary>
    sealed class Server : HttpMessageHandler
    {
        internal Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);
        internal Func<HttpRequestMessage, int, object?> Break { get; set; } = static (_, _) => null;
        internal bool LoseAnswerOfNextPost { get; set; }
        internal bool ListsTwice { get; set; }
        internal string Received { get; set; } = "";
        internal List<string> Log { get; } = [];
        internal string? Authorization { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string path = request.RequestUri!.PathAndQuery[3..];
            int number;
            lock (Log)
            {
                Log.Add($"{request.Method} {path}");
                number = Log.Count;
            }
            Authorization = request.Headers.Authorization?.ToString();
            switch (Break(request, number))
            {
                case Exception e: throw e;
                case HttpResponseMessage answer: return answer;
                case HttpStatusCode status: return new HttpResponseMessage(status);
                default: break;
            }
            byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
            lock (Files)
            {
                if (request.Method == HttpMethod.Post && path is "?create=true") return new(HttpStatusCode.OK);
                if (request.Method == HttpMethod.Post)
                {
                    Assert.Equal(body.Length, request.Content!.Headers.ContentLength);
                    if (!Files.TryAdd(path, body)) return new(HttpStatusCode.Forbidden);
                    if (!LoseAnswerOfNextPost) return new(HttpStatusCode.OK);
                    LoseAnswerOfNextPost = false;
                    throw new HttpRequestException("the answer was lost");
                }
                if (request.Method == HttpMethod.Delete) return new(Files.Remove(path) ? HttpStatusCode.OK : HttpStatusCode.NotFound);
                if (path.EndsWith('/'))
                {
                    Assert.Contains("v2", request.Headers.Accept.ToString(), StringComparison.Ordinal);
                    string list = string.Join(',', Files.Where(f => f.Key.StartsWith(path, StringComparison.Ordinal)).Select(f => $"{{\"name\":\"{f.Key[path.Length..]}\",\"size\":{f.Value.Length}{Received}}}"));
                    return new(HttpStatusCode.OK) { Content = new StringContent(ListsTwice ? $"[{list},{list}]" : $"[{list}]") };
                }
                if (!Files.TryGetValue(path, out byte[]? file)) return new(HttpStatusCode.NotFound);
                if (request.Headers.Range?.Ranges.Single() is { } range)
                    return new(HttpStatusCode.PartialContent) { Content = new ByteArrayContent(file[(int)range.From!.Value..Math.Min(file.Length, (int)range.To!.Value + 1)]) };
                return new(HttpStatusCode.OK) { Content = new ByteArrayContent(file) };
            }
        }
    }

    static (RestStorage Storage, Server Server, HttpMessageInvoker Invoker) New()
    {
        Server server = new();
        HttpMessageInvoker invoker = new(server);
        return (new RestStorage(invoker, new Uri("http://token:secret@127.0.0.1:9/v/"), new RestRetry(3, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2))), server, invoker);
    }

    [Fact] // protocol.md §14: a server that says how long to wait is waited for as long, and no longer than is waited for anyone.
    public async Task A_server_that_asks_to_slow_down_is_waited_for()
    {
        Server server = new() { Break = static (_, number) => number == 1 ? SlowDown(seconds: 1) : number == 3 ? SlowDown(seconds: 3600) : null };
        using HttpMessageInvoker invoker = new(server);
        RestStorage storage = new(invoker, new Uri("http://127.0.0.1:9/v/"), new RestRetry(3, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2)));
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        await storage.WriteAsync(Pack([1]), new byte[] { 1 }, TestContext.Current.CancellationToken);
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds, 0.99, 20);
        await storage.WriteAsync(Pack([2]), new byte[] { 2 }, TestContext.Current.CancellationToken);
        Assert.Equal(4, server.Log.Count);

        static HttpResponseMessage SlowDown(int seconds)
        {
            HttpResponseMessage answer = new(HttpStatusCode.TooManyRequests);
            answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
            return answer;
        }
    }

    static VaultFile Pack(byte[] content) => new(VaultFileKind.Data, ContentId.Of(content).ToString());

    [Fact]
    public async Task A_whole_vault_over_HTTP_with_every_fifth_request_failing()
    {
        (RestStorage storage, Server server, HttpMessageInvoker invoker) = New();
        using HttpMessageInvoker sends = invoker;
        using Scratch scratch = new();
        server.Break = static (_, number) => number % 5 == 0 ? HttpStatusCode.BadGateway : null;
        using VaultPassword password = VaultPassword.FromText("fictional");
        await NewVault.Create(password, TimeProvider.System).WriteAsync(storage);
        await using Repository repository = await Repository.OpenAsync(storage, password);
        BackupSummary summary = await repository.BackupAsync([FaultTests.Item("/photos/a.jpg", Noise.Bytes(1, 3_000_000))], new BackupOptions { Roots = ["/photos"] });
        Assert.Equal(3_000_000, summary.BytesAdded);
        Assert.True((await repository.CheckAsync(readData: true)).Sound);
        Assert.True((await repository.RestoreAsync((await repository.SnapshotsAsync())[0], scratch.Path)).Complete);
        Assert.Equal(Noise.Bytes(1, 3_000_000), await File.ReadAllBytesAsync(scratch["photos/a.jpg"]));
        Assert.DoesNotContain(server.Files.Keys, static k => k.StartsWith("locks/", StringComparison.Ordinal));
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("token:secret")), server.Authorization);
        Assert.Contains(server.Log, static line => line is "POST ?create=true");
    }

    [Fact]
    public async Task A_lost_answer_is_recognised_and_another_content_is_not()
    {
        (RestStorage storage, Server server, HttpMessageInvoker invoker) = New();
        using HttpMessageInvoker sends = invoker;
        byte[] content = [1, 2, 3];
        server.LoseAnswerOfNextPost = true;
        await storage.WriteAsync(Pack(content), content);
        Assert.Equal(content, await storage.ReadAsync(Pack(content), 100));
        server.Files[$"data/{Pack(content).Name}"] = [1, 2, 4];
        await Assert.ThrowsAsync<StorageRefusedException>(() => storage.WriteAsync(Pack(content), content));
    }

    [Fact]
    public async Task A_name_that_a_server_lists_twice_counts_once()
    {
        (RestStorage storage, Server server, HttpMessageInvoker invoker) = New();
        using HttpMessageInvoker sends = invoker;
        byte[] content = [1, 2, 3];
        server.Files[$"data/{Pack(content).Name}"] = content;
        server.ListsTwice = true;
        Assert.Equal(new VaultEntry(Pack(content).Name, 3), Assert.Single(await storage.ListAsync(VaultFileKind.Data)));
    }

    [Theory]
    [InlineData(1000, false)]
    [InlineData(1 << 20, true)]
    public async Task Large_bodies_are_announced_before_they_are_sent(int length, bool announced)
    {
        (RestStorage storage, Server server, HttpMessageInvoker invoker) = New();
        using HttpMessageInvoker sends = invoker;
        bool? expects = null;
        server.Break = (request, _) =>
        {
            expects = request.Headers.ExpectContinue;
            return null;
        };
        byte[] content = Noise.Bytes(1, length);
        await storage.WriteAsync(Pack(content), content);
        Assert.Equal(announced, expects);
    }

    [Theory]
    [InlineData(HttpStatusCode.InsufficientStorage, typeof(StorageFullException), 1)]
    [InlineData(HttpStatusCode.Unauthorized, typeof(StorageRefusedException), 1)]
    [InlineData(HttpStatusCode.Gone, typeof(StorageRefusedException), 1)]
    [InlineData(HttpStatusCode.Locked, typeof(VaultLockedException), 1)]
    [InlineData(HttpStatusCode.ServiceUnavailable, typeof(StorageUnreachableException), 3)]
    [InlineData(HttpStatusCode.Forbidden, typeof(StorageRefusedException), 2)]
    public async Task Answers_have_names_and_only_some_are_asked_again(HttpStatusCode status, Type expected, int requests)
    {
        (RestStorage storage, Server server, HttpMessageInvoker invoker) = New();
        using HttpMessageInvoker sends = invoker;
        server.Break = (_, _) => status;
        Exception thrown = await Assert.ThrowsAsync(expected, () => storage.WriteAsync(Pack([1]), new byte[] { 1 }));
        Assert.Equal(requests, server.Log.Count);
        Assert.Equal(status == HttpStatusCode.Gone, thrown is StorageRefusedException { Gone: true });
        Assert.DoesNotContain("secret", thrown.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null), InlineData(",\"received\":1000000000", 1_000_000_000L), InlineData(",\"received\":0", 0L)]
    [InlineData(",\"received\":-1", null), InlineData(",\"received\":\"yesterday\"", null), InlineData(",\"received\":1e300", null), InlineData(",\"received\":253402300800", null), InlineData(",\"received\":null", null)]
    public async Task When_a_file_was_received_is_what_the_server_says_or_not_known(string member, long? seconds)
    {
        (RestStorage storage, Server server, HttpMessageInvoker invoker) = New();
        using HttpMessageInvoker sends = invoker;
        server.Received = member;
        server.Files[$"data/{Pack([1]).Name}"] = [1];
        Assert.Equal(seconds, Assert.Single(await storage.ListAsync(VaultFileKind.Data)).Received?.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task A_server_that_does_not_say_when_it_received_its_files_is_not_pruned_and_nothing_but_the_config_is_out_of_reach()
    {
        (RestStorage storage, Server server, HttpMessageInvoker invoker) = New();
        using HttpMessageInvoker sends = invoker;
        using VaultPassword password = VaultPassword.FromText("fictional");
        await NewVault.Create(password, TimeProvider.System).WriteAsync(storage);
        await using Repository repository = await Repository.OpenAsync(storage, password);
        await repository.BackupAsync(FaultTests.Album(2, 3000), FaultTests.Photos);
        await Assert.ThrowsAsync<StorageRefusedException>(() => repository.PlanPruneAsync(new PruneRules()));
        server.Received = ",\"received\":1000000000";
        Assert.Single((await repository.PlanPruneAsync(new PruneRules())).Keeps);
        await Assert.ThrowsAsync<ArgumentException>(() => storage.RemoveAsync(VaultFile.Config));
        server.Break = static (request, _) => request.Method == HttpMethod.Delete ? HttpStatusCode.Forbidden : null;
        await Assert.ThrowsAsync<StorageRefusedException>(() => storage.RemoveAsync(Pack([1])));
        server.Break = static (_, _) => null;
        await storage.RemoveAsync(Pack([1])); // it was gone before
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_given_up_after_the_bounded_attempts()
    {
        (RestStorage storage, Server server, HttpMessageInvoker invoker) = New();
        using HttpMessageInvoker sends = invoker;
        server.Break = static (_, _) => new HttpRequestException("connection refused");
        await Assert.ThrowsAsync<StorageUnreachableException>(() => storage.FindAsync(VaultFile.Config));
        Assert.Equal(3, server.Log.Count);
    }

    [Fact]
    public async Task Short_files_are_corrupt_and_absent_ones_missing()
    {
        (RestStorage storage, Server server, HttpMessageInvoker invoker) = New();
        using HttpMessageInvoker sends = invoker;
        server.Files[$"data/{Pack([1]).Name}"] = [1];
        await Assert.ThrowsAsync<CorruptVaultException>(() => storage.ReadRangeAsync(Pack([1]), 0, new byte[2]));
        await Assert.ThrowsAsync<StorageFileMissingException>(() => storage.ReadRangeAsync(Pack([2]), 0, new byte[2]));
        await Assert.ThrowsAsync<CorruptVaultException>(() => storage.ReadAsync(Pack([1]), 0));
        Assert.Null(await storage.FindAsync(Pack([2])));
    }
}
