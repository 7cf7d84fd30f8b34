namespace Offproof.Auditor;

/// <summary>
/// How much of a coding was taken, how much was made of it, and how much of the former was charged: as much as the latter needs, since what is longer holds something else (audit.md §6.2). A decoder can be
/// behind, so the rest is judged at the end.
/// </summary>
/// <param name="header">What a coding of nothing may be long.</param>
internal struct CodingAccount(int header)
{
    private long _charged;

    internal long Taken { get; set; }

    internal long Made { get; set; }

    /// <summary>What may come out of what was taken, and of so many bytes more.</summary>
    internal readonly long Allowed(int more = 0) => Math.Min(Unpacking.Most, (1 << 20) + 200 * (Taken + more));

    internal void Charge(Gathered into)
    {
        long needed = Math.Min(Taken, Compressed.Longest(Made, header));
        if (needed <= _charged) return;
        into.Charge(needed - _charged);
        _charged = needed;
    }

    /// <returns>Whether bytes are left of which nothing was made; they are opaque.</returns>
    internal bool Settle(Gathered into)
    {
        Charge(into);
        if (Taken == _charged) return false;
        into.Unread(Taken - _charged);
        _charged = Taken;
        return true;
    }
}
