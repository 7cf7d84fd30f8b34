using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Offproof.Consent;

namespace Offproof.Device.Tests.Running;

/// <summary>`run` over a real home folder, with a clock that the test moves and a worker that only counts.</summary>
public sealed class DeviceRunTests
{
    private static readonly TimeSpan Six = TimeSpan.FromHours(6);

    [Fact]
    public async Task While_everything_is_off_nothing_is_worked_on()
    {
        await using Rig rig = await Rig.ReadyAsync();
        await using Running run = new(rig);
        await run.UntilAsync(() => run.Said(RunEventKind.Off) == 1);
        await run.PassAsync(TimeSpan.FromDays(2));
        Assert.Empty(run.Worked);
        Assert.Single(run.Events);
    }

    [Fact]
    public async Task What_is_turned_on_is_backed_up_at_once_and_again_after_six_hours()
    {
        await using Rig rig = await Rig.ReadyAsync();
        await using Running run = new(rig);
        await run.UntilAsync(() => run.Said(RunEventKind.Off) == 1);
        await OnAsync(rig, Category.Photos);
        await run.UntilAsync(() => run.Said(RunEventKind.Waiting) == 1);
        Assert.Equal([Category.Photos], run.Worked);
        await run.PassAsync(TimeSpan.FromHours(5.3));
        Assert.Single(run.Worked);
        await run.PassAsync(TimeSpan.FromHours(1.4));
        Assert.Equal([Category.Photos, Category.Photos], run.Worked);
        using DeviceHome home = rig.Open();
        CategoryStatus line = home.Status().Categories[3];
        Assert.StartsWith("nothing to do until ", line.Waiting, StringComparison.Ordinal);
        await run.EndAsync();
        Assert.Null(home.Status().Categories[3].Waiting);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task What_is_turned_off_or_paused_is_not_read_any_more(bool off)
    {
        await using Rig rig = await Rig.ReadyAsync();
        await OnAsync(rig, Category.Photos);
        await using Running run = new(rig);
        await run.UntilAsync(() => run.Worked.Count == 1);
        using (DeviceHome home = rig.Open())
        {
            if (off) await home.TurnOffAsync(Category.Photos, CancellationToken.None);
            else home.Pause(Category.Photos);
        }
        await run.UntilAsync(() => run.Said(RunEventKind.Off) == 1);
        await run.PassAsync(TimeSpan.FromDays(3));
        Assert.Single(run.Worked);
        // And a new epoch, or the end of the pause, is noticed; a new one at once.
        await OnAsync(rig, Category.Photos);
        await run.UntilAsync(() => run.Worked.Count == 2);
    }

    [Fact]
    public async Task Off_while_a_backup_runs_is_no_failure()
    {
        await using Rig rig = await Rig.ReadyAsync();
        await OnAsync(rig, Category.Photos);
        await using Running run = new(rig, async _ =>
        {
            using DeviceHome home = rig.Open();
            await home.TurnOffAsync(Category.Photos, CancellationToken.None);
            return new WorkerEnd(5, null, "photos was turned off while it was backed up");
        });
        await run.UntilAsync(() => run.Said(RunEventKind.Off) == 1);
        Assert.Equal((1, 0), (run.Said(RunEventKind.Stopped), run.Said(RunEventKind.Failed)));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));
    }

    [Fact]
    public async Task Failures_are_retried_later_and_later_and_an_alarm_follows_after_seven_days()
    {
        await using Rig rig = await Rig.ReadyAsync();
        await OnAsync(rig, Category.Photos);
        bool fails = true;
        await using Running run = new(rig, _ => Task.FromResult(fails ? new WorkerEnd(7, null, "server unreachable") : new WorkerEnd(0, new string('a', 64), "")));
        await run.UntilAsync(() => run.Said(RunEventKind.Waiting) >= 1);
        Assert.Contains("server unreachable since ", run.Events.Last(static e => e.Kind == RunEventKind.Waiting).Why, StringComparison.Ordinal);
        await run.PassAsync(TimeSpan.FromHours(1));
        Assert.InRange(run.Worked.Count, 5, 7);
        using DeviceHome home = rig.Open();
        Assert.StartsWith("server unreachable since ", home.Status().Categories[3].Waiting, StringComparison.Ordinal);

        await run.JumpAsync(TimeSpan.FromDays(6.9));
        Assert.Equal(0, run.Said(RunEventKind.Alarm));
        await run.JumpAsync(TimeSpan.FromHours(2));
        RunEvent alarm = Assert.Single(run.Events, static e => e.Kind == RunEventKind.Alarm);
        Assert.Equal(Category.Photos, alarm.Category);
        Assert.InRange(alarm.Time - alarm.Since!.Value, TimeSpan.FromDays(7), TimeSpan.FromDays(7.1));
        await run.JumpAsync(TimeSpan.FromHours(23));
        Assert.Equal(1, run.Said(RunEventKind.Alarm));
        await run.JumpAsync(TimeSpan.FromHours(2));
        Assert.Equal(2, run.Said(RunEventKind.Alarm));
    }

    [Fact]
    public async Task Status_says_that_a_category_is_overdue_until_a_backup_ends_well()
    {
        await using Rig rig = await Rig.ReadyAsync();
        await OnAsync(rig, Category.Photos);
        string ready = Path.Combine(rig.Home, "vaults", "photos", "ready");
        File.SetLastWriteTimeUtc(ready, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-6.9));
        using DeviceHome home = rig.Open();
        Assert.Null(home.Status().Categories[3].OverdueSince);
        File.SetLastWriteTimeUtc(ready, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-7.1));
        Assert.NotNull(home.Status().Categories[3].OverdueSince);
        home.Pause(Category.Photos);
        Assert.Null(home.Status().Categories[3].OverdueSince);
        await OnAsync(rig, Category.Photos);
        await home.BackupAsync(Category.Photos, null, CancellationToken.None);
        Assert.Null(home.Status().Categories[3].OverdueSince);
    }

    [Fact]
    public async Task One_run_for_a_home_and_the_next_goes_on_where_it_ended()
    {
        await using Rig rig = await Rig.ReadyAsync();
        await OnAsync(rig, Category.Photos);
        LoopClock clock;
        await using (Running run = new(rig))
        {
            clock = run.Clock;
            await run.UntilAsync(() => run.Said(RunEventKind.Waiting) == 1);
            Assert.Equal(DeviceFault.Failure, Assert.Throws<DeviceException>(() => new Running(rig)).Fault);
        }
        await using Running next = new(rig, clock: clock);
        await next.UntilAsync(() => next.Said(RunEventKind.Waiting) == 1);
        Assert.Empty(next.Worked);
        await next.PassAsync(TimeSpan.FromHours(7));
        Assert.Single(next.Worked);
    }

    [Fact]
    public async Task The_server_is_told_later_what_was_turned_off_without_it()
    {
        await using Rig rig = await Rig.ReadyAsync();
        await OnAsync(rig, Category.Photos);
        int port = rig.Url.Port;
        await rig.StopServerAsync();
        using (DeviceHome home = rig.Open()) Assert.False((await home.TurnOffAsync(Category.Photos, CancellationToken.None)).ServerTold);
        await using Running run = new(rig, async _ =>
        {
            using DeviceHome home = rig.Open();
            await home.TellAsync(CancellationToken.None);
            return new WorkerEnd(5, null, "photos is off");
        });
        await run.UntilAsync(() => run.Said(RunEventKind.Waiting) == 1);
        Assert.Contains("the server is not yet told that it is off since ", run.Events.Last(static e => e.Kind == RunEventKind.Waiting).Why, StringComparison.Ordinal);
        await rig.StartServerAsync(port);
        await run.UntilAsync(() => Directory.GetFiles(Path.Combine(rig.Home, "records"), "*-revocation-*.receipt.jws").Length == 1);
        int told = run.Worked.Count;
        using (DeviceHome home = rig.Open()) Assert.All(home.Status().Categories, static line => Assert.True(line.ServerTold));
        await run.PassAsync(TimeSpan.FromHours(12));
        Assert.Equal(told, run.Worked.Count);
    }

    [Fact]
    public async Task So_is_it_of_an_erasure_that_it_was_not_told()
    {
        await using Rig rig = await Rig.ReadyAsync();
        await OnAsync(rig, Category.Photos);
        using (DeviceHome home = rig.Open()) Assert.True((await home.TurnOffAsync(Category.Photos, CancellationToken.None)).ServerTold);
        int port = rig.Url.Port;
        await rig.StopServerAsync();
        using (DeviceHome home = rig.Open()) Assert.False(Assert.Single(await home.EraseAsync(Category.Photos, null, CancellationToken.None)).ServerTold);
        await using Running run = new(rig, async _ =>
        {
            using DeviceHome home = rig.Open();
            await home.TellAsync(CancellationToken.None);
            return new WorkerEnd(5, null, "photos is off");
        });
        await run.UntilAsync(() => run.Said(RunEventKind.Waiting) == 1);
        Assert.Contains("the server is not yet told that what was stored is to be erased since ", run.Events.Last(static e => e.Kind == RunEventKind.Waiting).Why, StringComparison.Ordinal);
        await rig.StartServerAsync(port);
        await run.UntilAsync(() => Directory.GetFiles(Path.Combine(rig.Home, "records"), "*-erasure-*.receipt.jws").Length == 1);
        int told = run.Worked.Count;
        using (DeviceHome home = rig.Open()) Assert.Equal((SwitchState.Closed, true), (home.Switch(Category.Photos).State, home.Switch(Category.Photos).ServerTold));
        await run.PassAsync(TimeSpan.FromHours(12));
        Assert.Equal(told, run.Worked.Count);
    }

    [Fact] // A server that gives public data as slowly as it may, or a network that eats them.
    public async Task A_poll_that_does_not_end_keeps_no_backup_waiting_and_ends_with_run()
    {
        await using Rig rig = await Rig.ReadyAsync();
        await OnAsync(rig, Category.Photos);
        int polls = 0;
        bool stopped = false;
        Running run = await PollingAsync(rig, null, async cancel =>
        {
            Interlocked.Increment(ref polls);
            await Task.Delay(Timeout.Infinite, cancel).ContinueWith(_ => stopped = true, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw new OperationCanceledException(cancel);
        });
        await run.UntilAsync(() => polls == 1);
        await run.PassAsync(TimeSpan.FromHours(7));
        Assert.InRange(run.Worked.Count, 2, 3);
        Assert.Equal((1, 0), (polls, run.Said(RunEventKind.Polled) + run.Said(RunEventKind.NotPolled)));
        Assert.False(stopped);
        await run.EndAsync();
        Assert.True(stopped);
    }

    [Fact] // Else the times of polls would say when the phone is backed up.
    public async Task A_backup_that_does_not_end_keeps_no_poll_waiting()
    {
        await using Rig rig = await Rig.ReadyAsync();
        await OnAsync(rig, Category.Photos);
        using SemaphoreSlim goesOn = new(0);
        await using Running run = await PollingAsync(rig, async _ =>
        {
            await goesOn.WaitAsync();
            return new WorkerEnd(0, new string('a', 64), "");
        }, static _ => Task.FromResult(new PollEnd(0, "")));
        await run.UntilAsync(() => run.Said(RunEventKind.Polled) == 1);
        Assert.Equal((1, 0), (run.Said(RunEventKind.Started), run.Said(RunEventKind.Done)));
        goesOn.Release(100);
        await run.UntilAsync(() => run.Said(RunEventKind.Done) == 1);
    }

    [Fact]
    public async Task What_goes_wrong_with_a_poll_is_not_lost()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceRun run = new(rig.Home, Six, TimeProvider.System, static (_, _) => throw new InvalidOperationException("no backup"), static _ => { }, static _ => throw new InvalidOperationException("a mistake"));
        await PinAsync(rig, TimeProvider.System.GetUtcNow());
        Assert.Equal("a mistake", (await Assert.ThrowsAsync<InvalidOperationException>(() => run.RunAsync(CancellationToken.None))).Message);
    }

    [Fact]
    public async Task Once_is_one_round_and_its_code_is_the_worst()
    {
        await using Rig rig = await Rig.ReadyAsync();
        await OnAsync(rig, Category.Photos);
        await OnAsync(rig, Category.Notes);
        using DeviceRun run = new(rig.Home, Six, TimeProvider.System,
            (category, _) => Task.FromResult(category == Category.Notes ? new WorkerEnd(8, null, "full") : new WorkerEnd(1, new string('b', 64), "")), static _ => { });
        Assert.Equal(8, await run.OnceAsync(CancellationToken.None));
    }

    private static async Task<Running> PollingAsync(Rig rig, Func<Category, Task<WorkerEnd>>? worker, Func<CancellationToken, Task<PollEnd>> poll)
    {
        LoopClock clock = new(TimeProvider.System.GetUtcNow().AddSeconds(5));
        await PinAsync(rig, clock.GetUtcNow().AddSeconds(20));
        return new Running(rig, worker, clock, poll);
    }

    private static async Task PinAsync(Rig rig, DateTimeOffset next)
    {
        string channel = Directory.CreateDirectory(Path.Combine(rig.Home, "channel")).FullName;
        await File.WriteAllTextAsync(Path.Combine(channel, "trust.json"), "{}");
        await File.WriteAllTextAsync(Path.Combine(channel, "next-poll"), next.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'\n", System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task OnAsync(Rig rig, Category category)
    {
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(category, CancellationToken.None);
    }

    /// <summary>A `run` in the background, whose clock goes on only when the test says so.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly DeviceRun run;
        private readonly SemaphoreSlim ended = new(0);
        private Exception? failure;

        internal Running(Rig rig, Func<Category, Task<WorkerEnd>>? worker = null, LoopClock? clock = null, Func<CancellationToken, Task<PollEnd>>? poll = null)
        {
            Clock = clock ?? new LoopClock(TimeProvider.System.GetUtcNow().AddSeconds(5));
            run = new DeviceRun(rig.Home, Six, Clock, async (category, _) =>
            {
                Worked.Enqueue(category);
                return worker is null ? new WorkerEnd(0, new string('a', 64), "") : await worker(category);
            }, Events.Enqueue, poll);
            _ = WorkAsync();
        }

        internal LoopClock Clock { get; }

        internal ConcurrentQueue<Category> Worked { get; } = new();

        internal ConcurrentQueue<RunEvent> Events { get; } = new();

        internal int Said(RunEventKind kind) => Events.Count(e => e.Kind == kind);

        internal async Task UntilAsync(Func<bool> holds)
        {
            for (int i = 0; !holds(); i++)
            {
                Assert.True(i < 2000, $"said {string.Join(", ", Events)}");
                await JumpAsync(TimeSpan.FromSeconds(2));
            }
        }

        /// <summary>So much time, in steps that no retry of it falls between.</summary>
        internal async Task PassAsync(TimeSpan time)
        {
            TimeSpan step = time > TimeSpan.FromHours(8) ? TimeSpan.FromHours(2) : time > TimeSpan.FromHours(1) ? TimeSpan.FromMinutes(20) : TimeSpan.FromMinutes(2);
            for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += step) await JumpAsync(step);
        }

        /// <summary>The clock goes on, and the loop has looked once more and waits again.</summary>
        internal async Task JumpAsync(TimeSpan time)
        {
            int waits = Clock.Waits;
            Clock.Advance(time);
            for (int i = 0; Clock.Waits == waits; i++)
            {
                Assert.Null(failure);
                Assert.True(i < 30_000, "the loop does not come to its end");
                await Task.Delay(1);
            }
        }

        internal async Task EndAsync()
        {
            await stop.CancelAsync();
            Assert.True(await ended.WaitAsync(TimeSpan.FromSeconds(30)), "it does not end");
            Assert.Null(failure);
            run.Dispose();
        }

        private async Task WorkAsync()
        {
            await Task.Yield();
            try
            {
                await run.RunAsync(stop.Token);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failure = e;
            }
            catch (OperationCanceledException)
            {
                // How it ends.
            }
            ended.Release();
        }

        public async ValueTask DisposeAsync()
        {
            if (!stop.IsCancellationRequested) await EndAsync();
            stop.Dispose();
            ended.Dispose();
        }
    }

    /// <summary>Counts how often somebody began to wait: then everything before is done.</summary>
    private sealed class LoopClock(DateTimeOffset now) : FakeTimeProvider(now)
    {
        private int waits;

        internal int Waits => Volatile.Read(ref waits);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref waits);
            return timer;
        }
    }
}
