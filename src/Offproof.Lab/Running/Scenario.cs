using System.Globalization;

namespace Offproof.Lab;

/// <summary>A scenario that cannot be read; the message names its line (lab.md §4).</summary>
public sealed class ScenarioException(string message) : Exception(message);

/// <summary>One line of a scenario.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Word">Its first word.</param>
/// <param name="Rest">What follows, without spaces around it.</param>
/// <param name="Exit">Of <c>run</c>: how it has to end; null for any.</param>
/// <param name="Count">Of what comes onto the phone, how many.</param>
internal sealed record Step(int Line, string Word, string Rest, int? Exit = 0, int Count = 1)
{
    internal string Text => Rest.Length > 0 ? $"{Word} {Rest}" : Word;
}

/// <summary>lab.md §4: small, readable, one step a line.</summary>
internal static class Scenario
{
    internal const int MostLines = 1000;

    private static readonly string[] Expected = ["nothing", "something", "public", "unopened", "untouched", "CLEAN", "LEAK", "INCONCLUSIVE"];

    internal static IReadOnlyList<Step> Read(string text)
    {
        List<Step> steps = [];
        string[] lines = text.Split('\n');
        if (lines.Length > MostLines) throw new ScenarioException($"a scenario has at most {MostLines} lines");
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            steps.Add(Checked(new Step(i + 1, space < 0 ? line : line[..space], space < 0 ? "" : line[space..].Trim())));
        }
        if (steps.Count == 0) throw new ScenarioException("the scenario has no step");
        return steps;
    }

    /// <summary>How long <c>wait</c> means.</summary>
    internal static TimeSpan? Duration(string text) =>
        text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is 0 or > 10_000 ? null : text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' when number <= 3650 => TimeSpan.FromDays(number),
            _ => null,
        };

    private static Step Checked(Step step)
    {
        string[] words = step.Rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (step.Word)
        {
            case "persona": return step;
            case "server" or "start" or "section" or "ledger" when words.Length > 0: return step;
            case "sink" when ushort.TryParse(step.Rest, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0: return step;
            case "run" when words is ["any", _, ..]: return step with { Rest = step.Rest[3..].Trim(), Exit = null };
            case "run" when words is [var code, _, ..] && byte.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out byte exit): return step with { Rest = step.Rest[code.Length..].Trim(), Exit = exit };
            case "run" when words.Length > 0: return step;
            case "call" or "reboot" or "stop" when words.Length == 0: return step;
            case "wait" when Duration(step.Rest) is not null: return step;
            case "expect" when Expected.Contains(step.Rest, StringComparer.Ordinal): return step;
            case "contact" when words is ["add", .. var rest, "2.1" or "3.0" or "4.0"] && Count(rest) is { } count: return step with { Rest = words[^1], Count = count };
            case "contact" when words is ["add", .. var rest] && Count(rest) is { } count: return step with { Rest = "", Count = count };
            case "sms" or "mms" when words is ["in" or "out", .. var rest] && Count(rest) is { } count: return step with { Rest = words[0], Count = count };
            case "note" or "photo" when Count(words) is { } count: return step with { Rest = "", Count = count };
            default: throw new ScenarioException($"line {step.Line}: '{step.Text}' is no step; docs/lab.md §4 has them all");
        }
    }

    private static int? Count(string[] words) => words switch
    {
        [] => 1,
        [var number] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is > 0 and <= 1000 => count,
        _ => null,
    };
}
