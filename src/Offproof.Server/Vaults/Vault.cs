using Offproof.Consent;

namespace Offproof.Server;

enum VaultState
{
    None,
    On,
    Kept,

    // A device's erasure waits for its `due`.
    Closed,

    // Its deletion was decided, and is under way or interrupted.
    Erasing,
    Erased,
}

/// <summary>
/// One vault while the server runs: what its grant allows, and the gate. Whoever publishes or revokes enters it; one at a time, so nothing becomes visible
/// after a revocation is committed (protocol.md §7.7).
/// </summary>
#pragma warning disable CA1001 // the gate and the sources live as long as the server, and hold neither a wait handle nor a timer
sealed class Vault(VaultAddress address, VaultState state, VaultHashes hashes)
#pragma warning restore CA1001
{
    readonly SemaphoreSlim gate = new(1, 1);
    readonly CancellationTokenSource device = new();
    CancellationTokenSource sheet = new();
    volatile VaultState current = state;

    internal VaultAddress Address => address;

    internal VaultHashes Hashes => hashes;

    internal VaultState State => current;

    // Cancelled when this visitor's uploads that are running stop: a device's when the grant ends, a sheet's when the vault closes or the sheet changes. Who
    // takes it asks afterwards whether the visitor still may: a change before that gave out a new one.
    internal CancellationToken CutFor(Token visitor) => visitor.HeldBySheet ? Volatile.Read(ref sheet).Token : device.Token;

    internal async Task<Entered> EnterAsync(CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        return new(gate);
    }

    // Inside the gate, after what made it so was committed.
    internal void Become(VaultState next)
    {
        current = next;
        if (next != VaultState.On) _ = device.CancelAsync();
        if (next is not (VaultState.On or VaultState.Kept)) CutSheet();
    }

    // The sheet that has come, or a sheet after an erasure was cancelled, begins anew. The token says so at once; what the cut uploads do then is not done
    // here, where a transaction may be open.
    internal void CutSheet() => _ = Interlocked.Exchange(ref sheet, new()).CancelAsync();

    internal sealed class Entered(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
