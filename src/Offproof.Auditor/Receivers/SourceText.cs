using System.Globalization;

namespace Offproof.Auditor;

/// <summary>What <c>audit sources</c> says (receivers.md §6).</summary>
public static class SourceText
{
    /// <summary>Where the files come from. The commands ask for whole files, and so tell nobody of an address.</summary>
    public static IEnumerable<string> HowToGet { get; } =
    [
        "Sources about addresses, for audit --sources DIR. Each command fetches a whole file: nobody learns of an address. Keep them with the captures: what holds",
        "today need not have held then. Old statistics and tables are in the archives of the same places.",
        "",
        "Statistics of the five regional registries (registry, country, since when; free to use, each with its own notice):",
        "  curl -O https://ftp.arin.net/pub/stats/arin/delegated-arin-extended-latest          and ...-latest.md5",
        "  curl -O https://ftp.ripe.net/pub/stats/ripencc/delegated-ripencc-extended-latest    and ...-latest.md5",
        "  curl -O https://ftp.apnic.net/stats/apnic/delegated-apnic-extended-latest           and ...-latest.md5",
        "  curl -O https://ftp.lacnic.net/pub/stats/lacnic/delegated-lacnic-extended-latest    and ...-latest.md5",
        "  curl -O https://ftp.afrinic.net/pub/stats/afrinic/delegated-afrinic-extended-latest and ...-latest.md5",
        "",
        "IANA's lists of who answers for a range over RDAP (public):",
        "  curl -O https://data.iana.org/rdap/ipv4.json -O https://data.iana.org/rdap/ipv6.json -O https://data.iana.org/rdap/asn.json",
        "",
        "Origin AS at a date, one of:",
        "  https://publicdata.caida.org/datasets/routing/routeviews-prefix2as/   by day since 2005, as pfx2as.gz (CAIDA's terms)",
        "  https://iptoasn.com/                                                  ip2asn-v4.tsv.gz, ip2asn-v6.tsv.gz (public domain, PDDL)",
        "  https://db-ip.com/db/lite.php                                         IP to ASN Lite, CSV or MMDB (CC BY 4.0: name them)",
        "  https://dev.maxmind.com/geoip/geolite2-free-geolocation-data          GeoLite2 ASN and Country, MMDB or CSV (with an account; their terms)",
        "  A table without a day in its name is undated: put one there, as ip2asn-v4-2026-08-01.tsv.gz.",
        "",
        "Holder: one answer of RDAP for each range. This tells the registry which address you ask about:",
        "  curl -L -H 'Accept: application/rdap+json' -o NAME.json https://rdap.apnic.net/ip/ADDRESS",
        "  or audit --sources DIR --online, which asks for all receivers and says beforehand whom it tells of what.",
        "",
        "Then: audit sources DIR checks what is there.",
    ];

    /// <summary>What is in a folder.</summary>
    public static IEnumerable<string> Lines(SourcesReport report)
    {
        foreach (SourceReport file in report.Files)
        {
            yield return file.File;
            yield return string.Create(CultureInfo.InvariantCulture, $"  {file.Kind}{(file.Publisher is { } by ? $" of {by}" : "")}, {(file.Date is { } day ? $"as of {day}" : "undated")}{(file.Serial is { } serial ? $", serial {serial}" : "")}, {file.Entries:N0} {(file.Entries == 1 ? "entry" : "entries")}, {file.Bytes:N0} bytes");
            yield return $"  sha256 {file.Sha256}";
            foreach (string problem in file.Problems) yield return $"  {(file.IsDamaged ? "damaged" : "note")}: {problem}";
        }
        int damaged = report.Files.Count(static file => file.IsDamaged);
        yield return report.Files.Count == 0 ? "no file is there" : string.Create(CultureInfo.InvariantCulture, $"{report.Files.Count} {(report.Files.Count == 1 ? "file" : "files")}, {(damaged == 0 ? "none" : damaged)} damaged");
    }
}

/// <summary>What <c>audit sources DIR</c> found.</summary>
/// <param name="Ok">There are files, and none is damaged.</param>
public sealed record SourcesReport(string Schema, bool Ok, IReadOnlyList<SourceReport> Files);

/// <summary>Checks a folder of sources (receivers.md §6).</summary>
public static class SourceCheck
{
    /// <exception cref="IOException">The folder or a file of it cannot be read.</exception>
    public static SourcesReport Run(string folder, CancellationToken cancel = default)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{folder} is not a folder");
        IReadOnlyList<SourceReport> files = SourceFolder.Read(folder, [], cancel).Files;
        return new SourcesReport("offproof/v1/audit-sources", files.Count > 0 && !files.Any(static file => file.IsDamaged), files);
    }
}
