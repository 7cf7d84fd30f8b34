using System.Globalization;
using System.Text.Json;

namespace Offproof.Auditor;

/// <summary>One answer of RDAP about a range or an AS number (RFC 9083; receivers.md §3.2). Hostile: refused with words where it contradicts itself.</summary>
internal sealed class RdapAnswer
{
    internal const int MostBytes = 1 << 20;
    internal const int MostDepth = 32;

    private const int MostEntities = 256;
    private const int MostEntityDepth = 4;
    private const int MostWords = 1000;

    private readonly List<Said> _claims = [];
    private int _entities;

    private RdapAnswer()
    {
    }

    /// <summary>Of an <c>ip network</c>.</summary>
    internal AddressRange? Range { get; private set; }

    /// <summary>Of an <c>autnum</c>.</summary>
    internal (uint First, uint Last)? Numbers { get; private set; }

    /// <summary>The day of the database, where the answer tells it.</summary>
    internal string? AsOf { get; private set; }

    internal string? Publisher { get; private set; }

    /// <summary>What it says, about its range or number.</summary>
    internal IReadOnlyList<Said> Claims => _claims;

    /// <summary>A range so large that it only says which registry knows more.</summary>
    internal bool IsPlaceholder => Range is { } range && range.Extent >= (range.IsVersion6 ? UInt128.One << 116 : UInt128.One << 24);

    internal sealed record Said(string Layer, string Value, string What, string? Since);

    /// <summary>Does this object call itself an answer of RDAP?</summary>
    internal static bool IsOne(JsonElement root) => root.TryGetProperty("rdapConformance", out _) || root.TryGetProperty("objectClassName", out _) || root.TryGetProperty("errorCode", out _);

    /// <summary>Reads JSON that was refused nothing yet: one object, 1 MiB, 32 levels, no member twice.</summary>
    /// <returns>Null, and why.</returns>
    internal static JsonDocument? TryParse(ReadOnlyMemory<byte> json, out string problem)
    {
        problem = "it is larger than 1 MiB";
        if (json.Length > MostBytes) return null;
        if (json.Span.StartsWith("\xEF\xBB\xBF"u8)) json = json[3..];
        try
        {
            JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MostDepth, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            problem = "it is no object of JSON";
        }
        catch (JsonException e)
        {
            problem = e.Message.Contains("uplicate", StringComparison.Ordinal) ? "a member stands twice in it" : "it is no JSON, or is nested deeper than 32 levels";
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            problem = "it is no JSON: a text in it is no UTF-8";
        }
        return null;
    }

    /// <returns>Null, and why.</returns>
    internal static RdapAnswer? Read(ReadOnlyMemory<byte> json, out string problem)
    {
        using JsonDocument? document = TryParse(json, out problem);
        return document is null ? null : Read(document.RootElement, out problem);
    }

    /// <returns>Null, and why.</returns>
    internal static RdapAnswer? Read(JsonElement root, out string problem)
    {
        RdapAnswer answer = new();
        try
        {
            problem = answer.Take(root);
        }
        catch (InvalidOperationException) // text that is no UTF-16: \ud800 alone
        {
            problem = "a text in it is no Unicode";
        }
        return problem.Length == 0 ? answer : null;
    }

    private string Take(JsonElement root)
    {
        if (root.TryGetProperty("errorCode", out JsonElement error))
            return $"it is an error answer: {(error.TryGetInt32(out int code) ? code.ToString(CultureInfo.InvariantCulture) : "of no number")}{(Text(root, "title") is { } title ? $", {title}" : "")}";
        string? kind = Text(root, "objectClassName");
        string problem = kind switch
        {
            "ip network" => TakeRange(root),
            "autnum" => TakeNumbers(root),
            _ => "it is no answer about an address or an AS number",
        };
        if (problem.Length > 0) return problem;
        string? since = Events(root);
        TakeRegistry(root, since);
        bool isAutnum = Numbers is not null;
        if (IsPlaceholder) return "";
        string layer = isAutnum ? "asHolder" : "holder";
        foreach (JsonElement entity in Items(root, "entities")) Entity(entity, layer, since, 1);
        foreach (JsonElement remark in Items(root, "remarks"))
        {
            if (!"description".Equals(Text(remark, "title"), StringComparison.OrdinalIgnoreCase)) continue;
            if (Lines(remark) is { Length: > 0 } words) Say(layer, words, "description", since);
        }
        if (Text(root, "name") is { } name) Say(layer, name, isAutnum ? "name of the AS" : "name of the network", since);
        if (Text(root, "country") is { Length: 2 } country) Say("country", country.ToUpperInvariant(), isAutnum ? "country of the AS" : "country of the network", since);
        Origins(root, since);
        return "";
    }

