using System.Text.Json;
using Offproof.Auditor;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

/// <summary>Any bytes as what a registry answers, as statistics or a table, as the data of a MaxMind DB, as a certificate (receivers.md §2, §3).</summary>
static class ReceiverFuzz
{
    static readonly Wanted Wanted = new(((string[])["192.0.2.7", "198.51.100.200", "203.0.113.7", "42.62.48.207", "2001:db8::1", "::", "255.255.255.255"]).Select(text => Address.TryParse(text, out Address one) ? one : throw new InvalidOperationException(text)));

    /// <summary>Returns what was claimed, or why it was refused; a claim is of its range, and clean.</summary>
    internal static string Rdap(byte[] input)
    {
        RdapAnswer? answer = RdapAnswer.Read(input, out string problem);
        Check(answer is null == problem.Length > 0, "refused without a word");
        if (answer is null)
        {
            using JsonDocument? document = RdapAnswer.TryParse(input, out _);
            return document is not null && Bootstrap.IsOne(document.RootElement) ? $"bootstrap {new Bootstrap().Add(document.RootElement).Problem}" : problem.Split(',')[0];
        }
        Check(answer.Range is null != answer.Numbers is null, "of no range");
        foreach (RdapAnswer.Said said in answer.Claims) Check(said.Value.Length is > 0 and <= 1000 && !said.Value.Any(char.IsControl), "a claim that is not clean");
        return string.Join(' ', answer.Claims.Select(said => said.Layer + said.What.Split(' ', 2)[0]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    /// <summary>Returns the kind, the layers and the problems.</summary>
    internal static string Lines(byte[] input)
    {
        SourceFile file = new("x-20260801");
        Matches matches = new(Wanted);
        int newline = input.AsSpan().IndexOf((byte)'\n');
        if (Delegated.Begins(newline < 0 ? input : input.AsSpan(0, newline))) Delegated.Read(file, new TextLines(new MemoryStream(input, writable: false)), matches);
        else AsTable.TryRead(file, new TextLines(new MemoryStream(input, writable: false)), matches);
        foreach ((Address address, IReadOnlyList<ClaimReport> claims) in matches.All)
        {
            Check(claims.Count <= Matches.MostClaims, "too many claims");
            foreach (ClaimReport claim in claims)
            {
                Check(!claim.Value.Any(char.IsControl) && claim.Value.Length > 0, "a claim that is not clean");
                string[] ends = claim.Range!.Split(" - ");
                Check(ends.Length == 1 || (Address.TryParse(ends[0], out Address first) && Address.TryParse(ends[1], out Address last) && first <= address && address <= last), "a claim about another range");
            }
        }
        SourceReport report = file.Report();
        return $"{report.Kind} {string.Join(' ', matches.All.SelectMany(one => one.Claims).Select(claim => claim.Layer).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))} {string.Concat(report.Problems.SelectMany(p => p).Where(c => !char.IsDigit(c)))}";
    }

    /// <summary>The first value of a data section.</summary>
    internal static string Data(byte[] input) => new MmdbData(input).Read(0) is not { } value ? "broken" : value.Map is { } map ? $"map {Math.Min(map.Count, 9)}" : value.Text is not null ? "text" : value.Number is not null ? "number" : "other";

    /// <summary>A whole file.</summary>
    internal static void Database(byte[] input)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, input);
            SourceFile file = new(path);
            Mmdb.TryRead(file, new Matches(Wanted));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Returns how many names there are.</summary>
    internal static string Certificate(byte[] input)
    {
        List<string> names = [];
        bool isOne = Certificates.TryRead(input, names, out string? organization);
        Certificates.First(input, is13: true);
        Certificates.First(input, is13: false);
        foreach (string name in names) Check(name.Length is > 0 and <= 255 && !name.Any(char.IsControl), "a name that is not clean");
        return $"{isOne} {Math.Min(names.Count, 3)} {organization is not null}";
    }
}
