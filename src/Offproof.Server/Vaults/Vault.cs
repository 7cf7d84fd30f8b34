using Offproof.Consent;

namespace Offproof.Server;

/// <summary>
/// One vault while the server runs: what its grant allows, and the gate. Whoever publishes or revokes enters it; one at a time, so nothing becomes visible
/// after a revocation is committed (protocol.md §7.7).
/// </summary>
#pragma warning disable CA1001 // the gate and the source live as long as the server, and hold neither a wait handle nor a timer
sealed class Vault(VaultAddress address, VaultState state, VaultHashes hashes)
#pragma warning restore CA1001
{
    readonly SemaphoreSlim gate = new(1, 1);
    readonly CancellationTokenSource cut = new();
    volatile VaultState current = state;

    internal VaultAddress Address => address;

    internal VaultHashes Hashes => hashes;

    internal VaultState State => current;

    // Cancelled when the vault closes: uploads that are running stop.
    internal CancellationToken Closed => cut.Token;

    internal async Task<Entered> EnterAsync(CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        return new(gate);
    }

    // Inside the gate, after the revocation was committed.
    internal void Close()
    {
        current = VaultState.Kept;
        cut.Cancel();
    }

    internal sealed class Entered(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
