using Offproof.Consent;

namespace Offproof.Device;

public sealed partial class DeviceHome
{
    /// <summary>
    /// Makes a further device of an account with the sheet, which certifies it: after a phone was lost no other device is needed. One that was killed is finished by the next
    /// with the same home and sheet; the same certificate is sent again.
    /// </summary>
    /// <exception cref="DeviceException">The folder is a device's, or somebody's; or it is not the account's sheet.</exception>
    public static async Task<JoinReport> JoinAsync(string path, string sheetFile, Uri? serverUrl, TimeProvider time, HttpMessageHandler? wire, CancellationToken cancel)
    {
        HomeFolder home = new(path);
        JoinedHome.RequireFree(home);
        using Sheet sheet = Sheet.Read(sheetFile);
        Sheet.RequireReadableByAge(sheetFile);
        using SheetAccess access = await SheetAccess.OpenAsync(sheet, serverUrl, home: null, time, wire, cancel).ConfigureAwait(false);
        if (access.IsEarlier) throw new DeviceException(DeviceFault.Refused, $"the account left {access.Url}: no device joins it there", "offproof join --sheet FILE, without --server, joins it where it is now");
        using JoinedHome joined = JoinedHome.Begin(home, time, cancel);
        SigningKey? begun = TryResumeJoin(home, sheet, out SignedRecord? certificate);
        using SigningKey key = begun ?? SigningKey.Generate();
        try
        {
            if (certificate is null)
            {
                certificate = Certificate.Sign(sheet.Signing, new Certificate
                {
                    Account = sheet.Account,
                    DeviceKey = key.Public,
                    Server = sheet.ServerKey,
                    IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
                });
                joined.WriteKey(key, certificate);
            }
            await access.SendAsync(certificate, cancel, ReceiptState.Account).ConfigureAwait(false);
            AdmittedDevice whole = new(sheet.Account, certificate, access.History.FirstSheet, sheet.Signing.Public, sheet.Recipient.ToString(), Answer: null);
            return joined.Finish(key, access.ServerKey, access.Url, whole, time.GetUtcNow());
        }
        catch (DeviceException e) when (e.Problem.Length > 0)
        {
            joined.Undo(); // refused: the account has no such device
            throw;
        }
    }

    /// <summary>What a joining with this sheet left here when it was killed.</summary>
    private static SigningKey? TryResumeJoin(HomeFolder home, Sheet sheet, out SignedRecord? certificate)
    {
        certificate = null;
        if (!File.Exists(home.DeviceKey) || ChainOrigin.Read(home) is not { } origin || !SigningKey.TryFromPem(File.ReadAllText(home.DeviceKey), out SigningKey? key)) return null;
        if (Certificate.TryVerify(origin, sheet.Signing.Public, sheet.Account, sheet.ServerKey, out Certificate? made) && made.Device == key.Thumbprint)
        {
            certificate = origin;
            return key;
        }
        key.Dispose();
        return null;
    }
}
