using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What `init` has before there is an account: the device's key, the sheet, and the certificate that binds the one to the other.</summary>
internal sealed class Beginning : IDisposable
{
    private Beginning(SigningKey device, Sheet sheet, SignedRecord certificate)
    {
        Device = device;
        Sheet = sheet;
        Certificate = certificate;
    }

    internal SigningKey Device { get; }

    internal Sheet Sheet { get; }

    internal SignedRecord Certificate { get; }

    internal static Beginning New(Uri server, Thumbprint serverKey, TimeProvider time)
    {
        SigningKey device = SigningKey.Generate();
        Sheet sheet = Sheet.Generate(server, serverKey);
        return new Beginning(device, sheet, Consent.Certificate.Sign(sheet.Signing, new Certificate
        {
            Account = sheet.Account,
            DeviceKey = device.Public,
            Server = serverKey,
            IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
        }));
    }

    /// <summary>
    /// That of an init which was killed here, or of a device whose account.json was lost: only if the sheet that exists signed a certificate in this home
    /// for the key in this home. The same certificate opens the account again, or for the first time (protocol.md §2).
    /// </summary>
    /// <exception cref="DeviceException">The sheet is another's, or for another server: nothing was changed.</exception>
    internal static Beginning Resume(HomeFolder home, string sheetFile, Uri server)
    {
        DeviceException exists = new(DeviceFault.Refused, $"{sheetFile} exists and is not overwritten: it may be another account's only sheet", "name another file");
        if (!File.Exists(sheetFile) || !File.Exists(home.DeviceKey) || ChainOrigin.Read(home) is not { } record) throw exists;
        if (!SigningKey.TryFromPem(File.ReadAllText(home.DeviceKey), out SigningKey? device)) throw exists;
        Sheet? sheet = null;
        try
        {
            sheet = Sheet.Read(sheetFile);
            if (!Consent.Certificate.TryVerify(record, sheet.Signing.Public, sheet.Account, sheet.ServerKey, out Certificate? certificate)
                || certificate.Account != sheet.Account || certificate.Device != device.Thumbprint) throw exists;
            if (sheet.Server != server)
                throw new DeviceException(DeviceFault.Refused, $"{sheetFile} was begun for the server at {sheet.Server}", $"run offproof init again with --server {sheet.Server}");
            return new Beginning(device, sheet, record);
        }
        catch (DeviceException e)
        {
            sheet?.Dispose();
            device.Dispose();
            throw e.Fault == DeviceFault.WrongSheet ? exists : e;
        }
    }

    public void Dispose()
    {
        Device.Dispose();
        Sheet.Dispose();
    }
}
