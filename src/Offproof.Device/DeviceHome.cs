using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// A device's folder and everything its owner can do with it. Partial by topic: Init, Sheets, Switch, Erase, Chain, Account, Backup, Restore, Drill, Status, Move. Each operation leaves
/// the folder so that the next run of the program continues where a crash ended it.
/// </summary>
public sealed partial class DeviceHome : IDisposable
{
    private readonly HomeFolder home;
    private readonly TimeProvider time;
    private readonly HttpMessageHandler? wire;
    private readonly SigningKey deviceKey;
    private readonly VerifyingKey serverKey;
    private readonly Ledger ledger;
    private readonly EgressGate gate;
    private readonly HttpMessageInvoker invoker;
    private readonly ServerClient server;
    private AccountFile account;

    private DeviceHome(HomeFolder home, AccountFile account, TimeProvider time, HttpMessageHandler? wire)
    {
        this.home = home;
        this.account = account;
        this.time = time;
        this.wire = wire;
        deviceKey = SigningKey.TryFromPem(File.ReadAllText(home.DeviceKey), out SigningKey? key)
            ? key
            : throw new DeviceException(DeviceFault.Forgery, $"{home.DeviceKey} is not a key", "the account opens with the sheet: restore with --sheet");
        serverKey = Key(account.ServerKey, home.Account);
        ledger = new Ledger(home, time);
        gate = new EgressGate(account.Server, Holds, ledger, wire);
        invoker = new HttpMessageInvoker(new PatientHandler(gate, time));
        server = new ServerClient(invoker, account.Server);
    }

    /// <summary>DEVICE: the thumbprint of this device's key.</summary>
    public string Device => deviceKey.Thumbprint.ToString();

    /// <summary>ACCOUNT (consent.md §2).</summary>
    public string Account => account.Account;

    /// <summary>The server's key, as it was pinned.</summary>
    internal VerifyingKey ServerKey => serverKey;

    /// <summary>Opens an existing device's folder. <paramref name="wire"/> replaces the sockets, for tests.</summary>
    /// <exception cref="DeviceException">There is no device, or its files cannot be believed.</exception>
    public static DeviceHome Open(string path, TimeProvider time, HttpMessageHandler? wire = null)
    {
        HomeFolder home = new(path);
        home.Sweep(time);
        MoveStage.Finish(home, time);
        return new DeviceHome(home, AccountFile.Read(home), time, wire);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        invoker.Dispose();
        gate.Dispose();
        deviceKey.Dispose();
    }

    private static VerifyingKey Key(JsonElement jwk, string file) => VerifyingKey.TryFromJwk(jwk, out VerifyingKey? key)
        ? key
        : throw new DeviceException(DeviceFault.Forgery, $"{file} holds a key that is not one");

    private Thumbprint AccountId => Thumbprint.Parse(account.Account);

    private RecordChain Chain()
    {
        RequireNotMoved(AccountFile.Read(home));
        return RecordChain.Load(home, deviceKey.Public, serverKey.Thumbprint);
    }

    /// <summary>What another command may have changed.</summary>
    private void ReadAccount()
    {
        AccountFile now = AccountFile.Read(home);
        RequireNotMoved(now);
        account = now;
    }

    /// <summary>The keys that this process holds are those of the server that the device left: it must neither sign nor believe anything in the folder that it finds now.</summary>
    private void RequireNotMoved(AccountFile now)
    {
        if (Key(now.ServerKey, home.Account).Thumbprint != serverKey.Thumbprint)
            throw new DeviceException(DeviceFault.Failure, $"this device moved to {now.Server} while this command ran", "run it again");
    }

    private VaultFolder Folder(Category category) => new(home, category);

    private VaultAddress Address(Category category, Epoch epoch) => new(AccountId, deviceKey.Thumbprint, category, epoch);

    /// <summary>What the gate asks before each request of a backup, from the disk: another process may have turned it off.</summary>
    private Holding Holds(Category category) => Folder(category) switch
    {
        { Exists: false } => Holding.Nothing,
        { IsPaused: true } => Holding.ToRead,
        _ => Holding.ToAdd,
    };

    private bool IsOn(Category category) => Holds(category) is Holding.ToAdd;

    /// <summary>The server must still be the one that was pinned; a changed key is an error, not news (protocol.md §1).</summary>
    private async Task CheckServerKeyAsync(CancellationToken cancel)
    {
        VerifyingKey key = await server.GetKeyAsync(cancel).ConfigureAwait(false);
        if (key.Thumbprint != serverKey.Thumbprint)
        {
            throw new DeviceException(DeviceFault.Forgery, $"the server at {account.Server} has another key than at init: {key.Thumbprint}",
                "nothing was sent; ask the operator whether the key was really changed");
        }
    }

    /// <summary>A token of this device for one of its own vaults.</summary>
    private async Task<Token> VaultTokenAsync(Category category, Epoch epoch, VaultMode mode, int seconds, CancellationToken cancel)
    {
        try
        {
            return await TokenAsync(new VaultAsk(deviceKey.Thumbprint, category, epoch, mode), seconds, cancel).ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Problem == "erased")
        {
            throw IsErased(category, epoch, e);
        }
    }

    /// <param name="ask">Which vault; null for a token that reads the account's records</param>
    /// <param name="seconds">How long it shall live; the server's default where null</param>
    /// <param name="cancel">Stops</param>
    private async Task<Token> TokenAsync(VaultAsk? ask, int? seconds, CancellationToken cancel)
    {
        string nonce = await server.NonceAsync(cancel).ConfigureAwait(false);
        SignedRecord proof = Proof.Sign(deviceKey, new Proof
        {
            Signer = deviceKey.Thumbprint,
            Account = AccountId,
            Server = serverKey.Thumbprint,
            IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
            Nonce = nonce,
            Vault = ask,
            Seconds = seconds,
        });
        Token token = await OrRemovedAsync(() => server.TokenAsync(proof, cancel)).ConfigureAwait(false);
        KeepAnchor(token, proof);
        return token with { Life = TimeSpan.FromSeconds(seconds ?? Proof.DefaultSeconds) };
    }
}
