using System.Security.Cryptography;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// The scheduled work of a device (run.md §1). It looks at the home folder and starts backups in processes of their own; it opens no key, no record and
/// no source, and no connection. Whether a category is on is asked of the disk again before each step: another command may have turned it off.
/// </summary>
public sealed class DeviceRun : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AlarmAgain = TimeSpan.FromDays(1);
    private readonly HomeFolder home;
    private readonly TimeProvider time;
    private readonly Schedule schedule;
    private readonly Func<Category, CancellationToken, Task<WorkerEnd>> worker;
    private readonly Action<RunEvent> tell;
    private readonly PollSchedule polls;
    private readonly Func<CancellationToken, Task<PollEnd>>? poll;
    private readonly FileStream held;

    // What could not be written, as on a full disk, holds as well; an epoch that follows begins anew.
    private readonly Dictionary<Category, (DateTime Turned, RunState State)> states = [];
    private readonly Dictionary<Category, string> said = [];
    private readonly Dictionary<Category, DateTimeOffset> alarmed = [];
    private readonly Lock saying = new();
    private RunState? telling;
    private bool saidOff;

    /// <param name="path">The home folder</param>
    /// <param name="every">From one good backup to the next</param>
    /// <param name="time">The clock</param>
    /// <param name="worker">Backs a category up, in a process of its own; for one that is off, tells the server so and reads nothing</param>
    /// <param name="tell">Told what happens</param>
    /// <param name="poll">Polls the public channel, in a process of its own; null: never</param>
    /// <param name="chance">A number from 0 to below 1; for tests</param>
    /// <exception cref="DeviceException">There is no device, or another `run` works for it.</exception>
    public DeviceRun(
        string path, TimeSpan every, TimeProvider time, Func<Category, CancellationToken, Task<WorkerEnd>> worker, Action<RunEvent> tell,
        Func<CancellationToken, Task<PollEnd>>? poll = null, Func<double>? chance = null)
    {
        home = new HomeFolder(path);
        AccountFile.Read(home);
        (this.time, this.worker, this.tell, this.poll) = (time, worker, tell, poll);
        chance ??= static () => RandomNumberGenerator.GetInt32(1 << 20) / (double)(1 << 20);
        schedule = new Schedule(every, chance);
        polls = new PollSchedule(home, chance);
        held = RunLock.Take(home);
    }

    /// <summary>Works until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // Beside each other: a server that is slow with public data must not keep a phone from being backed up, nor a long backup move the time of a poll.
        Task backups = BackUpAlwaysAsync(end.Token), polling = poll is null ? Task.CompletedTask : PollAlwaysAsync(poll, end.Token);
        try
        {
            await (poll is null ? backups : await Task.WhenAny(backups, polling).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(backups, polling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what failed first is what is thrown
        }
    }

    private async Task BackUpAlwaysAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (NextDue() is { } category) await BackUpAsync(category, cancel).ConfigureAwait(false);
            else if (Untold() is { } off) await TellServerAsync(off, cancel).ConfigureAwait(false);
            SayWhatIsWaitedFor();
            SayWhatIsOverdue();
            await Task.Delay(Look, time, cancel).ConfigureAwait(false);
        }
    }

    private async Task PollAlwaysAsync(Func<CancellationToken, Task<PollEnd>> poll, CancellationToken cancel)
    {
        while (true)
        {
            if (polls.IsDue(time.GetUtcNow())) await PollAsync(poll, cancel).ConfigureAwait(false);
            await Task.Delay(Look, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>One backup of each category that is on, due or not.</summary>
    /// <returns>The highest exit code; 0 where nothing is on.</returns>
    public async Task<int> OnceAsync(CancellationToken cancel)
    {
        int worst = 0;
        if (Untold() is { } off && !AnyOn()) await TellServerAsync(off, cancel).ConfigureAwait(false);
        foreach (Category category in Categories.All.ToArray())
            if (IsOn(category)) worst = Math.Max(worst, await BackUpAsync(category, cancel).ConfigureAwait(false));
        if (!AnyOn()) Say(new RunEvent(RunEventKind.Off, time.GetUtcNow()));
        SayWhatIsOverdue();
        return worst;
    }

    /// <inheritdoc/>
    public void Dispose() => held.Dispose();

    private Category? NextDue()
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (Category category in Categories.All)
            if (IsOn(category) && schedule.Due(State(category), Folder(category).LastGood, now) <= now) return category;
        return null;
    }

    private async Task PollAsync(Func<CancellationToken, Task<PollEnd>> poll, CancellationToken cancel)
    {
        PollEnd end = await poll(cancel).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        DateTimeOffset now = time.GetUtcNow();
        Say(new RunEvent(end.Exit == 0 ? RunEventKind.Polled : RunEventKind.NotPolled, now) { Exit = end.Exit, Why = end.Exit == 0 ? null : end.Why, Next = polls.After(end.Exit == 0, now) });
    }

    private async Task<int> BackUpAsync(Category category, CancellationToken cancel)
    {
        Say(new RunEvent(RunEventKind.Started, time.GetUtcNow(), category));
        said.Remove(category);
        WorkerEnd end = await worker(category, cancel).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        DateTimeOffset now = time.GetUtcNow();
        if (!IsOn(category))
        {
            Say(new RunEvent(RunEventKind.Stopped, now, category) { Exit = end.Exit, Why = "it is not on any more" });
            return end.Exit;
        }
        RunState state = end.Snapshot is null ? schedule.AfterFailure(State(category), end.Why, now) : schedule.AfterSuccess(now);
        Remember(category, state);
        Say(end.Snapshot is null
            ? new RunEvent(RunEventKind.Failed, now, category) { Exit = end.Exit, Why = end.Why, Since = state.FailingSince, Next = state.Next }
            : new RunEvent(RunEventKind.Done, now, category) { Exit = end.Exit, Snapshot = end.Snapshot, Next = state.Next });
        return end.Exit;
    }

    /// <summary>A category that was turned off, or whose erasure was asked for, while the server could not be told of it. Seen by the names of the records.</summary>
    private Category? Untold() => Untold(out _);

    private Category? Untold(out string what)
    {
        what = "it is off";
        if (telling is not null && schedule.Due(telling, null, time.GetUtcNow()) > time.GetUtcNow()) return null;
        foreach (string file in Requests())
        {
            if (file.EndsWith(".receipt.jws", StringComparison.Ordinal) || File.Exists(Path.ChangeExtension(file, ".receipt.jws"))) continue;
            if (Path.GetFileName(file).Split('-') is not [_, ("revocation" or "erasure") and var kind, var name, _] || !Categories.TryParse(name, out Category category) || IsOn(category)) continue;
            if (kind == "erasure") what = "what was stored is to be erased";
            return category;
        }
        telling = null;
        return null;
    }

    private string[] Requests()
    {
        try
        {
            return [.. Directory.GetFiles(home.Records, "*-revocation-*.jws"), .. Directory.GetFiles(home.Records, "*-erasure-*.jws")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // a home that is not there for the moment: what is on is not found either, and nothing is done
        }
    }

    private async Task TellServerAsync(Category category, CancellationToken cancel)
    {
        WorkerEnd end = await worker(category, cancel).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        DateTimeOffset now = time.GetUtcNow();
        RunState? before = telling;
        telling = null;
        if (Untold(out string what) is null) return;
        telling = schedule.AfterFailure(before, $"the server is not yet told that {what}", now);
        Say(new RunEvent(RunEventKind.Waiting, now, category) { Exit = end.Exit, Why = telling.Words, Since = telling.FailingSince, Next = telling.Next });
    }

    private void SayWhatIsWaitedFor()
    {
        bool off = !AnyOn();
        if (off && !saidOff) Say(new RunEvent(RunEventKind.Off, time.GetUtcNow()));
        saidOff = off;
        foreach (Category category in Categories.All)
        {
            RunState? waits = IsOn(category) ? Waits(category) : null;
            if (waits?.Words == said.GetValueOrDefault(category)) continue;
            if (waits is null) said.Remove(category);
            else said[category] = waits.Words;
            if (waits is not null) Say(new RunEvent(RunEventKind.Waiting, time.GetUtcNow(), category) { Why = waits.Words, Since = waits.FailingSince, Next = waits.Next });
        }
    }

    /// <summary>Null for what is due: it is backed up next, and that is said.</summary>
    private RunState? Waits(Category category)
    {
        (RunState? state, DateTimeOffset? lastGood, DateTimeOffset now) = (State(category), Folder(category).LastGood, time.GetUtcNow());
        return schedule.Due(state, lastGood, now) > now ? schedule.Waits(state, lastGood) : null;
    }

    private void SayWhatIsOverdue()
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (Category category in Categories.All)
        {
            if (!IsOn(category) || Folder(category).LastGoodOrTurnedOn is not { } since || !Schedule.IsOverdue(since, now)) alarmed.Remove(category);
            else if (!alarmed.TryGetValue(category, out DateTimeOffset before) || now - before >= AlarmAgain || now < before)
            {
                alarmed[category] = now;
                Say(new RunEvent(RunEventKind.Alarm, now, category) { Since = since, Why = State(category)?.Why });
            }
        }
    }

    private bool AnyOn() => Categories.All.ToArray().Any(IsOn);

    /// <summary>What the folder shows; the backup itself asks the signed records as well.</summary>
    private bool IsOn(Category category) => Folder(category) is { IsReady: true, IsPaused: false };

    private VaultFolder Folder(Category category) => new(home, category);

    private RunState? State(Category category)
    {
        VaultFolder folder = Folder(category);
        return folder.RunState ?? (states.TryGetValue(category, out (DateTime Turned, RunState State) kept) && kept.Turned == folder.TurnedOn ? kept.State : null);
    }

    private void Remember(Category category, RunState state)
    {
        VaultFolder folder = Folder(category);
        states[category] = (folder.TurnedOn, state);
        try
        {
            // Under the lock: `off` must not meet a file that is being made in the folder that it deletes.
            using FileStream _ = home.Lock(time, CancellationToken.None);
            if (folder.IsReady) folder.RunState = state;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DeviceException)
        {
            // A full disk, or a command that holds the lock: it stays in memory.
        }
    }

    // Whole and one after the other, though polls end while backups run.
    private void Say(RunEvent e)
    {
        lock (saying) tell(e);
    }
}
