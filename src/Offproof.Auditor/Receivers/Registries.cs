namespace Offproof.Auditor;

/// <summary>The names of registries, from the several words by which sources mean them.</summary>
internal static class Registries
{
    // From APNIC's and LACNIC's own lists of national registries.
    private static readonly (string Word, string Name)[] National =
    [
        ("CNNIC", "CNNIC"), ("JPNIC", "JPNIC"), ("KRNIC", "KRNIC"), ("KISA", "KRNIC"), ("TWNIC", "TWNIC"), ("VNNIC", "VNNIC"), ("IDNIC", "IDNIC"), ("APJII", "IDNIC"), ("IRINN", "IRINN"), ("NIC.br", "NIC.br"), ("NICBR", "NIC.br"), ("NIC.mx", "NIC.mx"), ("NICMX", "NIC.mx"),
    ];

    private static readonly (string Ending, string Name)[] Hosts =
    [
        ("apnic.net", "APNIC"), ("arin.net", "ARIN"), ("ripe.net", "RIPE NCC"), ("lacnic.net", "LACNIC"), ("afrinic.net", "AFRINIC"), ("registro.br", "NIC.br"), ("nic.br", "NIC.br"), ("cnnic.cn", "CNNIC"), ("nic.ad.jp", "JPNIC"),
        ("krnic.net", "KRNIC"), ("kisa.or.kr", "KRNIC"), ("krnic.or.kr", "KRNIC"), ("twnic.net", "TWNIC"), ("twnic.tw", "TWNIC"), ("twnic.net.tw", "TWNIC"), ("vnnic.vn", "VNNIC"), ("idnic.net", "IDNIC"), ("irinn.in", "IRINN"), ("nic.mx", "NIC.mx"),
    ];

    /// <summary>"ripencc", "APNIC", "whois.arin.net": the name; a word that is none is left as it is.</summary>
    internal static string Name(string word)
    {
        string lower = word.Trim().ToLowerInvariant();
        foreach ((string ending, string name) in Hosts)
        {
            if (lower == ending || lower.EndsWith("." + ending, StringComparison.Ordinal)) return name;
        }
        return lower switch
        {
            "ripencc" or "ripe" or "ripe ncc" => "RIPE NCC",
            "apnic" => "APNIC",
            "arin" => "ARIN",
            "lacnic" => "LACNIC",
            "afrinic" => "AFRINIC",
            "iana" => "IANA",
            _ => NationalIn(word) ?? word.Trim(),
        };
    }

    internal static bool IsNational(string name) => National.Any(registry => registry.Name == name);

    /// <summary>A national registry that a text names as a word of its own: IRT-CNNIC-CN, MAINT-JPNIC-AP.</summary>
    internal static string? NationalIn(string? text)
    {
        if (text is null) return null;
        foreach ((string word, string name) in National)
        {
            for (int at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
            {
                if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (at + word.Length == text.Length || !char.IsLetterOrDigit(text[at + word.Length]))) return name;
            }
        }
        return null;
    }
}
