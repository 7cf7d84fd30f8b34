using Offproof.Auditor;
using Offproof.Lab;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

/// <summary>
/// Two captures and a control, side by side (compare.md): what stands before each line of the input that says CUT, or the input and a copy of it with bits turned over. Throws when a run
/// differs from itself.
/// </summary>
static class CompareFuzz
{
    private static readonly Canaries Planted = Canaries.Read(new MemoryStream("""{"schema":"offproof/v1/persona","identifiers":{"imei":"001017981670410","email":"jonas.fairweather.a652e3@example.org"}}"""u8.ToArray()), null);

    internal static string Read(byte[] input)
    {
        List<byte[]> parts = [];
        ReadOnlySpan<byte> rest = input;
        for (int cut; parts.Count < 2 && (cut = rest.IndexOf("\nCUT\n"u8)) >= 0; rest = rest[(cut + 5)..]) parts.Add(rest[..cut].ToArray());
        parts.Add(rest.ToArray());
        if (parts.Count == 1) parts.Add([.. parts[0].Select(static (b, at) => at > 64 && at % 61 == 0 ? (byte)(b ^ 1) : b)]);
        Transcript[] runs = [.. parts.Select(static part => Transcript.Of("capture", new MemoryStream(part), Planted))];
        CompareRequest request = new("a", "b", runs.Length > 2 ? "control" : null, "a.json", "b.json", []);
        ComparisonReport report = Comparison.Of(request, runs[0], runs[1], runs.Length > 2 ? runs[2] : null, []);
        Check(report.Verdict != "CLEAN" || report.DifferencesTotal == report.Classes.Where(static kind => kind.Class is "control" or "server" or "tls" or "time").Sum(static kind => kind.Differences), "CLEAN, with a difference that weighs");
        foreach (string line in ComparisonText.Lines(report)) Check(!line.Any(static c => char.IsControl(c)), "a line that moves the cursor");
        ComparisonReport same = Comparison.Of(request, runs[0], runs[0], runs[0], []);
        Check(same.DifferencesTotal == 0, "a run differs from itself");
        return $"{report.Verdict} {string.Join(' ', report.Classes.Select(static kind => kind.Class))} {string.Join('|', report.Differences.Take(3).Select(static difference => difference.Why.Length))}";
    }
}
