using System.Collections.Concurrent;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>
/// Bytes stored for each account, against one limit. The files are the truth: they are counted at start, so no crash can leave the count wrong. An upload
/// reserves before it writes, so that many at once cannot pass the limit together.
/// </summary>
sealed class Quota
{
    readonly long? limit;
    readonly ConcurrentDictionary<Thumbprint, Account> accounts = new();

    internal Quota(long? limit, DataFolder data)
    {
        this.limit = limit;
        if (limit is null) return;
        foreach (string root in (string[])[data.Vaults, data.Recovery])
        {
            foreach (var folder in new DirectoryInfo(root).EnumerateDirectories())
            {
                if (!Thumbprint.TryParse(folder.Name, out var account)) continue;
                foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories)) Of(account).Bytes += file.Length;
            }
        }
    }

    internal Reservation Reserve(Thumbprint account) => new(limit, limit is null ? new() : Of(account));

    internal void Release(Thumbprint account, long bytes)
    {
        if (limit is not null) Interlocked.Add(ref Of(account).Bytes, -bytes);
    }

    Account Of(Thumbprint account) => accounts.GetOrAdd(account, _ => new());

    internal sealed class Account
    {
        internal long Bytes;
    }

    /// <summary>Room for one upload. Given back when disposed, unless it was kept.</summary>
    internal sealed class Reservation(long? limit, Account account) : IDisposable
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

        // The bytes are stored now: only what was held in excess is given back.
        internal void Keep(long stored)
        {
            Interlocked.Add(ref account.Bytes, stored - held);
            held = 0;
        }

        public void Dispose() => Interlocked.Add(ref account.Bytes, -held);
    }
}
