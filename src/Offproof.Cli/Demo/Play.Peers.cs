using System.Text.Json;

namespace Offproof.Cli;

/// <summary>What programs of somebody else say of the same vaults.</summary>
internal sealed partial class Play
{
    /// <summary>Stock restic, with the two lines of `vault env`, over the wire.</summary>
    private async Task ResticThroughTheServerAsync(string category, CancellationToken cancel)
    {
        JsonElement lines = await DoAsync(cancel, "vault", "env", category);
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["RESTIC_REPOSITORY"] = lines.GetProperty("repository").GetString() ?? "",
            ["RESTIC_PASSWORD"] = lines.GetProperty("password").GetString() ?? "",
        };
        await PeerAsync("restic", ["version"], ["--no-cache", "check", "--read-data"], environment, $"through the server, {category}", cancel);
    }

    /// <summary>What somebody has who holds the server's disk and the sheet: age opens the password, restic restores, and the bytes are the same.</summary>
    private async Task AgeAndResticAsync(string category, CancellationToken cancel)
    {
        string sealedPassword = Only("server/recovery", category, "*.age");
        string password = stage["password.txt"];
        await PeerAsync("age", ["--version"], ["--decrypt", "-i", stage["sheet.txt"], "-o", password, sealedPassword], [], $"the sealed password of {category}, with the sheet", cancel);
        if (!File.Exists(password)) return;

        string vault = Path.GetDirectoryName(Only("server/vaults", category, "config"))!;
        Dictionary<string, string> environment = new(StringComparer.Ordinal) { ["RESTIC_REPOSITORY"] = vault, ["RESTIC_PASSWORD_FILE"] = password };
        await PeerAsync("restic", ["version"], ["--no-cache", "--no-lock", "restore", "latest", "--target", stage["restic"]], environment, $"{category}, from the server's folder", cancel);
        File.Delete(password);
        if (!peers[^1].Ran) return;
        string format = category == "photos" ? "files" : "tree";
        await DoAsync(cancel, "restore", category, "--to", stage["trees"], "--sheet", stage["sheet.txt"], "--format", format);
        DemoRestored same = Contents.Of(stage[$"trees/{category}"]).Compare(category, Contents.Of(stage[$"restic/{category}"]));
        if (same.Expected == 0 || same.Equal != same.Expected || same.Extra != 0) failures.Add($"restic restored other bytes of {category} than offproof did");
    }

    private string Only(string folder, string category, string name) =>
        Directory.GetFiles(stage[folder], name, SearchOption.AllDirectories).Single(file => file.Contains($"/{category}/", StringComparison.Ordinal));

    private async Task PeerAsync(string tool, string[] version, string[] arguments, Dictionary<string, string> environment, string what, CancellationToken cancel)
    {
        Outcome? known = await Stage.PeerAsync(tool, version, [], cancel);
        // A token and a password are in no line that is printed: `vault env` gives them to the shell.
        if (known is not null) stage.ShowPeer(tool, arguments, environment.Where(static v => v.Key is "RESTIC_PASSWORD_FILE" || (v.Key is "RESTIC_REPOSITORY" && !v.Value.StartsWith("rest:", StringComparison.Ordinal))));
        Outcome? outcome = known is null ? null : await Stage.PeerAsync(tool, arguments, environment, cancel);
        peers.Add(new DemoPeer(tool, known?.Out.Trim(), outcome is not null, outcome?.Exit));
        stage.Say(outcome is null ? $"  {tool} is not installed" : $"  {what}: exit {Text(outcome.Exit)}");
        if (outcome is not null && outcome.Exit != 0) failures.Add($"{what}: {outcome.Error.Trim()}");
    }
}
