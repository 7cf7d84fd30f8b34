using System.Text;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>The folder of a device that becomes one by joining: key, what made it one, and the account. account.json comes last: before it there is no device here.</summary>
internal sealed class JoinedHome : IDisposable
{
    private readonly HomeFolder home;
    private readonly List<string> made = [];
    private readonly FileStream exclusive;

    private readonly bool wasEmpty;

    private JoinedHome(HomeFolder home, TimeProvider time, CancellationToken cancel)
    {
        this.home = home;
        wasEmpty = !Directory.Exists(home.Root) || !Directory.EnumerateFileSystemEntries(home.Root).Any();
        home.Create(made);
        try
        {
            exclusive = home.Lock(time, cancel); // two joins in one folder would mix their files
            RequireFree(home);
        }
        catch
        {
            exclusive?.Dispose();
            home.Undo(made, wasEmpty);
            throw;
        }
    }

    /// <summary>Throws where the folder is a device's, or somebody's.</summary>
    internal static void RequireFree(HomeFolder home)
    {
        if (home.Exists) throw new DeviceException(DeviceFault.Refused, $"{home.Root} is already a device", "name another folder with --home");
        if (home.IsSomebodys || ChainOrigin.AnyToKeep(home))
            throw new DeviceException(DeviceFault.Refused, $"{home.Root} is not empty, and nothing that a joining left: nothing was changed", "name another folder with --home");
    }

    internal static JoinedHome Begin(HomeFolder home, TimeProvider time, CancellationToken cancel) => new(home, time, cancel);

    internal void WriteKey(SigningKey key, SignedRecord origin)
    {
        HomeFolder.Write(home.DeviceKey, Encoding.ASCII.GetBytes(key.ToPem()));
        ChainOrigin.Write(home, origin);
    }

    internal JoinReport Finish(SigningKey key, VerifyingKey server, Uri url, AdmittedDevice whole, DateTimeOffset now)
    {
        if (whole.Answer is { } answer) AccountView.Write(home, answer);
        // The sheet was proven on the device that admitted this one, or lies before us: what is sealed to it opens.
        new AccountFile(AccountFile.CurrentSchema, whole.Account.Text, url, DeviceHome.Jwk(server), DeviceHome.Jwk(whole.Sheet), whole.Recipient, now,
            SheetConfirmed: now, whole.FirstSheet.Equals(whole.Sheet) ? null : DeviceHome.Jwk(whole.FirstSheet)).Write(home);
        home.KeepPrivate();
        return new JoinReport(whole.Account.Text, key.Thumbprint.Text, url);
    }

    /// <summary>Nothing came of it: what was made here goes.</summary>
    internal void Undo() => home.Undo(made, wasEmpty);

    public void Dispose() => exclusive.Dispose();
}
