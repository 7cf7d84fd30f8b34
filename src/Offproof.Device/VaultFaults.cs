using Offproof.Vault;

namespace Offproof.Device;

/// <summary>Says a vault's failures in the device's words, so that a person reads what was not lost and what to do.</summary>
internal static class VaultFaults
{
    internal const string AfterOff =
        "offproof status; where the category was turned off meanwhile, what a restore has written is whole, and restore with --sheet FILE goes on from there";

    internal static async Task TranslateAsync(Uri server, Func<Task> work) =>
        await TranslateAsync(server, async () =>
        {
            await work().ConfigureAwait(false);
            return 0;
        }).ConfigureAwait(false);

    internal static async Task<T> TranslateAsync<T>(Uri server, Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (VaultException e)
        {
            throw Translate(server, e);
        }
    }

    private static DeviceException Translate(Uri server, VaultException e) => e switch
    {
        WrongPasswordException => new(DeviceFault.WrongSheet, $"this password does not open the vault: {e.Message}", null, e),
        SubstitutedVaultException => new(DeviceFault.Forgery, $"the server answers with a vault that is not the one of the grant: {e.Message}",
            "nothing of it was opened or written", e),
        CorruptVaultException or HostileParametersException => new(DeviceFault.Forgery, $"the vault is damaged: {e.Message}",
            "what is undamaged can still be restored; to store everything anew, turn the category off and on again", e),
        VaultNotFoundException => new(DeviceFault.Forgery, $"the server no longer has the vault: {e.Message}", "ask its operator; the phone's own files are unaffected", e),
        // The vault's storage is the server, which has no inner exception: this disk is the one that a restore writes to.
        StorageFullException { InnerException: IOException } => new(DeviceFault.Full, e.Message, "make room on the disk that is restored to, and run it again", e),
        StorageFullException => new(DeviceFault.Full, $"no room at {server}: {e.Message}", "everything acknowledged before is safe; the next backup goes on from there", e),
        StorageUnreachableException => new(DeviceFault.Unreachable, $"no answer from {server}: {e.Message}", "what was done before is safe; the same command goes on from there", e),
        StorageRefusedException => new(DeviceFault.Refused, $"the server refused: {e.Message}", AfterOff, e),
        VaultLockedException => new(DeviceFault.Failure, e.Message, "try again later; nothing was lost", e),
        _ => new(DeviceFault.Failure, e.Message, null, e),
    };
}
