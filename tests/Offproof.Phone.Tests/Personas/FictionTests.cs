using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Offproof.Phone.Tests.Personas;

/// <summary>Nothing in a persona belongs to anybody: docs/persona.md §5 and §6, checked in persona.json and in every file.</summary>
public sealed partial class FictionTests(FullPersona persona) : IClassFixture<FullPersona>
{
    [GeneratedRegex("""
        ^(\+447700900[0-9]{3}|\+442079460[0-9]{3}
        |\+1(202|206|212|303|312|415|503|512|617|702|808|907)55501[0-9]{2}
        |\+61[2378](5550|7010)[0-9]{4}
        |\+33(19900|26191|35301|46571|53649|63998)[0-9]{4})$
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReservedNumber();

    [GeneratedRegex(@"\+[0-9]{6,}", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Number();

    [GeneratedRegex(@"@(?<host>[\w-]+(\.[\w-]+)*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Email();

    [GeneratedRegex(@"://(?<host>[^/\s""<]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Url();

    [GeneratedRegex("(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{60,}={0,2}", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Base64();

    [GeneratedRegex("=(?<hex>[0-9A-F]{2})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex QuotedByte();

    static readonly string[] Firms = ["Lanternfield", "LARKPOST", "Larkbank", "Fernway"];

    [Fact]
    public void Every_number_and_address_of_the_description_is_reserved()
    {
        Assert.All(persona.Contacts.SelectMany(contact => contact.GetProperty("phones").EnumerateArray()), phone => Assert.Matches(ReservedNumber(), phone.GetProperty("value").GetString()));
        Assert.All(persona.Messages.SelectMany(message => message.GetProperty("addresses").EnumerateArray()).Select(address => address.GetString()!), address =>
            Assert.True(ReservedNumber().IsMatch(address) || Firms.Contains(address, StringComparer.Ordinal), address));
        Assert.Matches(ReservedNumber(), persona.Json.GetProperty("identifiers").GetProperty("phone").GetString());
        Assert.All(persona.Contacts.SelectMany(contact => contact.GetProperty("addresses").EnumerateArray()), address =>
        {
            Assert.Matches("^ZZ[0-9]{5}$", address.GetProperty("postalCode").GetString());
            Assert.Equal("Larkland", address.GetProperty("country").GetString());
        });
    }

    [Fact]
    public void Nothing_in_any_file_looks_like_a_number_or_address_that_is_not()
    {
        int files = 0, numbers = 0, emails = 0;
        foreach ((string name, string text) in Texts())
        {
            files++;
            Assert.Equal([], Strange(text).Select(found => $"{name}: {found}"));
            numbers += Number().Count(text);
            emails += Email().Count(text);
        }
        Assert.True(files > 300 && numbers > 20_000 && emails > 700, $"{files} files, {numbers} numbers, {emails} addresses: the walk saw too little");
    }

    [Theory] // the walk is shown what it must find
    [InlineData("call +447911123456 now"), InlineData("+12025550200"), InlineData("+12015550142"), InlineData("+61255510000"), InlineData("+33612345678"), InlineData("+442079470000")]
    [InlineData("a@example.edu"), InlineData("a@sub.example.orgs"), InlineData("https://example.info/x"), InlineData("http://10.0.0.1/")]
    public void A_stranger_is_found(string text) => Assert.NotEmpty(Strange(text));

    static IEnumerable<string> Strange(string text) =>
    [
        .. Number().Matches(text).Select(match => match.Value).Where(number => !ReservedNumber().IsMatch(number)),
        .. Email().Matches(text).Concat(Url().Matches(text)).Where(match => match.Groups["host"].Value is not ("example.org" or "example.com" or "example.net")).Select(match => match.Value),
    ];

    /// <summary>Every text, quoted-printable decoded, attachments taken out; of these the cards, which have numbers.</summary>
    IEnumerable<(string Name, string Text)> Texts()
    {
        foreach (string path in Directory.EnumerateFiles(persona.FullPath, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(persona.FullPath, path).Replace('\\', '/');
            if (name.EndsWith(".jpg", StringComparison.Ordinal) || name.Contains("encrypted", StringComparison.Ordinal)) continue;
            if (!name.EndsWith(".zip", StringComparison.Ordinal))
            {
                foreach (string text in Decoded(File.ReadAllText(path))) yield return (name, text);
                continue;
            }
            using ZipArchive archive = ZipFile.OpenRead(path);
            foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.Name.EndsWith(".vcf", StringComparison.Ordinal) || entry.Name.EndsWith(".ndjson", StringComparison.Ordinal)))
            {
                using StreamReader reader = new(entry.Open(), Encoding.UTF8);
                foreach (string text in Decoded(reader.ReadToEnd())) yield return ($"{name}!/{entry.FullName}", text);
            }
        }
    }

    static IEnumerable<string> Decoded(string text)
    {
        foreach (string run in Base64().Matches(text).Select(match => match.Value).Where(run => run.StartsWith("QkVHSU46", StringComparison.Ordinal))) // BEGIN:
        {
            yield return Unquoted(Encoding.UTF8.GetString(Convert.FromBase64String(run)));
        }
        yield return Unquoted(Base64().Replace(text, " "));
    }

    static string Unquoted(string text) => text.Contains("QUOTED-PRINTABLE", StringComparison.Ordinal)
        ? QuotedByte().Replace(text.Replace("=\r\n", "", StringComparison.Ordinal), match => ((char)Convert.ToByte(match.Groups["hex"].Value, 16)).ToString())
        : text;
}
