using System.CommandLine;
using Offproof.Evidence;

namespace Offproof.Cli;

/// <summary>The public form of a bundle (evidence.md §6).</summary>
internal static partial class EvidenceVerb
{
    private static Command Publish()
    {
        Argument<string> bundle = new("BUNDLE") { Description = "A private bundle: its folder, or its .zip" };
        Option<string> to = new("--to") { Description = "The public form's folder: new, or empty", Required = true, HelpName = "DIR" };
        Option<string> openings = Options.RequiredFile("--openings", "Where the values and what opens them go, mode 600, never over a file: whoever has it can open everything");
        Option<string> key = Options.RequiredFile("--key", "The secret key that signs");
        Option<string?> password = Password();
        Option<string?> signedBy = new("--signed-by") { Description = "Who must have signed the private bundle: a public key, or its file", HelpName = "KEY" };
        Option<string?> title = new("--title") { Description = "One line", HelpName = "TEXT" };
        Option<string?> note = new("--note") { Description = "Your own words", HelpName = "TEXT" };
        Option<bool> guessable = new("--include-guessable") { Description = "Publish although the persona's seed can be found by trying: whoever does reads every value. The bundle says so" };
        Option<bool> zip = new("--zip") { Description = "Also write DIR.zip, for sending" };
        Command verb = new("publish", "Make of a bundle one that can be published: planted values become commitments that can be opened one by one") { bundle, to, openings, key, password, signedBy, title, note, guessable, zip };
        verb.SetAction((parsed, cancel) =>
        {
            string target = parsed.GetRequiredValue(to);
            string archive = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target)) + ".zip";
            if (parsed.GetValue(zip) && File.Exists(archive)) throw new EvidenceException(EvidenceFault.Refused, $"{archive} is there already: nothing was published", "name another folder");
            using MinisignSecretKey secret = ReadKey(parsed.GetRequiredValue(key), parsed.GetValue(password));
            PublishResult published = EvidenceBundle.Publish(new PublishRequest(parsed.GetRequiredValue(bundle), target, parsed.GetRequiredValue(openings), secret, Tool)
            {
                SignedBy = parsed.GetValue(signedBy) is { } text ? ReadPublicKey(text) : null,
                Title = parsed.GetValue(title),
                Note = parsed.GetValue(note),
                IncludeGuessable = parsed.GetValue(guessable),
            }, TimeProvider.System, cancel);
            string? zipSha256 = parsed.GetValue(zip) ? EvidenceBundle.Zip(target, archive) : null;
            int code = Packed(parsed, "offproof/v1/evidence-publish", published.Packed, zipSha256 is null ? null : archive, zipSha256);
            Terminal.Talk($"{Terminal.Count(published.Commitments, "value")} committed to. {Terminal.OneLine(published.Openings)} opens every one of them: keep it, and give away single openings only (evidence open).");
            return Task.FromResult(code);
        });
        return verb;
    }

    private static Command Open()
    {
        Argument<string> bundle = new("BUNDLE") { Description = "A public form: its folder, or its .zip" };
        Option<string> openings = Options.RequiredFile("--openings", "What evidence publish wrote beside it");
        Option<string> value = new("--value") { Description = "Which value: a path into the persona, as in commitments.txt", Required = true, HelpName = "ID" };
        Option<string> to = Options.RequiredFile("--to", "The opening, never over a file");
        Command verb = new("open", "Write what opens one value, and no other: its SHA-256 is the commitment") { bundle, openings, value, to };
        verb.SetAction(parsed =>
        {
            string commitment = EvidenceBundle.Open(parsed.GetRequiredValue(bundle), parsed.GetRequiredValue(openings), parsed.GetRequiredValue(value), parsed.GetRequiredValue(to));
            Terminal.Say($"{commitment}  {parsed.GetRequiredValue(value)}");
            Terminal.Talk($"sha256sum {Terminal.OneLine(parsed.GetRequiredValue(to))} says the same, and so does a line of commitments.txt.");
            return ExitCode.Ok;
        });
        return verb;
    }

    private static Command Report()
    {
        Argument<string> bundle = new("BUNDLE") { Description = "A public form: its folder, or its .zip" };
        Command verb = new("report", "Make the pages of a public form again from its data, and print them") { bundle };
        verb.SetAction(parsed =>
        {
            using Stream output = Console.OpenStandardOutput();
            foreach ((string _, byte[] page) in EvidenceBundle.Pages(parsed.GetRequiredValue(bundle))) output.Write(page);
            return ExitCode.Ok;
        });
        return verb;
    }
}
