namespace Offproof.Lab;

/// <summary>What differs between two personas, in the shape of <c>--json</c> (compare.md §6).</summary>
/// <param name="Verdict">CLEAN, LEAK or INCONCLUSIVE.</param>
/// <param name="Reasons">Sentences: all that hold.</param>
/// <param name="Runs">A, B and, where given, the control.</param>
/// <param name="Compared">How many places were compared.</param>
/// <param name="ControlDiffers">At how many places A and the control differ; null without a control.</param>
/// <param name="Classes">How many differences of each class.</param>
/// <param name="DifferencesTotal">All of them.</param>
/// <param name="Differences">At most 1,000, the unexplained ones first.</param>
/// <param name="Power">What was allowed, and how much could hide in it.</param>
public sealed record ComparisonReport(
    string Schema, string Verdict, IReadOnlyList<string> Reasons, IReadOnlyList<RunReport> Runs, int Compared, int? ControlDiffers, IReadOnlyList<ClassReport> Classes, int DifferencesTotal, IReadOnlyList<DifferenceReport> Differences, PowerReport Power)
{
    internal const string SchemaName = "offproof/v1/compare";
}

/// <summary>One run.</summary>
/// <param name="Role">A, B or control.</param>
/// <param name="Audit">What the audit of this capture alone, with its own persona, says.</param>
/// <param name="Seconds">From the first packet to the last; null in recordings without packets.</param>
public sealed record RunReport(string Role, string Path, int Flows, int Sent, int Received, long Bytes, string Audit, double? Seconds);

/// <summary>How many differences are of a class (compare.md §3).</summary>
public sealed record ClassReport(string Class, int Differences);

/// <summary>One place where A and B differ.</summary>
/// <param name="Class">unexplained, answer, opaque, uncontrolled, server, control, tls or time.</param>
/// <param name="Place">Which flow, message and field, in the words of compare.md §2.</param>
/// <param name="Why">Why it is of this class.</param>
/// <param name="A">Where and what in A; null where it is not there.</param>
/// <param name="B">Where and what in B; null where it is not there.</param>
public sealed record DifferenceReport(string Class, string Place, string Why, SideReport? A, SideReport? B);

/// <summary>One side of a difference.</summary>
/// <param name="Packet">Its first packet; in recordings the entry; 0 where it is a count.</param>
/// <param name="Flow">The flow's number in its capture; 0 where it is a count.</param>
/// <param name="Offset">In its message's head or body, of the field.</param>
/// <param name="Value">The value as text, at most 200 characters; bytes that are no text in hexadecimal.</param>
/// <param name="Length">Of the whole value, in bytes.</param>
public sealed record SideReport(long Packet, int Flow, long Offset, string Value, long Length);

/// <summary>What was allowed, not excluded (compare.md §5).</summary>
/// <param name="Bits">Of A's run.</param>
/// <param name="BitsADay">Null where the captures hold no times.</param>
public sealed record PowerReport(double Bits, double? BitsADay, IReadOnlyList<AllowedReport> Allowed, IReadOnlyList<string> Notes);

/// <summary>One way in which something could have left unseen.</summary>
/// <param name="Places">How many.</param>
public sealed record AllowedReport(string Way, long Places, double Bits, double? BitsADay, string How);
