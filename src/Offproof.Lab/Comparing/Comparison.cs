namespace Offproof.Lab;

/// <summary>What is asked of a comparison (compare.md §1).</summary>
/// <param name="A">A capture of the steps with the first persona, as the auditor reads it.</param>
/// <param name="B">A capture of the same steps with the second persona.</param>
/// <param name="Control">A second run with the first persona; null where there is none.</param>
/// <param name="PersonaA">persona.json of the first.</param>
/// <param name="PersonaB">persona.json of the second.</param>
/// <param name="Keys">Key logs of all runs.</param>
public sealed record CompareRequest(string A, string B, string? Control, string PersonaA, string PersonaB, IReadOnlyList<string> Keys);
