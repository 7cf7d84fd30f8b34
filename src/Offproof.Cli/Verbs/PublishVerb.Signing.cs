using System.CommandLine;
using Offproof.Channel;
using Offproof.Device;

namespace Offproof.Cli;

internal static partial class PublishVerb
{
    private static Command Sign()
    {
        Option<string?> dir = new("--dir") { Description = "The publisher's folder; not with --request", HelpName = "DIR" };
        Option<string[]> keys = new("--key") { Description = "A secret key's file; may be given again", HelpName = "FILE" };
        Option<string?> export = new("--export") { Description = "Write what is to be signed, for another machine", HelpName = "FILE" };
        Option<string?> request = new("--request") { Description = "On the other machine: what --export wrote", HelpName = "FILE" };
        Option<string?> root = new("--root") { Description = "The last root that you know, or a trust.json of your own: what is to be signed is compared with it", HelpName = "FILE" };
        Option<string?> to = new("--to") { Description = "With --request: where the signatures go", HelpName = "FILE" };
        Option<string[]> signatures = new("--signatures") { Description = "Signatures that were made elsewhere; may be given again", HelpName = "FILE" };
        Option<bool> yes = Options.Yes();
        Option<bool> rehearse = Rehearse();
        Command verb = new("sign", "Sign what is staged, here or elsewhere; with the last signature it is released") { dir, keys, export, request, root, to, signatures, yes, rehearse };
        verb.SetAction(async (parsed, cancel) =>
        {
            string[] keyFiles = parsed.GetValue(keys) ?? [], brought = parsed.GetValue(signatures) ?? [];
            KnownRoot? known = parsed.GetValue(root) is { } own ? KnownRoot.Read(own) : null;
            if (parsed.GetValue(request) is { } file)
            {
                if (parsed.GetValue(dir) is not null || parsed.GetValue(to) is not { } target || keyFiles.Length == 0 || brought.Length > 0 || parsed.GetValue(export) is not null)
                    throw new DeviceException(DeviceFault.Usage, "--request goes with --key FILE and --to FILE, and without --dir");
                return await SignElsewhereAsync(parsed.GetValue(yes), file, known, target, keyFiles, cancel);
            }
            if (parsed.GetValue(dir) is not { } folder || parsed.GetValue(to) is not null) throw new DeviceException(DeviceFault.Usage, "--dir DIR says where something is staged, or --request FILE with --to FILE what is to be signed");
            if (parsed.GetValue(export) is { } place) return Export(folder, place);
            if (keyFiles.Length == 0 && brought.Length == 0) throw new DeviceException(DeviceFault.Usage, "nothing to sign with", "--key FILE, --signatures FILE, or --export FILE for another machine");
            return await SignHereAsync(parsed, folder, rehearse, parsed.GetValue(yes), known, keyFiles, brought, cancel);
        });
        return verb;
    }

    private static int Export(string folder, string place)
    {
        using Publisher publisher = Publisher.Open(folder, TimeProvider.System);
        byte[] request = publisher.ExportRequest();
        if (File.Exists(place)) throw new DeviceException(DeviceFault.Refused, $"{place} is already there: it was left as it is", "name another file");
        File.WriteAllBytes(place, request);
        foreach (string line in publisher.WhatToSign().SelectMany(static s => s.Summary)) Terminal.Say(line);
        Terminal.Talk($"On the machine with the key: offproof publish sign --request {Terminal.OneLine(place)} --key FILE --to SIGNATURES");
        return ExitCode.Ok;
    }

    private static async Task<int> SignElsewhereAsync(bool yes, string request, KnownRoot? known, string target, string[] keyFiles, CancellationToken cancel)
    {
        if (File.Exists(target)) throw new DeviceException(DeviceFault.Refused, $"{target} is already there: it was left as it is", "name another file");
        OfflineSigning signing = OfflineSigning.Read(request, known);
        foreach (string line in signing.Summary) Terminal.Say(line);
        await Terminal.RequireYesAsync(yes, "Sign this?", cancel);
        await File.WriteAllBytesAsync(target, signing.Sign(keyFiles), cancel);
        Terminal.Talk($"Carry it back: offproof publish sign --dir DIR --signatures {Terminal.OneLine(target)}");
        return ExitCode.Ok;
    }

