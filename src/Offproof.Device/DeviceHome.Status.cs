using System.Globalization;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>The state of a device. Reading it opens no connection and no file of a source.</summary>
/// <param name="Sentence">The whole in one sentence</param>
/// <param name="Account">ACCOUNT</param>
/// <param name="Server">The server's URL</param>
/// <param name="SheetConfirmed">Whether the sheet was proven</param>
/// <param name="Categories">One line for each category</param>
/// <param name="Sheet">The account's sheet and what is to come of it</param>
/// <param name="Devices">All devices of the account, as the server last showed them; this one alone before it was asked</param>
/// <param name="Removed">When this device learnt that it was removed from the account; null while it was not</param>
public sealed record StatusReport(
    string Sentence, string Account, Uri Server, bool SheetConfirmed, IReadOnlyList<CategoryStatus> Categories, SheetStatus Sheet, IReadOnlyList<DeviceStatus> Devices, DateTimeOffset? Removed)
{
    /// <summary>A move to another server that was decided and is not finished; null where none is.</summary>
    public MovingStatus? Moving { get; init; }

    /// <summary>The worst of <see cref="SetBacks"/>; null where nothing was noticed.</summary>
    public SetBackStatus? SetBack => SetBacks.Count == 0 ? null : SetBacks[0];

    /// <summary>What was noticed of a server that was set back, each for 30 days and while it does not show all, at most eight: first what was open or readable there, or is not shown.</summary>
    public IReadOnlyList<SetBackStatus> SetBacks { get; init; } = [];

    /// <summary>Since when the account has a sheet that was not proven on this device; null where it is, or where none was changed.</summary>
    public DateTimeOffset? SheetUnconfirmedSince { get; init; }

    /// <summary>What this device was at servers that it left.</summary>
    public IReadOnlyList<EarlierStatus> Earlier { get; init; } = [];
}

/// <summary>The account's sheet, as the server last showed it.</summary>
/// <param name="Changes">How many sheets it had before this one</param>
/// <param name="Since">Since when this one is the account's; null of the first</param>
/// <param name="ReplacementPending">A device asked to put another in its place</param>
/// <param name="ReplacementDue">When that takes effect; null where none is pending, or no receipt says</param>
/// <param name="ReplacedBy">The device that asked for it; null where none is pending</param>
public sealed record SheetStatus(int Changes, DateTimeOffset? Since, bool ReplacementPending, DateTimeOffset? ReplacementDue, string? ReplacedBy);

/// <summary>A device of the account.</summary>
/// <param name="Device">DEVICE</param>
/// <param name="IsThis">This one</param>
/// <param name="Joined">When it became one; null where that was not asked yet</param>
/// <param name="AdmittedBy">The device that admitted it; null where a sheet certified it</param>
/// <param name="Removed">When it was cut off; null while it is one</param>
public sealed record DeviceStatus(string Device, bool IsThis, DateTimeOffset? Joined, string? AdmittedBy, DateTimeOffset? Removed)
{
    /// <summary>True where a server shows it that was set back, and this device does not believe it.</summary>
    public bool ServerAlone { get; init; }
}

/// <summary>What this device last noticed of a server that was set back, or withholds records (protocol.md §3).</summary>
/// <param name="Noticed">When</param>
/// <param name="What">What it had forgotten and took again, or what it does not show</param>
/// <param name="IsBehind">True where it did not show all even after it was told again</param>
/// <param name="WasOpen">True where something that was over was on or could be read there meanwhile</param>
public sealed record SetBackStatus(DateTimeOffset Noticed, string What, bool IsBehind, bool WasOpen);

/// <summary>One turning-on of a category.</summary>
/// <param name="Epoch">Which</param>
/// <param name="State">What holds of it</param>
/// <param name="Due">Closed: when it will be deleted; erased: when that was done</param>
public sealed record EpochStatus(int Epoch, SwitchState State, DateTimeOffset? Due);

