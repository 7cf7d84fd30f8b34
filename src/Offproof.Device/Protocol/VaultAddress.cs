using System.Globalization;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>Which vault: one per account, device, category and epoch (protocol.md §6, §7).</summary>
internal sealed record VaultAddress(Thumbprint Account, Thumbprint Device, Category Category, Epoch Epoch)
{
    internal string RecoveryPath => "v1/recovery/" + Tail;

    internal Uri VaultUri(Uri server) => new(server, "v1/vaults/" + Tail + "/");

    private string Tail => string.Create(CultureInfo.InvariantCulture, $"{Account}/{Device}/{Category.Name()}/{Epoch}");
}
