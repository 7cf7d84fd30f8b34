using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Offproof.Cli;

/// <summary>
/// The demo, scene by scene. Nothing here knows an expected number: each is counted from the server's folder, the phone's folder, persona.json and the
/// programs' answers, and whatever does not fit is a failure that ends in exit code 1.
/// </summary>
internal sealed partial class Play(Stage stage, bool withLab = false)
{
    private const long Seed = 7;
    private const int PhotoCount = 40;
    private const string First = "messages";
    private static readonly string[] Others = ["contacts", "notes", "photos"];
    private static readonly string[] All = [First, .. Others];
    private static readonly string[] StoredFolders = ["vaults", "recovery"];
    private readonly List<string> failures = [];
    private readonly List<DemoPeer> peers = [];
    private readonly List<DemoBackup> backups = [];
    private readonly List<DemoRestored> restored = [];

    private DemoPersona? persona;
    private DemoOff? off;
    private DemoFirstOn? firstOn;
    private string[] wiped = [];
    private DemoLedger? ledger;

    /// <summary>Plays all scenes; a step that fails ends the play, and the report says how far it came.</summary>
    internal async Task<DemoReport> RunAsync(CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            await ScenesAsync(cancel);
        }
        catch (StepFailedException e)
        {
            failures.Add(e.Message);
        }
        double seconds = Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 1);
        foreach (string failure in failures) stage.Say($"FAILED: {failure}");
        if (peers.Exists(static p => !p.Ran)) stage.Say("Not checked by a program of somebody else: install age and restic, and run the demo again.");
        stage.Say(failures.Count == 0 ? $"All of it held, in {Text(seconds)} s." : "It did not hold.");
        stage.Say(stage.IsKept
            ? $"What next: look at it in {stage.Root}. README.md, \"Back up a phone\", has these steps for files of your own."
            : "What next: `offproof demo --keep DIR` leaves all of it for you to look at. README.md, \"Back up a phone\", has these steps for files of your own.");
        return new DemoReport("offproof/v1/demo", failures.Count == 0, seconds, failures, persona, off, firstOn, backups, wiped, restored, peers, ledger, offAgain, erasure, channel, audit, comparison, saboteur, lab, bundle);
    }

    private async Task ScenesAsync(CancellationToken cancel)
    {
        Scene("A sample phone, and a server that is a process of its own");
        JsonElement made = await DoAsync(cancel, "persona", "new", stage["phone"], "--seed", Text(Seed), "--photos", Text(PhotoCount));
        int Count(string what) => made.GetProperty(what).GetInt32();
        persona = new DemoPersona(Seed, Count("contacts"), Count("messages"), Count("notes"), Count("photos"), made.GetProperty("bytes").GetInt64());
        stage.Say($"  {Text(persona.Contacts)} contacts, {Text(persona.Messages)} messages, {Text(persona.Notes)} notes, {Text(persona.Photos)} photos of nobody");
        Uri server = await stage.StartServerAsync(cancel);
        JsonElement init = await DoAsync(cancel, "init", "--server", server.AbsoluteUri, "--sheet", stage["sheet.txt"]);
        string vaults = $"v1/vaults/{init.GetProperty("account").GetString()}/{init.GetProperty("device").GetString()}";
        await DoAsync(cancel, "sheet", "confirm", "--sheet", stage["sheet.txt"]);
        foreach (string category in All) await DoAsync(cancel, "source", "add", category, stage[$"phone/{category}"]);

        Scene("Everything is off: forged uploads must be refused and must leave nothing");
        int before = CountStored(All);
        int status = await ForgeAsync(server, vaults, All, cancel);
        off = new DemoOff(status, before, CountStored(All), CountPasswords(All));
        stage.Say($"  Objects at the server: {Text(off.ObjectsBefore)} before, {Text(off.ObjectsAfter)} after. Vault passwords on the device: {Text(off.Passwords)}.");
        if (off.ObjectsAfter != off.ObjectsBefore) failures.Add($"{Text(off.ObjectsAfter - off.ObjectsBefore)} objects were stored while everything was off");
        if (off.Passwords != 0) failures.Add("there is a vault password on the device while everything is off");

        await ChannelAsync(cancel);
        await WatchAsync(server, cancel);
        if (withLab) await SealAsync(cancel);

        Scene("Messages on, and backed up. The others have no key, and are refused as before");
        await BackUpAsync([First], cancel);
        status = await ForgeAsync(server, vaults, Others, cancel);
        firstOn = new DemoFirstOn(First, status, CountStored(Others), CountPasswords(Others));
        stage.Say($"  Of contacts, notes and photos, the server holds {Text(firstOn.OtherObjects)} objects, and the device {Text(firstOn.OtherPasswords)} vault passwords.");
        if (firstOn.OtherObjects != 0 || firstOn.OtherPasswords != 0) failures.Add("turning messages on turned something else on");

        Scene("Contacts, notes and photos on, and backed up");
        await BackUpAsync(Others, cancel);
        foreach (string category in All) await ResticThroughTheServerAsync(category, cancel);
        await LedgerAsync(cancel);
        await OffAgainAsync(cancel);

        Scene("The phone and the device's folder are gone");
        Contents photos = Contents.Of(stage["phone/photos"]);
        using JsonDocument planted = JsonDocument.Parse(await File.ReadAllBytesAsync(stage["phone/persona.json"], cancel));
        wiped = ["phone", "home"];
        foreach (string folder in wiped)
        {
            Directory.Delete(stage[folder], recursive: true);
            stage.Say($"  deleted {folder}/");
        }

        Scene("Restored from the sheet alone, as the files that phones import; and compared with what was planted, by readers that share no code with the writers");
        foreach (string category in All) await DoAsync(cancel, "restore", category, "--to", stage["restored"], "--sheet", stage["sheet.txt"]);
        JsonElement root = planted.RootElement;
        Compared("messages", PlantedFacts.Messages(root), RestoredMessages.Read(stage["restored/messages/messages.xml"]), persona.Messages);
        Compared("contacts", PlantedFacts.Contacts(root), RestoredCards.Read(stage["restored/contacts/contacts.vcf"]), persona.Contacts);
        Compared("notes", PlantedFacts.Notes(root), RestoredNotes.Read(stage["restored/notes"]), persona.Notes);
        Compared(photos.Compare("photos", Contents.Of(stage["restored/photos/photos"])), persona.Photos);

        Scene("The same vaults with programs that are not ours, from the server's folder");
        foreach (string category in All) await AgeAndResticAsync(category, cancel);

        await EraseAsync(cancel);
        await EvidenceAsync(cancel);
    }

    private void Compared(string category, IReadOnlyList<Facts> planted, IReadOnlyList<Facts> came, int count)
    {
        Compared(Facts.Compare(category, planted, came), count);
        if (Facts.FirstDifference(planted, came) is { } difference) failures.Add($"the first of {category} that differs: {difference}");
    }

    private void Compared(DemoRestored category, int planted)
    {
        restored.Add(category);
        stage.Say($"  {category.Category}: {Text(category.Equal)} of {Text(category.Expected)} equal, {Text(category.Different)} different, {Text(category.Missing)} missing, {Text(category.Extra)} extra");
        if (category.Expected == 0 || category.Expected != planted || category.Equal != category.Expected || category.Extra != 0)
            failures.Add($"the restored {category.Category} are not the phone's");
    }

    private async Task BackUpAsync(string[] categories, CancellationToken cancel)
    {
        foreach (string category in categories) await DoAsync(cancel, "on", category, "--yes");
        JsonElement answer = await DoAsync(cancel, ["backup", .. categories]);
        foreach (JsonElement b in answer.GetProperty("backups").EnumerateArray())
        {
            DemoBackup backup = new(b.GetProperty("category").GetString() ?? "", b.GetProperty("epoch").GetInt32(), b.GetProperty("items").GetInt64(), b.GetProperty("bytes").GetInt64(),
                b.GetProperty("snapshot").GetString() ?? "", b.GetProperty("read").GetInt64(), b.GetProperty("kept").GetInt64(), b.GetProperty("otherFiles").GetInt64());
            backups.Add(backup);
            stage.Say($"  {backup.Category}: {Text(backup.Read)} read, {Terminal.Kept(backup.Category, backup.Kept, backup.OtherFiles)}, {Terminal.Size(backup.Bytes)} in the vault");
            if (backup.Kept == 0 || backup.Kept != backup.Read) failures.Add($"the backup of {backup.Category} left something out");
        }
    }

    /// <summary>What the device wrote of its own requests, checked; and that the check finds a line that was altered.</summary>
    private async Task LedgerAsync(CancellationToken cancel)
    {
        JsonElement verdict = await DoAsync(cancel, "ledger", "verify");
        ledger = new DemoLedger(verdict.GetProperty("lines").GetInt64(), verdict.GetProperty("anchored").GetInt64(), verdict.GetProperty("verified").GetBoolean());
        string file = stage["home/ledger.ndjson"];
        byte[] kept = await File.ReadAllBytesAsync(file, cancel);
        byte[] altered = [.. kept];
        altered[kept.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, altered, cancel);
        int exit = (await stage.OffproofAsync(["ledger", "verify"], cancel, remark: "with one bit changed")).Exit;
        await File.WriteAllBytesAsync(file, kept, cancel);
        stage.Say($"  The device's ledger: {Text(ledger.Lines)} lines, {(ledger.Verified ? "the chain is whole" : "the chain is NOT whole")}, {Text(ledger.Anchored)} anchored by the server's receipts. With one bit changed: exit {Text(exit)}.");
        if (!ledger.Verified || ledger.Lines == 0 || ledger.Anchored == 0) failures.Add("the device's ledger does not hold");
        if (exit != ExitCode.Forgery) failures.Add($"a ledger with one bit changed was answered with exit {Text(exit)}, not {Text(ExitCode.Forgery)}");
    }

    /// <summary>Uploads as an attacker would: to the places where the first vaults would be, with no token and with an invented one; and asks the program itself.</summary>
    /// <returns>The last HTTP status.</returns>
    private async Task<int> ForgeAsync(Uri server, string vaults, string[] categories, CancellationToken cancel)
    {
        byte[] body = RandomNumberGenerator.GetBytes(4096);
        string name = Convert.ToHexStringLower(SHA256.HashData(body));
        using HttpClient attacker = new();
        int status = 0, uploads = 0;
        foreach (string category in categories)
        {
            foreach (string? token in new[] { null, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) })
            {
                foreach (string path in new[] { "?create=true", "config", $"data/{name}", $"snapshots/{name}" })
                {
                    using HttpRequestMessage request = new(HttpMethod.Post, new Uri(server, $"{vaults}/{category}/1/{path}")) { Content = new ByteArrayContent(body) };
                    if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                    using HttpResponseMessage answer = await attacker.SendAsync(request, cancel);
                    status = (int)answer.StatusCode;
                    uploads++;
                    if (status != 403) failures.Add($"a forged upload to {category} was answered {Text(status)}, not 403");
                }
            }
            Outcome refused = await stage.OffproofAsync(["backup", category], cancel);
            failures.AddRange(RefusalFaults($"of {category}", refused.Exit));
        }
        stage.Say($"  {Text(uploads)} forged uploads: {Text(status)}. `offproof backup` of {string.Join(", ", categories)}: refused, exit {Text(ExitCode.Refused)}.");
        return status;
    }

    /// <summary>What is wrong with a backup while everything is off; nothing where it was refused.</summary>
    internal static IEnumerable<string> RefusalFaults(string backup, int exit)
    {
        if (exit != ExitCode.Refused) yield return $"a backup {backup} while off ended with {Text(exit)}, not {Text(ExitCode.Refused)}";
    }

    private Task<JsonElement> DoAsync(CancellationToken cancel, params string[] arguments) => DoAsync(arguments, isQuiet: false, cancel);

    private async Task<JsonElement> DoAsync(string[] arguments, bool isQuiet, CancellationToken cancel)
    {
        Outcome outcome = await stage.OffproofAsync(arguments, cancel, isQuiet);
        if (outcome.Exit != ExitCode.Ok) throw new StepFailedException($"offproof {arguments[0]} ended with {Text(outcome.Exit)}: {outcome.Error.Trim()}");
        if (!outcome.Out.StartsWith('{')) return default;
        using JsonDocument document = JsonDocument.Parse(outcome.Out);
        return document.RootElement.Clone();
    }

    private int CountStored(string[] categories) => StoredFolders.Sum(folder => Directory.Exists(stage["server/" + folder])
        ? Directory.GetFiles(stage["server/" + folder], "*", SearchOption.AllDirectories).Count(file => categories.Any(c => file.Contains($"/{c}/", StringComparison.Ordinal)))
        : 0);

    private int CountPasswords(string[] categories) => Directory.GetFiles(stage["home"], "password*", SearchOption.AllDirectories)
        .Count(file => categories.Any(c => file.Contains($"/{c}/", StringComparison.Ordinal)));

    private void Scene(string title) => stage.Say(title);

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>A command of the play did not end with 0: what follows would mean nothing.</summary>
    private sealed class StepFailedException(string message) : Exception(message);
}
