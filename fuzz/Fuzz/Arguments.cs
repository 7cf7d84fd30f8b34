using System.Globalization;

namespace Offproof.Fuzz;

/// <summary>What a person types. Exit codes: 0 nothing found, 1 something found, 64 usage.</summary>
static class Arguments
{
    const string Usage = """
        usage: fuzz list
               fuzz READER|all [--seconds N | --executions N] [--seed S] [--keep]     60 seconds, and a seed of the clock, unless said otherwise
               fuzz READER FILE...     these inputs alone, with every check
          --keep           adds inputs about which a reader said something new to fuzz/corpus/READER/
          --failures DIR   where what was found is saved, instead of fuzz/failures
        """;

    internal static int Run(string[] args)
    {
        if (args is ["list"])
        {
            foreach (Reader reader in Reader.All) Console.WriteLine($"{reader.Name,-18} {reader.Reads}");
            return 0;
        }
        Reader[] readers = args is ["all", ..] ? [.. Reader.All] : [.. Reader.All.Concat(Traps.All).Where(reader => args.Length > 0 && args[0] == reader.Name)];
        if (readers.Length == 0) return Complain();
        Plan plan = new(TimeSpan.FromSeconds(60), long.MaxValue, (ulong)Environment.TickCount64, Keep: false, Path.Combine(Search.Root, "fuzz", "failures"));
        List<string> files = [];
        for (int at = 1; at < args.Length; at++)
        {
            if (args[at] == "--keep") plan = plan with { Keep = true };
            else if (!args[at].StartsWith("--", StringComparison.Ordinal)) files.Add(args[at]);
            else if (at + 1 == args.Length) return Complain();
            else if (args[at] == "--failures") plan = plan with { Failures = args[++at] };
            else if (!ulong.TryParse(args[++at], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) || number > long.MaxValue) return Complain();
            else if (args[at - 1] == "--seconds") plan = plan with { Time = TimeSpan.FromSeconds(number) };
            else if (args[at - 1] == "--executions") plan = plan with { Executions = (long)number, Time = TimeSpan.MaxValue };
            else if (args[at - 1] == "--seed") plan = plan with { Seed = number };
            else return Complain();
        }
        // Memory is faster than a disk, and what is written there is no loss.
        if (Directory.Exists("/dev/shm") && Environment.GetEnvironmentVariable("TMPDIR") is null) Environment.SetEnvironmentVariable("TMPDIR", "/dev/shm");
        return readers.Max(reader => new Search(reader, plan).Run(files));
    }

    static int Complain()
    {
        Console.Error.WriteLine(Usage);
        return 64;
    }
}
