using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace Offproof.Fuzz;

/// <summary>How long, from which seed, whether new inputs are kept on disk, and where what was found is saved.</summary>
sealed record Plan(TimeSpan Time, long Executions, ulong Seed, bool Keep, string Failures);

/// <summary>One reader, input after input, until the time is over or something is found: an exception, more than 5 seconds, or more than 512 MB.</summary>
sealed class Search
{
    const long MostMemory = 512 << 20;
    const int WholeEvery = 1000;
    const int MostPool = 4096;
    static readonly TimeSpan MostTime = TimeSpan.FromSeconds(5);
    internal static string Root { get; } = FindRoot();

    readonly Reader _reader;
    readonly Plan _plan;
    readonly string _failures;
    readonly string _corpus;
    readonly List<byte[]> _pool = [];
    readonly HashSet<string> _said = new(StringComparer.Ordinal);
    readonly Stopwatch _clock = Stopwatch.StartNew();
    byte[] _input = [];
    long _begun = -1;
    long _watched = -1;
    TimeSpan _worked;
    TimeSpan _longest;
    long _executions;
    int _new;

    internal Search(Reader reader, Plan plan)
    {
        (_reader, _plan) = (reader, plan);
        _failures = Path.Combine(plan.Failures, reader.Name);
        _corpus = Path.Combine(Root, "fuzz", "corpus", reader.Name);
        Directory.CreateDirectory(_failures);
    }

    internal int Run(List<string> files)
    {
        foreach (string path in files.Count > 0 ? files : Seeds()) _pool.Add(File.ReadAllBytes(path));
        if (_pool.Count == 0) throw new InvalidOperationException($"{_reader.Name} has no seeds in {_corpus}");
        using Flight flight = new(Path.Combine(_failures, ".flight"));
        if (flight.Leftover is { } died) return Found("the process died of it before", died);
        using Timer watch = new(_ => Watch(), null, 500, 500);

        Mutator mutator = new(_plan.Seed, _reader.Words);
        foreach (byte[] seed in _pool.ToArray())
        {
            if (Execute(flight, seed, whole: true) is { } problem) return Found(problem, _input);
        }
        _executions = 0;
        _longest = TimeSpan.Zero;
        _clock.Restart();
        Volatile.Write(ref _begun, -1);
        while (files.Count == 0 && _executions < _plan.Executions && _clock.Elapsed < _plan.Time)
        {
            if (Execute(flight, mutator.Next(_pool), whole: _executions % WholeEvery == WholeEvery - 1) is { } problem) return Found(problem, _input);
        }
        flight.Land();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{_reader.Name}: {_executions} executions in {_clock.Elapsed.TotalSeconds:F1} s, {_executions / Math.Max(0.001, _clock.Elapsed.TotalSeconds):F0}/s, peak {Peak() >> 20} MB, longest {_longest.TotalMilliseconds:F1} ms, {_new} new answers, seed {_plan.Seed}"));
        return 0;
    }

    string? Execute(Flight flight, byte[] input, bool whole)
    {
        byte[] file = _reader.Wrap?.Invoke(input) ?? input;
        _input = file;
        flight.Begin(file);
        long begun = _clock.ElapsedTicks;
        Volatile.Write(ref _begun, begun);
        try
        {
            string said = _reader.Fast(file);
            // An answer that was not given before comes from a place in the reader that was not seen before.
            bool isNew = false;
            foreach (string one in said.Split('|')) isNew |= _said.Count < MostPool && _said.Add(one);
            if (isNew)
            {
                _new++;
                _pool.Add(input);
                if (_plan.Keep) Keep(input);
            }
            if (whole) _reader.Whole?.Invoke(file);
        }
#pragma warning disable CA1031 // any exception is what is searched for
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return problem.ToString();
        }
        finally
        {
            Volatile.Write(ref _begun, -1);
        }
        TimeSpan took = Stopwatch.GetElapsedTime(begun, _clock.ElapsedTicks);
        if (took > _longest) _longest = took;
        _executions++;
        if (_executions % 256 == 0 && Peak() > MostMemory) return $"the process holds {Peak() >> 20} MB; it was this input or one of the 255 before it";
        return null;
    }

    // The input that hangs its thread cannot be stopped; the process can.
    void Watch()
    {
        long begun = Volatile.Read(ref _begun);
        if (begun < 0 || begun != _watched)
        {
            (_watched, _worked) = (begun, Environment.CpuUsage.TotalTime);
            return;
        }
        // On a busy machine five seconds may pass with nothing done: half of them must have been work, or six times as many have passed.
        TimeSpan took = Stopwatch.GetElapsedTime(begun, _clock.ElapsedTicks);
        if (took <= MostTime || (Environment.CpuUsage.TotalTime - _worked < MostTime / 2 && took < 6 * MostTime)) return;
        Environment.Exit(Found($"it takes more than {MostTime.TotalSeconds} seconds", _input));
    }

    int Found(string problem, byte[] input)
    {
        string path = Path.Combine(_failures, Convert.ToHexStringLower(SHA256.HashData(input))[..16]);
        File.WriteAllBytes(path, input);
        Console.Error.WriteLine($"{_reader.Name}: seed {_plan.Seed}, execution {_executions}: {problem}\nsaved: {path}");
        return 1;
    }

    void Keep(byte[] input)
    {
        Directory.CreateDirectory(_corpus);
        if (input.Length <= 2048) File.WriteAllBytes(Path.Combine(_corpus, Convert.ToHexStringLower(SHA256.HashData(input))[..16]), input);
    }

    IEnumerable<string> Seeds()
    {
        IEnumerable<string> own = Directory.Exists(_corpus) ? Directory.EnumerateFiles(_corpus) : [];
        IEnumerable<string> vectors = _reader.Vectors.SelectMany(pattern => Directory.EnumerateFiles(Path.Combine(Root, Path.GetDirectoryName(pattern)!), Path.GetFileName(pattern), SearchOption.AllDirectories));
        return own.Concat(vectors).Order(StringComparer.Ordinal);
    }

    static long Peak()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Offproof.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the fuzzer runs outside the repository");
    }

    /// <summary>The input at hand, in a file that outlives the process: an overflow of the stack cannot be caught.</summary>
    sealed class Flight : IDisposable
    {
        const int Size = 1 << 20;
        readonly string _path;
        readonly MemoryMappedFile _file;
        readonly MemoryMappedViewAccessor _view;

        internal Flight(string path)
        {
            _path = path;
            _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Size);
            _view = _file.CreateViewAccessor();
            int length = _view.ReadInt32(0);
            if (length is > 0 and < Size - 4)
            {
                Leftover = new byte[length];
                _view.ReadArray(4, Leftover, 0, length);
            }
            _view.Write(0, 0);
        }

        internal byte[]? Leftover { get; }

        internal void Begin(byte[] input)
        {
            int length = Math.Min(input.Length, Size - 5);
            _view.WriteArray(4, input, 0, length);
            _view.Write(0, length);
        }

        internal void Land() => _view.Write(0, 0);

        public void Dispose()
        {
            Land();
            _view.Dispose();
            _file.Dispose();
            File.Delete(_path);
        }
    }
}
