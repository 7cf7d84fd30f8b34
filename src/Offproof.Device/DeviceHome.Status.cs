using System.Globalization;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>The state of a device. Reading it opens no connection and no file of a source.</summary>
/// <param name="Sentence">The whole in one sentence</param>
/// <param name="Account">ACCOUNT</param>
/// <param name="Server">The server's URL</param>
/// <param name="SheetConfirmed">Whether the sheet was proven</param>
/// <param name="Categories">One line for each category</param>
public sealed record StatusReport(string Sentence, string Account, Uri Server, bool SheetConfirmed, IReadOnlyList<CategoryStatus> Categories);

/// <summary>One category's line.</summary>
/// <param name="Category">contacts, messages, notes or photos</param>
/// <param name="State">off, on, paused or kept</param>
/// <param name="Epoch">0 when it was never on</param>
/// <param name="Items">Files in the last snapshot of this epoch; null when there is none</param>
/// <param name="Bytes">Their bytes</param>
/// <param name="LastBackup">When the last backup finished</param>
/// <param name="ServerTold">False while the server has not acknowledged the newest record, or there is none that it could be told</param>
/// <param name="Alarms">Sources that held less than half of what they had held, as of the last backup</param>
/// <param name="KeyLost">True where its key is gone and no revocation is signed yet</param>
public sealed record CategoryStatus(
    string Category, SwitchState State, int Epoch, long? Items, long? Bytes, DateTimeOffset? LastBackup, bool ServerTold, IReadOnlyList<Alarm> Alarms,
    bool KeyLost)
{
    /// <summary>What `run` waits for, in words; null while none runs.</summary>
    public string? Waiting { get; init; }

    /// <summary>Where a category that is on has no good backup for seven days: since when; else null.</summary>
    public DateTimeOffset? OverdueSince { get; init; }

    /// <summary>What drills have shown; null where none has passed.</summary>
    public LastProven? LastProven { get; init; }
}

public sealed partial class DeviceHome
{
    /// <summary>Where every switch stands.</summary>
    public StatusReport Status()
    {
        RecordChain chain = Chain();
        foreach (Category category in Categories.All) DestroyIfRevoked(chain, category);
        List<CategoryStatus> lines = [];
        bool runs = RunLock.IsHeld(home);
        ProvenFile proven = ProvenFile.Read(home);
        foreach (Category category in Categories.All)
        {
            SwitchReport report = Switch(chain, category);
            LastBackup? last = report.State is SwitchState.On or SwitchState.Paused ? Folder(category).LastBackup : null;
            IReadOnlyList<Alarm> alarms = Shrinking.Alarms(last?.Sources, FoldersOf(category), time.GetUtcNow());
            lines.Add(new CategoryStatus(category.Name(), report.State, report.Epoch, last?.Items, last?.Bytes, last?.Time, report.ServerTold, alarms, report.KeyLost)
            {
                Waiting = runs && report.State == SwitchState.On ? Folder(category).RunState?.WordsAt(time.GetUtcNow()) : null,
                OverdueSince = report.State == SwitchState.On && Folder(category).LastGoodOrTurnedOn is { } since && Schedule.IsOverdue(since, time.GetUtcNow()) ? since : null,
                LastProven = proven.Of(category),
            });
        }
        return new StatusReport(Sentence(lines), account.Account, account.Server, account.SheetConfirmed is not null, lines);
    }

    private static string Sentence(List<CategoryStatus> lines)
    {
        string[] on = [.. lines.Where(static l => l.State == SwitchState.On).Select(static l => l.Category)];
        string[] untold = [.. lines.Where(static l => !l.ServerTold).Select(static l => l.Category)];
        string sentence = on.Length == 0
            ? "Off. This device sends nothing personal."
            : string.Create(CultureInfo.InvariantCulture, $"On: {string.Join(", ", on)}. Everything else is off.");
        return untold.Length == 0 ? sentence : $"{sentence} The server is not yet told about {string.Join(", ", untold)}.";
    }
}
