namespace Offproof.Auditor;

/// <summary>A canary that was seen.</summary>
/// <param name="Form">How it was written.</param>
/// <param name="Field">In a head: <c>target</c> or the header field's name; else null.</param>
/// <param name="Offset">Where, in the examined bytes as captured: the beginning of what had to be decoded.</param>
/// <param name="Length">How many of them.</param>
/// <param name="Chain">How it was disguised, outermost first: <c>gzip</c>, <c>base64</c>, <c>md5</c>; empty where it was not.</param>
/// <param name="Bits">How unlikely by accident, after what the chain allows to vary.</param>
/// <param name="Bytes">Those captured bytes, between a few that stand before and after them; of the later findings none, and none where they are too long to be kept.</param>
/// <param name="Before">How many stand before.</param>
/// <param name="Among">Where else an accident could have happened.</param>
internal sealed record Finding(Form Form, Place Place, string? Field, long Offset, int Length, IReadOnlyList<string> Chain, double Bits, byte[] Bytes, int Before, Among Among = Among.Bytes);
