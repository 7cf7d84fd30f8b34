using Offproof.Consent;
using Offproof.Server;

namespace Offproof.Device.Tests;

/// <summary>
/// Devices, a sheet and a real server, to which deeds are done. What a deed must end with is predicted from the records that lay on the server's disk before it; where something
/// came in between, it may end in any way but a forgery. After each deed <see cref="CheckAsync"/> holds what was promised against the server's own folder.
/// </summary>
internal sealed partial class Interleaving : IAsyncDisposable
{
    private const int MostDevices = 4;
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan[] DeviceSteps = [TimeSpan.FromMinutes(11), TimeSpan.FromHours(-1), TimeSpan.FromDays(1), TimeSpan.FromDays(20), TimeSpan.FromDays(-20), TimeSpan.FromSeconds(-30)];
    private static readonly TimeSpan[] ServerSteps = [TimeSpan.FromMinutes(10), TimeSpan.FromDays(1), TimeSpan.FromDays(6), TimeSpan.FromDays(14), TimeSpan.FromDays(-2), TimeSpan.FromDays(13.99)];

    private readonly Rig rig;
    private readonly List<ModelDevice> devices = [];
    private readonly List<string> oldSheets = [];
    private readonly ModelTime elsewhere = new(); // of whoever has the sheet in hand
    private string account = "";
    private Ground ground = null!;
    private string sheetFile;
    private string? nextSheet;
    private int made;

    private Interleaving(Rig rig) => (this.rig, sheetFile) = (rig, rig.Sheet);

    internal static async Task<Interleaving> BeginAsync()
    {
        // Many deeds in no time: how many may come is another matter (protocol.md §14).
        Pace free = new(1_000_000, TimeSpan.FromMilliseconds(1));
        Rig rig = await Rig.StartAsync(limits: new ServerLimits { Accounts = free, Requests = free, Failures = free, Grants = free, Tokens = free });
        Interleaving all = new(rig);
        using DeviceHome home = rig.Open();
        home.ConfirmSheet(rig.Sheet);
        all.account = home.Account;
        all.Enter(new ModelDevice(rig.Home));
        await all.CheckAsync();
        return all;
    }

    /// <summary>All of an order; at its end everything is turned off, and looked at anew.</summary>
    internal static async Task HappensAsync(Deed[] order)
    {
        await using Interleaving all = await BeginAsync();
        foreach (Deed deed in order) await all.DoAsync(deed);
        await all.FinishAsync();
    }

    internal string Data => rig.ServerData;

    internal string Account => account;

    internal string SheetFile => sheetFile;

    internal Ground Ground => ground;

    /// <summary>The first device's folder as it is now.</summary>
    internal string Home => devices[0].Home;

    internal async Task DoAsync(Deed deed)
    {
        // A command that hangs is a defect as well.
        await ActAsync(deed).WaitAsync(Patience, None);
        await CheckAsync().WaitAsync(Patience, None);
    }

    private void Enter(ModelDevice device)
    {
        using DeviceHome home = DeviceHome.Open(device.Home, device.Time);
        device.Id = home.Device;
        device.AddSources(home);
        devices.Add(device);
    }

    /// <summary>Does it, and does not look.</summary>
    internal async Task ActAsync(Deed deed)
    {
        ModelDevice device = devices[deed.Who % devices.Count];
        Category category = ModelDevice.Switches[deed.Which % ModelDevice.Switches.Length];
        ModelDevice coming = new(rig[$"device{devices.Count}.{++made}"]) { Time = new ModelTime { Ahead = DeviceSteps[deed.Which % DeviceSteps.Length] } };
        ModelDevice victim = deed.Kind == DeedKind.Join ? coming : device;
        // What happens meanwhile keeps the mishap, so that nothing is predicted of it, and meets none itself.
        using CrashingWire wire = new(deed, victim.Die, () => ActAsync(deed with { Kind = deed.Other, At = 0 }));
        switch (deed.Kind)
        {
            case DeedKind.On: await OnAsync(device, category, wire, deed); break;
            case DeedKind.Backup: await BackupAsync(device, category, wire, deed); break;
            case DeedKind.Pause: Pause(device, category); break;
            case DeedKind.Off or DeedKind.OffErase: await OffAsync(device, category, wire, deed); break;
            case DeedKind.Erase: await EraseAsync(device, category, wire, deed); break;
            case DeedKind.EraseBySheet: await EraseBySheetAsync(device, category, wire, deed); break;
            case DeedKind.Cancel: await CancelAsync(category, wire, deed); break;
            case DeedKind.Rotate: await RotateAsync(device, wire, deed); break;
            case DeedKind.Join: await JoinAsync(coming, wire, deed); break;
            case DeedKind.Admit: await AdmitAsync(device, coming, wire, deed); break;
            case DeedKind.Remove: await RemoveAsync(device, devices[deed.Which % devices.Count], wire, deed); break;
            case DeedKind.RemoveBySheet: await RemoveBySheetAsync(devices[deed.Which % devices.Count], wire, deed); break;
            case DeedKind.DeviceClock: device.Time.Ahead += DeviceSteps[deed.Which % DeviceSteps.Length]; break;
            case DeedKind.ServerClock: rig.ServerTime.Ahead += ServerSteps[deed.Which % ServerSteps.Length]; break;
            case DeedKind.Restart: await WhileDownAsync(static () => { }); break;
            case DeedKind.SetBack: await SetBackAsync(device, deed); break;
        }
    }

