using System.Text;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>The folder of a device that became one by joining: key, what made it one, and the account. account.json comes last: before it there is no device here.</summary>
internal static class JoinedHome
{
    /// <summary>Throws where the folder is a device's, or somebody's.</summary>
    internal static void RequireFree(HomeFolder home)
    {
        if (home.Exists) throw new DeviceException(DeviceFault.Refused, $"{home.Root} is already a device", "name another folder with --home");
        if (home.IsSomebodys || ChainOrigin.AnyToKeep(home))
            throw new DeviceException(DeviceFault.Refused, $"{home.Root} is not empty, and nothing that a joining left: nothing was changed", "name another folder with --home");
    }

    internal static JoinReport Write(HomeFolder home, SigningKey key, VerifyingKey server, Uri url, AdmittedDevice whole, TimeProvider time)
    {
        List<string> made = [];
        FileStream? exclusive = null;
        try
        {
            home.Create(made);
            exclusive = home.Lock(time, CancellationToken.None);
            RequireFree(home);
            HomeFolder.Write(home.DeviceKey, Encoding.ASCII.GetBytes(key.ToPem()));
            ChainOrigin.Write(home, whole.Origin);
            AccountView.Write(home, whole.Answer);
            // The sheet was proven on the device that admitted this one, or lay before us: what is sealed to it opens.
            new AccountFile(AccountFile.CurrentSchema, whole.Account.Text, url, DeviceHome.Jwk(server), DeviceHome.Jwk(whole.Sheet), whole.Recipient, time.GetUtcNow(),
                SheetConfirmed: time.GetUtcNow(), whole.FirstSheet.Equals(whole.Sheet) ? null : DeviceHome.Jwk(whole.FirstSheet)).Write(home);
            home.KeepPrivate();
        }
        catch
        {
            exclusive?.Dispose();
            home.Undo(made);
            throw;
        }
        exclusive.Dispose();
        return new JoinReport(whole.Account.Text, key.Thumbprint.Text, url);
    }
}
