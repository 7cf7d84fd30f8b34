namespace Offproof.Auditor;

/// <summary>
/// Fields of protocols that hold whatever their sender likes (audit.md §7.1). They are structural and free choice for the budget; searched where a form could stand in them; and as the examiner reads them where they leave and are long.
/// </summary>
internal static class FreeChoice
{
    /// <summary>In bytes: no form has fewer.</summary>
    internal const int Shortest = 8;

    /// <summary>In bytes: what is longer is no number, address or list of a protocol.</summary>
    internal const int Longest = 64;

    /// <returns>How many of its bytes are opaque. Nothing is counted.</returns>
    internal static int Examine(Examiner examiner, in Place place, ReadOnlySpan<byte> field)
    {
        if (field.Length < Shortest) return 0;
        int unread = Math.Clamp(examiner.OfFields.Examine(place, field), 0, field.Length);
        return field.Length > Longest && place.Flow.Leaves(place.Sender) ? unread : 0;
    }

    /// <summary>Has a field examined, and counts it.</summary>
    internal static void Take(Examiner examiner, in Place place, ReadOnlySpan<byte> field)
    {
        int opaque = Examine(examiner, place, field);
        place.Flow.Count(place.Sender, ByteKind.Opaque, opaque);
        place.Flow.Count(place.Sender, ByteKind.Structural, field.Length - opaque);
        place.Flow.Capacity(place.Sender, field.Length - opaque);
    }
}
