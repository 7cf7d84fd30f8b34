using System.Globalization;
using System.Xml;

namespace Offproof.Tally;

/// <summary>Sums what the test runners left behind, and says it in one closing line.</summary>
/// <remarks>
/// Arguments: the folder of the TRX files, then NAME=EXIT for every runner that was started. A runner has to have ended with 0 and left NAME.trx
/// with at least one result; one that did not is counted as one failure of its own, so that the closing line cannot look better than the run was.
/// </remarks>
internal static class Report
{
    /// <returns>0 when at least one test passed and nothing failed; 64 for wrong arguments; otherwise 1.</returns>
    internal static int Write(string[] args, TextWriter output)
    {
        if (args.Length < 2)
        {
            output.WriteLine("usage: tally FOLDER NAME=EXIT...");
            return 64;
        }
        int passed = 0, failed = 0, skipped = 0;
        foreach (var runner in args.Skip(1))
        {
            var split = runner.LastIndexOf('=');
            var name = split < 0 ? runner : runner[..split];
            var results = ReadOrExplain(Path.Combine(args[0], name + ".trx"), out var complaint);
            if (split < 0 || !int.TryParse(runner.AsSpan(split + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var exit))
                complaint ??= "its exit code is unknown";
            else if (exit != 0 && !results.Exists(r => r.Outcome == Outcome.Failed))
                complaint ??= exit == 124 ? "it was stopped at the time limit" : $"it ended with exit code {exit}, although no test failed";

            foreach (var result in results.Where(r => r.Outcome == Outcome.Skipped))
                output.WriteLine($"skipped  {result.Name}{Indented(result.Message)}");
            foreach (var result in results.Where(r => r.Outcome == Outcome.Failed))
                output.WriteLine($"FAILED   {result.Name}{Indented(result.Message)}");
            if (complaint is not null)
                output.WriteLine($"FAILED   {name}: {complaint} (counted as one failure)");

            passed += results.Count(r => r.Outcome == Outcome.Passed);
            skipped += results.Count(r => r.Outcome == Outcome.Skipped);
            failed += results.Count(r => r.Outcome == Outcome.Failed) + (complaint is null ? 0 : 1);
        }
        output.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        return passed > 0 && failed == 0 ? 0 : 1;
    }

    static List<TestResult> ReadOrExplain(string path, out string? complaint)
    {
        complaint = null;
        try
        {
            var results = Trx.Read(path);
            if (results.Count == 0)
                complaint = "it ran no test";
            return results;
        }
        catch (Exception e) when (e is IOException or XmlException or UnauthorizedAccessException)
        {
            complaint = $"it left no readable report: {e.Message}";
            return [];
        }
    }

    static string Indented(string message) => message.Length == 0 ? "" : "\n           " + message.ReplaceLineEndings("\n           ");
}
