using System.Collections.Concurrent;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Who fills a quota, and how far.</summary>
enum Room
{
    Objects,
    Small,
    Sheet,
}

/// <summary>
/// Bytes stored for each account, against its limit (protocol.md §11.4). The files are the truth: they are counted at start, so no crash can leave the count wrong. An upload
/// reserves before it writes, so that many at once cannot pass the limit together.
/// </summary>
sealed class Quota
{
    readonly AccountStore known;
    // Stays free of a disk for the database and for locks: to whom no token can be given, nothing is restored.
    const long Spare = 1 << 20;

    readonly long? limit;
    readonly DataFolder data;
    readonly ConcurrentDictionary<Thumbprint, Account> accounts = new();

    internal Quota(AccountStore known, long? limit, DataFolder data)
    {
        (this.known, this.limit, this.data) = (known, limit, data);
        foreach (string root in (string[])[data.Vaults, data.Recovery])
        {
            foreach (var folder in new DirectoryInfo(root).EnumerateDirectories())
            {
                if (!Thumbprint.TryParse(folder.Name, out var account)) continue;
                foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories)) Of(account).Bytes += file.Length;
            }
        }
    }

    internal Reservation Reserve(Thumbprint account, Room room) => new(Bound(known.QuotaOf(account) ?? limit, room), Of(account), data, room switch { Room.Objects => Spare, Room.Small => Spare / 2, _ => 0 });

    internal void Release(Thumbprint account, long bytes) => Interlocked.Add(ref Of(account).Bytes, -bytes);

    // A tenth is the sheet's: whatever fills the rest keeps nobody who holds it from reading, or from tidying up.
    internal static long? Bound(long? limit, Room room) => room switch
    {
        Room.Objects => limit - limit / 10,
        Room.Small => limit - limit / 20,
        _ => limit,
    };

    Account Of(Thumbprint account) => accounts.GetOrAdd(account, _ => new());

    internal sealed class Account
    {
        internal long Bytes;
    }

    /// <summary>Room for one upload. Given back when disposed, unless it was kept.</summary>
    internal sealed class Reservation(long? limit, Account account, DataFolder data, long spare) : IDisposable
    {
        long held;

        // Makes the room at least `total` bytes. False if that passes the limit; what was held stays held.
        internal bool TryHold(long total)
        {
            long more = total - held;
            if (limit is null || more <= 0) return true;
            if (Interlocked.Add(ref account.Bytes, more) > limit)
            {
                Interlocked.Add(ref account.Bytes, -more);
                return false;
            }

            held = total;
            return true;
        }

        internal bool FitsOnDisk(long bytes) => data.FreeBytes - bytes >= spare;

        // The bytes are stored now: only what was held in excess is given back.
        internal void Keep(long stored)
        {
            Interlocked.Add(ref account.Bytes, stored - held);
            held = 0;
        }

        public void Dispose() => Interlocked.Add(ref account.Bytes, -held);
    }
}
