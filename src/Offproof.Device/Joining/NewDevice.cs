using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// A device that is to be admitted by another (protocol.md §17). Nothing is written before <see cref="Keep"/>: who gives up leaves no trace here, and at the
/// server one for ten minutes.
/// </summary>
public sealed class NewDevice : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromMinutes(10);
    private readonly HomeFolder home;
    private readonly Uri url;
    private readonly TimeProvider time;
    private readonly EgressGate gate;
    private readonly HttpMessageInvoker invoker;
    private readonly ServerClient server;
    private readonly SigningKey key = SigningKey.Generate();
    private readonly Digest nonce = JoinCode.NewNonce();
    private VerifyingKey serverKey = null!;
    private long begun;
    private JoinOffer? offer;
    private AdmittedDevice? admitted;

    private NewDevice(HomeFolder home, Uri url, TimeProvider time, HttpMessageHandler? wire)
    {
        (this.home, this.url, this.time) = (home, url, time);
        gate = new EgressGate(url, static _ => Holding.Nothing, ledger: null, wire);
        invoker = new HttpMessageInvoker(new PatientHandler(gate, time));
        server = new ServerClient(invoker, url);
    }

    /// <summary>What the other device is told: 8 letters and digits.</summary>
    public string Name { get; private set; } = "";

    /// <summary>DEVICE: this device's key.</summary>
    public string Device => key.Thumbprint.ToString();

    /// <summary>Name and whole DEVICE in one line, for a camera: then the other device need not be given the code.</summary>
    public string ForCamera => $"offproof:join:{Name}:{Device}";

    /// <summary>The same as a QR code, one line of half-block characters after the other, light on dark.</summary>
    public IReadOnlyList<string> PictureForCamera => QrCode.HalfBlocks(System.Text.Encoding.ASCII.GetBytes(ForCamera));

    /// <summary>Begins a joining at a server.</summary>
    /// <exception cref="DeviceException">The folder is a device's, or somebody's.</exception>
    public static async Task<NewDevice> BeginAsync(string path, Uri serverUrl, TimeProvider time, HttpMessageHandler? wire, CancellationToken cancel)
    {
        HomeFolder home = new(path);
        JoinedHome.RequireFree(home);
        NewDevice device = new(home, new Uri(serverUrl.AbsoluteUri.TrimEnd('/') + "/"), time, wire);
        try
        {
            device.serverKey = await device.server.GetKeyAsync(cancel).ConfigureAwait(false);
            device.Name = await device.server.BeginJoinAsync(device.key.Public, JoinCode.Commitment(device.key.Thumbprint, device.nonce), cancel).ConfigureAwait(false);
            device.begun = time.GetTimestamp();
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Waits until a device of an account makes its offer.</summary>
    /// <returns>The code of eight digits that a person types there, or compares.</returns>
    public async Task<string> CodeAsync(CancellationToken cancel)
    {
        while (true)
        {
            JoinNotes notes = await server.JoinNotesAsync(Name, cancel).ConfigureAwait(false);
            if (notes.Offer is { } made)
            {
                if (!AgeRecipient.TryParse(made.Recipient, out _)) throw Forged("the offer names a recipient that is not one");
                await server.RevealAsync(Name, nonce, cancel).ConfigureAwait(false);
                offer = made;
                return JoinCode.Of(serverKey.Thumbprint, key.Thumbprint, nonce, made);
            }
            await WaitAsync("no device of an account has answered", cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the other device has admitted this one, and verifies the account's records against what it offered.</summary>
    public async Task AdmittedAsync(CancellationToken cancel)
    {
        JoinOffer made = offer ?? throw new InvalidOperationException("the code comes first");
        while (true)
        {
            try
            {
                Token token = await TokenAsync(made.Account, cancel).ConfigureAwait(false);
                RecoveryAnswer answer = await server.RecoveryAsync(made.Account, token, cancel).ConfigureAwait(false);
                admitted = AdmittedDevice.Verify(answer, made, key.Public, serverKey);
                return;
            }
            catch (DeviceException e) when (e.Problem is "not-accepted")
            {
                await WaitAsync("the other device has not admitted this one", cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Makes this a device of the account, after a person said that the other device took the code. Everything is off.</summary>
    public JoinReport Keep()
    {
        AdmittedDevice whole = admitted ?? throw new InvalidOperationException("nothing was admitted");
        using JoinedHome joined = JoinedHome.Begin(home, time, CancellationToken.None);
        joined.WriteKey(key, whole.Origin);
        return joined.Finish(key, serverKey, url, whole, time.GetUtcNow());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        invoker.Dispose();
        gate.Dispose();
        key.Dispose();
    }

    private async Task<Token> TokenAsync(Thumbprint account, CancellationToken cancel) => await server.TokenAsync(Proof.Sign(key, new Proof
    {
        Signer = key.Thumbprint,
        Account = account,
        Server = serverKey.Thumbprint,
        IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
        Nonce = await server.NonceAsync(cancel).ConfigureAwait(false),
        Vault = null,
    }), cancel).ConfigureAwait(false);

    private async Task WaitAsync(string what, CancellationToken cancel)
    {
        // Not by the server's time of the end: a new phone's clock may be wrong by days (protocol.md §17).
        if (time.GetElapsedTime(begun) >= Patience)
            throw new DeviceException(DeviceFault.Failure, $"{what} within ten minutes: nothing was made here", "begin again with: offproof join");
        await Task.Delay(Pause, time, cancel).ConfigureAwait(false);
    }

    private static DeviceException Forged(string what) => new(DeviceFault.Forgery, $"this joining cannot be believed: {what}", "nothing was made here");
}
