namespace Offproof.Auditor;

/// <summary>The addresses that are asked about, in order.</summary>
internal sealed class Wanted(IEnumerable<Address> addresses)
{
    private readonly Address[] _addresses = [.. addresses.Distinct().Order()];

    internal IReadOnlyList<Address> All => _addresses;

    internal ReadOnlySpan<Address> In(AddressRange range)
    {
        int from = From(new Address(range.First, range.IsVersion6));
        int to = from;
        while (to < _addresses.Length && range.Contains(_addresses[to])) to++;
        return _addresses.AsSpan(from, to - from);
    }

    private int From(Address first)
    {
        int at = Array.BinarySearch(_addresses, first);
        return at < 0 ? ~at : at;
    }
}

/// <summary>What one file says of each address: only its smallest ranges speak (receivers.md §3).</summary>
internal sealed class Matches(Wanted wanted)
{
    internal const int MostClaims = 16;

    private readonly Dictionary<Address, (UInt128 Extent, List<ClaimReport> Claims)> _claims = [];

    internal Wanted Wanted { get; } = wanted;

    internal IEnumerable<(Address Address, IReadOnlyList<ClaimReport> Claims)> All => _claims.Select(static pair => (pair.Key, (IReadOnlyList<ClaimReport>)pair.Value.Claims));

    internal void Clear() => _claims.Clear();

    internal void Add(Address address, AddressRange range, ReadOnlySpan<ClaimReport> claims)
    {
        if (!_claims.TryGetValue(address, out (UInt128 Extent, List<ClaimReport> Claims) known) || range.Extent < known.Extent) known = (range.Extent, []);
        else if (range.Extent > known.Extent) return;
        foreach (ClaimReport claim in claims)
        {
            if (known.Claims.Count < MostClaims && !known.Claims.Contains(claim)) known.Claims.Add(claim);
        }
        _claims[address] = known;
    }
}
