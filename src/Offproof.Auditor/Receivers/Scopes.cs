namespace Offproof.Auditor;

/// <summary>Addresses that nobody can hold (RFC 6890 and IANA's registries of special-purpose addresses): nobody is asked about them.</summary>
internal static class Scopes
{
    private static readonly (AddressRange Range, string Words)[] All =
    [
        Of("0.0.0.0/8", "this network (RFC 791)"), Of("10.0.0.0/8", "private use (RFC 1918)"), Of("100.64.0.0/10", "shared among customers of a provider (RFC 6598)"), Of("127.0.0.0/8", "loopback (RFC 1122)"),
        Of("169.254.0.0/16", "link-local (RFC 3927)"), Of("172.16.0.0/12", "private use (RFC 1918)"), Of("192.0.0.0/24", "protocol assignments (RFC 6890)"), Of("192.0.2.0/24", "documentation (RFC 5737)"),
        Of("192.88.99.0/24", "relay of 6to4 (RFC 7526)"), Of("192.168.0.0/16", "private use (RFC 1918)"), Of("198.18.0.0/15", "benchmarking (RFC 2544)"), Of("198.51.100.0/24", "documentation (RFC 5737)"),
        Of("203.0.113.0/24", "documentation (RFC 5737)"), Of("224.0.0.0/4", "multicast (RFC 5771)"), Of("255.255.255.255/32", "broadcast (RFC 919)"), Of("240.0.0.0/4", "reserved (RFC 1112)"),
        Of("::/128", "unspecified (RFC 4291)"), Of("::1/128", "loopback (RFC 4291)"), Of("64:ff9b::/96", "IPv4 behind a translator (RFC 6052)"), Of("64:ff9b:1::/48", "IPv4 behind a translator (RFC 8215)"), Of("100::/64", "discard (RFC 6666)"),
        Of("2001:db8::/32", "documentation (RFC 3849)"), Of("3fff::/20", "documentation (RFC 9637)"), Of("2001::/32", "Teredo (RFC 4380)"), Of("2002::/16", "6to4 (RFC 3056)"), Of("fc00::/7", "private use (RFC 4193)"),
        Of("fe80::/10", "link-local (RFC 4291)"), Of("ff00::/8", "multicast (RFC 4291)"),
    ];

    /// <summary>Null for an address that can be held.</summary>
    internal static string? Of(Address address)
    {
        foreach ((AddressRange range, string words) in All)
        {
            if (range.Contains(address)) return words;
        }
        return null;
    }

    private static (AddressRange Range, string Words) Of(string prefix, string words) =>
        AddressRange.TryPrefix(System.Text.Encoding.ASCII.GetBytes(prefix), out AddressRange range) ? (range, words) : throw new ArgumentException(prefix, nameof(prefix));
}