    private static async Task<int> SignHereAsync(ParseResult parsed, string folder, Option<bool> rehearse, bool yes, KnownRoot? known, string[] keyFiles, string[] brought, CancellationToken cancel)
    {
        bool isJson = parsed.GetValue(Options.Json), isRehearsal = parsed.GetValue(rehearse);
        using Rehearsal? rehearsal = isRehearsal ? Rehearsal.Begin(folder, TimeProvider.System) : null;
        using Publisher? real = isRehearsal ? null : Publisher.Open(folder, TimeProvider.System);
        Publisher publisher = rehearsal?.Publisher ?? real!;
        IReadOnlyList<ToSign> shown = publisher.WhatToSign(known);
        if (keyFiles.Length > 0)
        {
            if (!isJson) foreach (string line in shown.SelectMany(static s => s.Summary)) Terminal.Say(line);
            if (!isRehearsal) await Terminal.RequireYesAsync(yes, "Sign this?", cancel);
        }
        List<string> added = [];
        foreach (string file in brought) added.AddRange(publisher.AddSignatures(file).Added);
        if (keyFiles.Length > 0) added.AddRange(publisher.Sign(keyFiles, shown).Added);
        IReadOnlyList<ToSign> toSign = publisher.WhatToSign();
        if (!isJson)
        {
            foreach (string one in added) Terminal.Say($"Signed: {one}");
            SayStaged(toSign);
        }
        ReleaseReport release;
        RehearsalJson? outcome = null;
        if (rehearsal is not null)
        {
            outcome = new RehearsalJson(await rehearsal.VerifyAsync(cancel), rehearsal.HasStandIns);
            release = new ReleaseReport(outcome.Device?.Release, false, [], 0, []);
        }
        else
        {
            using WitnessDoor door = new();
            release = await publisher.ReleaseAsync(door.Invoker, cancel);
        }
        if (isJson) Terminal.Json(new PublishReleaseJson("offproof/v1/publish-release", added, toSign, release, outcome), PublishJson.Default.PublishReleaseJson);
        else if (outcome is not null) SayRehearsed(outcome);
        else SayReleased(release);
        return outcome is null && release is { Release: not null, IsPublished: false } ? ExitCode.Failure : ExitCode.Ok;
    }

    private static void SayRehearsed(RehearsalJson outcome)
    {
        Terminal.Say(outcome.Device is null ? "Rehearsed: nothing would be published."
            : $"Rehearsed: a device would take release {outcome.Device.Release}, with {Terminal.Count(outcome.Device.Greetings, "greeting")} and {Terminal.Count(outcome.Device.Notices, "notice")}.");
        if (outcome.HasStandIns) Terminal.Say("Signatures are missing: throwaway keys stood in for them.");
        Terminal.Talk("Nothing was changed, and no witness was asked.");
    }

    private static void SayReleased(ReleaseReport release)
    {
        Terminal.Remarked(release.Remarks);
        if (release.Release is not { } number)
        {
            Terminal.Talk("Not released: signatures are missing.");
            return;
        }
        string cosigned = release.Quorum == 0 && release.Cosigned.Count == 0 ? "No witness is asked: devices will say \"genuine, not shown to be the same for all\"."
            : $"Cosigned by {release.Cosigned.Count} of the {release.Quorum} witnesses that it wants.";
        Terminal.Say(release.IsPublished ? $"Release {number} is published. {cosigned}" : $"Release {number} is begun, logged, and not published. {cosigned}");
        if (!release.IsPublished) Terminal.Talk("What was published before stays good. `offproof publish log` asks the witnesses again, and publishes it.");
    }

    private static Command Timestamp()
    {
        Option<string> dir = Dir();
        Command verb = new("timestamp", "Sign the timestamp anew, and the snapshot where half of its time has passed; for every day") { dir };
        verb.SetAction((parsed, cancel) => ReleasedAsync(parsed, dir, static (publisher, door, cancel) => publisher.TimestampAsync(door.Invoker, cancel), cancel));
        return verb;
    }

    private static async Task<int> ReleasedAsync(ParseResult parsed, Option<string> dir, Func<Publisher, WitnessDoor, CancellationToken, Task<ReleaseReport>> work, CancellationToken cancel)
    {
        using Publisher publisher = Publisher.Open(parsed.GetRequiredValue(dir), TimeProvider.System);
        using WitnessDoor door = new();
        ReleaseReport release = await work(publisher, door, cancel);
        Terminal.Talk("The timestamp is signed anew.");
        if (parsed.GetValue(Options.Json)) Terminal.Json(new PublishReleaseJson("offproof/v1/publish-release", [], publisher.WhatToSign(), release, null), PublishJson.Default.PublishReleaseJson);
        else SayReleased(release);
        return release.IsPublished ? ExitCode.Ok : ExitCode.Failure;
    }

