using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// The account goes to another address (protocol.md §18): of the same server, whose key stands on the sheet, or of another server. Nothing is carried from one server to the
/// other: the sheet certifies a new key of this device there, and what is on begins a new epoch.
/// </summary>
public sealed class ServerMove : IDisposable
{
    private readonly string file;
    private readonly string home;
    private readonly TimeProvider time;
    private readonly Func<HttpMessageHandler>? wire;
    private readonly Sheet sheet;
    private readonly Uri url;
    private DeviceHome? device;
    private VerifyingKey key = null!;
    private bool invitedOnly;
    private Sheet there = null!;
    private bool isKnownThere;

    private ServerMove(string file, Uri url, string home, TimeProvider time, Func<HttpMessageHandler>? wire)
    {
        (this.file, this.url, this.home, this.time, this.wire) = (file, url, home, time, wire);
        sheet = Sheet.Read(file);
    }

    /// <summary>What would be done.</summary>
    public MovePlan Plan { get; private set; } = null!;

    private HomeFolder Folder => new(home);

    /// <summary>Asks both servers what there is. Changes nothing, and shows a server that is not on the sheet nothing of the account before <paramref name="confirm"/> returned.</summary>
    /// <param name="file">The sheet's file</param>
    /// <param name="to">The new address</param>
    /// <param name="home">A folder where a device may be</param>
    /// <param name="confirm">Given the thumbprint of a key that neither sheet nor device knows: its owner compares it with what the operator said, else it throws</param>
    /// <param name="hasInvitation">Whether there is one</param>
    /// <param name="time">The clock</param>
    /// <param name="wire">Replaces the sockets, for tests: one for each connection</param>
    /// <param name="cancel">Stops</param>
    /// <exception cref="DeviceException">It cannot be; the message says why, and nothing was changed.</exception>
    public static async Task<ServerMove> PlanAsync(
        string file, Uri to, string home, Func<string, Task> confirm, bool hasInvitation, TimeProvider time, Func<HttpMessageHandler>? wire, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(confirm);
        ServerMove move = new(file, new Uri(to.AbsoluteUri.TrimEnd('/') + "/"), home, time, wire);
        try
        {
            await move.PlanAsync(confirm, hasInvitation, cancel).ConfigureAwait(false);
            return move;
        }
        catch
        {
            move.Dispose();
            throw;
        }
    }

    private async Task PlanAsync(Func<string, Task> confirm, bool hasInvitation, CancellationToken cancel)
    {
        SheetLines.RequireWritable(file);
        if (Folder.Exists) device = DeviceHome.Open(home, time, wire?.Invoke());
        if (device is not null && device.Account != sheet.Account.Text && !device.SealsTo(sheet)) Leave(); // another account's: only its ledger is written
        (key, invitedOnly) = await WithServerAsync(server => server.DescribeAsync(cancel)).ConfigureAwait(false);
        bool isOnSheet = key.Thumbprint == sheet.ServerKey, isOfDevice = device?.ServerKey.Thumbprint == key.Thumbprint;
        if (!isOnSheet && !isOfDevice) await confirm(key.Thumbprint.Text).ConfigureAwait(false);
        EarlierServer? before = sheet.Earlier.FirstOrDefault(e => e.ServerKey == key.Thumbprint);
        // ACCOUNT is the thumbprint of the first sheet that a server sees: there, this one. What it once took the place of has no say there (decision 0004).
        there = sheet.At(url, key.Thumbprint, isOnSheet ? sheet.Account : before?.Account ?? (isOfDevice ? Thumbprint.Parse(device!.Account) : sheet.Signing.Thumbprint));
        Uri from = device?.Server ?? sheet.Server;
        if (device is null || isOfDevice)
        {
            await RequireKnownAsync(cancel).ConfigureAwait(false);
            Plan = new MovePlan(from, url, key.Thumbprint.Text, !isOnSheet, false, device?.SwitchesStillToMove() ?? [], [], null, []);
            return;
        }
        (RecoveryAnswer? answer, string? why) = await device.LookBeforeLeavingAsync(cancel).ConfigureAwait(false);
        device.RequireFitToMove(sheet, file);
        await LookThereAsync(cancel).ConfigureAwait(false);
        if (!isKnownThere && invitedOnly && !hasInvitation)
            throw new DeviceException(DeviceFault.Refused, $"the server at {url} takes only whom its operator invited", "put the invitation in a file and name it with --invite-file; nothing was changed");
        StayingVault[]? stays = answer is null ? null : [.. answer.Vaults.Where(static v => v.Objects > 0).Select(static v => new StayingVault(v.Device, v.Category, v.Epoch, v.Bytes))];
        Plan = new MovePlan(from, url, key.Thumbprint.Text, true, true, device.SwitchesToMove(), stays, why, device.OtherDevices());
    }