    // RFC 9083 §5.4; cidr0 is the extension of NRO's RDAP profile.
    private string TakeRange(JsonElement root)
    {
        if (!TryEnd(root, "startAddress", out Address first) || !TryEnd(root, "endAddress", out Address last)) return "its startAddress or endAddress is no address";
        if (first.IsVersion6 != last.IsVersion6) return "its ends are of two families";
        if (!AddressRange.TryCreate(first, last, out AddressRange range)) return "it ends before it begins";
        if (Text(root, "ipVersion") is { } version && version != (range.IsVersion6 ? "v6" : "v4")) return "its ipVersion is not that of its addresses";
        UInt128 covered = 0;
        int count = 0;
        foreach (JsonElement prefix in Items(root, "cidr0_cidrs"))
        {
            if (!Address.TryParse(Text(prefix, "v4prefix") ?? Text(prefix, "v6prefix"), out Address address) || !prefix.TryGetProperty("length", out JsonElement length) || !length.TryGetInt32(out int bits)
                || !AddressRange.TryPrefix(address, bits, out AddressRange part) || !range.Contains(part)) return "its cidr0_cidrs are not its range";
            count++;
            covered = unchecked(covered + part.Extent + 1);
        }
        if (count > 0 && covered != unchecked(range.Extent + 1)) return "its cidr0_cidrs are not its range";
        Range = range;
        return "";
    }

    // Some write a prefix there.
    private static bool TryEnd(JsonElement root, string name, out Address address)
    {
        string? text = Text(root, name);
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return Address.TryParse(slash > 0 ? text![..slash] : text, out address);
    }

    private string TakeNumbers(JsonElement root)
    {
        if (!root.TryGetProperty("startAutnum", out JsonElement start) || !start.TryGetUInt32(out uint first)) return "its startAutnum is no number";
        uint last = first;
        if (root.TryGetProperty("endAutnum", out JsonElement end) && end.ValueKind != JsonValueKind.Null && !end.TryGetUInt32(out last)) return "its endAutnum is no number";
        if (last < first) return "it ends before it begins";
        Numbers = (first, last);
        return "";
    }

    private string? Events(JsonElement root)
    {
        string? since = null;
        foreach (JsonElement one in Items(root, "events"))
        {
            string? day = Text(one, "eventDate") is { Length: >= 10 } date && DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? Digits.Day(time.Year, time.Month, time.Day) : null;
            if (Text(one, "eventAction") is not { } action || day is null) continue;
            if (action == "registration") since ??= day;
            else if (action == "last update of RDAP database") AsOf ??= day;
        }
        return since;
    }

    private void TakeRegistry(JsonElement root, string? since)
    {
        foreach (JsonElement notice in Items(root, "notices"))
        {
            // "Objects returned came from source", and its name on the next line.
            if (!"Source".Equals(Text(notice, "title"), StringComparison.OrdinalIgnoreCase)) continue;
            string? source = null;
            foreach (JsonElement line in Items(notice, "description")) source = line.ValueKind == JsonValueKind.String ? Clean(line.GetString()) ?? source : source;
            if (source is null) continue;
            Publisher = Registries.Name(source.Split(' ', '\n')[^1]);
            Say("registry", Publisher, "source of the answer", since);
            break;
        }
        if (Publisher is null && Text(root, "port43") is { } whois)
        {
            Publisher = Registries.Name(whois);
            Say("registry", Publisher, "its server for whois", since);
        }
        if (Publisher is null && Self(root) is { } self)
        {
            Publisher = Registries.Name(self);
            Say("registry", Publisher, "host of the answer", since);
        }
        foreach (JsonElement remark in Items(root, "remarks"))
        {
            if (Registries.NationalIn(Lines(remark)) is { } national && national != Publisher) Say("registry", national, "named in a remark: registered through it", since);
        }
    }

