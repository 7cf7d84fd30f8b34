using System.Globalization;
using System.Text.Json;

namespace Offproof.Auditor;

/// <summary>Asks registries over RDAP, and keeps what they say (receivers.md §5).</summary>
internal sealed class Lookup(string folder, Online online)
{
    internal const int MostAddresses = 32;
    internal const int MostRedirects = 4;

    private const int FreshDays = 30;
    private const string Iana = "https://data.iana.org/rdap/";

    private readonly List<string> _notes = [];
    private readonly Dictionary<string, DateTimeOffset> _asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _closed = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<AddressRange> _answered = [];

    internal IReadOnlyList<string> Notes => _notes;

    /// <returns>Is there a new file in the folder?</returns>
    internal bool Run(SourceFolder sources, IReadOnlyList<Address> addresses, CancellationToken cancel)
    {
        string since = online.Time.GetUtcNow().AddDays(-FreshDays).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        List<Address> asked = [.. addresses.Where(address => Scopes.Of(address) is null && !sources.IsAnswered(address, since))];
        if (asked.Count > MostAddresses) _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{asked.Count - MostAddresses} addresses were not asked about: {MostAddresses} are in one run; the next goes on"));
        asked = [.. asked.Take(MostAddresses)];
        if (asked.Count == 0) return false;
        bool hasNew = LearnWhom(sources.Bootstrap, asked, cancel);
        List<(Address Address, Uri Base)> plan = [];
        foreach (Address address in asked)
        {
            if (sources.Bootstrap.For(address) is { } registry) plan.Add((address, registry));
            else _notes.Add($"{address}: IANA names nobody who answers for it");
        }
        foreach (IGrouping<string, (Address Address, Uri Base)> group in plan.GroupBy(static one => one.Base.Host, StringComparer.OrdinalIgnoreCase))
            online.Say($"{group.Key} is told of {string.Join(", ", group.Select(static one => one.Address.ToString()))}");
        foreach ((Address address, Uri registry) in plan)
        {
            if (_answered.Exists(range => range.Contains(address))) continue; // an answer to another one was about it too
            hasNew |= Ask(address, registry, cancel);
        }
        return hasNew;
    }

    private bool LearnWhom(Bootstrap bootstrap, List<Address> addresses, CancellationToken cancel)
    {
        bool hasNew = false;
        foreach (bool isVersion6 in (ReadOnlySpan<bool>)[false, true])
        {
            if (bootstrap.Knows(isVersion6) || !addresses.Exists(address => address.IsVersion6 == isVersion6)) continue;
            string name = isVersion6 ? "ipv6.json" : "ipv4.json";
            Uri uri = new(Iana + name);
            online.Say($"{uri.Host} is asked who answers for addresses; it is told of none");
            if (Get(uri, "", cancel) is not { } fetched) continue;
            using JsonDocument? document = RdapAnswer.TryParse(fetched.Body, out string problem);
            if (document is null || !Bootstrap.IsOne(document.RootElement))
            {
                _notes.Add($"{uri}: {(document is null ? problem : "it is no list of registries")}");
                continue;
            }
            bootstrap.Add(document.RootElement);
            Keep(name, fetched.Body.Span);
            hasNew = true;
        }
        return hasNew;
    }

    private bool Ask(Address address, Uri registry, CancellationToken cancel)
    {
        Uri uri = new(registry, $"ip/{address}");
        if (Get(uri, $"{address}: ", cancel) is not { } fetched) return false;
        if (RdapAnswer.Read(fetched.Body, out string problem) is not { } answer)
        {
            _notes.Add($"{address}: {uri.Host}: the answer is refused: {problem}");
            return false;
        }
        if (answer.Range is not { } range || !range.Contains(address))
        {
            _notes.Add($"{address}: {uri.Host}: the answer is refused: it is not about this address");
            return false;
        }
        if (!answer.IsPlaceholder) _answered.Add(range);
        Keep(SavedAnswer.Name(online.Time.GetUtcNow(), fetched.Host, address), fetched.Body.Span);
        return true;
    }

    // Null when nothing usable came: then a note says why.
    private (ReadOnlyMemory<byte> Body, string Host)? Get(Uri uri, string about, CancellationToken cancel)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        string told = uri.Host;
        for (int redirects = 0; ; redirects++)
        {
            if (WhyNot(uri) is { } why) return Refuse(why);
            if (!seen.Add(uri.AbsoluteUri)) return Refuse("its redirects go round in a circle");
            if (redirects > MostRedirects) return Refuse($"it redirects more than {MostRedirects} times");
            if (_closed.Contains(uri.Host)) return Refuse("it wants to be asked less, and was not asked again");
            if (about.Length > 0 && !uri.Host.Equals(told, StringComparison.OrdinalIgnoreCase)) online.Say($"{told} sends on: {uri.Host} is told of {about.TrimEnd(' ', ':')}");
            told = uri.Host;
            Fetched fetched = Fetch(uri, cancel);
            switch (fetched.Status)
            {
                case 200:
                    if (fetched.MediaType is not ("application/rdap+json" or "application/json")) return Refuse($"its answer is {SourceFile.Clean(fetched.MediaType, 60) ?? "of no media type"}, and no RDAP");
                    if (fetched.Body.Length > RdapAnswer.MostBytes) return Refuse("its answer is larger than 1 MiB");
                    return (fetched.Body, uri.Host);
                case 301 or 302 or 303 or 307 or 308 when fetched.Location is { } next:
                    if (uri.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps) return Refuse("it redirects from HTTPS to something else");
                    uri = next;
                    break;
                case 429 or 503:
                    _closed.Add(uri.Host);
                    return Refuse("it wants to be asked less");
                case 404:
                    return Refuse("it knows nothing of it");
                default:
                    return Refuse(fetched.Failure is { } failure ? $"it could not be asked: {failure}" : string.Create(CultureInfo.InvariantCulture, $"it answered with status {fetched.Status}"));
            }
        }

        (ReadOnlyMemory<byte>, string)? Refuse(string why)
        {
            _notes.Add($"{about}{uri.Host}: {why}");
            return null;
        }
    }

    // A second apart for each host.
    private Fetched Fetch(Uri uri, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        DateTimeOffset now = online.Time.GetUtcNow();
        if (_asked.TryGetValue(uri.Host, out DateTimeOffset last) && last.AddSeconds(1) - now is { Ticks: > 0 } wait) online.Wait(wait, cancel);
        Fetched fetched = online.Fetch(uri, cancel);
        _asked[uri.Host] = online.Time.GetUtcNow();
        return fetched;
    }

    // Of a server's choice is only where, not how: no plain text, no credentials.
    private static string? WhyNot(Uri uri) => uri.UserInfo.Length > 0 ? "its address holds a user's name"
        : uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback) ? null
        : "it is not HTTPS";

    // Whole or not at all.
    private void Keep(string name, ReadOnlySpan<byte> bytes)
    {
        string path = Path.Combine(folder, name), part = path + ".part";
        File.WriteAllBytes(part, bytes);
        File.Move(part, path, overwrite: true);
    }
}
