using System.Security.Cryptography;
using System.Text;
using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device;

/// <summary>Restores with the sheet alone: no device, no home folder. What `restore-without-us.sh` does with stock tools.</summary>
public static class SheetRestore
{
    /// <summary>Proves, opens and restores one category.</summary>
    /// <param name="sheet">The sheet</param>
    /// <param name="serverUrl">Where the vaults are now; the sheet's own line where null</param>
    /// <param name="category">Which one</param>
    /// <param name="request">What, and whereto</param>
    /// <param name="time">The clock, for tokens</param>
    /// <param name="wire">Replaces the sockets, for tests</param>
    /// <param name="progress">Told as files are written</param>
    /// <param name="cancel">Stops between files</param>
    /// <exception cref="DeviceException">Nothing was written if the records, the sealed password or the vault are not what the sheet's account granted.</exception>
    public static async Task<RestoreReport> RunAsync(
        Sheet sheet, Uri? serverUrl, Category category, RestoreRequest request, TimeProvider time,
        HttpMessageHandler? wire, IProgress<RestoreProgress>? progress, CancellationToken cancel)
    {
        Uri url = new((serverUrl ?? sheet.Server).AbsoluteUri.TrimEnd('/') + "/");
        using EgressGate gate = new(url, static _ => false, wire);
        using HttpMessageInvoker invoker = new(new PatientHandler(gate, time));
        ServerClient server = new(invoker, url);

        VerifyingKey serverKey = await server.GetKeyAsync(cancel).ConfigureAwait(false);
        if (serverKey.Thumbprint != sheet.ServerKey)
            throw new DeviceException(DeviceFault.Forgery, $"the server at {url} is not the one on the sheet: its key is {serverKey.Thumbprint}", "nothing was sent");

        Token recovery = await TokenAsync(server, sheet, null, time, cancel).ConfigureAwait(false);
        RecoveryAnswer answer = await server.RecoveryAsync(sheet.Account, recovery, cancel).ConfigureAwait(false);
        AccountHistory history = AccountHistory.Verify(answer.Records, sheet.Signing.Public, sheet.Account, sheet.ServerKey);
        GrantedVault vault = history.Choose(category, request.Epoch);

        byte[] sealedPassword = await server.GetSealedAsync(vault.Address, recovery, cancel).ConfigureAwait(false);
        if (Digest.Of(sealedPassword) != vault.Hashes.Sealed)
            throw new DeviceException(DeviceFault.Forgery, "the server's sealed password is not the one of the grant", "nothing was opened or written");
        using VaultPassword password = Open(sheet, sealedPassword);

        VaultAsk ask = new(vault.Address.Device, category, vault.Address.Epoch, VaultMode.Read);
        using VaultAccess access = new(invoker, new Purpose.Reading(category), c => TokenAsync(server, sheet, ask, time, c), time);
        using HttpMessageInvoker vaultInvoker = new(access);
        RestStorage storage = new(vaultInvoker, vault.Address.VaultUri(url));
        VaultOptions pins = new() { Time = time, ExpectedConfigSha256 = vault.Hashes.Config.Text, ExpectedKeyName = vault.Hashes.Key.Text };
        return await VaultFaults.TranslateAsync(url, () => VaultRestore.RunAsync(
            storage, password, pins, category, vault.Address.Epoch.Value, request, progress, cancel)).ConfigureAwait(false);
    }

    private static VaultPassword Open(Sheet sheet, byte[] sealedPassword)
    {
        if (!sheet.TryOpen(sealedPassword, out byte[]? plain))
            throw new DeviceException(DeviceFault.WrongSheet, "this sheet does not open the vault's password", "is there a newer sheet for this account?");
        try
        {
            return VaultPassword.FromText(Encoding.ASCII.GetString(plain));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static async Task<Token> TokenAsync(ServerClient server, Sheet sheet, VaultAsk? ask, TimeProvider time, CancellationToken cancel)
    {
        SignedRecord proof = Proof.Sign(sheet.Signing, new Proof
        {
            Signer = sheet.Signing.Thumbprint,
            Account = sheet.Account,
            Server = sheet.ServerKey,
            IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
            Nonce = await server.NonceAsync(cancel).ConfigureAwait(false),
            Vault = ask,
        });
        return await server.TokenAsync(proof, cancel).ConfigureAwait(false);
    }
}
