using System.Net;
using Offproof.Auditor;

namespace Offproof.Lab;

/// <summary>What is asked of a comparison (compare.md §1).</summary>
/// <param name="A">A capture of the steps with the first persona, as the auditor reads it.</param>
/// <param name="B">A capture of the same steps with the second persona.</param>
/// <param name="Control">A second run with the first persona; null where there is none.</param>
/// <param name="PersonaA">persona.json of the first.</param>
/// <param name="PersonaB">persona.json of the second.</param>
/// <param name="Keys">Key logs of all runs.</param>
public sealed record CompareRequest(string A, string B, string? Control, string PersonaA, string PersonaB, IReadOnlyList<string> Keys)
{
    /// <summary>Addresses of the phone's end in the captures; empty where it is not known.</summary>
    public IReadOnlyList<IPAddress> Phones { get; init; } = [];
}

/// <summary>Two personas in, verdict out (compare.md).</summary>
public static class Comparison
{
    /// <summary>Reads the captures, lays them side by side and says what differs and why.</summary>
    /// <exception cref="InvalidPersonaException">A persona cannot be read.</exception>
    /// <exception cref="IOException">A file cannot be opened or read. A capture that is damaged is no exception: the report says so.</exception>
    public static ComparisonReport Run(CompareRequest request, CancellationToken cancel = default)
    {
        Transcript a = Transcript.Read(request.A, request.PersonaA, request.Keys, request.Phones, cancel);
        Transcript b = Transcript.Read(request.B, request.PersonaB, request.Keys, request.Phones, cancel);
        Transcript? control = request.Control is null ? null : Transcript.Read(request.Control, request.PersonaA, request.Keys, request.Phones, cancel);
        IReadOnlyList<string> same = PersonaPair.Same(request.PersonaA, request.PersonaB);
        if (request.Control is null) return Of(request, a, b, control, same);
        (string Role, string Path)[] runs = [("A", request.A), ("B", request.B), ("control", request.Control)];
        string[] unread = [.. runs.Where(static run => !LinkTraits.IsRead(run.Path)).Select(static run => run.Role)];
        return Of(request, a, b, control, same, LinkTraits.Differences(request.A, request.B, request.Control), unread);
    }

    /// <param name="same">Identifiers that both personas have.</param>
    /// <param name="link">What differs below the bytes that were read.</param>
    /// <param name="unread">Runs of which nothing below those bytes was looked at.</param>
    internal static ComparisonReport Of(CompareRequest request, Transcript a, Transcript b, Transcript? control, IReadOnlyList<string> same, IEnumerable<Difference>? link = null, IReadOnlyList<string>? unread = null)
    {
        CapturedRun runA = new(a), runB = new(b);
        CapturedRun? runControl = control is null ? null : new CapturedRun(control);
        Differences differences = new(runA, runB, runControl);
        differences.Find();
        differences.Add(link ?? []);
        Power power = new(runA, runB, differences, unread ?? []);
        return Judgement.Of(request, runControl is null ? [("A", runA), ("B", runB)] : [("A", runA), ("B", runB), ("control", runControl)], differences, power, same);
    }
}
