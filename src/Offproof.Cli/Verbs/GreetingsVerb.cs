using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Offproof.Channel;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>greetings: found in what the last poll brought, on this device alone (greetings.md).</summary>
internal static class GreetingsVerb
{
    private const int Shown = 10;

    private static readonly Argument<string[]> Words = new("WORDS") { Description = "In any script; none: everything, what is close in time first", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> Occasion = new("--occasion") { Description = "Only this one: birthday, new-year, diwali, ...", HelpName = "NAME" };
    private static readonly Option<string?> Language = new("--language") { Description = "Only this one; where not given, the system's comes first", HelpName = "TAG" };
    private static readonly Option<string?> Kind = OneOf("--kind", "joke", "greeting", "poem");
    private static readonly Option<string?> Tone = OneOf("--tone", "family", "friend", "formal", "condolence");
    private static readonly Option<int?> Limit = Options.Number("--limit", $"How many; {Shown} where not given, all with --json", "N", 1, int.MaxValue);
    private static readonly Option<bool> Next = new("--next") { Description = "The coming occasions, and how many greetings there are for each" };
    private static readonly Option<int?> Days = Options.Number("--days", "With --next: how far ahead; 60 where not given", "N", 1, 400);
    private static readonly Option<string?> Region = new("--region") { Description = "For days that differ by country: two letters; where not given, the system's", HelpName = "CC" };
    private static readonly Option<string?> Send = new("--send") { Description = "Print a link, and its QR code, with which the phone's Messaging app sends the first that is found; - reads the number from stdin", HelpName = "NUMBER" };
    private static readonly Option<string?> Code = new("--code") { Description = "With --send: write the QR code into this new file, as SVG", HelpName = "FILE" };
    private static readonly Option<string?> Id = new("--id") { Description = "The greeting with this id", HelpName = "ID" };
    private static readonly Option<bool> Favourites = new("--favourites") { Description = "Look among those that were kept" };
    private static readonly Option<string?> Keep = new("--favourite") { Description = "Keep the one with this id, on this device", HelpName = "ID" };
    private static readonly Option<string?> Drop = new("--unfavourite") { Description = "Do not keep it any longer", HelpName = "ID" };

    internal static Command Create()
    {
        Command verb = new("greetings", "Find jokes, wishes and poems for your Messaging app. Opens no connection; nothing typed or chosen leaves this device.")
        {
            Words, Occasion, Language, Kind, Tone, Limit, Next, Days, Region, Send, Code, Id, Favourites, Keep, Drop,
        };
        verb.SetAction(parsed =>
        {
            RequireOneThing(parsed);
            using DeviceHome home = parsed.OpenHome();
            if (parsed.GetValue(Drop) is { } dropped)
            {
                return ShowFavourite(parsed, dropped, false, home.DropFavourite(dropped) ? $"{dropped} is no favourite any more" : $"{dropped} was no favourite");
            }
            Shelf shelf = Open(home, parsed.GetValue(Favourites));
            if (parsed.GetValue(Next)) return ShowNext(parsed, shelf);
            if (parsed.GetValue(Keep) is { } kept)
            {
                home.KeepFavourite(shelf.Require(kept));
                return ShowFavourite(parsed, kept, true, $"{kept} is kept on this device: offproof greetings --favourites");
            }
            GreetingHits hits = Find(parsed, shelf);
            if (parsed.GetValue(Send) is { } number)
            {
                SayWithout(hits);
                return ShowLink(parsed, hits.Best, number);
            }
            return parsed.GetValue(Options.Json) ? ShowJson(hits, shelf) : ShowHits(hits, shelf);
        });
        return verb;
    }

    /// <summary>A collection, and which of it are favourites.</summary>
    private sealed record Shelf(GreetingSearch Search, IReadOnlySet<string> Favourites, HeldRelease? Held)
    {
        internal Greeting Require(string id) => Search.Find(id) ?? throw new DeviceException(DeviceFault.Failure, $"there is no greeting with the id '{id}'", "offproof greetings WORDS shows ids");
    }

    private static int ShowFavourite(ParseResult parsed, string id, bool isFavourite, string sentence)
    {
        if (parsed.GetValue(Options.Json)) Terminal.Json(new FavouriteJson("offproof/v1/greetings-favourite", id, isFavourite), OutputJson.Default.FavouriteJson);
        else Terminal.Say(sentence);
        return ExitCode.Ok;
    }

    private static Shelf Open(DeviceHome home, bool onlyFavourites)
    {
        IReadOnlyList<Greeting> kept = [];
        try
        {
            kept = home.Favourites();
        }
        catch (DeviceException e) when (!onlyFavourites)
        {
            Terminal.Talk($"note: {e.Message}: which are favourites is not shown"); // greetings are found without it
        }
        HashSet<string> ids = [.. kept.Select(static greeting => greeting.Id)];
        if (onlyFavourites) return new Shelf(GreetingSearch.Of(GreetingList.Write(kept)), ids, null);
        HeldRelease held = home.ChannelStatus().Held ?? throw new DeviceException(DeviceFault.Failure, "nothing was polled yet", "offproof poll");
        return new Shelf(home.OpenGreetings(), ids, held);
    }

    private static GreetingHits Find(ParseResult parsed, Shelf shelf)
    {
        if (parsed.GetValue(Id) is { } id) return new GreetingHits(1, [shelf.Require(id)]);
        GreetingQuery query = new(string.Join(' ', parsed.GetValue(Words) ?? []), Today)
        {
            Language = parsed.GetValue(Language),
            Wanted = Locale.Language,
            Occasion = OccasionOf(parsed, shelf),
            Kind = parsed.GetValue(Kind),
            Tone = parsed.GetValue(Tone),
            Region = RegionOf(parsed),
        };
        int most = parsed.GetValue(Send) is not null ? 1 : parsed.GetValue(Limit) ?? (parsed.GetValue(Options.Json) ? int.MaxValue : Shown);
        return shelf.Search.Find(query, most);
    }

    private static int ShowHits(GreetingHits hits, Shelf shelf)
    {
        if (hits.Total == 0)
        {
            Terminal.Say(shelf.Search.Count > 0 ? "nothing found" : shelf.Held is null ? "no favourites are kept here: offproof greetings --favourite ID" : "there are no greetings here");
            return ExitCode.Ok;
        }
        SayWithout(hits);
        foreach (Greeting greeting in hits.Best)
        {
            string?[] about = [greeting.Kind, greeting.Occasion, greeting.Tone, greeting.Language, greeting.Author, shelf.Favourites.Contains(greeting.Id) ? "favourite" : null];
            Terminal.Say($"{greeting.Id}  {string.Join(" \u00b7 ", about.OfType<string>().Select(static part => Terminal.OneLine(part)))}");
            foreach (string line in greeting.Text.Split('\n')) Terminal.Say($"    {line}");
        }
        if (hits.Total > hits.Best.Count) Terminal.Talk(string.Create(CultureInfo.InvariantCulture, $"{hits.Best.Count} of {hits.Total}; --limit shows more"));
        return ExitCode.Ok;
    }

    private static void SayWithout(GreetingHits hits)
    {
        if (hits.Without is { } word) Terminal.Talk($"note: nothing has all of these words; this is without '{word}'");
    }

    private static int ShowJson(GreetingHits hits, Shelf shelf)
    {
        Terminal.Json(new GreetingsJson("offproof/v1/greetings", shelf.Held?.Release, hits.Without, hits.Total, [.. hits.Best.Select(hit => GreetingJson.Of(hit, shelf.Favourites.Contains(hit.Id)))]), OutputJson.Default.GreetingsJson);
        return ExitCode.Ok;
    }

    private static int ShowNext(ParseResult parsed, Shelf shelf)
    {
        string tag = parsed.GetValue(Language) ?? Locale.Language, spoken = tag.Split('-')[0];
        string? region = RegionOf(parsed), only = OccasionOf(parsed, shelf);
        IEnumerable<OccasionDay> days = only is null
            ? Occasions.Between(Today, Today.AddDays(parsed.GetValue(Days) ?? 60), region)
            : NextOf(only, region, parsed.GetValue(Days) ?? 400);
        List<NextJson> coming = [.. days.Select(day => new NextJson(day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), day.Occasion.Name, OccasionNames.Of(day.Occasion.Name, tag), day.IsApproximate,
            shelf.Search.CountOf(day.Occasion.Name, spoken), shelf.Search.CountOf(day.Occasion.Name, null))).Where(day => only is not null || day.Greetings > 0)];
        if (parsed.GetValue(Options.Json))
        {
            Terminal.Json(new ComingJson("offproof/v1/greetings-next", region, tag, coming), OutputJson.Default.ComingJson);
            return ExitCode.Ok;
        }
        foreach (NextJson day in coming)
        {
            Terminal.Say(string.Create(CultureInfo.InvariantCulture,
                $"{(day.IsApproximate ? "about " : "      ")}{day.Day}  {day.Occasion,-22} {Terminal.Count(day.InLanguage, "greeting")} in {spoken}, {day.Greetings} in all: {day.Name}"));
        }
        if (coming.Count == 0) Terminal.Say("nothing in these days");
        Terminal.Talk(region is null ? "for no country in particular: --region CC"
            : only is not null && !Occasions.Find(only)!.IsKeptIn(region) ? $"{region} does not keep it: this is its day in general"
            : $"for {region}");
        return ExitCode.Ok;
    }

