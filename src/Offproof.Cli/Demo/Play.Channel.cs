using System.Security.Cryptography;
using System.Text.Json;

namespace Offproof.Cli;

internal sealed partial class Play
{
    private const string Model = "sample-phone";
    private DemoChannel? channel;

    /// <summary>An update is announced, polled with everything off, shown; and with one bit changed on the way, refused.</summary>
    private async Task ChannelAsync(CancellationToken cancel)
    {
        Scene("The public data come all the same: an update is announced, fetched by requests that are the same for every phone, and verified");
        await File.WriteAllBytesAsync(stage["update-2.0.img"], RandomNumberGenerator.GetBytes(64 * 1024), cancel);
        await File.WriteAllTextAsync(stage["whats-new.txt"], "Calls no longer end by themselves.\n", cancel);
        await DoAsync(cancel, "publish", "update", "--dir", stage["server/channel"], "--model", Model, "--version", "2.0", "--channel", "stable", "--full", stage["update-2.0.img"], "--notes", $"en={stage["whats-new.txt"]}");
        string[] keys = [.. Directory.GetFiles(stage["server/channel/keys/offline"], "targets-*").Order(StringComparer.Ordinal).SelectMany(static file => (string[])["--key", file])];
        await DoAsync(cancel, ["publish", "sign", "--dir", stage["server/channel"], .. keys, "--yes"]);
        JsonElement polled = await DoAsync(cancel, "poll");
        JsonElement updates = (await DoAsync(cancel, "updates", "--model", Model, "--installed", "1.0")).GetProperty("updates");
        JsonElement? offered = updates.EnumerateArray().Cast<JsonElement?>().FirstOrDefault(static u => u!.Value.GetProperty("model").GetString() == Model && u.Value.GetProperty("state").GetString() == "offered");

        string file = stage["server/channel/public/timestamp.json"];
        byte[] kept = await File.ReadAllBytesAsync(file, cancel);
        byte[] altered = [.. kept];
        altered[kept.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, altered, cancel);
        int exit = (await stage.OffproofAsync(["poll"], cancel, remark: "with one bit changed on the way")).Exit;
        await File.WriteAllBytesAsync(file, kept, cancel);

        channel = new DemoChannel(polled.GetProperty("greetings").GetInt32(), updates.GetArrayLength(), polled.GetProperty("release").GetInt64(), polled.GetProperty("assurance").GetString() ?? "",
            offered?.GetProperty("id").GetString(), polled.GetProperty("requests").GetInt32(), exit, CountStored(All));
        stage.Say($"  Release {Text(channel.Release)}, {channel.Assurance}. {Text(channel.Requests)} requests, which name neither this phone nor what it has. With one bit changed on the way: refused, exit {Text(exit)}.");
        if (offered is { } update) stage.Say($"  Offered: {Model} {update.GetProperty("version").GetString()}: {update.GetProperty("note").GetString()} Nothing is installed.");
        failures.AddRange(Faults(channel));
    }

    /// <summary>What is wrong with the public data, from what was answered and counted; nothing where it held.</summary>
    internal static IEnumerable<string> Faults(DemoChannel seen)
    {
        if (seen.Offered is null) yield return "the update that was announced is not offered";
        if (seen.Notices == 0 || seen.Release == 0) yield return "the poll brought nothing";
        if (seen.ForgedExit != ExitCode.Forgery) yield return $"public data with one bit changed were answered with exit {Text(seen.ForgedExit)}, not {Text(ExitCode.Forgery)}";
        if (seen.Objects != 0) yield return $"polling stored {Text(seen.Objects)} objects while everything was off";
    }
}
