using System.Diagnostics;
using System.Globalization;

namespace Offproof.Interop.Kills;

/// <summary>How far a run had come when it was killed, by what it left behind.</summary>
enum Phase
{
    /// <summary>Nothing: before its lock.</summary>
    Starting,
    /// <summary>Its lock, and nothing else: it was reading, cutting, sealing.</summary>
    Reading,
    /// <summary>A file that is not whole, in `tmp/`.</summary>
    Writing,
    /// <summary>Packs that no index names.</summary>
    Packs,
    /// <summary>An index that no snapshot uses.</summary>
    Index,
    /// <summary>A snapshot; only its lock was still to go.</summary>
    Snapshot,
    /// <summary>It had ended by itself: not a kill.</summary>
    Ended,
}

/// <summary>When to kill: after a time drawn over the whole run, or as soon as something comes into being, so that short moments are hit too.</summary>
enum Aim
{
    AnyTime,
    FirstUnwholeFile,
    FirstPack,
    FirstIndex,
    FirstSnapshot,
}

/// <summary>Where each kill landed; written out at the end, whether the test holds or not.</summary>
sealed class Diary(string who) : IDisposable
{
    readonly List<string> _lines = [];
    readonly SortedDictionary<Phase, int> _landed = [];
    readonly Stopwatch _watch = Stopwatch.StartNew();

    internal int Kills { get; private set; }

    internal Phase Note((Phase Phase, string What) kill)
    {
        _lines.Add(kill.What);
        _landed[kill.Phase] = _landed.GetValueOrDefault(kill.Phase) + 1;
        if (kill.Phase != Phase.Ended) Kills++;
        return kill.Phase;
    }

    internal int LandedIn(Phase phase) => _landed.GetValueOrDefault(phase);

    /// <summary>Phases in which no kill has landed yet.</summary>
    internal IReadOnlyList<Phase> Missed => [.. ((Phase[])[Phase.Starting, Phase.Reading, Phase.Writing, Phase.Packs, Phase.Index, Phase.Snapshot]).Where(p => LandedIn(p) == 0)];

    /// <summary>The kills hit: every phase at least once.</summary>
    internal void AssertAllPhases() => Assert.True(Missed.Count == 0, $"no kill landed in {string.Join(", ", Missed)}");

    public void Dispose() => TestContext.Current.TestOutputHelper!.WriteLine(
        $"{who}: {Kills} kills in {_watch.Elapsed.TotalSeconds:f0} s: {string.Join(", ", _landed.Select(static l => $"{l.Value} {l.Key}"))}\n{string.Join("; ", _lines)}");
}

/// <summary>A program that backs up into a repository on this machine's disk, and is killed while it does.</summary>
/// <param name="start">Starts it anew.</param>
/// <param name="repository">Its folder, or the server's folder of it.</param>
/// <param name="temporary">Where files lie that are not whole.</param>
sealed class Victim(Func<Task<ProcessStartInfo>> start, string repository, string temporary)
{
    /// <summary>How long a run takes that nobody kills.</summary>
    internal TimeSpan Usual { get; set; }

    /// <summary>A run that must complete. Its duration is what kills are drawn over, unless the run before it stored something, which leaves this one less to do.</summary>
    internal async Task CompleteAsync(Phase before = Phase.Starting)
    {
        ProcessStartInfo info = await start();
        Stopwatch watch = Stopwatch.StartNew();
        (await Processes.RunAsync(info)).Is(0);
        if (before < Phase.Writing) Usual = watch.Elapsed;
    }

    /// <summary>A run that is killed at its moment, and where that was.</summary>
    /// <param name="random">Draws the moment.</param>
    /// <param name="aim">What for.</param>
    /// <param name="other">Killed in its stead; the run itself is then waited for, and must end well.</param>
    internal async Task<(Phase Phase, string What)> KillAsync(Seeded random, Aim aim, Func<Task>? other = null)
    {
        Lying before = Look();
        double fraction = random.Fraction();
        ProcessStartInfo info = await start();
        using Process process = Process.Start(info)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        Stopwatch watch = Stopwatch.StartNew();
        // An aimed kill comes at once, or up to 3 ms after what it waits for: some moments last no longer.
        TimeSpan wait = aim == Aim.AnyTime ? Usual * fraction : TimeSpan.FromMilliseconds(Math.Max(0, (6 * fraction) - 3));
        if (aim != Aim.AnyTime)
        {
            while (!process.HasExited && !Has(aim, before)) await Task.Yield();
            watch.Restart();
        }
        while (!process.HasExited && wait - watch.Elapsed is var left && left > TimeSpan.Zero)
            await Task.Delay(left < TimeSpan.FromMilliseconds(2) ? TimeSpan.FromMilliseconds(1) : left - TimeSpan.FromMilliseconds(1));
        TimeSpan killed = watch.Elapsed;
        if (other is null) process.Kill();
        bool ended = other is not null && process.HasExited;
        Lying then = Look();
        if (other is not null) await other();
        await process.WaitForExitAsync();
        // It may have ended by itself in the last moment.
        if (other is null) ended = process.ExitCode != 128 + 9;
        if (ended || other is not null)
            Assert.True(process.ExitCode == 0 || (other is not null && process.ExitCode == 7), $"the run ended with {process.ExitCode}:\n{await output}{await errors}");
        // A file that is not whole goes when a server notices; the rest is looked at when nothing moves any more.
        Lying after = other is null ? Look() : then;
        Phase phase = ended ? Phase.Ended
            : after.Snapshots > before.Snapshots ? Phase.Snapshot
            : after.Indexes > before.Indexes ? Phase.Index
            : Math.Max(then.Unwhole, after.Unwhole) > before.Unwhole ? Phase.Writing
            : after.Packs > before.Packs ? Phase.Packs
            : after.Locks > before.Locks ? Phase.Reading
            : Phase.Starting;
        return (phase, string.Create(CultureInfo.InvariantCulture, $"{aim} +{killed.TotalMilliseconds:f0} of {Usual.TotalMilliseconds:f0} ms {phase}{(process.ExitCode == 7 ? " (gave up)" : "")}"));
    }

    readonly record struct Lying(int Unwhole, int Locks, int Packs, int Indexes, int Snapshots);

    Lying Look() => new(Count(temporary), Count(Path.Combine(repository, "locks")), Count(Path.Combine(repository, "data")), Count(Path.Combine(repository, "index")), Count(Path.Combine(repository, "snapshots")));

    static int Count(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count();
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
    }

    bool Has(Aim aim, Lying before) => aim switch
    {
        // The lock comes first, and is written like all else: it has to be there before another file is looked for.
        Aim.FirstUnwholeFile => Count(Path.Combine(repository, "locks")) > before.Locks && Count(temporary) > before.Unwhole,
        Aim.FirstPack => Count(Path.Combine(repository, "data")) > before.Packs,
        Aim.FirstIndex => Count(Path.Combine(repository, "index")) > before.Indexes,
        _ => Count(Path.Combine(repository, "snapshots")) > before.Snapshots,
    };
}
