using System.Text;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// What the device is to be at another server: a key, its certificate, and at the decision an account. It is made in <c>moving/</c>, where it changes nothing. The decision is one
/// rename, to <c>moved/</c>; from then on whoever opens the home first gives all of it its place (protocol.md §18), and each step of that is found done after a crash.
/// </summary>
internal sealed class MoveStage : IDisposable
{
    private readonly HomeFolder stage;

    private MoveStage(HomeFolder stage, SigningKey key, SignedRecord certificate) => (this.stage, Key, Certificate) = (stage, key, certificate);

    internal SigningKey Key { get; }

    internal SignedRecord Certificate { get; }

    /// <summary>What an earlier run prepared for the same account at the same server, or a new key that the sheet certifies. The home's lock is not held: nothing of the device is touched.</summary>
    internal static MoveStage Open(HomeFolder home, Sheet there, TimeProvider time)
    {
        HomeFolder stage = new(home.Moving);
        if (TryResume(stage, there) is { } begun) return begun;
        if (Directory.Exists(stage.Root)) Directory.Delete(stage.Root, recursive: true);
        SigningKey key = SigningKey.Generate();
        SignedRecord certificate = Consent.Certificate.Sign(there.Signing, new Certificate
        {
            Account = there.Account,
            DeviceKey = key.Public,
            Server = there.ServerKey,
            IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
        });
        HomeFolder.CreatePrivateFolder(stage.Root);
        HomeFolder.CreatePrivateFolder(stage.Records);
        HomeFolder.Write(stage.DeviceKey, Encoding.ASCII.GetBytes(key.ToPem()));
        ChainOrigin.Write(stage, certificate);
        return new MoveStage(stage, key, certificate);
    }

    private static MoveStage? TryResume(HomeFolder stage, Sheet there)
    {
        if (!File.Exists(stage.DeviceKey) || ChainOrigin.Read(stage) is not { } record || !SigningKey.TryFromPem(File.ReadAllText(stage.DeviceKey), out SigningKey? key)) return null;
        if (Consent.Certificate.TryVerify(record, there.Signing.Public, there.Account, there.ServerKey, out Certificate? made) && made.Device == key.Thumbprint)
            return new MoveStage(stage, key, record);
        key.Dispose();
        return null;
    }

    internal void KeepReceipt(string receipt) => ChainOrigin.WriteReceipt(stage, Certificate, receipt);

    /// <summary>The server refused: it has no such device.</summary>
    internal void Undo() => Directory.Delete(stage.Root, recursive: true);

    /// <summary>The decision. The home's lock is held, and the lock of every backup.</summary>
    internal void Decide(HomeFolder home, AccountFile account, MoveFile file, TimeProvider time)
    {
        account.Write(stage);
        file.Write(stage);
        Directory.Move(home.Moving, home.Moved);
        DirectorySync.Flush(home.Root);
        Forward(home, time);
    }

    /// <summary>Finishes on this disk what was decided; nothing is asked for it, and no server is needed.</summary>
    internal static void Finish(HomeFolder home, TimeProvider time)
    {
        if (!Directory.Exists(home.Moved)) return;
        using FileStream _ = home.Lock(time, CancellationToken.None);
        if (Directory.Exists(home.Moved)) Forward(home, time);
    }

    /// <summary>
    /// What the device was is put away, what it is to be takes its place. A file's copy in <c>moved/</c> goes only when the one before it is safe in <c>earlier/</c>, so what lies
    /// under its name is the old one as long as that copy is there.
    /// </summary>
    private static void Forward(HomeFolder home, TimeProvider time)
    {
        HomeFolder stage = new(home.Moved);
        MoveFile file = MoveFile.Read(stage) ?? throw new DeviceException(DeviceFault.Forgery, $"{stage.MoveFile} is missing: the move to another server cannot be finished", "the account opens with the sheet; begin anew with: offproof join --sheet FILE, in another home folder");
        HomeFolder earlier = new(Path.Combine(home.Earlier, file.Folder));
        if (Directory.Exists(stage.Records) && !Directory.Exists(earlier.Records)) DeviceHome.EndAll(home, time);
        foreach (string folder in (string[])[home.Earlier, earlier.Root, earlier.Vaults])
            if (!Directory.Exists(folder)) HomeFolder.CreatePrivateFolder(folder);
        if (File.Exists(stage.DeviceKey)) HomeFolder.Write(earlier.DeviceKey, File.ReadAllBytes(home.DeviceKey));
        if (File.Exists(stage.Account)) (AccountFile.Read(home) with { MovedTo = file.To }).Write(earlier);
        foreach ((string from, string to) in ((string, string)[])[(home.View, earlier.View), (home.Proven, earlier.Proven), (home.RefusalsSeen, earlier.RefusalsSeen)])
            if (File.Exists(from) && !File.Exists(to)) File.Move(from, to);
        // The public data of the server that is left are not those of the next one (channel.md §2).
        if (Directory.Exists(stage.Records) && Directory.Exists(home.Channel) && !Directory.Exists(earlier.Channel)) Directory.Move(home.Channel, earlier.Channel);
        if (!Directory.Exists(earlier.Records)) Directory.Move(home.Records, earlier.Records);
        if (Directory.Exists(stage.Records)) Directory.Move(stage.Records, home.Records);
        if (file.Categories.Count > 0) file.Write(home);
        Install(stage.DeviceKey, home.DeviceKey);
        Install(stage.Account, home.Account);
        foreach (string folder in (string[])[earlier.Root, home.Earlier, home.Root]) DirectorySync.Flush(folder);
        // Under a name that every command sweeps (HomeFolder.Sweep): half of it must not look like a decision.
        string gone = Path.Combine(home.Vaults, $".moved-{Guid.NewGuid():N}");
        Directory.Move(home.Moved, gone);
        Directory.Delete(gone, recursive: true);
    }

    private static void Install(string staged, string file)
    {
        if (File.Exists(staged)) File.Move(staged, file, overwrite: true);
    }

    public void Dispose() => Key.Dispose();
}
