using System.CommandLine;
using System.Globalization;
using Offproof.Device;

namespace Offproof.Cli;

internal static class StatusVerb
{
    internal static Command Create()
    {
        Command verb = new("status", "Where every switch stands. Opens no connection and none of your files.");
        verb.SetAction(parsed =>
        {
            using DeviceHome home = parsed.OpenHome();
            StatusReport report = home.Status();
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(StatusJson.Of(report), OutputJson.Default.StatusJson);
                return ExitCode.Ok;
            }
            Terminal.Say(report.Sentence);
            foreach (CategoryStatus line in report.Categories) Terminal.Say(Row(line));
            foreach (CategoryStatus line in report.Categories)
                if (Proven(line) is { } proven) Terminal.Say($"  {line.Category}: {proven}");
            foreach (CategoryStatus line in report.Categories.Where(static l => l.Waiting is not null)) Terminal.Say($"  {line.Category}: {line.Waiting}");
            foreach (CategoryStatus line in report.Categories) Terminal.Raised(line.Category, line.Alarms);
            foreach (CategoryStatus line in report.Categories)
                if (line.OverdueSince is { } since) Terminal.Talk(Terminal.Overdue(line.Category, since, null));
            if (!report.SheetConfirmed) Terminal.Say("The sheet is not confirmed yet: nothing can be turned on. offproof sheet confirm --sheet FILE");
            return ExitCode.Ok;
        });
        return verb;
    }

    /// <summary>That this device can read it says nothing about the sheet.</summary>
    private static string? Proven(CategoryStatus line)
    {
        DrillProof? here = line.State is SwitchState.On or SwitchState.Paused && line.LastProven?.Here is { } h && h.Epoch == line.Epoch ? h : null;
        string?[] parts = [Proof("readable here", here), Proof("sheet proven", line.LastProven?.Sheet)];
        return parts.All(static p => p is null) ? null : string.Join("; ", parts.OfType<string>());
    }

    private static string? Proof(string what, DrillProof? proof) =>
        proof is null ? null : string.Create(CultureInfo.InvariantCulture, $"{what} (epoch {proof.Epoch}, {proof.Time.UtcDateTime:yyyy-MM-dd})");

    private static string Row(CategoryStatus line)
    {
        string state = line.State.ToString().ToLowerInvariant();
        string what = line switch
        {
            { LastBackup: { } time } => string.Create(CultureInfo.InvariantCulture,
                $"{Terminal.Count(line.Items ?? 0, "item")}, {Terminal.Size(line.Bytes ?? 0)}, last backup {Terminal.Time(time)}"),
            { State: SwitchState.On or SwitchState.Paused } => "no backup yet",
            { KeyLost: true } => $"its key is gone, its revocation is not signed yet: offproof off {line.Category}",
            { State: SwitchState.Kept } => "what was stored is kept; the sheet opens it",
            _ => "",
        };
        string told = line.ServerTold ? "" : "  (server not yet told)";
        return $"  {line.Category,-9} {state,-7} {what}{told}".TrimEnd();
    }
}
