using System.CommandLine;
using Offproof.Evidence;

namespace Offproof.Cli;

/// <summary>`case init|add|reply|publish` (case.md).</summary>
internal static class CaseVerb
{
    internal static Command Create() => new("case", "A dossier: claims, evidence for and against them, verdicts, replies; as a page and a feed") { Init(), Add(), Reply(), Publish() };

    private static Argument<string> Folder() => new("DIR") { Description = "The case's folder" };

    private static Command Init()
    {
        Argument<string> folder = Folder();
        Option<string> title = new("--title") { Description = "What the case is called", Required = true, HelpName = "TEXT" };
        Option<string?> lead = new("--lead") { Description = "What it is about, in a few sentences", HelpName = "TEXT" };
        Option<string> publisher = new("--publisher") { Description = "Who answers for it", Required = true, HelpName = "NAME" };
        Command verb = new("init", "Begin a case") { folder, title, lead, publisher };
        verb.SetAction((parsed, _) =>
        {
            string at = parsed.GetRequiredValue(folder);
            CaseFolder.Create(at, parsed.GetRequiredValue(title), parsed.GetValue(lead), parsed.GetRequiredValue(publisher), TimeProvider.System);
            Say(parsed, new CaseJson("offproof/v1/case", at, null, null, null), $"{at} is a case; case add {at} source, claim, evidence, verdict ... fill it");
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static Command Add()
    {
        Argument<string> folder = Folder();
        Command verb = new("add", "Add an entry, or correct one") { folder };
        foreach (CaseKind kind in CaseKind.All.Where(static kind => kind.IsAdded)) verb.Add(Add(kind, folder));
        return verb;
    }

    private static Command Add(CaseKind kind, Argument<string> folder)
    {
        Option<string?> id = new("--id") { Description = $"Its id; {kind.Name}-N where not given", HelpName = "ID" };
        Option<string?> corrects = new("--corrects") { Description = "It stands in the place of this one; what is not given is taken over", HelpName = "ID" };
        Option<string?> because = new("--because") { Description = "Why it is corrected", HelpName = "TEXT" };
        Option<string?> key = new("--key") { Description = "A file with their minisign key", HelpName = "FILE" };
        Command verb = new(kind.Name, kind.Help) { id };
        if (kind.Name != "withdrawal")
        {
            verb.Add(corrects);
            verb.Add(because);
        }
        Dictionary<string, Option<string[]>> options = new(StringComparer.Ordinal);
        foreach (CaseMember member in kind.Members)
        {
            if (member.Name == "key")
            {
                verb.Add(key);
                continue;
            }
            options.Add(member.Name, new($"--{member.Name}") { Description = member.Help + (member.IsList ? "; may be given more than once" : ""), HelpName = "TEXT" });
            verb.Add(options[member.Name]);
        }
        verb.SetAction((parsed, _) =>
        {
            Dictionary<string, IReadOnlyList<string>> values = new(StringComparer.Ordinal);
            foreach ((string name, Option<string[]> option) in options)
            {
                if (parsed.GetValue(option) is { Length: > 0 } given) values.Add(name, given);
            }
            string at = parsed.GetRequiredValue(folder);
            CaseFolder opened = CaseFolder.Open(at, TimeProvider.System);
            string? keyFile = parsed.GetValue(key);
            string file;
            if (parsed.GetValue(corrects) is { } old)
            {
                if (parsed.GetValue(id) is not null) throw new EvidenceException(EvidenceFault.Usage, "what corrects another has its id", "--corrects alone");
                file = opened.Correct(kind, old, parsed.GetValue(because) ?? throw new EvidenceException(EvidenceFault.Usage, "a correction says why", "--because TEXT"), values, keyFile);
            }
            else
            {
                if (parsed.GetValue(because) is not null) throw new EvidenceException(EvidenceFault.Usage, "--because goes with --corrects", "--corrects ID --because TEXT");
                file = opened.Add(kind, parsed.GetValue(id), values, keyFile);
            }
            Say(parsed, new CaseJson("offproof/v1/case", at, file, null, null), file);
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static Command Reply()
    {
        Argument<string> folder = Folder();
        Argument<string?> file = new("FILE") { Description = "The text that came", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> signature = new("--signature") { Description = "Its .minisig; FILE.minisig where not given", HelpName = "FILE" };
        Option<string?> key = new("--key") { Description = "The key that it is said to be signed with", HelpName = "FILE" };
        Option<string?> from = new("--from") { Description = "The party's id; of a comment, the name that it was sent under", HelpName = "NAME" };
        Option<bool> comment = new("--comment") { Description = "It is a comment, and held" };
        Option<string?> withdraws = new("--withdraws") { Description = "It takes back this reply, under whose key it is signed", HelpName = "ID" };
        Option<string?> accept = new("--accept") { Description = "Show this comment", HelpName = "ID" };
        Option<string?> refuse = new("--refuse") { Description = "Do not show this comment", HelpName = "ID" };
        Option<string?> reason = new("--reason") { Description = "Why it is refused, for everybody", HelpName = "TEXT" };
        Command verb = new("reply", "Take in a signed reply or comment, or decide about a comment") { folder, file, signature, key, from, comment, withdraws, accept, refuse, reason };
        verb.SetAction((parsed, _) =>
        {
            string at = parsed.GetRequiredValue(folder);
            CaseFolder opened = CaseFolder.Open(at, TimeProvider.System);
            string? accepted = parsed.GetValue(accept), refused = parsed.GetValue(refuse), why = parsed.GetValue(reason);
            if (accepted is not null || refused is not null)
            {
                if ((accepted is not null && refused is not null) || parsed.GetValue(file) is not null) throw new EvidenceException(EvidenceFault.Usage, "--accept or --refuse decides about one comment, and takes no file", "offproof case reply DIR --accept ID");
                if ((refused is not null) != (why is not null)) throw new EvidenceException(EvidenceFault.Usage, "--refuse goes with --reason: it is shown in the comment's place", "offproof case reply DIR --refuse ID --reason TEXT");
                opened.Moderate((accepted ?? refused)!, why);
                Say(parsed, new CaseJson("offproof/v1/case", at, null, accepted ?? refused, accepted is not null ? "accepted" : "refused"), $"{accepted ?? refused} is {(accepted is not null ? "accepted" : "refused")}; publish shows it");
                return Task.FromResult(ExitCode.Ok);
            }
            string text = parsed.GetValue(file) ?? throw new EvidenceException(EvidenceFault.Usage, "no file is named", "offproof case reply DIR FILE --signature FILE --from NAME");
            if (parsed.GetValue(withdraws) is { } old)
            {
                if (parsed.GetValue(from) is not null || parsed.GetValue(comment)) throw new EvidenceException(EvidenceFault.Usage, "--withdraws takes the key of the reply that it names", "--withdraws ID alone");
                string statement = opened.Retract(old, new(text, parsed.GetValue(signature) ?? text + ".minisig", parsed.GetValue(key)));
                Say(parsed, new CaseJson("offproof/v1/case", at, $"replies/{statement}.txt", statement, "accepted"), $"{old} is taken back by {statement}, signed under its own key; publish shows it");
                return Task.FromResult(ExitCode.Ok);
            }
            string name = parsed.GetValue(from) ?? throw new EvidenceException(EvidenceFault.Usage, "whose it is, is not said", "--from NAME");
            SignedFile came = new(text, parsed.GetValue(signature) ?? text + ".minisig", parsed.GetValue(key));
            bool isComment = parsed.GetValue(comment);
            string id = isComment ? opened.Comment(name, came) : opened.Reply(name, came);
            Say(parsed, new CaseJson("offproof/v1/case", at, $"replies/{id}.txt", id, isComment ? "held" : "accepted"), isComment ? $"{id} is held; case reply {at} --accept {id}, or --refuse {id} --reason TEXT" : $"{id} is signed by the key of '{name}'");
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static Command Publish()
    {
        Argument<string> folder = Folder();
        Option<string> to = new("--to") { Description = "A folder that does not exist, or an earlier state of this case", Required = true, HelpName = "OUT" };
        Command verb = new("publish", "Write the page and the feed") { folder, to };
        verb.SetAction((parsed, _) =>
        {
            PublishedCase done = CaseFolder.Open(parsed.GetRequiredValue(folder), TimeProvider.System).Publish(parsed.TargetFolder(to));
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new CasePublishJson("offproof/v1/case-publish", done.Folder, done.Claims, done.Entries, done.Held, done.Lines, done.Head, done.Sums, done.Open), OutputJson.Default.CasePublishJson);
                return Task.FromResult(ExitCode.Ok);
            }
            Terminal.Say($"{done.Folder}/index.html: {Terminal.Count(done.Claims, "claim")}; {Terminal.Count(done.Entries, "file")} published for the first time");
            if (done.Open.Count > 0) Terminal.Talk($"without a verdict: {string.Join(", ", done.Open)}");
            if (done.Held > 0) Terminal.Talk($"{Terminal.Count(done.Held, "comment")} held: not shown until accepted");
            Terminal.Say($"history: {Terminal.Count(done.Lines, "line")}, the last one's SHA-256 {done.Head}");
            Terminal.Say($"SHA256SUMS, of every file: {done.Sums}; keep both elsewhere");
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static void Say(ParseResult parsed, CaseJson json, string words)
    {
        if (parsed.GetValue(Options.Json)) Terminal.Json(json, OutputJson.Default.CaseJson);
        else Terminal.Say(words);
    }
}