    private static string? Self(JsonElement root)
    {
        foreach (JsonElement link in Items(root, "links"))
        {
            if (Text(link, "rel") == "self" && Uri.TryCreate(Text(link, "href"), UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0) return uri.Host;
        }
        return null;
    }

    private void Entity(JsonElement entity, string layer, string? since, int depth)
    {
        if (entity.ValueKind != JsonValueKind.Object || ++_entities > MostEntities) return;
        string? handle = Text(entity, "handle");
        (string? name, string? organization, bool isPerson) = Card(entity);
        if (Registries.NationalIn(handle) is { } national && national != Publisher) Say("registry", national, $"named as a contact ({handle}): registered through it", since);
        bool isHolder = false;
        foreach (JsonElement role in Items(entity, "roles")) isHolder |= role.ValueKind == JsonValueKind.String && role.GetString() == "registrant";
        if (isHolder)
        {
            string id = handle is null ? "" : $" {handle}";
            if (isPerson && organization is null) Say(layer, "a person, who is not named here", $"registrant{id}", since);
            else if ((isPerson ? organization : name ?? organization) is { } who) Say(layer, who, $"registrant{id}", since);
            else if (handle is not null) Say(layer, handle, "handle of the registrant", since);
        }
        if (depth < MostEntityDepth)
        {
            foreach (JsonElement inner in Items(entity, "entities")) Entity(inner, layer, since, depth + 1);
        }
    }

    // RFC 7095: ["vcard", [[name, parameters, type, value...], ...]].
    private static (string? Name, string? Organization, bool IsPerson) Card(JsonElement entity)
    {
        string? name = null, organization = null;
        bool isPerson = false;
        if (!entity.TryGetProperty("vcardArray", out JsonElement card) || card.ValueKind != JsonValueKind.Array || card.GetArrayLength() < 2 || card[1].ValueKind != JsonValueKind.Array) return default;
        foreach (JsonElement property in card[1].EnumerateArray().Take(100))
        {
            if (property.ValueKind != JsonValueKind.Array || property.GetArrayLength() < 4 || property[0].ValueKind != JsonValueKind.String) continue;
            JsonElement value = property[3];
            if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0) value = value[0]; // a structured one: its first part
            if (value.ValueKind != JsonValueKind.String) continue;
            string? word = Clean(value.GetString());
            switch (property[0].GetString()?.ToLowerInvariant())
            {
                case "fn":
                    name ??= word;
                    break;
                case "org":
                    organization ??= word;
                    break;
                case "kind":
                    isPerson = "individual".Equals(word, StringComparison.OrdinalIgnoreCase);
                    break;
                default:
                    break;
            }
        }
        return (name, organization, isPerson);
    }

    // What the holder told the registry, in the members of ARIN, LACNIC and registro.br.
    private void Origins(JsonElement root, string? since)
    {
        if (Range is null) return;
        foreach (string member in (ReadOnlySpan<string>)["arin_originas0_originautnums", "lacnic_originAutnum", "nicbr_autnum"])
        {
            if (!root.TryGetProperty(member, out JsonElement value)) continue;
            if (value.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement one in value.EnumerateArray().Take(8)) Origin(one, since);
            }
            else
            {
                Origin(value, since);
            }
        }
    }

    private void Origin(JsonElement value, string? since)
    {
        uint number;
        if (value.ValueKind == JsonValueKind.Number ? !value.TryGetUInt32(out number) : !uint.TryParse((value.ValueKind == JsonValueKind.String ? value.GetString() : null)?.TrimStart('A', 'S', 'a', 's'), NumberStyles.None, CultureInfo.InvariantCulture, out number)) return;
        Say("originAs", AsTable.Asn(number), "told to the registry", since);
    }

    private void Say(string layer, string value, string what, string? since)
    {
        Said said = new(layer, value, what, since);
        if (_claims.Count < 64 && !_claims.Contains(said)) _claims.Add(said);
    }

    private static string? Lines(JsonElement remark)
    {
        List<string> lines = [];
        foreach (JsonElement line in Items(remark, "description"))
        {
            if (line.ValueKind == JsonValueKind.String && Clean(line.GetString()) is { } word && lines.Count < 8) lines.Add(word);
        }
        return Clean(string.Join(", ", lines), MostWords);
    }

    private static IEnumerable<JsonElement> Items(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Take(1000) : [];

    private static string? Text(JsonElement from, string name) => from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? Clean(text.GetString()) : null;

    private static string? Clean(string? text, int most = 200) => SourceFile.Clean(text, most);
}