    private async Task OnAsync(ModelDevice device, Category category, CrashingWire wire, Deed deed)
    {
        bool ended = ground.Newest(device.Id, category) is not { State: Told.On };
        bool held = false;
        device.Ons[category]++;
        device.Wishes[category] = Wish.Unsettled;
        DeviceException? refused = await RunAsync(device, wire, async home =>
        {
            if (!home.Status().SheetConfirmed) await home.ConfirmSheetAsync(sheetFile, None); // it was rotated beside this home
            held = home.Switch(category).State is SwitchState.On or SwitchState.Paused;
            SwitchReport on = await ConfirmedAsync(home, () => home.TurnOnAsync(category, None));
            Assert.Equal(SwitchState.On, on.State);
            device.Wishes[category] = Wish.On;
            tokens.Add(await TokenAsync(home, category, on.Epoch));
        });
        if (deed.Mishap != Mishap.None) return;
        // What this home holds to be on, and the sheet ended meanwhile, is said to be off, and not begun anew unasked (docs/cli.md).
        if (IsRemoved(device) || (held && ended)) Assert.Equal(DeviceFault.Refused, refused?.Fault);
        else Assert.Null(refused);
    }

    /// <summary>A sheet that was rotated elsewhere is learnt on the way, and refused until it is confirmed here.</summary>
    private async Task<T> ConfirmedAsync<T>(DeviceHome home, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.Refused && home.Status() is { Removed: null, SheetConfirmed: false })
        {
            await FindSheetAsync();
            await home.ConfirmSheetAsync(sheetFile, None);
            return await work();
        }
    }

    private async Task BackupAsync(ModelDevice device, Category category, CrashingWire wire, Deed deed)
    {
        SwitchState? state = null;
        bool granted = ground.Newest(device.Id, category) is { State: Told.On };
        SortedDictionary<string, string> held = device.Change(category);
        DeviceException? refused = await RunAsync(device, wire, async home =>
        {
            state = home.Switch(category).State;
            BackupReport report = await home.BackupAsync(category, null, None);
            Assert.Empty(report.Skipped);
            snapshots.Add(new(device.Id, category, report.Epoch, report.Snapshot, held));
        });
        if (deed.Mishap != Mishap.None) return;
        bool on = granted && !IsRemoved(device);
        if (state == SwitchState.On && on) Assert.Null(refused);
        else Assert.Equal(DeviceFault.Refused, refused?.Fault);
        if (state != SwitchState.On && !ground.Removed.Contains(device.Id)) Assert.Equal(0, wire.Count);
        if (!on) Assert.False(state == SwitchState.On && device.Passwords(category).Length > 0, "a device that the server told that it is over has a key left");
    }

    private static void Pause(ModelDevice device, Category category)
    {
        using DeviceHome home = DeviceHome.Open(device.Home, device.Time);
        bool on = home.Switch(category).State is SwitchState.On or SwitchState.Paused;
        try
        {
            home.Pause(category);
            device.Wishes[category] = Wish.Paused;
            Assert.True(on);
        }
        catch (DeviceException e)
        {
            Assert.Equal((DeviceFault.Refused, false), (e.Fault, on));
        }
    }

    private async Task OffAsync(ModelDevice device, Category category, CrashingWire wire, Deed deed)
    {
        SwitchReport? off = null;
        device.Wishes[category] = Wish.Off; // however it ends
        DeviceException? refused = await RunAsync(device, wire, async home => off = await home.TurnOffAsync(category, deed.Kind == DeedKind.OffErase, static _ => { }, None));
        Assert.Empty(device.Passwords(category));
        if (deed.Mishap != Mishap.None) return;
        Assert.Null(refused);
        if (!IsRemoved(device)) Assert.True(off!.ServerTold, off.WhyNotTold);
        Assert.False(off!.State is SwitchState.On or SwitchState.Paused);
    }

    private Task EraseAsync(ModelDevice device, Category category, CrashingWire wire, Deed deed) => MustAsync(device, wire, deed, async home =>
    {
        try
        {
            home.Erasable(category, null);
        }
        catch (DeviceException)
        {
            return; // nothing is kept, as far as this device knows
        }
        await home.EraseAsync(category, null, None);
    });

    private async Task EraseBySheetAsync(ModelDevice device, Category category, CrashingWire wire, Deed deed)
    {
        // What is erased already is answered with its receipt again.
        bool any = ground.Vaults.Any(v => v.Device == device.Id && v.Category == category);
        await BySheetAsync(wire, deed, expected: any, async sheet =>
        {
            using SheetErasure plan = await SheetErasure.PlanAsync(sheet, null, category, null, device.Id, cancelled: false, elsewhere, wire, None);
            await plan.EraseAsync(static report => Assert.Equal(SwitchState.Erased, report.Epoch.State), None);
        });
    }

    private async Task CancelAsync(Category category, CrashingWire wire, Deed deed)
    {
        bool any = ground.Vaults.Any(v => v.Category == category && v.State == Told.Closed);
        await BySheetAsync(wire, deed, expected: any, async sheet =>
        {
            using SheetErasure plan = await SheetErasure.PlanAsync(sheet, null, category, null, null, cancelled: true, elsewhere, wire, None);
            await plan.CancelAsync(None);
        });
    }

    /// <summary>The sheet is rotated on the machine of a device, which takes it over. One that was broken off is finished, with the same two files, by the next.</summary>
    private async Task RotateAsync(ModelDevice device, CrashingWire wire, Deed deed)
    {
        string next = nextSheet ??= rig[$"sheet{++made}.txt"];
        bool whole = false;
        await BySheetAsync(wire, deed, expected: true, async _ =>
        {
            await SheetRotation.RunAsync(sheetFile, next, null, elsewhere, wire, None);
            whole = true;
        });
        if (!whole) return;
        if (sheetFile != next) oldSheets.Add(sheetFile); // else another run with the same files was faster
        (sheetFile, nextSheet) = (next, null);
        using DeviceHome home = DeviceHome.Open(device.Home, device.Time);
        try
        {
            Assert.True(await home.TakeOverRotationAsync(account, None));
        }
        catch (DeviceException e)
        {
            Assert.True(IsRemoved(device) || deed.Mishap != Mishap.None, e.Message);
        }
    }

    private async Task JoinAsync(ModelDevice coming, CrashingWire wire, Deed deed)
    {
        if (devices.Count == MostDevices) return;
        try
        {
            await DeviceHome.JoinAsync(coming.Home, sheetFile, null, coming.Time, wire, None);
        }
        catch (Exception) when (deed.Mishap is Mishap.KillBefore or Mishap.KillAfter && wire.IsDead)
        {
            // The same command again, on what the first one left, finishes it.
            await DeviceHome.JoinAsync(coming.Home, sheetFile, null, coming.Time, null, None);
        }
        catch (DeviceException e) when (deed.Mishap is Mishap.Down or Mishap.Meanwhile)
        {
            Assert.NotEqual(DeviceFault.Forgery, e.Fault);
            return;
        }
        Enter(coming);
    }

    private async Task AdmitAsync(ModelDevice device, ModelDevice coming, CrashingWire wire, Deed deed)
    {
        if (devices.Count == MostDevices || ground.Removed.Contains(device.Id)) return;
        using CancellationTokenSource giveUp = new();
        using NewDevice joining = await NewDevice.BeginAsync(coming.Home, rig.Url, coming.Time, null, None);
        Task<string> shown = joining.CodeAsync(giveUp.Token);
        bool admitted = false;
        await MustAsync(device, wire, deed, async home =>
        {
            if (!home.Status().SheetConfirmed) await home.ConfirmSheetAsync(sheetFile, None);
            Approval approval = await ConfirmedAsync(home, () => home.OfferAsync(JoinRequest.Parse(joining.Name), None));
#pragma warning disable VSTHRD003 // it was begun just above
            Assert.True(approval.Takes(await shown));
#pragma warning restore VSTHRD003
            string? untold = await home.AdmitAsync(approval, None);
            if (deed.Mishap == Mishap.None && !IsRemoved(device)) Assert.Null(untold);
            admitted = untold is null; // else this device was removed since its offer
        });
        if (!admitted)
        {
            await giveUp.CancelAsync();
            await Task.WhenAny(shown);
            return;
        }
        try
        {
            await joining.AdmittedAsync(None);
        }
        catch (DeviceException e) when (deed.Mishap == Mishap.Meanwhile)
        {
            // The sheet was rotated, or the other device removed, since the code was made: it covered neither, and the new device stays out.
            Assert.Contains("the one that was offered", e.Message, StringComparison.Ordinal);
            return;
        }
        joining.Keep();
        Enter(coming);
    }

    private async Task RemoveAsync(ModelDevice device, ModelDevice gone, CrashingWire wire, Deed deed)
    {
        await MustAsync(device, wire, deed, home => home.RemoveAsync(gone.Id, None), refused: ground.Removed.Contains(gone.Id));
        device.Leaves |= gone == device; // for what comes after: its removal itself is not refused
    }

    /// <summary>Removed before this deed, or by it: a device that was to remove itself and was broken off tells the server with whatever it tells it next.</summary>
    private bool IsRemoved(ModelDevice device) => ground.Removed.Contains(device.Id) || (device.Leaves && Ground.Read(rig.ServerData, account).Removed.Contains(device.Id));

    private Task RemoveBySheetAsync(ModelDevice gone, CrashingWire wire, Deed deed) => BySheetAsync(
        wire, deed, expected: !ground.Removed.Contains(gone.Id), sheet => SheetDevices.RemoveAsync(sheet, null, gone.Id, elsewhere, wire, None));

    /// <summary>protocol.md §3: what the server forgets of a device's deed, that device's next question brings back, whatever else was before.</summary>
    private async Task SetBackAsync(ModelDevice device, Deed deed)
    {
        string older = rig[string.Create(System.Globalization.CultureInfo.InvariantCulture, $"older{++made}")];
        await WhileDownAsync(() => CopyFolder(Data, older));
        DeedKind done = (deed.Which / 2) switch { 0 => DeedKind.Off, 1 => DeedKind.OffErase, _ => DeedKind.Remove };
        await ActAsync(new Deed(done, deed.Who, deed.Which));
        Ground then = Ground.Read(rig.ServerData, account);
        await WhileDownAsync(() =>
        {
            Directory.Delete(Data, recursive: true);
            Directory.Move(older, Data);
        });
        await RunAsync(device, new CrashingWire(default, static () => { }, static () => Task.CompletedTask), home => home.DevicesAsync(None));
        Ground now = Ground.Read(rig.ServerData, account);
        Assert.Equal(then.Vaults.Select(static v => v.ToString()), now.Vaults.Select(static v => v.ToString()));
        Assert.Equal(then.Removed.Order(StringComparer.Ordinal), now.Removed.Order(StringComparer.Ordinal));
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories)) File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    internal async Task WhileDownAsync(Action work)
    {
        int port = rig.Url.Port;
        await rig.StopServerAsync();
        work();
        await rig.StartServerAsync(port);
    }

    private async Task MustAsync(ModelDevice device, CrashingWire wire, Deed deed, Func<DeviceHome, Task> work, bool refused = false)
    {
        DeviceException? said = await RunAsync(device, wire, work);
        if (deed.Mishap != Mishap.None) return;
        if (refused || IsRemoved(device)) Assert.True(said is null or { Fault: DeviceFault.Refused }, said?.ToString());
        else Assert.Null(said);
    }

    private async Task BySheetAsync(CrashingWire wire, Deed deed, bool expected, Func<Sheet, Task> work)
    {
        using Sheet sheet = Sheet.Read(sheetFile);
        DeviceException? said = null;
        try
        {
            await work(sheet);
        }
        catch (DeviceException e) when (!wire.IsDead)
        {
            said = e;
            Assert.NotEqual(DeviceFault.Forgery, e.Fault);
        }
        catch (Exception) when (wire.IsDead)
        {
            return;
        }
        if (deed.Mishap != Mishap.None) return;
        if (expected) Assert.Null(said);
        else Assert.True(said is { Fault: DeviceFault.Refused or DeviceFault.Failure }, said?.ToString());
    }

    /// <summary>One command of a device: opened, done, closed. Null where it ended well, or died.</summary>
    private static async Task<DeviceException?> RunAsync(ModelDevice device, CrashingWire wire, Func<DeviceHome, Task> work)
    {
        try
        {
            using DeviceHome home = DeviceHome.Open(device.Home, device.Time, wire);
            await work(home);
            return null;
        }
        catch (DeviceException e) when (!wire.IsDead)
        {
            Assert.NotEqual(DeviceFault.Forgery, e.Fault);
            return e;
        }
        catch (Exception) when (wire.IsDead)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        bare.Dispose();
        return rig.DisposeAsync();
    }
}
