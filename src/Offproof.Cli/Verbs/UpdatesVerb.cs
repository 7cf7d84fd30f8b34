using System.CommandLine;
using System.Globalization;
using System.Reflection;
using Offproof.Channel;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>updates: what is offered, and why not yet; fetching says first what it tells (channel.md §5, §8).</summary>
internal static class UpdatesVerb
{
    internal static Command Create()
    {
        Option<string?> model = new("--model") { Description = "Which phone this is; remembered here, and sent to nobody", HelpName = "NAME" };
        Option<string?> installed = new("--installed") { Description = "The version that it has", HelpName = "VERSION" };
        Option<string?> track = new("--track") { Description = "stable (where not given), beta, ...", HelpName = "NAME" };
        Option<string?> language = new("--language") { Description = "Of the notes; the system's where not given", HelpName = "TAG" };
        Command verb = new("updates", "What updates are offered to this phone, decided on it. Opens no connection.") { model, installed, track, language };
        verb.SetAction(parsed =>
        {
            using DeviceHome home = parsed.OpenHome();
            if (parsed.GetValue(model) is { } name)
            {
                home.NamePhone(name, Version(parsed.GetValue(installed) ?? throw new DeviceException(DeviceFault.Usage, "--model wants --installed as well", "offproof updates --model NAME --installed VERSION")),
                    parsed.GetValue(track) ?? "stable");
            }
            else if (parsed.GetValue(installed) is not null || parsed.GetValue(track) is not null)
            {
                throw new DeviceException(DeviceFault.Usage, "--installed and --track go with --model", "offproof updates --model NAME --installed VERSION");
            }
            if (home.ChannelStatus().Damage is { } damage) throw new DeviceException(DeviceFault.Failure, $"what is held of the channel is damaged: {damage}", "offproof poll says what to do");
            IReadOnlyList<UpdateOffer> offers = home.Updates(Program());
            HeldRelease held = home.ChannelStatus().Held ?? throw new DeviceException(DeviceFault.Failure, "nothing was polled yet", "offproof poll");
            string tag = parsed.GetValue(language) ?? Locale.Language;
            string? unknown = home.NamedPhone is { } phone && offers.All(o => o.Offer.Notice.Model != phone.Model) ? $"{phone.Model} ({phone.Track})" : null;
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new UpdatesJson("offproof/v1/updates", held.Release, held.Assurance, home.NamedPhone?.Model, unknown is null, [.. offers.Select(offer => UpdateJson.Of(offer, tag))]), OutputJson.Default.UpdatesJson);
                return ExitCode.Ok;
            }
            foreach (UpdateOffer offer in offers.Where(static o => o.Offer.State != OfferState.NotNewer)) Show(offer, tag);
            if (unknown is not null) Terminal.Say($"no notices for {unknown}: is the model written as its maker announces it?");
            else if (offers.All(static o => o.Offer.State == OfferState.NotNewer)) Terminal.Say("nothing newer than what is installed");
            Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"(release {held.Release}: {held.Assurance})"));
            SayOld(held);
            return ExitCode.Ok;
        });
        verb.Subcommands.Add(Fetch());
        return verb;
    }

    private static Command Fetch()
    {
        Option<string> to = new("--to") { Description = "The folder for it; made where absent", Required = true, HelpName = "DIR" };
        Option<string?> id = new("--id") { Description = "MODEL/VERSION/TRACK; the newest that is offered to the phone where not given", HelpName = "ID" };
        Option<string?> from = new("--from") { Description = "The file that is installed: then a delta is enough where there is one", HelpName = "FILE" };
        Option<Uri?> proxy = PollVerb.Proxy();
        Option<bool> yes = Options.Yes();
        Command verb = new("fetch", "Download an update and verify it; nothing is installed. The download itself tells the server which phone it is for.") { to, id, from, proxy, yes };
        verb.SetAction(async (parsed, cancel) =>
        {
            using DeviceHome home = parsed.OpenHome();
            string folder = parsed.TargetFolder(to);
            UpdateOffer chosen = Choose(home.Updates(Program()), parsed.GetValue(id));
            Offer offer = chosen.Offer;
            Notice notice = offer.Notice;
            if (offer.State == OfferState.NotNewer) Terminal.Talk($"note: {notice.Version} is not newer than what is installed ({chosen.Installed}): this fetches it all the same");
            if (parsed.GetValue(from) is { } installed && !File.Exists(installed)) throw new DeviceException(DeviceFault.Failure, $"no file at {installed}");
            if (home.ChannelStatus().Held is { } held) SayOld(held);
            Terminal.Talk($"This asks the server for the update of {notice.Model} to {notice.Version}: the download itself tells it which phone, and which version, is at this address. A poll never does.");
            await Terminal.RequireYesAsync(parsed.GetValue(yes), "Download it?", cancel);
            using Progress progress = new("update");
            FetchedUpdate fetched = await home.FetchUpdateAsync(notice, parsed.GetValue(from), folder, parsed.GetValue(proxy), progress.Report, SayWhole, cancel);
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new FetchedJson("offproof/v1/updates-fetch", notice.Id, fetched.File, fetched.Sha256, fetched.Bytes, fetched.Received, fetched.Delta?.ToString()), OutputJson.Default.FetchedJson);
                return ExitCode.Ok;
            }
            Terminal.Say($"""
                {fetched.File}
                {Terminal.Size(fetched.Bytes)}, verified: SHA-256 {fetched.Sha256}{(fetched.Delta is { } start ? $", made of {start} and a delta" : "")}; {Terminal.Size(fetched.Received)} were received.
                Nothing was installed.
                """);
            return ExitCode.Ok;
        });
        return verb;
    }

    private static void SayWhole() => Terminal.Talk("note: this server gives no parts of files: the update comes whole, and where that is stopped it begins anew");

    private static void SayOld(HeldRelease held)
    {
        if (held.IsExpired) Terminal.Talk($"note: nobody has vouched for this release since {Terminal.Time(held.Until)}: there may be newer ones. offproof poll");
    }

    private static UpdateOffer Choose(IReadOnlyList<UpdateOffer> offers, string? id)
    {
        if (id is null)
        {
            return offers.FirstOrDefault(static o => o.Offer.State == OfferState.Offered)
                ?? throw new DeviceException(DeviceFault.Refused, "nothing is offered", "offproof updates says why; one that is not offered yet is named with --id");
        }
        // Who names one knows what it is: a rollout is for those who wait, a minimum is not to be passed over.
        UpdateOffer named = offers.FirstOrDefault(o => o.Offer.Notice.Id == id) ?? throw new DeviceException(DeviceFault.Refused, $"there is no update '{id}' for this phone", "offproof updates lists them");
        return named.Offer.State == OfferState.BelowMinimum
            ? throw new DeviceException(DeviceFault.Refused, $"{id} wants {named.Offer.Notice.Minimum} first, and {named.Installed} is installed", "offproof updates lists what comes before")
            : named;
    }

    private static void Show(UpdateOffer update, string language)
    {
        Notice notice = update.Offer.Notice;
        string state = update.Offer.State switch
        {
            OfferState.Offered => "offered",
            OfferState.NotYet => $"not yet: in {Hours(update.Offer.From - TimeProvider.System.GetUtcNow())}, from {Terminal.Time(update.Offer.From)} on, {(notice.Critical || notice.Rollout.Seconds == 0 ? "when it begins, for all at once" : "by this phone's own draw")}",
            _ => $"wants {notice.Minimum} first",
        };
        Terminal.Say($"{notice.Model} {notice.Version} ({notice.Channel}){(notice.Critical ? ", critical" : "")}: {state}; installed is {update.Installed}");
        foreach (string line in Note(notice, language).Split('\n')) Terminal.Say($"    {line}");
    }

    // A begun hour counts: whoever looks again after that many finds it.
    private static string Hours(TimeSpan left) => Terminal.Count(Math.Max(1, (long)Math.Ceiling(left.TotalHours)), "hour");

    // RFC 4647 §3.4, whatever the letters' case; then whatever is of the same language: zh finds zh-Hans.
    private static string Note(Notice notice, string language)
    {
        for (string tag = language; ; tag = tag[..tag.LastIndexOf('-')])
        {
            if (notice.Notes.FirstOrDefault(note => note.Key.Equals(tag, StringComparison.OrdinalIgnoreCase)).Value is { } found) return found;
            if (!tag.Contains('-', StringComparison.Ordinal)) return notice.Notes.Where(note => note.Key.StartsWith(tag + "-", StringComparison.OrdinalIgnoreCase)).OrderBy(static note => note.Key, StringComparer.Ordinal).FirstOrDefault().Value ?? notice.Notes["en"];
        }
    }

    private static ReleaseVersion Version(string text) =>
        ReleaseVersion.TryParse(text, out ReleaseVersion? version) ? version : throw new DeviceException(DeviceFault.Usage, $"'{text}' is no version", "one to four numbers with dots, as 2.10.1");

    private static ReleaseVersion Program() => Version(typeof(UpdatesVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('-', '+')[0]);

    internal static UpdateJson Describe(UpdateOffer update, string language) => new(
        update.Offer.Notice.Id, update.Offer.Notice.Model, update.Offer.Notice.Version.ToString(), update.Offer.Notice.Channel, System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(update.Offer.State.ToString()),
        update.Offer.From, update.Offer.Notice.Critical, update.Installed.ToString(), update.Offer.Notice.Minimum?.ToString(), Note(update.Offer.Notice, language));
}

internal sealed record UpdatesJson(string Schema, long Release, string Assurance, string? Model, bool HasNotices, IReadOnlyList<UpdateJson> Updates);

internal sealed record UpdateJson(string Id, string Model, string Version, string Track, string State, DateTimeOffset From, bool Critical, string Installed, string? Minimum, string Note)
{
    internal static UpdateJson Of(UpdateOffer update, string language) => UpdatesVerb.Describe(update, language);
}

internal sealed record FetchedJson(string Schema, string Id, string File, string Sha256, long Bytes, long Received, string? Delta);