    // Asked for by name, it is told wherever it is kept.
    private static IEnumerable<OccasionDay> NextOf(string name, string? region, int days)
    {
        Occasion occasion = Occasions.Find(name) ?? throw new DeviceException(DeviceFault.Usage, $"there is no occasion '{name}'", "offproof greetings --next lists the coming ones");
        if (!occasion.HasDay) throw new DeviceException(DeviceFault.Usage, $"{name} has no day in the calendar", $"offproof greetings --occasion {name}");
        return occasion.Between(Today, Today.AddDays(days), region).Take(1);
    }

    private static int ShowLink(ParseResult parsed, IReadOnlyList<Greeting> best, string number)
    {
        if (best is not [var greeting, ..]) throw new DeviceException(DeviceFault.Failure, "nothing was found, so there is nothing to send", "offproof greetings WORDS");
        // The first that is found may be for another faith, or another's mother.
        if (greeting.Tone == "condolence" && parsed.GetValue(Id) is null)
            throw new DeviceException(DeviceFault.Usage, "a condolence is chosen by whoever sends it, and not by a search", "offproof greetings WORDS shows ids; then: offproof greetings --id ID --send NUMBER");
        string given = number == "-" ? Console.In.ReadLine() ?? "" : number;
        SmsLink link = SmsLink.Create(given, greeting.Text)
            ?? throw new DeviceException(DeviceFault.Usage, $"'{given}' is no number for a message", "3 to 15 digits, with + where it is for any country: +447700900123");
        if (parsed.GetValue(Code) is { } file) WriteCode(link, file);
        if (parsed.GetValue(Options.Json))
        {
            Terminal.Json(new SendJson("offproof/v1/greetings-send", greeting.Id, greeting.Text, link.Uri), OutputJson.Default.SendJson);
            return ExitCode.Ok;
        }
        Terminal.Say(greeting.Text);
        Terminal.Say("");
        Terminal.Say(link.Uri);
        if (!link.FitsCode) Terminal.Talk("note: no QR code holds a link as long as this");
        else if (Terminal.Draw(link.CodeLines, isWhole: true)) Terminal.Talk("The phone's camera opens it in Messaging. It is sent from there, by you.");
        else if (parsed.GetValue(Code) is null) Terminal.Talk(string.Create(CultureInfo.InvariantCulture, $"note: its QR code wants a terminal of {link.CodeLines[0].Length + 1} columns and {link.CodeLines.Count + 2} lines; --code FILE writes it as a picture"));
        return ExitCode.Ok;
    }

