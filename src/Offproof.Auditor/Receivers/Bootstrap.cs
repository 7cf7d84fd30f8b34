using System.Text.Json;

namespace Offproof.Auditor;

/// <summary>IANA's registry of who answers for a range (RFC 9224).</summary>
internal sealed class Bootstrap
{
    private const int MostServices = 10_000;

    private readonly List<(AddressRange Range, Uri Base)> _services = [];

    /// <summary>Has it been read for addresses of this family?</summary>
    internal bool Knows(bool isVersion6) => _services.Exists(service => service.Range.IsVersion6 == isVersion6);

    internal static bool IsOne(JsonElement root) => root.TryGetProperty("services", out JsonElement services) && services.ValueKind == JsonValueKind.Array;

    /// <summary>Adds what a file says. Of several addresses of a service that of HTTPS counts (RFC 9224 §3).</summary>
    /// <returns>How many ranges it names, and what is wrong with it.</returns>
    internal (int Entries, string? Date, string? Problem) Add(JsonElement root)
    {
        try
        {
            return Take(root);
        }
        catch (InvalidOperationException)
        {
            return (0, null, "a text in it is no Unicode");
        }
    }

    private (int Entries, string? Date, string? Problem) Take(JsonElement root)
    {
        string? date = root.TryGetProperty("publication", out JsonElement publication) && publication.ValueKind == JsonValueKind.String && publication.GetString() is { Length: >= 10 } text
            ? Digits.Day(System.Text.Encoding.UTF8.GetBytes(text[..10].Replace("-", "", StringComparison.Ordinal))) : null;
        int entries = 0, bad = 0;
        foreach (JsonElement service in root.GetProperty("services").EnumerateArray().Take(MostServices))
        {
            if (service.ValueKind != JsonValueKind.Array || service.GetArrayLength() != 2 || service[0].ValueKind != JsonValueKind.Array || BaseOf(service[1]) is not { } address)
            {
                bad++;
                continue;
            }
            foreach (JsonElement entry in service[0].EnumerateArray().Take(MostServices))
            {
                if (entry.ValueKind != JsonValueKind.String || entry.GetString() is not { Length: <= 64 } prefix) bad++;
                else if (AddressRange.TryPrefix(System.Text.Encoding.UTF8.GetBytes(prefix), out AddressRange range))
                {
                    entries++;
                    if (_services.Count < MostServices) _services.Add((range, address));
                }
                else if (prefix.Length > 0 && char.IsAsciiDigit(prefix[0]) && !prefix.Contains('.', StringComparison.Ordinal)) entries++; // AS numbers: nobody is asked about these
                else bad++;
            }
        }
        return (entries, date, bad > 0 ? "some of its entries are none" : entries == 0 ? "it names no range" : null);
    }

    /// <summary>The base of the longest range that holds the address; null where none does.</summary>
    internal Uri? For(Address address)
    {
        (AddressRange Range, Uri Base)? best = null;
        foreach ((AddressRange Range, Uri Base) service in _services)
        {
            if (service.Range.Contains(address) && (best is null || service.Range.Extent < best.Value.Range.Extent)) best = service;
        }
        return best?.Base;
    }

    private static Uri? BaseOf(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array) return null;
        Uri? plain = null;
        foreach (JsonElement one in list.EnumerateArray().Take(16))
        {
            if (one.ValueKind != JsonValueKind.String || one.GetString() is not { Length: <= 512 } text || !text.EndsWith('/') || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)) continue;
            if (uri.Scheme == Uri.UriSchemeHttps) return uri;
            if (uri.Scheme == Uri.UriSchemeHttp) plain ??= uri;
        }
        return plain;
    }
}
