using System.CommandLine;
using Offproof.Channel;

namespace Offproof.Cli;

/// <summary>publish: the other end of the channel (channel.md §9).</summary>
internal static partial class PublishVerb
{
    internal static Command Create() => new("publish", "Publish greetings and notices of updates: signed, logged, as static files")
    {
        Init(), Witnesses(), Greetings(), Update(), Withdraw(), Sign(), Keys(), Renew(), Timestamp(), Log(), Status(),
    };

    private static Option<string> Dir() => new("--dir") { Description = "The publisher's folder", Required = true, HelpName = "DIR" };

    private static Option<bool> Rehearse() => new("--rehearse") { Description = "Do it in a copy, take the outcome as a device does, and change nothing" };

    private static Command Init()
    {
        Option<string> dir = Dir();
        Option<string?> keys = new("--keys") { Description = "Where the root and targets keys go, each of which belongs elsewhere in the end; DIR/keys/offline where not given", HelpName = "DIR" };
        Option<int?> rootKeys = Options.Number("--root-keys", "How many root keys; 3 where not given", "N", 1, 16);
        Option<int?> rootThreshold = Options.Number("--root-threshold", "How many of them have to sign; 2 where not given", "K", 1, 16);
        Option<int?> targetsKeys = Options.Number("--targets-keys", "How many targets keys; 3 where not given", "N", 1, 16);
        Option<int?> targetsThreshold = Options.Number("--targets-threshold", "How many of them have to sign; 2 where not given", "K", 1, 16);
        Option<string?> logName = new("--log-name") { Description = "The log's name, as channel.example.org/releases; one by chance where not given", HelpName = "NAME" };
        Option<string[]> witnesses = new("--witness") { Description = "A witness's verifier key, and where it is asked: KEY or KEY=URL; may be given again", HelpName = "KEY[=URL]" };
        Option<int?> quorum = Options.Number("--quorum", "How many witnesses have to cosign a release; 0 where not given", "K", 0, 16);
        Command verb = new("init", "Make a channel: keys, the first root, an empty log, trust.json") { dir, keys, rootKeys, rootThreshold, targetsKeys, targetsThreshold, logName, witnesses, quorum };
        verb.SetAction(parsed =>
        {
            PublisherMade made = Publisher.Create(new PublisherSetup(
                parsed.GetRequiredValue(dir), parsed.GetValue(logName) ?? "offproof.invalid/", parsed.GetValue(keys), parsed.GetValue(rootKeys) ?? 3, parsed.GetValue(rootThreshold) ?? 2,
                parsed.GetValue(targetsKeys) ?? 3, parsed.GetValue(targetsThreshold) ?? 2, [.. (parsed.GetValue(witnesses) ?? []).Select(Witness)], parsed.GetValue(quorum) ?? 0), TimeProvider.System);
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new PublishInitJson("offproof/v1/publish-init", made.Folder, made.PublicFolder, made.TrustSha256, made.Log, made.OfflineKeys, made.OnlineKeys), PublishJson.Default.PublishInitJson);
                return ExitCode.Ok;
            }
            Terminal.Say($"trust.json has the SHA-256 {made.TrustSha256}");
            Terminal.Say($"log {made.Log}");
            Terminal.Talk("Secret keys, one a file. Carry each of these to a place of its own, and delete it here:");
            foreach (string file in made.OfflineKeys) Terminal.Talk($"  {Terminal.OneLine(file)}");
            Terminal.Talk("These stay, for snapshot, timestamp and log:");
            foreach (string file in made.OnlineKeys) Terminal.Talk($"  {Terminal.OneLine(file)}");
            Terminal.Talk($"To be served as /channel/: {Terminal.OneLine(made.PublicFolder)}. Nothing is published yet.");
            Terminal.Talk($"Next: offproof publish greetings --dir {Terminal.OneLine(parsed.GetRequiredValue(dir))} FILE");
            return ExitCode.Ok;
        });
        return verb;
    }

    private static Command Witnesses()
    {
        Option<string> dir = Dir();
        Argument<string[]> witnesses = new("KEY[=URL]") { Description = "Verifier keys, as `offproof witness key` prints them, each with the address where it is asked", Arity = ArgumentArity.ZeroOrMore };
        Option<int> quorum = new("--quorum") { Description = "How many of them have to cosign a release", Required = true, HelpName = "K" };
        Command verb = new("witnesses", "Set who is asked to cosign: these, and no others. Devices keep what they pinned") { dir, witnesses, quorum };
        verb.SetAction(parsed =>
        {
            using Publisher publisher = Publisher.Open(parsed.GetRequiredValue(dir), TimeProvider.System);
            bool isPublished = publisher.Status().Release is not null;
            string sha256 = publisher.SetWitnesses([.. (parsed.GetValue(witnesses) ?? []).Select(Witness)], parsed.GetRequiredValue(quorum));
            if (parsed.GetValue(Options.Json)) Terminal.Json(new PublishWitnessesJson("offproof/v1/publish-witnesses", sha256), PublishJson.Default.PublishWitnessesJson);
            else Terminal.Say($"trust.json has the SHA-256 {sha256}");
            if (isPublished) Terminal.Talk("Devices that pinned an earlier trust.json keep it: they go on asking for the witnesses that stand there.");
            return ExitCode.Ok;
        });
        return verb;
    }

    // A verifier key has base64 in it, which may end in '=': an address begins behind the first "=http".
    private static (string Key, Uri? Url) Witness(string text) =>
        text.IndexOf("=http", StringComparison.Ordinal) is var at and > 0 ? (text[..at], Options.ParseUrl(text[(at + 1)..])) : (text, null);

    private static Command Status()
    {
        Option<string> dir = Dir();
        Command verb = new("status", "What is published, what is staged, what is missing, what expires when") { dir };
        verb.SetAction(parsed =>
        {
            using Publisher publisher = Publisher.Open(parsed.GetRequiredValue(dir), TimeProvider.System);
            PublisherStatus status = publisher.Status();
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new PublishStatusJson("offproof/v1/publish-status", status), PublishJson.Default.PublishStatusJson);
                return ExitCode.Ok;
            }
            Terminal.Say(status.Release is { } release ? $"Release {release} is published." : "Nothing is published yet.");
            foreach (RoleStatus file in status.Files) Terminal.Say($"{file.Role,-10} version {file.Version}, {(file.IsExpired ? "EXPIRED" : "good until")} {Terminal.Time(file.Expires)}");
            foreach (RoleKeyStatus role in status.Keys)
            {
                Terminal.Say($"{role.Role,-10} {role.Threshold} of {Terminal.Count(role.KeyIds.Count, "key")}: {string.Join(' ', role.KeyIds.Select(static id => id[..8]))}{(role.IsAtHand == false ? " - NOT in the folder" : "")}");
            }
            Terminal.Say($"log        {status.Log}, {status.Quorum} of {Terminal.Count(status.Witnesses.Count, "witness")[..^(status.Witnesses.Count == 1 ? 0 : 1)]}{(status.Witnesses.Count == 1 ? "" : "es")} must cosign");
            if (status.Waiting is { } waiting) Terminal.Say(status.Quorum > 0 && status.Trouble is null ? $"Release {waiting} is begun, and waits for witnesses or to go on: offproof publish log" : $"Release {waiting} is begun, and not published{(status.Trouble is null ? ": offproof publish log goes on with it" : "")}.");
            if (status.Trouble is { } trouble) Terminal.Say($"In the way: {trouble}");
            SayStaged(status.Staged);
            return ExitCode.Ok;
        });
        return verb;
    }

    private static void SayStaged(IReadOnlyList<ToSign> staged)
    {
        foreach (ToSign file in staged)
        {
            Terminal.Say($"Staged: {file.Role} {file.Version}; signed by {string.Join(" and ", file.Needs.Select(static need => $"{need.Good} of the {need.Wanted} {need.Keys} that it wants"))}.");
        }
    }

    /// <summary>Does something to a publisher, or, as a rehearsal, to a copy of it.</summary>
    private static async Task<int> WithAsync(ParseResult parsed, Option<string> dir, Option<bool> rehearse, Func<Publisher, Task<int>> work, Func<RehearsalJson, int> rehearsed, CancellationToken cancel)
    {
        string folder = parsed.GetRequiredValue(dir);
        if (!parsed.GetValue(rehearse))
        {
            using Publisher publisher = Publisher.Open(folder, TimeProvider.System);
            return await work(publisher);
        }
        using Rehearsal rehearsal = Rehearsal.Begin(folder, TimeProvider.System);
        await work(rehearsal.Publisher);
        DeviceReport? device = await rehearsal.VerifyAsync(cancel);
        int code = rehearsed(new RehearsalJson(device, rehearsal.HasStandIns));
        if (!parsed.GetValue(Options.Json))
        {
            Terminal.Say(device is null ? "Rehearsed: nothing would be published." : $"Rehearsed: a device would take release {device.Release}, with {Terminal.Count(device.Greetings, "greeting")} and {Terminal.Count(device.Notices, "notice")}.");
            if (rehearsal.HasStandIns) Terminal.Say("Signatures are missing: throwaway keys stood in for them.");
            Terminal.Talk("Nothing was changed, and no witness was asked.");
        }
        return code;
    }
}
