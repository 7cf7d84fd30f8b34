using System.CommandLine;
using System.Globalization;
using Offproof.Consent;
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
                Terminal.Json(StatusJson.Of(report, home.ChannelStatus()), OutputJson.Default.StatusJson);
                return ExitCode.Ok;
            }
            Terminal.Say(report.Sentence);
            foreach (CategoryStatus line in report.Categories) Terminal.Say(Row(line, report.Removed is not null));
            foreach (CategoryStatus line in report.Categories)
                if (Proven(line) is { } proven) Terminal.Say($"  {line.Category}: {proven}");
            foreach (CategoryStatus line in report.Categories.Where(static l => l.Waiting is not null)) Terminal.Say($"  {line.Category}: {line.Waiting}");
            foreach (CategoryStatus line in report.Categories) Terminal.Raised(line.Category, line.Alarms);
            foreach (CategoryStatus line in report.Categories)
                if (line.OverdueSince is { } since) Terminal.Talk(Terminal.Overdue(line.Category, since, null));
            if (report.SheetUnconfirmedSince is { } changed)
            {
                Terminal.Talk($"alarm: the account's sheet was changed on {ErasureWords.Day(changed)}, and the new one is not confirmed on this device. If it was you: offproof sheet confirm --sheet FILE. If not, somebody else has your sheet:"
                    + " turn off what is on, and begin a new account");
            }
            foreach (SetBackStatus back in report.SetBacks)
            {
                Terminal.Talk(back.IsBehind
                    ? $"alarm: the server was seen on {ErasureWords.Day(back.Noticed)} without what it had shown or acknowledged before: {back.What}. What stands here is what this device knows; ask its operator what happened"
                    : $"alarm: the server had been set back to an older state, noticed on {ErasureWords.Day(back.Noticed)}: {back.What} Ask its operator what happened");
            }
            if (!report.SheetConfirmed) Terminal.Say(report.Sheet.Changes == 0
                ? "The sheet is not confirmed yet: nothing can be turned on. offproof sheet confirm --sheet FILE"
                : "The account's new sheet is not confirmed yet: nothing can be turned on. offproof sheet confirm --sheet FILE");
            SaySheet(report.Sheet);
            SayDevices(report.Devices);
            SayMoves(report);
            SayChannel(home.ChannelStatus());
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

    private static void SaySheet(SheetStatus sheet)
    {
        if (sheet.Since is { } since) Terminal.Say($"The sheet took an earlier one's place on {ErasureWords.Day(since)}.");
        if (!sheet.ReplacementPending) return;
        string when = sheet.ReplacementDue is { } due ? $" on {ErasureWords.Day(due)}" : "";
        Terminal.Say($"Pending: another sheet takes the place of the account's{when}; the device {sheet.ReplacedBy![..8]} asked for it. With the sheet that can be cancelled: offproof sheet replace --cancel --sheet FILE");
    }

    /// <summary>Nobody joins unseen: where there is more than this device, each is named.</summary>
    private static void SayDevices(IReadOnlyList<DeviceStatus> devices)
    {
        if (devices.Count < 2) return;
        Terminal.Say("Devices of the account, as last seen:");
        foreach (DeviceStatus device in devices)
        {
            string how = device.AdmittedBy is { } by ? $"admitted by {by[..8]}" : "certified by the sheet";
            string gone = device.Removed is { } removed ? $", removed on {ErasureWords.Day(removed)}" : "";
            Terminal.Say($"  {device.Device[..8]} {how} on {ErasureWords.Day(device.Joined)}{gone}{(device.IsThis ? "  (this one)" : "")}");
        }
    }

    private static void SayMoves(StatusReport report)
    {
        if (report.Moving is { } moving)
            Terminal.Say($"The move to {moving.To} is not finished: {string.Join(", ", moving.Categories)} {(moving.Categories.Count == 1 ? "is" : "are")} not on there yet. offproof move --sheet FILE --to {moving.To}");
        foreach (EarlierStatus earlier in report.Earlier)
        {
            string epochs = string.Join(", ", earlier.Epochs.Select(static e => $"{e.Category.Name()} {Earlier(new EpochStatus(e.Epoch, e.State, e.Due))}"));
            Terminal.Say($"Left: {earlier.Server}{(epochs.Length > 0 ? $", which holds of this device: {epochs}" : "")}. With the sheet and --server {earlier.Server} that opens{(earlier.ServerTold ? "" : "; it does not know yet that all is off")}");
            foreach (string category in earlier.Epochs.Select(static e => e.Category.Name()).Distinct(StringComparer.Ordinal))
                Terminal.Say($"  whether it still knows that {category} is off, and again if not: OFFPROOF_HOME={earlier.Folder} offproof off {category}");
        }
    }

    private static void SayChannel(ChannelStatus channel)
    {
        if (channel.Damage is { } damage) Terminal.Talk($"damaged: what is held of the public data: {damage}");
        if (channel.Contradiction is { } proof) Terminal.Talk($"alarm: the public data's log was seen with two histories: {proof} has the one that was refused, and contradicts the one in force. Show both to others who hold this channel, and to its publisher");
        if (channel.Pinned is null) return;
        Terminal.Say(channel.Held is { } held
            ? string.Create(CultureInfo.InvariantCulture, $"Public data: release {held.Release}, {(held.IsExpired ? $"EXPIRED on {Terminal.Time(held.Until)}, it may be old: offproof poll" : $"good until {Terminal.Time(held.Until)}")}; {held.Assurance}")
            : "Public data: none yet: offproof poll");
    }

    private static string Row(CategoryStatus line, bool removed)
    {
        string state = line.State.ToString().ToLowerInvariant();
        string what = line switch
        {
            { SheetLost: true } => $"no sheet opens it any more: offproof on {line.Category} begins the next epoch",
            { LastBackup: { } time } => string.Create(CultureInfo.InvariantCulture,
                $"{Terminal.Count(line.Items ?? 0, "file")}, {Terminal.Size(line.Bytes ?? 0)}, last backup {Terminal.Time(time)}"),
            { State: SwitchState.On or SwitchState.Paused } => "no backup yet",
            { KeyLeft: { } left } => $"its key could not be destroyed and still lies in {left}: delete that, then: offproof off {line.Category}",
            { KeyLost: true } => $"its key is gone, its revocation is not signed yet: offproof off {line.Category}",
            { State: SwitchState.Kept, NothingStored: true } => "off; the server shows nothing stored of it: there is nothing that the sheet could open",
            { State: SwitchState.Kept } => "what was stored is kept; the sheet opens it",
            { State: SwitchState.Closed, Due: { } due } => $"closed until {ErasureWords.Day(due)}, then deleted; the sheet can cancel that",
            { State: SwitchState.Closed, ServerTold: true } => "closed; the server has not signed yet that it deleted what was stored",
            { State: SwitchState.Closed } => "will be closed and deleted as soon as the server is told",
            { State: SwitchState.Erased } => line.Due is { } when ? $"the server signed on {ErasureWords.Day(when)} that it deleted what was stored" : "what was stored is erased",
            _ => "",
        };
        string epochs = string.Join(", ", line.Epochs.Where(e => e.Epoch != line.Epoch).Select(Earlier));
        if (epochs.Length > 0) what += $"{(what.Length > 0 ? "; " : "")}earlier: {epochs}";
        string told = line.ServerTold || removed ? "" : "  (server not yet told)"; // to a device that was removed it does not listen
        return $"  {line.Category,-9} {state,-7} {what}{told}".TrimEnd();
    }

    private static string Earlier(EpochStatus epoch) => string.Create(CultureInfo.InvariantCulture,
        $"epoch {epoch.Epoch} {epoch.State.ToString().ToLowerInvariant()}{(epoch is { State: SwitchState.Closed, Due: { } due } ? $" until {ErasureWords.Day(due)}" : "")}");
}
