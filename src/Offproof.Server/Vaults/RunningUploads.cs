using Offproof.Consent;

namespace Offproof.Server;

/// <summary>
/// The uploads that run, by account: no more than so many at once (protocol.md §14), and all of a suspended account are cut (§12). The suspension comes from
/// another process, so it is looked for.
/// </summary>
sealed class RunningUploads(Suspensions suspensions, int most)
{
    readonly Lock gate = new();
    readonly Dictionary<Thumbprint, Account> accounts = [];

    // Null where as many run already as may.
    internal Running? Enter(Thumbprint account)
    {
        lock (gate)
        {
            if (!accounts.TryGetValue(account, out var found)) accounts.Add(account, found = new());
            if (found.Count >= most) return null;
            found.Count++;
            return new(this, account, found);
        }
    }

    internal async Task CutSuspendedAsync()
    {
        Thumbprint[] running;
        lock (gate) running = [.. accounts.Keys];
        foreach (var account in running)
        {
            if (suspensions.Of(account) == Standing.Good) continue;
            Account? cut;
            lock (gate) accounts.Remove(account, out cut); // who comes after it is lifted again begins anew
            if (cut is not null) await cut.Cut.CancelAsync();
        }
    }

    void Leave(Thumbprint account, Account entered)
    {
        lock (gate)
        {
            if (--entered.Count == 0 && accounts.GetValueOrDefault(account) == entered) accounts.Remove(account);
        }
    }

#pragma warning disable CA1001 // the source holds neither a wait handle nor a timer, and may be cancelled when the last upload has left
    internal sealed class Account
#pragma warning restore CA1001
    {
        internal CancellationTokenSource Cut { get; } = new();

        internal int Count { get; set; }
    }

    internal sealed class Running(RunningUploads all, Thumbprint account, Account entered) : IDisposable
    {
        internal CancellationToken Cut => entered.Cut.Token;

        public void Dispose() => all.Leave(account, entered);
    }
}
