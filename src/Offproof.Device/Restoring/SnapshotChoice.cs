using System.Globalization;
using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device;

/// <summary>Which snapshot a restore takes (cli.md §4.3), and what is worth saying about newer ones.</summary>
internal sealed record SnapshotChoice(Snapshot Snapshot, IReadOnlyList<string> PassedOver)
{
    private const int MostNamed = 5;
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromDays(1);

    internal static bool IsNewest(string? wanted) => wanted is null or "latest";

    /// <param name="list">Not empty</param>
    /// <param name="category">Whose vault</param>
    /// <param name="wanted">A beginning of an id; the newest where null</param>
    /// <param name="now">By this machine's clock</param>
    internal static SnapshotChoice Make(SnapshotList list, Category category, string? wanted, DateTimeOffset now)
    {
        if (list.Readable.Count == 0)
            throw new DeviceException(DeviceFault.Forgery, $"no snapshot of {category.Name()} can be read: {list.Damage}", "nothing was written");
        return IsNewest(wanted) ? Newest(list.Readable, category, now) : new SnapshotChoice(Named(list, category, wanted!), []);
    }

    private static SnapshotChoice Newest(IReadOnlyList<Snapshot> snapshots, Category category, DateTimeOffset now)
    {
        // Whoever has a write token of `vault env` may have added anything, of any date: it must not hide what the device backed up.
        Snapshot[] own = [.. snapshots.Where(s => s.IsOwn($"/{category.Name()}"))];
        if (own.Length == 0)
        {
            throw new DeviceException(DeviceFault.Failure, $"of the snapshots in this epoch none is a backup of {category.Name()} by Offproof",
                $"offproof snapshots {category.Name()} lists them; --snapshot ID takes one");
        }
        // Where all are of the future, it is a clock that is wrong.
        Snapshot chosen = own.Where(s => s.Time <= now + ClocksDiffer).MaxBy(static s => s.Time) ?? own.MaxBy(static s => s.Time)!;
        Snapshot[] newer = [.. snapshots.Where(s => s.Time > chosen.Time).OrderByDescending(static s => s.Time)];
        List<string> passedOver = [.. newer.Take(MostNamed).Select(s => string.Create(CultureInfo.InvariantCulture,
            $"snapshot {s.Id[..8]} of {s.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z {(own.Contains(s) ? "is dated after today" : "was not made by Offproof")} and was passed over; --snapshot {s.Id[..8]} takes it"))];
        if (newer.Length > MostNamed) passedOver.Add(string.Create(CultureInfo.InvariantCulture, $"{newer.Length - MostNamed} more snapshots that are dated later were passed over"));
        if (Shrank(own, chosen) is { } larger)
        {
            passedOver.Add(string.Create(CultureInfo.InvariantCulture,
                $"an earlier snapshot, {larger.Id[..8]} of {larger.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, holds {larger.Files} files of {larger.Bytes} bytes, this one {chosen.Files} of {chosen.Bytes}; --snapshot {larger.Id[..8]} takes it"));
        }
        return new SnapshotChoice(chosen, passedOver);
    }

    /// <summary>The newest of those that hold more than twice as much: a source may have lost it (phone.md §2.3), and whoever restores has no device that remembers the alarm.</summary>
    private static Snapshot? Shrank(Snapshot[] own, Snapshot chosen) => own
        .Where(s => s.Time < chosen.Time && (chosen.Files < s.Files - chosen.Files || chosen.Bytes < s.Bytes - chosen.Bytes)).MaxBy(static s => s.Time);

    private static Snapshot Named(SnapshotList list, Category category, string wanted)
    {
        Snapshot[] matches = [.. list.Readable.Where(s => s.Id.StartsWith(wanted, StringComparison.Ordinal))];
        DamagedSnapshot[] damaged = [.. list.Damaged.Where(s => s.Id.StartsWith(wanted, StringComparison.Ordinal))];
        return (matches, damaged) switch
        {
            ([var one], []) => one,
            ([], [var one]) => throw new DeviceException(DeviceFault.Forgery, $"this snapshot cannot be read: {one.Reason}", "nothing was written"),
            ([], []) => throw new DeviceException(DeviceFault.Failure, $"no snapshot of this epoch begins with {wanted}", $"offproof snapshots {category.Name()}"),
            _ => throw new DeviceException(DeviceFault.Usage, $"more than one snapshot begins with {wanted}", "give more digits"),
        };
    }
}
