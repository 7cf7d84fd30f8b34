using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Offproof.Channel;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>monitor: every release that was ever logged, and whether the log holds together (channel-log.md §8).</summary>
internal static class MonitorVerb
{
    internal static Command Create()
    {
        Option<string> channel = new("--channel") { Description = "The channel: https://.../channel/, or a folder", Required = true, HelpName = "URL|DIR" };
        Option<string> trust = Options.RequiredFile("--trust", "trust.json, obtained by another way than from this server");
        Option<string?> state = new("--state") { Description = "Where the last checkpoint is held, to be compared the next time", HelpName = "FILE" };
        Command verb = new("monitor", "Read a channel's whole log: every release, every tile, and whether it is how the last one went on") { channel, trust, state };
        verb.SetAction(async (parsed, cancel) =>
        {
            TrustPolicy policy = Trust(parsed.GetRequiredValue(trust));
            if (parsed.GetValue(state) is { } file && !PublicChannel.IsFile(file)) throw new DeviceException(DeviceFault.Failure, $"{file}{PublicChannel.NoFile}", "name another with --state; one that is not there is made");
            using ChannelDoor door = ChannelDoor.To(parsed.GetRequiredValue(channel));
            LogMonitor monitor = new(policy, door.ReadAsync);
            MonitorReport report;
            try
            {
                report = await monitor.RunAsync(parsed.GetValue(state) is { } before ? LogMonitor.Held(before) : default, cancel);
            }
            catch (InvalidDataException e)
            {
                throw new DeviceException(DeviceFault.Forgery, e.Message, "nothing was changed; move the file away to begin anew", e);
            }
            string? proof = parsed.GetValue(state) is { } holding ? monitor.Hold(holding, report) : null;
            bool ok = report.Problems.Count == 0;
            if (parsed.GetValue(Options.Json)) Terminal.Json(MonitorJson.Of(report, ok), MonitorJsonContext.Default.MonitorJson);
            else Print(report);
            foreach (LogProblem problem in report.Problems) Terminal.Error(problem.Entry is { } entry ? string.Create(CultureInfo.InvariantCulture, $"{problem.Kind}: entry {entry}: {problem.Detail}") : $"{problem.Kind}: {problem.Detail}");
            if (proof is not null) Terminal.Talk($"The checkpoint that contradicts {parsed.GetValue(state)} is kept in {proof}: the two together are the proof.");
            if (!ok) Terminal.Hint("what phones hold is not changed by this; show it to whoever publishes, and to other monitors");
            return ok ? ExitCode.Ok : ExitCode.Forgery;
        });
        return verb;
    }

    private static TrustPolicy Trust(string file)
    {
        try
        {
            return TrustPolicy.Read(ChannelTrust.ReadFile(file));
        }
        catch (FileNotFoundException e)
        {
            throw new DeviceException(DeviceFault.Failure, e.Message, null, e);
        }
        catch (FormatException e)
        {
            throw new DeviceException(DeviceFault.Failure, $"{file} cannot be used: {e.Message}", null, e);
        }
    }

    private static void Print(MonitorReport report)
    {
        if (report.Size is null) return;
        Terminal.Say($"log {Terminal.OneLine(report.Log)}: {Terminal.Count(report.Size.Value, "entry").Replace("entrys", "entries", StringComparison.Ordinal)}{(report.Assurance.Length > 0 ? $", {report.Assurance}" : "")}");
        foreach (LoggedRelease release in report.Releases) Terminal.Say(Row(release));
        foreach (WitnessedAt witness in report.Witnesses) Terminal.Say($"  {Terminal.OneLine(witness.Witness)} signed it on {(witness.Time is { } time ? Terminal.Time(time) : "a day that no calendar has")}");
        if (!report.IsServedChecked) Terminal.Say("what is served now was not looked for in the log: timestamp.json is not there, or the log cannot be read");
        if (report.Held is { } held) Terminal.Say(Since(report, report.Size.Value, held));
    }

    // What was not shown to go on from what is held is no news, and not nothing new either.
    internal static string Since(MonitorReport report, long size, long held) =>
        size < held ? string.Create(CultureInfo.InvariantCulture, $"{held - size} fewer than when it was looked at last: the log was rolled back, or this is an older copy of it")
        : report.Problems.Any(static problem => problem.Kind == "split-view") ? "not how the log went on that was looked at last"
        : size > held ? string.Create(CultureInfo.InvariantCulture, $"{size - held} more than when it was looked at last")
        : "nothing new since it was looked at last";

    private static string Row(LoggedRelease release)
    {
        if (release.Release is null) return string.Create(CultureInfo.InvariantCulture, $"  entry {release.Entry}: none of a release");
        IEnumerable<string> changes = release.Changed.Select(what => what switch
        {
            "root" => string.Create(CultureInfo.InvariantCulture, $"root {release.RootVersion}"),
            "targets" => string.Create(CultureInfo.InvariantCulture, $"targets {release.TargetsVersion}"),
            _ => what,
        });
        return string.Create(CultureInfo.InvariantCulture, $"  release {release.Release}: {(release.Changed.Count > 0 ? string.Join(", ", changes) : "the snapshot alone")}");
    }
}

internal sealed record MonitorJson(
    string Schema, bool Ok, string Log, long? Size, string? Root, long? Held, string Assurance, IReadOnlyList<WitnessedAt> Witnesses, IReadOnlyList<LoggedRelease> Releases, IReadOnlyList<LogProblem> Problems, bool IsServedChecked)
{
    internal static MonitorJson Of(MonitorReport r, bool ok) => new("offproof/v1/monitor", ok, r.Log, r.Size, r.Root, r.Held, r.Assurance, r.Witnesses, r.Releases, r.Problems, r.IsServedChecked);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(MonitorJson))]
internal sealed partial class MonitorJsonContext : JsonSerializerContext;
