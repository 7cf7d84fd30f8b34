namespace Offproof.Auditor;

/// <summary>Why a verdict is what it is: one of audit.md §7.3.</summary>
/// <param name="Code">Which, for machines and for other languages.</param>
/// <param name="Text">A sentence in English, without its full stop.</param>
/// <param name="Count">Of what it is about; 0 where nothing is counted.</param>
/// <param name="Subject">A capture; null where it is about all.</param>
public sealed record Reason(string Code, string Text, long Count = 0, string? Subject = null);