    private static Command Log()
    {
        Option<string> dir = Dir();
        Option<string[]> cosignatures = new("--cosignature") { Description = "A witness's line, brought by hand; may be given again", HelpName = "FILE" };
        Command verb = new("log", "Show the log, ask the witnesses that have not cosigned, and publish what waited for them") { dir, cosignatures };
        verb.SetAction(async (parsed, cancel) =>
        {
            using Publisher publisher = Publisher.Open(parsed.GetRequiredValue(dir), TimeProvider.System);
            using WitnessDoor door = new();
            LogOutcome outcome = await publisher.GoOnAsync(door.Invoker, parsed.GetValue(cosignatures) ?? [], cancel);
            LogReport log = outcome.Log;
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new PublishLogJson("offproof/v1/publish-log", log), PublishJson.Default.PublishLogJson);
            }
            else
            {
                foreach (string entry in log.Entries) Terminal.Say(entry);
                Terminal.Say($"{log.Name}: {Terminal.Count(log.Size, "release")[..^(log.Size == 1 ? 0 : 1)]}{(log.Size == 1 ? "" : "s")} logged, {log.Shown} shown; the newest cosigned by {log.Cosigned.Count}, and {log.Quorum} must.");
                foreach (WitnessedAt witness in log.Cosigned) Terminal.Say($"  {Terminal.OneLine(witness.Witness)}{(witness.Time is { } at ? $" at {Terminal.Time(at)}" : "")}");
                Terminal.Remarked(log.Remarks);
                if (outcome.Release is { } release) SayReleased(release);
                else if (outcome.Waiting is { } waiting) Terminal.Say($"Release {waiting} waits for cosignatures. What was published before stays good.");
            }
            return outcome.IsDone ? ExitCode.Ok : ExitCode.Failure;
        });
        return verb;
    }

    private static Command Keys()
    {
        Command add = new("add", "Make a key of root or targets, and stage the root that has it"), remove = new("remove", "Stage a root without a key: a lost one, or one that somebody else may have"),
            replace = new("replace", "Make a new key of snapshot or timestamp in the place of the old one, and stage the root that has it"), threshold = new("threshold", "Stage a root in which another number of keys has to sign");
        Option<string> dir = Dir(), to = Options.RequiredFile("--to", "Where the secret key goes; an existing file is refused");
        Argument<string> role = new("ROLE") { Description = "root or targets" }, online = new("ROLE") { Description = "snapshot or timestamp" }, id = new("KEYID") { Description = "Its beginning, four digits or more" };
        Option<int?> count = Options.Number("--threshold", "How many have to sign from then on", "K", 1, 16);
        Argument<int> number = new("K") { Description = "How many have to sign" };
        foreach (Symbol symbol in (Symbol[])[dir, role, to, count]) Add(add, symbol);
        foreach (Symbol symbol in (Symbol[])[dir, role, id, count]) Add(remove, symbol);
        foreach (Symbol symbol in (Symbol[])[dir, online]) Add(replace, symbol);
        foreach (Symbol symbol in (Symbol[])[dir, role, number]) Add(threshold, symbol);
        add.SetAction(parsed => Changed(parsed, dir, publisher => publisher.AddKey(parsed.GetRequiredValue(role), parsed.GetRequiredValue(to), parsed.GetValue(count))));
        remove.SetAction(parsed => Changed(parsed, dir, publisher => publisher.RemoveKey(parsed.GetRequiredValue(role), parsed.GetRequiredValue(id), parsed.GetValue(count))));
        replace.SetAction(parsed => Changed(parsed, dir, publisher => publisher.ReplaceKey(parsed.GetRequiredValue(online))));
        threshold.SetAction(parsed => Changed(parsed, dir, publisher =>
        {
            publisher.SetThreshold(parsed.GetRequiredValue(role), parsed.GetRequiredValue(number));
            return null;
        }));
        return new Command("keys", "Keys come and go by a new root, which the root keys of before and its own sign") { add, remove, replace, threshold };

        static void Add(Command verb, Symbol symbol)
        {
            if (symbol is Option option) verb.Add(option);
            else verb.Add((Argument)symbol);
        }
    }

    private static int Changed(ParseResult parsed, Option<string> dir, Func<Publisher, string?> change)
    {
        using Publisher publisher = Publisher.Open(parsed.GetRequiredValue(dir), TimeProvider.System);
        string? keyId = change(publisher);
        IReadOnlyList<ToSign> toSign = publisher.WhatToSign();
        if (parsed.GetValue(Options.Json))
        {
            Terminal.Json(new PublishKeyJson("offproof/v1/publish-keys", keyId, toSign), PublishJson.Default.PublishKeyJson);
            return ExitCode.Ok;
        }
        if (keyId is not null) Terminal.Say($"key {keyId}");
        SayStaged(toSign);
        Terminal.Talk($"Next: offproof publish sign --dir {Terminal.OneLine(parsed.GetRequiredValue(dir))} --key FILE, with root keys{(toSign.Any(static s => s.Role == "targets") ? ", and with targets keys" : "")}");
        return ExitCode.Ok;
    }
}
