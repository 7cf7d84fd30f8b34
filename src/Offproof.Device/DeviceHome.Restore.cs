using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device;

public sealed partial class DeviceHome
{
    /// <summary>Restores with the password on this device: for a category that is on or paused. After `off` only the sheet opens it.</summary>
    public async Task<RestoreReport> RestoreAsync(Category category, RestoreRequest request, IProgress<RestoreProgress>? progress, CancellationToken cancel)
    {
        RecordChain chain = Chain();
        DestroyIfRevoked(chain, category);
        if (request.Epoch is { } wanted && wanted > (chain.Newest(category) is { } newest ? (newest.Grant?.Epoch ?? newest.Revocation!.Epoch).Value : 0))
            throw new DeviceException(DeviceFault.Failure, $"{category.Name()} has no epoch {wanted}", "offproof status");
        if (chain.Newest(category) is { Revocation: not null } || (request.Epoch is { } epoch && chain.Newest(category)?.Grant?.Epoch.Value != epoch))
        {
            if (Epochs(chain, category).LastOrDefault(e => request.Epoch is null || e.Epoch == request.Epoch) is { State: SwitchState.Closed or SwitchState.Erased } over)
                throw new DeviceException(DeviceFault.Refused, $"{category.Name()} (epoch {over.Epoch}) is {(over.State == SwitchState.Erased ? "erased" : "closed, and will be erased")}", "offproof status");
            throw new DeviceException(DeviceFault.Refused, $"this device has no key for {category.Name()}: it was destroyed when the category was turned off",
                $"offproof restore {category.Name()} --to DIR --sheet FILE");
        }
        (Grant grant, VaultFolder folder) = RequireKey(chain, category);
        using VaultPassword password = folder.OpenPassword();
        using VaultAccess access = AccessForReading(grant);
        using HttpMessageInvoker vaultInvoker = new(access);
        RestStorage storage = new(vaultInvoker, Address(category, grant.Epoch).VaultUri(account.Server));
        return await VaultFaults.TranslateAsync(account.Server, () => VaultRestore.RunAsync(
            new OpenableVault(storage, password, Pins(grant), grant.Epoch.Value), category, request, progress, cancel)).ConfigureAwait(false);
    }
}