/// <summary>One category's line.</summary>
/// <param name="Category">contacts, messages, notes or photos</param>
/// <param name="State">off, on, paused, kept, closed or erased</param>
/// <param name="Epoch">0 when it was never on</param>
/// <param name="Items">Files in the last snapshot of this epoch; null when there is none</param>
/// <param name="Bytes">Their bytes</param>
/// <param name="LastBackup">When the last backup finished</param>
/// <param name="ServerTold">False while the server has not acknowledged the newest record, or there is none that it could be told</param>
/// <param name="Alarms">Sources that held less than half of what they had held, as of the last backup</param>
/// <param name="KeyLost">True where its key is gone and no revocation is signed yet</param>
/// <param name="Due">Closed: when what was stored will be deleted; erased: when that was done</param>
/// <param name="SheetLost">True where its key was sealed to a sheet that was lost</param>
/// <param name="Epochs">All turnings-on of this device, the first one first</param>
public sealed record CategoryStatus(
    string Category, SwitchState State, int Epoch, long? Items, long? Bytes, DateTimeOffset? LastBackup, bool ServerTold, IReadOnlyList<Alarm> Alarms,
    bool KeyLost, DateTimeOffset? Due, bool SheetLost, IReadOnlyList<EpochStatus> Epochs)
{
    /// <summary>What `run` waits for, in words; null while none runs.</summary>
    public string? Waiting { get; init; }

    /// <summary>Where a category that is on has no good backup for seven days: since when; else null.</summary>
    public DateTimeOffset? OverdueSince { get; init; }

    /// <summary>Where a password of what is off still lies, because it could not be destroyed; null where none does.</summary>
    public string? KeyLeft { get; init; }

    /// <summary>True where it is kept and the server, as it last showed the account, holds nothing of it.</summary>
    public bool NothingStored { get; init; }

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
            lines.Add(new CategoryStatus(category.Name(), report.State, report.Epoch, last?.Items, last?.Bytes, last?.Time, report.ServerTold, alarms, report.KeyLost,
                report.Due, report.SheetLost, [.. Epochs(chain, category).Select(static e => new EpochStatus(e.Epoch, e.State, e.Due))])
            {
                Waiting = runs && report.State == SwitchState.On ? Folder(category).RunState?.WordsAt(time.GetUtcNow()) : null,
                OverdueSince = report.State == SwitchState.On && Folder(category).LastGoodOrTurnedOn is { } since && Schedule.IsOverdue(since, time.GetUtcNow()) ? since : null,
                LastProven = proven.Of(category),
                KeyLeft = report.KeyLeft,
                NothingStored = report.NothingStored,
            });
        }
        string sentence = account.Removed is null ? Sentence(lines) : "Removed. This device belongs to the account no more: it sends nothing, and its keys are destroyed.";
        return new StatusReport(sentence, account.Account, account.Server, account.SheetConfirmed is not null, lines, SheetNow(), DevicesNow(), account.Removed)
        {
            Moving = MovingNow(),
            SetBacks = [.. SetBackNote.Worst(account.AllSetBacks.Where(n => n.IsNewsAt(time.GetUtcNow()))).Select(static n => new SetBackStatus(n.Noticed, n.What, n.IsBehind, n.WasOpen))],
            SheetUnconfirmedSince = UnconfirmedSince(),
            Earlier = Earlier(),
        };
    }

    private SheetStatus SheetNow()
    {
        if (Seen is not { } history) return new SheetStatus(0, null, false, null, null);
        DateTimeOffset? since = history.SheetChanges.Count == 0 ? null : history.Since(history.SheetChanges[^1]);
        return new SheetStatus(history.SheetChanges.Count, since, history.PendingReplacement is not null, history.PendingDue, history.PendingReplacement?.By?.Text);
    }

    private IReadOnlyList<DeviceStatus> DevicesNow() => Seen is not { } history
        ? [new DeviceStatus(Device, true, null, null, account.Removed)]
        : [.. history.Devices.Select(d => new DeviceStatus(d.Id.Text, d.Id == deviceKey.Thumbprint, d.Joined, d.AdmittedBy?.Text, d.Removed?.At))];

    private static string Sentence(List<CategoryStatus> lines)
    {
        string[] on = [.. lines.Where(static l => l.State == SwitchState.On).Select(static l => l.Category)];
        string[] untold = [.. lines.Where(static l => !l.ServerTold).Select(static l => l.Category)];
        string sentence = on.Length == 0
            ? "Off. This device sends nothing personal."
            : string.Create(CultureInfo.InvariantCulture, $"On: {string.Join(", ", on)}. Everything else is off.");
        string[] left = [.. lines.Where(static l => l.KeyLeft is not null).Select(static l => l.Category)];
        if (left.Length > 0) sentence += $" But a key of {string.Join(", ", left)} still lies here.";
        return untold.Length == 0 ? sentence : $"{sentence} The server is not yet told about {string.Join(", ", untold)}.";
    }
}
