using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Offproof.Evidence;

namespace Offproof.Cli;

/// <summary>evidence: what was recorded, so that a stranger can check it (evidence.md).</summary>
internal static partial class EvidenceVerb
{
    internal static Command Create() => new("evidence", "Bundles of evidence: packed, signed, and verified without this program") { Keygen(), Pack(), Verify(), Publish(), Open(), Report() };

    private static Command Keygen()
    {
        Argument<string> file = new("FILE") { Description = "The secret key's file, mode 600, never over a file; FILE.pub beside it is the public one" };
        Command verb = new("keygen", "Make a key pair of minisign's form, without a password") { file };
        verb.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            using MinisignSecretKey key = MinisignSecretKey.Create();
            key.WriteNew(path);
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new EvidenceKeyJson("offproof/v1/evidence-keygen", key.PublicKey.Id, key.PublicKey.Text, path, path + ".pub"), EvidenceVerbJson.Default.EvidenceKeyJson);
                return ExitCode.Ok;
            }
            Terminal.Say(key.PublicKey.Text);
            Terminal.Talk($"{Terminal.OneLine(path)} is the secret key, without a password: whoever has the file signs with it. {Terminal.OneLine(path)}.pub is the public one, named {key.PublicKey.Id}.");
            Terminal.Talk("Publish the public key where nobody can exchange it together with a bundle: on a page of your own, on paper.");
            return ExitCode.Ok;
        });
        return verb;
    }

    private static Command Pack()
    {
        Argument<string> folder = new("DIR") { Description = "The bundle's folder: new, or empty" };
        Option<string[]> captures = Files("--capture", "Recorded traffic; only its hash is packed without --planted or --include-keys");
        Option<string[]> personas = Files("--persona", "persona.json");
        Option<string[]> ledgers = Files("--ledger", "A device's ledger.ndjson");
        Option<string[]> receipts = Files("--receipt", "A signed record of a server");
        Option<string[]> scenarios = Files("--scenario", "What was done, in which order");
        Option<string[]> reports = Files("--report", "What an audit or a comparison said: --json, --html, --sarif");
        Option<string[]> keys = Files("--keys", "TLS secrets; refused without --include-keys");
        Option<bool> hashOnly = new("--hash-only") { Description = "Of captures only the hash, whatever else is given" };
        Option<bool> planted = new("--planted") { Description = "You state that nobody's real traffic is in the captures: they are packed, and your statement is signed" };
        Option<bool> include = new("--include-keys") { Description = "Pack key logs, and captures that may be real people's. They open the whole content of the recorded connections: messages, cookies, passwords" };
        Option<string> key = Options.RequiredFile("--key", "The secret key that signs: of evidence keygen, or of minisign -G");
        Option<string?> password = Password();
        Option<string?> title = new("--title") { Description = "One line", HelpName = "TEXT" };
        Option<string?> note = new("--note") { Description = "Your own words: how this came to be", HelpName = "TEXT" };
        Option<bool> zip = new("--zip") { Description = "Also write DIR.zip, for sending" };
        Command verb = new("pack", "Pack what a claim rests on into a signed folder that minisign and coreutils verify")
        {
            folder, captures, personas, ledgers, receipts, scenarios, reports, keys, hashOnly, planted, include, key, password, title, note, zip,
        };
        verb.SetAction((parsed, cancel) =>
        {
            string target = parsed.GetRequiredValue(folder);
            string archive = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target)) + ".zip";
            if (parsed.GetValue(zip) && File.Exists(archive)) throw new EvidenceException(EvidenceFault.Refused, $"{archive} is there already: nothing was packed", "name another folder");
            using MinisignSecretKey secret = ReadKey(parsed.GetRequiredValue(key), parsed.GetValue(password));
            PackInput[] inputs =
            [
                .. Of(captures, PackRole.Capture), .. Of(personas, PackRole.Persona), .. Of(ledgers, PackRole.Ledger), .. Of(receipts, PackRole.Receipt), .. Of(scenarios, PackRole.Scenario),
                .. Of(reports, PackRole.Report), .. Of(keys, PackRole.Keys),
            ];
            PackResult packed = EvidenceBundle.Pack(new PackRequest(target, inputs, secret, Tool)
            {
                Title = parsed.GetValue(title),
                Note = parsed.GetValue(note),
                HashOnly = parsed.GetValue(hashOnly),
                Planted = parsed.GetValue(planted),
                IncludeKeys = parsed.GetValue(include),
            }, TimeProvider.System, cancel);
            string? zipSha256 = parsed.GetValue(zip) ? EvidenceBundle.Zip(target, archive) : null;
            return Task.FromResult(Packed(parsed, "offproof/v1/evidence-pack", packed, zipSha256 is null ? null : archive, zipSha256));

            IEnumerable<PackInput> Of(Option<string[]> option, PackRole role) => (parsed.GetValue(option) ?? []).Select(file => new PackInput(role, file));
        });
        return verb;
    }

    private static int Packed(ParseResult parsed, string schema, PackResult packed, string? archive, string? zipSha256)
    {
        if (parsed.GetValue(Options.Json))
        {
            Terminal.Json(new EvidencePackJson(schema, packed.Folder, packed.Id, packed.KeyId, packed.Key, packed.SumsSha256, packed.Files, packed.Bytes, packed.LeftOut, packed.Opens, archive, zipSha256), EvidenceVerbJson.Default.EvidencePackJson);
            return ExitCode.Ok;
        }
        Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"Packed {packed.Files} files, {Terminal.Size(packed.Bytes)}, into {Terminal.OneLine(packed.Folder)}; signed by {packed.KeyId}."));
        Terminal.Say($"bundle      {packed.Id}");
        Terminal.Say($"SHA256SUMS  {packed.SumsSha256}");
        if (archive is not null) Terminal.Say($"zip         {Terminal.OneLine(archive)} {zipSha256}");
        foreach (string left in packed.LeftOut) Terminal.Talk($"note: left out: {Terminal.OneLine(left, 700)}");
        foreach (string open in packed.Opens) Terminal.Talk($"careful: {Terminal.OneLine(open, 700)}");
        Terminal.Talk("Tell somebody else the line SHA256SUMS today: it fixes the whole. Whoever verifies needs your public key from elsewhere than the bundle.");
        return ExitCode.Ok;
    }

    private static Command Verify()
    {
        Argument<string> bundle = new("BUNDLE") { Description = "Its folder, or its .zip" };
        Option<string?> key = new("--key") { Description = "The signer's public key, obtained elsewhere: a file, or the key itself", HelpName = "KEY" };
        Option<string?> opening = new("--opening") { Description = "A value that was opened: whether it is what the public form committed to", HelpName = "FILE" };
        Command verb = new("verify", "Whether a bundle is what was signed: offline, and all that is wrong with it") { bundle, key, opening };
        verb.SetAction((parsed, cancel) =>
        {
            MinisignKey? given = parsed.GetValue(key) is { } text ? ReadPublicKey(text) : null;
            byte[]? opened = parsed.GetValue(opening) is { } file ? Bounded(file, 16 << 20) : null;
            VerifyReport report = EvidenceBundle.Verify(parsed.GetRequiredValue(bundle), given, opened, cancel);
            if (parsed.GetValue(Options.Json)) Terminal.Json(report, EvidenceVerbJson.Default.VerifyReport);
            else Say(report);
            return Task.FromResult(report.Unaltered ? ExitCode.Ok : ExitCode.Forgery);
        });
        return verb;
    }

    private static void Say(VerifyReport report)
    {
        if (report.Unaltered) Terminal.Say(report.Signer is { Known: true } ? "Unaltered since signing by the key that you gave." : "Unaltered since signing by an unknown key.");
        else Terminal.Say("NOT what was signed.");
        foreach (BundleDefect defect in report.Defects.Take(50)) Terminal.Error($"{defect.Kind}: {(defect.Path.Length > 0 ? Terminal.OneLine(defect.Path) + ": " : "")}{Terminal.OneLine(defect.Text, 700)}");
        if (report.Defects.Count > 50) Terminal.Error(string.Create(CultureInfo.InvariantCulture, $"{report.Defects.Count - 50} more; --json lists all"));
        if (report.Signer is { } signer) Terminal.Say($"key       {signer.Key} (named {signer.KeyId})");
        if (report.Comment is { } comment) Terminal.Say($"comment   {Terminal.OneLine(comment, 700)}");
        if (report.Bundle is { } bundle)
        {
            Terminal.Say($"bundle    {bundle.Id}, {bundle.Form}, packed {Terminal.OneLine(bundle.Packed)}{(bundle.Title is { } title ? $": {Terminal.OneLine(title)}" : "")}");
            foreach (string line in bundle.Opens.Take(50)) Terminal.Say($"careful   {Terminal.OneLine(line, 700)}");
            foreach (string line in bundle.Statements.Take(50)) Terminal.Say($"stated    {Terminal.OneLine(line, 700)}");
            foreach (string line in bundle.Limits.Take(50)) Terminal.Say($"limit     {Terminal.OneLine(line, 700)}");
        }
        foreach (string remark in report.Remarks) Terminal.Talk($"note: {Terminal.OneLine(remark, 700)}");
        if (report.Opening is { } opening) Terminal.Say($"opened    {opening.Id} is: {Terminal.OneLine(opening.Value, 700)}");
        if (report is { Unaltered: true, Signer.Known: false }) Terminal.Talk("Who holds that key is not known: compare it with the signer's, from elsewhere, or give it with --key.");
        if (!report.Unaltered) Terminal.Hint("nothing in it is to be believed; ask whoever made it for another copy");
    }

    internal static MinisignKey ReadPublicKey(string text)
    {
        string content = MinisignKey.TryParse(text, out MinisignKey? key) ? "" : File.Exists(text) ? Encoding.UTF8.GetString(Bounded(text)) : throw new EvidenceException(EvidenceFault.WrongKey, $"--key: '{text}' is neither a public key of minisign nor a file", "it is one line of 56 characters that begins with RW");
        return key ?? (MinisignKey.TryParse(content, out key) ? key : throw new EvidenceException(EvidenceFault.WrongKey, $"{text} is no public key of minisign", "a comment and one line of 56 characters that begins with RW"));
    }

    internal static MinisignSecretKey ReadKey(string path, string? passwordFile)
    {
        byte[] file = Bounded(path);
        byte[] password = passwordFile is null ? [] : FirstLine(passwordFile);
        try
        {
            SecretKeyReading reading = MinisignSecretKey.TryRead(file, password, out MinisignSecretKey? key);
            if (reading == SecretKeyReading.PasswordWanted && passwordFile is null && Terminal.CanAsk)
            {
                password = Terminal.AskSecret($"Password of {path}: ");
                reading = MinisignSecretKey.TryRead(file, password, out key);
            }
            return reading switch
            {
                SecretKeyReading.Read => key!,
                SecretKeyReading.PasswordWanted => throw new EvidenceException(EvidenceFault.WrongKey, $"{path} is encrypted, and no password was given", "--password-file FILE"),
                SecretKeyReading.WrongPassword => throw new EvidenceException(EvidenceFault.WrongKey, $"{path} does not open with that password", "the password is the first line of --password-file; without the option it is asked for"),
                SecretKeyReading.TooCostly => throw new EvidenceException(EvidenceFault.WrongKey, $"{path} wants more memory than any key of minisign's", "offproof evidence keygen FILE makes another one"),
                _ => throw new EvidenceException(EvidenceFault.WrongKey, $"{path} is no secret key of minisign", "offproof evidence keygen FILE makes one"),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(file);
            CryptographicOperations.ZeroMemory(password);
        }
    }

    private static byte[] FirstLine(string path)
    {
        byte[] file = Bounded(path);
        int end = file.AsSpan().IndexOfAny((byte)'\n', (byte)'\r');
        byte[] line = end < 0 ? [.. file] : file[..end];
        CryptographicOperations.ZeroMemory(file);
        return line.Length > 0 ? line : throw new EvidenceException(EvidenceFault.WrongKey, $"{path} has no password in its first line", "a password is a line of its own; a key without one needs no --password-file");
    }

    // A key has some hundred bytes; whatever else was named is not read whole.
    private static byte[] Bounded(string path, int limit = 4096)
    {
        if (!File.Exists(path)) throw new EvidenceException(EvidenceFault.Failure, $"{path} is not there");
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        byte[] bytes = new byte[(file.CanSeek ? (int)Math.Min(limit, file.Length) : limit) + 1];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        byte[] read = bytes[..length];
        CryptographicOperations.ZeroMemory(bytes);
        return read;
    }

    private static Option<string[]> Files(string name, string description) => new(name) { Description = description + "; may be given again", HelpName = "FILE" };

    private static Option<string?> Password() => new("--password-file") { Description = "A file whose first line is the password of an encrypted key; asked for on a terminal where not given", HelpName = "FILE" };

    /// <summary>This program, as it lies on the disk: one file where it is native, else what the runtime is given.</summary>
    internal static PackTool Tool { get; } = new("offproof", typeof(EvidenceVerb).Assembly.GetName().Version is { } version ? $"{version.Major}.{version.Minor}.{version.Build}" : "", ProgramFiles());

    private static string[] ProgramFiles()
    {
        string[] ours = [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll").Where(static file => Path.GetFileName(file) is "offproof.dll" || Path.GetFileName(file).StartsWith("Offproof.", StringComparison.Ordinal))];
        return ours.Length > 0 ? ours : Environment.ProcessPath is { } program ? [program] : [];
    }
}

internal sealed record EvidenceKeyJson(string Schema, string KeyId, string Key, string SecretFile, string PublicFile);

internal sealed record EvidencePackJson(string Schema, string Folder, string Id, string KeyId, string Key, string SumsSha256, int Files, long Bytes, IReadOnlyList<string> LeftOut, IReadOnlyList<string> Opens, string? Zip, string? ZipSha256);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[System.Text.Json.Serialization.JsonSerializable(typeof(EvidenceKeyJson))]
[System.Text.Json.Serialization.JsonSerializable(typeof(EvidencePackJson))]
[System.Text.Json.Serialization.JsonSerializable(typeof(VerifyReport))]
internal sealed partial class EvidenceVerbJson : System.Text.Json.Serialization.JsonSerializerContext;
