using System.CommandLine;
using System.Text;
using Offproof.Channel;
using Offproof.Device;

namespace Offproof.Cli;

internal static partial class PublishVerb
{
    private static Command Greetings()
    {
        Option<string> dir = Dir();
        Argument<string[]> files = new("FILE") { Description = "JSON, CSV with a header line, or fortunes apart by lines of %; or a folder of such files", Arity = ArgumentArity.OneOrMore };
        Option<string?> language = new("--language") { Description = "The language of entries that do not say it: en, zh-Hans, ...", HelpName = "TAG" };
        Option<string?> kind = new("--kind") { Description = "Their kind: joke, greeting or poem; greeting where not given", HelpName = "KIND" };
        Option<string?> occasion = new("--occasion") { Description = "Their occasion: new-year, birthday, ...", HelpName = "WORD" };
        Option<string?> tone = new("--tone") { Description = "Their tone: family, friend, formal or condolence", HelpName = "TONE" };
        Option<string?> licence = new("--licence") { Description = "Their licence: an SPDX expression or a sentence", HelpName = "TEXT" };
        Option<string?> author = new("--author") { Description = "Their author", HelpName = "NAME" };
        Option<string?> encoding = new("--encoding") { Description = "The files' encoding: latin1, gb18030, koi8-r, ...; UTF-8 where not given", HelpName = "NAME" };
        Option<bool> ignore = new("--ignore-columns") { Description = "Pass over columns of a CSV that say nothing here" };
        Option<bool> rehearse = Rehearse();
        Command verb = new("greetings", "Stage a collection: the entries of these files, and no others") { dir, files, language, kind, occasion, tone, licence, author, encoding, ignore, rehearse };
        verb.SetAction((parsed, cancel) =>
        {
            BroughtGreetings? brought = null;
            return StageAsync(parsed, dir, rehearse, publisher =>
            {
                brought = GreetingImport.Read(parsed.GetRequiredValue(files), new GreetingDefaults(parsed.GetValue(language), parsed.GetValue(kind), parsed.GetValue(occasion), parsed.GetValue(tone),
                    parsed.GetValue(licence), parsed.GetValue(author), parsed.GetValue(encoding), parsed.GetValue(ignore)));
                return publisher.StageGreetings(brought.Entries);
            }, "greeting", cancel, () => brought);
        });
        return verb;
    }

    private static Command Update()
    {
        Option<string> dir = Dir();
        Option<string> model = new("--model") { Description = "Which phones it is for", Required = true, HelpName = "MODEL" };
        Option<string> version = new("--version") { Description = "One to four numbers with dots", Required = true, HelpName = "VERSION" };
        Option<string> channel = new("--channel") { Description = "stable, beta, ...", Required = true, HelpName = "CHANNEL" };
        Option<string> full = Options.RequiredFile("--full", "The whole update");
        Option<string[]> deltas = new("--delta-from") { Description = "An older version and its file: VERSION=FILE; may be given again", HelpName = "VERSION=FILE" };
        Option<string[]> notes = new("--notes") { Description = "What is new, as a text file: LANG=FILE, en among them", Required = true, HelpName = "LANG=FILE" };
        Option<Duration> rollout = Options.RolloutTime("--rollout", "Over which time more and more phones are offered it: 12h, 7d, 90d; 0, for all at once, where not given");
        Option<DateTimeOffset?> start = Options.Moment("--start", "When the rollout begins; when it is staged, where not given");
        Option<string?> minimum = new("--minimum") { Description = "The lowest version from which it can be installed", HelpName = "VERSION" };
        Option<bool> critical = new("--critical") { Description = "Offered to all at once, whatever the rollout" };
        Option<bool> rehearse = Rehearse();
        Command verb = new("update", "Stage the notice of an update, with the update itself and deltas to it") { dir, model, version, channel, full, deltas, notes, rollout, start, minimum, critical, rehearse };
        verb.SetAction((parsed, cancel) => StageAsync(parsed, dir, rehearse, publisher => publisher.StageUpdate(new UpdateDraft(
            parsed.GetRequiredValue(model), ParseVersion(parsed.GetRequiredValue(version)), parsed.GetRequiredValue(channel), parsed.GetRequiredValue(full),
            (parsed.GetValue(notes) ?? []).Select(static text => Pair(text, "--notes")).ToDictionary(static pair => pair.Name, static pair => ReadNote(pair.File), StringComparer.Ordinal),
            [.. (parsed.GetValue(deltas) ?? []).Select(static text => Pair(text, "--delta-from")).Select(static pair => (ParseVersion(pair.Name), pair.File))],
            parsed.GetValue(rollout).Time, parsed.GetValue(minimum) is { } lowest ? ParseVersion(lowest) : null, parsed.GetValue(critical), parsed.GetValue(start))), "notice", cancel));
        return verb;
    }

