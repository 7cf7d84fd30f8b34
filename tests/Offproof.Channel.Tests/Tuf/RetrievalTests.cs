using System.Net;
using Microsoft.Extensions.Time.Testing;
using static Offproof.Channel.Tests.HostileRepository;

namespace Offproof.Channel.Tests;

/// <summary>Endless data and slow retrieval (channel-tuf.md §3): the conformance suite does not look at them.</summary>
public sealed class RetrievalTests : IAsyncLifetime
{
    readonly HostileRepository repository = new(givesHashes: false);
    Victim victim = null!;

    public async ValueTask InitializeAsync()
    {
        victim = new(repository);
        await victim.RefreshAsync();
        repository.PutTarget(Targets, "big", new byte[100_000]);
    }

    public ValueTask DisposeAsync()
    {
        victim.Dispose();
        repository.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(Root, MetadataLimits.Root, "5.3.3", "")]
    [InlineData(Timestamp, MetadataLimits.Timestamp, "5.4.1", "root")]
    [InlineData(Snapshot, MetadataLimits.Snapshot, "5.5.1", "root timestamp")]
    [InlineData(Targets, MetadataLimits.Targets, "5.6.1", "root timestamp snapshot")]
    public async Task Endless_data_end_at_the_limit(string role, int limit, string clause, string advanced)
    {
        repository.PutRoot();
        repository.Publish(Targets);
        string path = repository.PathOf(role);
        byte[] file = repository.Files[path];
        // White space behind the file: only its length is wrong.
        using Endless endless = new(file);
        repository.Answers[path] = _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(endless) });
        await victim.RefusesAsync(Refusal.EndlessData, clause, advanced);
        Assert.InRange(endless.Taken, limit + 1, limit + 20_000);

        // Said beforehand: nothing of it is read.
        using Endless announced = new(file);
        repository.Answers[path] = _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(announced) { Headers = { ContentLength = limit + 1 } } });
        await victim.RefusesAsync(Refusal.EndlessData, clause);
        Assert.Equal(0, announced.Taken);

        // At the limit it is a file like others.
        repository.Answers.Clear();
        repository.Files[path] = [.. file, .. Enumerable.Repeat((byte)' ', limit - file.Length)];
        await victim.RefreshAsync();
    }

    [Theory]
    [InlineData(Snapshot, "5.5.1", "timestamp"), InlineData(Targets, "5.6.1", "timestamp snapshot")]
    public async Task A_signed_length_is_a_limit_as_well_and_none_above_the_limit(string role, string clause, string advanced)
    {
        repository.GivesHashes = true;
        repository.PutTargets(Targets);
        repository.PutSnapshot();
        repository.PutTimestamp();
        string path = repository.PathOf(role);
        repository.Files[path] = [.. repository.Files[path], (byte)' '];
        await victim.RefusesAsync(Refusal.EndlessData, clause, advanced);

        if (role is Targets) repository.Listed["targets.json"] = new(9, MetadataLimits.Targets + 1, FileHashes.None);
        repository.PutSnapshot();
        if (role is Snapshot) repository.Named = new(9, MetadataLimits.Snapshot + 1, FileHashes.None);
        repository.PutTimestamp();
        int before = repository.Requests.Count;
        await victim.RefusesAsync(Refusal.EndlessData, clause, advanced);
        Assert.DoesNotContain(repository.Requests[before..], request => request.EndsWith($"9.{role}.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_target_has_no_more_bytes_than_were_signed()
    {
        repository.Publish(Targets);
        await victim.RefreshAsync();
        string path = repository.Files.Keys.Single(p => p.EndsWith(".big", StringComparison.Ordinal));
        using Endless endless = new(new byte[100_000]);
        repository.Answers[path] = _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(endless) });
        await victim.RefusesAsync(Refusal.EndlessData, "5.7.3", download: "big");
        Assert.InRange(endless.Taken, 100_001, 120_000);
        repository.Answers.Clear();
        await victim.DownloadAsync("big");
    }

    [Fact]
    public async Task Slow_retrieval_by_a_head_that_does_not_come()
    {
        repository.Answers["/metadata/timestamp.json"] = async cancellation =>
        {
            victim.Time.Advance(MetadataLimits.Patience);
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException();
        };
        await victim.RefusesAsync(Refusal.SlowRetrieval, "5.4.1");
    }

    [Theory]
    [InlineData(64, 32), InlineData(512, 60), InlineData(0, 30)] // bytes a second; the second after which the average since the 30th is too low
    public async Task Slow_retrieval_by_a_body_that_drips(int rate, int seconds)
    {
        using var drip = await DripAsync(rate);
        await victim.RefusesAsync(Refusal.SlowRetrieval, "5.7.3", download: "big");
        Assert.InRange(drip.Seconds, seconds - 1, seconds + 2);
    }

    [Fact]
    public async Task Slow_retrieval_by_silence_after_a_good_start()
    {
        using var drip = await DripAsync(90_000); // 88 seconds' worth at the least rate
        drip.Stops = true;
        await victim.RefusesAsync(Refusal.SlowRetrieval, "5.7.3", download: "big");
        Assert.InRange(drip.Seconds, 30, 33);
    }

    [Fact]
    public async Task What_comes_at_the_least_rate_may_take_its_time()
    {
        using var drip = await DripAsync(MetadataLimits.LeastRate);
        await victim.DownloadAsync("big");
        Assert.Equal(98, drip.Seconds);
    }

    async Task<Dripping> DripAsync(int rate)
    {
        repository.Publish(Targets);
        await victim.RefreshAsync();
        string path = repository.Files.Keys.Single(p => p.EndsWith(".big", StringComparison.Ordinal));
        Dripping drip = new(victim.Time, repository.Files[path], rate);
        repository.Answers[path] = _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(drip) });
        return drip;
    }

    [Fact]
    public async Task Somebody_who_gives_up_is_not_told_of_slow_retrieval()
    {
        using CancellationTokenSource stop = new();
        repository.Answers["/metadata/timestamp.json"] = async cancellation =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => victim.NewUpdater().RefreshAsync(stop.Token));
    }

    [Fact] // and not the disk's
    public async Task A_connection_that_breaks_is_the_servers_failure()
    {
        repository.Answers["/metadata/timestamp.json"] = _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Endless([]) { Breaks = true }) });
        await victim.RefusesAsync(Refusal.Unavailable, "5.4.1");
    }

    sealed class Endless(byte[] start) : Body
    {
        internal int Taken { get; private set; }
        internal bool Breaks { get; init; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Breaks) throw new IOException("connection reset");
            for (int i = 0; i < buffer.Length; i++, Taken++) buffer.Span[i] = Taken < start.Length ? start[Taken] : (byte)' ';
            return new(buffer.Length);
        }
    }

    /// <summary>So many bytes each second of the fake clock; with none, it waits for ever.</summary>
    sealed class Dripping(FakeTimeProvider time, byte[] content, int rate) : Body
    {
        int taken;

        internal int Seconds { get; private set; }
        internal bool Stops { get; set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = Stops && taken > 0 ? 0 : Math.Min(Math.Min(rate, content.Length - taken), buffer.Length);
            if (count == 0 && taken == content.Length) return 0;
            do
            {
                Seconds++;
                time.Advance(TimeSpan.FromSeconds(1));
                cancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
            while (count == 0);
            content.AsMemory(taken, count).CopyTo(buffer);
            taken += count;
            return count;
        }
    }

    /// <summary>What a client reads of an answer, and nothing else of a stream.</summary>
    abstract class Body : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() => throw new NotSupportedException();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