    private static void WriteCode(SmsLink link, string file)
    {
        if (!link.FitsCodeFile) throw new DeviceException(DeviceFault.Failure, "no QR code holds a link as long as this", "copy the link instead");
        if (Path.Exists(file)) throw new DeviceException(DeviceFault.Refused, $"{file} exists and is not overwritten", "name another file");
        using FileStream stream = new(file, FileMode.CreateNew);
        stream.Write(Encoding.UTF8.GetBytes(link.CodeSvg));
    }

    private static void RequireOneThing(ParseResult parsed)
    {
        int things = (parsed.GetValue(Next) ? 1 : 0) + (parsed.GetValue(Send) is null ? 0 : 1) + (parsed.GetValue(Keep) is null ? 0 : 1) + (parsed.GetValue(Drop) is null ? 0 : 1);
        if (things > 1) throw new DeviceException(DeviceFault.Usage, "--next, --send, --favourite and --unfavourite do not go together", "offproof greetings --help");
        if (parsed.GetValue(Code) is not null && parsed.GetValue(Send) is null) throw new DeviceException(DeviceFault.Usage, "--code goes with --send", "offproof greetings WORDS --send NUMBER --code FILE");
        bool hasWords = parsed.GetValue(Words) is { Length: > 0 };
        if (parsed.GetValue(Next) && (hasWords || parsed.GetValue(Kind) is not null || parsed.GetValue(Tone) is not null || parsed.GetValue(Limit) is not null || parsed.GetValue(Id) is not null))
            throw new DeviceException(DeviceFault.Usage, "--next goes with --days, --region, --language and --occasion", "offproof greetings --next --region GB");
        if (parsed.GetValue(Id) is not null && hasWords) throw new DeviceException(DeviceFault.Usage, "--id is one greeting: words find others", "offproof greetings --id ID");
        if (parsed.GetValue(Days) is not null && !parsed.GetValue(Next)) throw new DeviceException(DeviceFault.Usage, "--days goes with --next", "offproof greetings --next --days 90");
    }