    private static Command Withdraw()
    {
        Option<string> dir = Dir();
        Argument<string> id = new("ID") { Description = "MODEL/VERSION/CHANNEL" };
        Option<bool> rehearse = Rehearse();
        Command verb = new("withdraw", "Stage that a notice is gone, with its payloads. What a phone installed stays installed") { dir, id, rehearse };
        verb.SetAction((parsed, cancel) => StageAsync(parsed, dir, rehearse, publisher => publisher.StageWithdrawal(parsed.GetRequiredValue(id)), "notice", cancel));
        return verb;
    }

    private static Command Renew()
    {
        Option<string> dir = Dir();
        Option<bool> rehearse = Rehearse();
        Command verb = new("renew", "Stage root and targets anew, unchanged but for the day until which they are good") { dir, rehearse };
        verb.SetAction((parsed, cancel) => StageAsync(parsed, dir, rehearse, static publisher =>
        {
            publisher.StageRenewal();
            return null;
        }, "", cancel));
        return verb;
    }

    private static Task<int> StageAsync(ParseResult parsed, Option<string> dir, Option<bool> rehearse, Func<Publisher, StageReport?> stage, string one, CancellationToken cancel, Func<BroughtGreetings?>? brought = null)
    {
        StageReport? staged = null;
        IReadOnlyList<ToSign> toSign = [];
        return WithAsync(parsed, dir, rehearse, publisher =>
        {
            staged = stage(publisher);
            toSign = publisher.WhatToSign();
            if (!parsed.GetValue(Options.Json)) Say();
            else if (!parsed.GetValue(rehearse)) Print(null);
            return Task.FromResult(ExitCode.Ok);
        }, rehearsal =>
        {
            if (parsed.GetValue(Options.Json)) Print(rehearsal);
            return ExitCode.Ok;
        }, cancel);

        void Print(RehearsalJson? rehearsal) => Terminal.Json(new PublishStageJson("offproof/v1/publish-stage", staged, BroughtJson.Of(brought?.Invoke()), toSign, rehearsal), PublishJson.Default.PublishStageJson);

        void Say()
        {
            if (staged is not null)
            {
                Terminal.Say($"{Terminal.Count(staged.Entries, one)} staged, {staged.Added} of them new or changed, {staged.Removed} gone; {Terminal.Size(staged.Bytes)}.");
                Terminal.Remarked([.. staged.Remarks, .. brought?.Invoke()?.Remarks ?? []]);
            }
            SayStaged(toSign);
            if (!parsed.GetValue(rehearse)) Terminal.Talk($"Next: offproof publish sign --dir {Terminal.OneLine(parsed.GetRequiredValue(dir))} --key FILE, with each of the keys that sign; elsewhere: --export FILE");
        }
    }

    private static ReleaseVersion ParseVersion(string text) => ReleaseVersion.TryParse(text, out ReleaseVersion? version) ? version
        : throw new DeviceException(DeviceFault.Usage, $"'{text}' is no version", "one to four numbers with dots, as 1.10.2");

    private static (string Name, string File) Pair(string text, string option) => text.Split('=', 2) is [{ Length: > 0 } name, { Length: > 0 } file] ? (name, file)
        : throw new DeviceException(DeviceFault.Usage, $"'{text}' is not what {option} takes", option == "--notes" ? "LANG=FILE, as en=notes.txt" : "VERSION=FILE, as 1.9=update-1.9.bin");

    private static string ReadNote(string file) => new UTF8Encoding(false, throwOnInvalidBytes: false).GetString(File.ReadAllBytes(file)).TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n');
}