    /// <summary>
    /// Does what was planned. What is not done when it ends early is done by the next run with the same sheet and address: before the decision the device is wholly its old
    /// server's, after it wholly the new one's.
    /// </summary>
    /// <param name="invitation">The operator's code, where the new server wants one</param>
    /// <param name="cancel">Stops</param>
    public async Task<MoveReport> RunAsync(string? invitation, CancellationToken cancel)
    {
        if (Plan.DeviceMoves) await LeaveForAsync(invitation, cancel).ConfigureAwait(false);
        else device?.MoveTo(url);
        if (sheet.ServerKey != key.Thumbprint)
            SheetLines.Rewrite(file, new EarlierServer(url, key.Thumbprint, there.Account), new EarlierServer(sheet.Server, sheet.ServerKey, sheet.Account));
        else if (sheet.Server != url) SheetLines.Rewrite(file, url);
        IReadOnlyList<SwitchReport> switches = [];
        string? why = null;
        if (device is not null)
        {
            switches = await device.GrantWhatMovedAsync(cancel).ConfigureAwait(false);
            why = await device.TellEarlierAsync(wire, cancel).ConfigureAwait(false);
        }
        return new MoveReport(there.Account.Text, Plan.From, url, Plan.ServerKey, Path.GetFullPath(file), Plan.AnotherServer, device is not null, switches, device?.Earlier() ?? [], why);
    }

    /// <summary>The account there, this device in it, then the decision.</summary>
    private async Task LeaveForAsync(string? invitation, CancellationToken cancel)
    {
        using MoveStage stage = MoveStage.Open(Folder, there, time);
        VerifyingKey first;
        try
        {
            first = isKnownThere ? await JoinThereAsync(stage, cancel).ConfigureAwait(false) : await OpenThereAsync(stage, invitation, cancel).ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Problem.Length > 0)
        {
            stage.Undo();
            throw;
        }
        device!.MoveAway(stage, there, key, first, [.. Plan.Switches.Select(static s => s.Category)], cancel);
        Leave();
        device = DeviceHome.Open(home, time, wire?.Invoke());
    }

    /// <summary>Another device of this sheet was here before: the sheet certifies this one too.</summary>
    private async Task<VerifyingKey> JoinThereAsync(MoveStage stage, CancellationToken cancel)
    {
        using SheetAccess access = await AccessAsync(cancel).ConfigureAwait(false);
        stage.KeepReceipt((await access.SendAsync(stage.Certificate, cancel, ReceiptState.Account).ConfigureAwait(false)).Compact);
        return access.History.FirstSheet;
    }

    private async Task<VerifyingKey> OpenThereAsync(MoveStage stage, string? invitation, CancellationToken cancel)
    {
        Ledger ledger = new(Folder, time);
        (string compact, bool isNew) = await WithServerAsync(
            server => server.OpenAccountAsync(DeviceHome.AccountRequest(there.Signing.Public, stage.Certificate, invitation), cancel), ledger).ConfigureAwait(false);
        // The server's own signature for this very certificate, which names it: no answer of another server is one.
        if (!SignedRecord.TryParse(compact, out SignedRecord? signed) || !Receipt.TryVerify(signed, key, there.Account, out Receipt? receipt)
            || receipt.Record != stage.Certificate.Hash || receipt.Account != there.Account || receipt.State != ReceiptState.Account)
        {
            throw new DeviceException(DeviceFault.Forgery, $"the receipt of the server at {url} for the account is not for what was sent, or not signed with its key", "nothing was changed here");
        }
        if (isNew) Anchors.RequireShown(ledger, receipt.Ledger);
        stage.KeepReceipt(compact);
        return there.Signing.Public;
    }

    private async Task LookThereAsync(CancellationToken cancel)
    {
        try
        {
            using SheetAccess access = await AccessAsync(cancel).ConfigureAwait(false);
            isKnownThere = true;
        }
        catch (DeviceException e) when (e is { Fault: DeviceFault.WrongSheet, Problem: "not-accepted" })
        {
            // It does not know the account yet.
        }
    }

    /// <summary>No device moves: the account must be there already, or the sheet would name a server that has nothing of it.</summary>
    private async Task RequireKnownAsync(CancellationToken cancel)
    {
        try
        {
            using SheetAccess access = await AccessAsync(cancel).ConfigureAwait(false);
            // What a server says of its key anybody can say; what it signs, nobody else can.
            if (device is not null && !access.ShowedItsKey)
                throw new DeviceException(DeviceFault.Forgery, $"the server at {url} names the key of this account's server, and does not show that it holds it", "nothing was changed");
        }
        catch (DeviceException e) when (e is { Fault: DeviceFault.WrongSheet, Problem: "not-accepted" } && key.Thumbprint != sheet.ServerKey)
        {
            throw new DeviceException(DeviceFault.Refused, $"the server at {url} is another one than the sheet's and does not know the account, and there is no device of it here that could move",
                "run it on a device of the account, with its home folder; where all devices are lost: offproof init, with a new sheet", e);
        }
    }

    private Task<SheetAccess> AccessAsync(CancellationToken cancel) => SheetAccess.OpenAsync(there, url, home, time, wire?.Invoke(), cancel);

    private async Task<T> WithServerAsync<T>(Func<ServerClient, Task<T>> work, Ledger? ledger = null)
    {
        HomeFolder folder = Folder;
        using EgressGate gate = new(url, static _ => Holding.Nothing, ledger ?? (folder.Exists ? new Ledger(folder, time) : null), wire?.Invoke());
        using HttpMessageInvoker invoker = new(new PatientHandler(gate, time));
        return await work(new ServerClient(invoker, url)).ConfigureAwait(false);
    }

    private void Leave()
    {
        device?.Dispose();
        device = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Leave();
        there?.Dispose();
        sheet.Dispose();
    }
}