    // As in the collection, or by any of its names.
    private static string? OccasionOf(ParseResult parsed, Shelf shelf)
    {
        if (parsed.GetValue(Occasion) is not { } given) return null;
        if (shelf.Search.CountOf(given, null) > 0 || Occasions.Find(given) is not null) return given;
        return OccasionNames.Find(given) ?? throw new DeviceException(DeviceFault.Usage, $"there is no occasion '{given}'", "offproof greetings --next lists the coming ones");
    }

    private static string? RegionOf(ParseResult parsed) => parsed.GetValue(Region) is not { } given ? Locale.Region
        : Occasions.IsRegion(given) ? given.ToUpperInvariant()
        : throw new DeviceException(DeviceFault.Usage, $"'{given}' is no country's code", "two letters after ISO 3166-1: GB (not UK), IN, BR");

    private static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().DateTime);

    private static Option<string?> OneOf(string name, params string[] values)
    {
        string list = $"{string.Join(", ", values[..^1])} or {values[^1]}";
        return new(name)
        {
            Description = $"Only these: {list}",
            HelpName = "WORD",
            CustomParser = result =>
            {
                string given = result.Tokens[0].Value;
                if (values.Contains(given, StringComparer.Ordinal)) return given;
                result.AddError($"{name} is {list}, not '{given}'");
                return null;
            },
        };
    }
}

internal sealed record FavouriteJson(string Schema, string Id, bool IsFavourite);

internal sealed record GreetingsJson(string Schema, long? Release, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Without, int Total, IReadOnlyList<GreetingJson> Greetings);

internal sealed record GreetingJson(
    string Id, string Text, string Kind, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Occasion, string Language,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tone, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Author, string Licence, bool IsFavourite)
{
    internal static GreetingJson Of(Greeting g, bool isFavourite) => new(g.Id, g.Text, g.Kind, g.Occasion, g.Language, g.Tone, g.Author, g.Licence, isFavourite);
}

internal sealed record ComingJson(string Schema, string? Region, string Language, IReadOnlyList<NextJson> Occasions);

internal sealed record NextJson(string Day, string Occasion, string Name, bool IsApproximate, int InLanguage, int Greetings);

internal sealed record SendJson(string Schema, string Id, string Text, string Link);
