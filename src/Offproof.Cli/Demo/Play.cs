using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Offproof.Cli;

/// <summary>
/// The demo, scene by scene. Nothing here knows an expected number: each is counted from the server's folder, the phone's folder and the programs'
/// answers, and whatever does not fit is a failure that ends in exit code 1.
/// </summary>
internal sealed class Play(Stage stage)
{
    private const long Seed = 7;
    private const int PhotoCount = 40;
    private static readonly string[] StoredFolders = ["vaults", "recovery"];
    private readonly List<string> failures = [];
    private readonly List<DemoPeer> peers = [];

    private DemoPersona? persona;
    private DemoOff? off;
    private List<DemoBackup> backups = [];
    private List<DemoRestored> restored = [];
    private string[] wiped = [];

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
        return new DemoReport("offproof/v1/demo", failures.Count == 0, seconds, failures, persona, off, backups, wiped, restored, peers);
    }

    private async Task ScenesAsync(CancellationToken cancel)
    {
        Scene("A sample phone, and a server that is a process of its own");
        JsonElement made = await DoAsync(cancel, "persona", "new", stage["phone"], "--seed", Text(Seed), "--photos", Text(PhotoCount));
        persona = new DemoPersona(Seed, made.GetProperty("photos").GetInt32(), made.GetProperty("bytes").GetInt64());
        Uri server = await stage.StartServerAsync(cancel);
        JsonElement init = await DoAsync(cancel, "init", "--server", server.AbsoluteUri, "--sheet", stage["sheet.txt"]);
        await DoAsync(cancel, "sheet", "confirm", "--sheet", stage["sheet.txt"]);
        await DoAsync(cancel, "source", "add", "photos", stage["phone/photos"]);

        Scene("Everything is off: a forged upload must be refused and must leave nothing");
        off = await WhileOffAsync(server, init, cancel);

        Scene("Photos on, and backed up");
        await DoAsync(cancel, "on", "photos", "--yes");
        backups = Backups(await DoAsync(cancel, "backup", "photos"));
        await ResticThroughTheServerAsync(cancel);

        Scene("The phone and the device's folder are gone");
        Contents before = Contents.Of(stage["phone/photos"]);
        wiped = ["phone", "home"];
        foreach (string folder in wiped)
        {
            Directory.Delete(stage[folder], recursive: true);
            stage.Say($"  deleted {folder}/");
        }

        Scene("Restored from the sheet alone, and compared by SHA-256 with what was on the phone");
        await DoAsync(cancel, "restore", "photos", "--to", stage["restored"], "--sheet", stage["sheet.txt"]);
        DemoRestored photos = before.Compare("photos", Contents.Of(stage["restored/photos/photos"]));
        restored = [photos];
        stage.Say($"  {photos.Equal} of {photos.Expected} files equal, {photos.Different} different, {photos.Missing} missing, {photos.Extra} extra");
        if (photos.Expected == 0 || photos.Equal != photos.Expected || photos.Extra != 0) failures.Add("the restored photos are not the phone's photos");
        if (backups.Sum(static b => b.Items) != photos.Expected) failures.Add("the backup counted other items than the phone holds");

        Scene("The same vault with programs that are not ours");
        await AgeAndResticOnTheServersFolderAsync(cancel);
    }

    /// <summary>Uploads as an attacker would: to the place where the photos' first vault would be, with no token and with an invented one.</summary>
    private async Task<DemoOff> WhileOffAsync(Uri server, JsonElement init, CancellationToken cancel)
    {
        int before = CountStored();
        byte[] body = RandomNumberGenerator.GetBytes(4096);
        string name = Convert.ToHexStringLower(SHA256.HashData(body));
        string vault = $"v1/vaults/{init.GetProperty("account").GetString()}/{init.GetProperty("device").GetString()}/photos/1/";
        using HttpClient attacker = new();
        int status = 0;
        foreach (string? token in new[] { null, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) })
        {
            foreach (string path in new[] { "?create=true", "config", $"data/{name}", $"snapshots/{name}" })
            {
                using HttpRequestMessage request = new(HttpMethod.Post, new Uri(server, vault + path)) { Content = new ByteArrayContent(body) };
                if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                using HttpResponseMessage answer = await attacker.SendAsync(request, cancel);
                status = (int)answer.StatusCode;
                if (status != 403) failures.Add($"a forged upload to {path.Split('/')[0]} was answered {Text(status)}, not 403");
            }
        }
        Outcome refused = await stage.OffproofAsync(["backup", "photos"], cancel);
        if (refused.Exit != ExitCode.Refused) failures.Add($"a backup while off ended with {Text(refused.Exit)}, not {Text(ExitCode.Refused)}");

        int after = CountStored();
        int passwords = Directory.GetFiles(stage["home"], "password*", SearchOption.AllDirectories).Length;
        if (after != before) failures.Add($"{Text(after - before)} objects were stored while everything was off");
        if (passwords != 0) failures.Add("there is a vault password on the device while everything is off");
        stage.Say($"  8 forged uploads: {Text(status)}. Objects at the server: {Text(before)} before, {Text(after)} after. Vault passwords on the device: {Text(passwords)}.");
        return new DemoOff(status, before, after, passwords);
    }

    private static List<DemoBackup> Backups(JsonElement answer) => [.. answer.GetProperty("backups").EnumerateArray().Select(static b => new DemoBackup(
        b.GetProperty("category").GetString() ?? "", b.GetProperty("epoch").GetInt32(), b.GetProperty("items").GetInt64(),
        b.GetProperty("bytes").GetInt64(), b.GetProperty("snapshot").GetString() ?? ""))];

    /// <summary>Stock restic, with the two lines of `vault env`, over the wire.</summary>
    private async Task ResticThroughTheServerAsync(CancellationToken cancel)
    {
        JsonElement lines = await DoAsync(cancel, "vault", "env", "photos");
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["RESTIC_REPOSITORY"] = lines.GetProperty("repository").GetString() ?? "",
            ["RESTIC_PASSWORD"] = lines.GetProperty("password").GetString() ?? "",
        };
        await PeerAsync("restic", ["version"], ["--no-cache", "check", "--read-data"], environment, "restic check --read-data, through the server", cancel);
    }

    /// <summary>What somebody has who holds the server's disk and the sheet: age opens the password, restic restores, and the bytes are the same.</summary>
    private async Task AgeAndResticOnTheServersFolderAsync(CancellationToken cancel)
    {
        string sealedPassword = Directory.GetFiles(stage["server/recovery"], "*.age", SearchOption.AllDirectories).Single();
        string password = stage["password.txt"];
        await PeerAsync("age", ["--version"], ["--decrypt", "-i", stage["sheet.txt"], "-o", password, sealedPassword], [], "age opens the sealed password with the sheet", cancel);
        if (!File.Exists(password)) return;

        string vault = Path.GetDirectoryName(Directory.GetFiles(stage["server/vaults"], "config", SearchOption.AllDirectories).Single())!;
        Dictionary<string, string> environment = new(StringComparer.Ordinal) { ["RESTIC_REPOSITORY"] = vault, ["RESTIC_PASSWORD_FILE"] = password };
        await PeerAsync("restic", ["version"], ["--no-cache", "--no-lock", "restore", "latest", "--target", stage["restic"]], environment, "restic restores from the server's folder", cancel);
        File.Delete(password);
        DemoRestored same = Contents.Of(stage["restored/photos"]).Compare("photos", Contents.Of(stage["restic/photos"]));
        if (peers[^1].Ran && (same.Equal != same.Expected || same.Extra != 0)) failures.Add("restic restored other bytes than offproof did");
    }

    private async Task PeerAsync(string tool, string[] version, string[] arguments, Dictionary<string, string> environment, string what, CancellationToken cancel)
    {
        Outcome? known = await Stage.PeerAsync(tool, version, [], cancel);
        Outcome? outcome = known is null ? null : await Stage.PeerAsync(tool, arguments, environment, cancel);
        peers.Add(new DemoPeer(tool, known?.Out.Trim(), outcome is not null, outcome?.Exit));
        stage.Say(outcome is null ? $"  {tool} is not installed" : $"  {what}: exit {Text(outcome.Exit)}");
        if (outcome is not null && outcome.Exit != 0) failures.Add($"{what}: {outcome.Error.Trim()}");
    }

    private async Task<JsonElement> DoAsync(CancellationToken cancel, params string[] arguments)
    {
        Outcome outcome = await stage.OffproofAsync(arguments, cancel);
        if (outcome.Exit != ExitCode.Ok) throw new StepFailedException($"offproof {arguments[0]} ended with {Text(outcome.Exit)}: {outcome.Error.Trim()}");
        if (!outcome.Out.StartsWith('{')) return default;
        using JsonDocument document = JsonDocument.Parse(outcome.Out);
        return document.RootElement.Clone();
    }

    private int CountStored() => StoredFolders.Sum(folder =>
        Directory.Exists(stage["server/" + folder]) ? Directory.GetFiles(stage["server/" + folder], "*", SearchOption.AllDirectories).Length : 0);

    private void Scene(string title) => stage.Say(title);

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>A command of the play did not end with 0: what follows would mean nothing.</summary>
    private sealed class StepFailedException(string message) : Exception(message);
}
