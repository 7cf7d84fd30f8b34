using System.Text;

namespace Offproof.Lab.Tests;

/// <summary>vectors/lab: three runs of each program. Written where OFFPROOF_WRITE_VECTORS is 1.</summary>
static class Vectors
{
    internal static readonly string[] Imeis = ["001017981670410", "001013320954482"];

    internal static string Persona(int number) => Path.Combine(Repository.Vectors, $"persona-{(number == 0 ? "a" : "b")}.json");

    internal static string File(string name, string run) => Path.Combine(Repository.Vectors, $"{name}.{run}.pcap");

    internal static byte[] Record(string name, string run)
    {
        Tape tape = new(run switch { "a" => 1, "control" => 2, _ => 3 });
        Programs.All[name](tape, Imeis[run == "b" ? 1 : 0]);
        return tape.Capture();
    }

    internal static CompareRequest Request(string name, bool hasControl = true, string b = "b") =>
        new(File(name, "a"), File(name, b), hasControl ? File(name, "control") : null, Persona(0), Persona(b == "b" ? 1 : 0), []);

    internal static string Text(ComparisonReport report) => string.Concat(ComparisonText.Lines(report).Select(static line => line.Replace(Repository.Vectors + Path.DirectorySeparatorChar, "", StringComparison.Ordinal).TrimEnd() + "\n"));

    internal static void WriteIfAsked()
    {
        if (Environment.GetEnvironmentVariable("OFFPROOF_WRITE_VECTORS") is not "1") return;
        foreach (string name in Programs.All.Keys)
        {
            foreach (string run in (string[])["a", "control", "b"]) System.IO.File.WriteAllBytes(File(name, run), Record(name, run));
            System.IO.File.WriteAllText(Path.Combine(Repository.Vectors, name + ".txt"), Text(Comparison.Run(Request(name))), new UTF8Encoding(false));
        }
    }
}
