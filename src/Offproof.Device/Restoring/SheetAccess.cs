using System.Security.Cryptography;
using System.Text;
using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device;

/// <summary>What the sheet opens at a server: the account's records, verified, and each of its vaults. The sheet is the caller's.</summary>
internal sealed class SheetAccess : IDisposable
{
    internal const string AnotherServer = "another-server";
    private static readonly TimeSpan Leave = TimeSpan.FromSeconds(5);
    private Sheet sheet;
    private Sheet? owned;
    private readonly Uri url;
    private readonly TimeProvider time;
    private readonly EgressGate gate;
    private readonly HttpMessageInvoker invoker;
    private readonly ServerClient server;
    private SheetKeyring? keyring;
    private readonly HomeFolder? home;
    private readonly Ledger? ledger;

    private SheetAccess(Sheet sheet, Uri url, TimeProvider time, HttpMessageHandler? wire, HomeFolder? home)
    {
        (this.sheet, this.url, this.time) = (sheet, url, time);
        // ledger.md §7: where there is no device there is no ledger.
        (this.home, ledger) = home is { Exists: true } ? (home, new Ledger(home, time)) : (null, null);
        gate = new EgressGate(url, static _ => Holding.ToRead, ledger, wire);
        invoker = new HttpMessageInvoker(new PatientHandler(gate, time));
        server = new ServerClient(invoker, url);
    }

    internal AccountHistory History { get; private set; } = null!;

    internal VerifyingKey ServerKey { get; private set; } = null!;

    /// <summary>It is a server that the account left, as the sheet says (protocol.md §18).</summary>
    internal bool IsEarlier => owned is not null;

    /// <summary>A receipt showed that the server holds its key, and does not only name it.</summary>
    internal bool ShowedItsKey { get; private set; }

    /// <exception cref="DeviceException">It is another server than the sheet's, or its records cannot be believed.</exception>
    internal static async Task<SheetAccess> OpenAsync(
        Sheet sheet, Uri? serverUrl, string? home, TimeProvider time, HttpMessageHandler? wire, CancellationToken cancel)
    {
        bool named = serverUrl is not null;
        SheetAccess access = new(sheet, new Uri((serverUrl ?? sheet.Server).AbsoluteUri.TrimEnd('/') + "/"), time, wire, home is null ? null : new HomeFolder(home));
        try
        {
            await access.ReadHistoryAsync(named, cancel).ConfigureAwait(false);
            return access;
        }
        catch
        {
            access.Dispose();
            throw;
        }
    }

    private async Task ReadHistoryAsync(bool named, CancellationToken cancel)
    {
        VerifyingKey serverKey = await server.GetKeyAsync(cancel).ConfigureAwait(false);
        // A server that the account left is called only where its address was given: what stands in `# server:` never leads back there.
        if (named && serverKey.Thumbprint != sheet.ServerKey && sheet.Earlier.FirstOrDefault(e => e.ServerKey == serverKey.Thumbprint) is { } left)
            sheet = owned = sheet.At(url, left.ServerKey, left.Account);
        if (serverKey.Thumbprint != sheet.ServerKey)
            throw new DeviceException(DeviceFault.Forgery, $"the server at {url} is not the one on the sheet: its key is {serverKey.Thumbprint}", "nothing was sent") { Problem = AnotherServer };
        ServerKey = serverKey;
        Token recovery;
        try
        {
            recovery = await TokenAsync(null, cancel).ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Problem is "not-accepted")
        {
            throw NotTaken(e);
        }
        RecoveryAnswer answer = await server.RecoveryAsync(sheet.Account, recovery, cancel).ConfigureAwait(false);
        History = AccountHistory.Verify(answer, sheet.Account, serverKey);
        History.RequireSheet(sheet.Signing.Thumbprint, "this");
        keyring = new SheetKeyring(sheet, History);
    }

    /// <summary>The server says no more than no (protocol.md §3), so what it means is told from the sheet.</summary>
    private DeviceException NotTaken(DeviceException e) => new(DeviceFault.WrongSheet, sheet.Signing.Thumbprint == sheet.Account
            ? $"the server at {url} does not take this sheet: a newer sheet took its place, or the server does not know the account"
            : $"the server at {url} does not take this sheet: its identity does not sign for the account that it names, or a newer sheet took its place",
        "look for the newer one; offproof status, on a device of the account, says since when there is one", e) { Problem = e.Problem };

    /// <summary>Reads one vault; its failures are said in the device's words.</summary>
    internal Task<T> WithVaultAsync<T>(GrantedVault granted, Func<OpenableVault, Task<T>> work, CancellationToken cancel)
    {
        VaultAsk ask = new(granted.Address.Device, granted.Address.Category, granted.Address.Epoch, VaultMode.Read);
        return WithVaultAsync(granted, new Purpose.Reading(granted.Address.Category, granted.Grant), c => TokenAsync(ask, c), work, cancel);
    }

    /// <summary>Prunes one vault: from the first token on nothing is added to it, until the last has ended (protocol.md §16).</summary>
    internal async Task PruneVaultAsync(GrantedVault granted, Func<OpenableVault, Task> work, CancellationToken cancel)
    {
        VaultAsk ask = new(granted.Address.Device, granted.Address.Category, granted.Address.Epoch, VaultMode.Prune);
        List<Token> tokens = [];
        try
        {
            await WithVaultAsync(granted, new Purpose.Pruning(granted.Address.Category, granted.Grant), async c =>
            {
                tokens.Add(await TokenAsync(ask, c).ConfigureAwait(false));
                return tokens[^1];
            }, async vault =>
            {
                await work(vault).ConfigureAwait(false);
                return true;
            }, cancel).ConfigureAwait(false);
        }
        finally
        {
            foreach (Token token in tokens) await EndAsync(token).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(Token token)
    {
        using CancellationTokenSource patience = new(Leave, time);
        try
        {
            await server.EndTokenAsync(token, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DeviceException or OperationCanceledException)
        {
            // It ends by itself, 15 minutes after it was given; what is worth saying was said before.
        }
    }

    private async Task<T> WithVaultAsync<T>(GrantedVault granted, Purpose purpose, Func<CancellationToken, Task<Token>> tokens, Func<OpenableVault, Task<T>> work, CancellationToken cancel)
    {
        Token recovery = await TokenAsync(null, cancel).ConfigureAwait(false);
        byte[] sealedPassword = await server.GetSealedAsync(granted.Address, recovery, cancel).ConfigureAwait(false);
        if (Digest.Of(sealedPassword) != granted.Hashes.Sealed)
            throw new DeviceException(DeviceFault.Forgery, "the server's sealed password is not the one of the grant", "nothing was opened or written");
        using VaultPassword password = Open(sealedPassword);

        using VaultAccess access = new(invoker, purpose, tokens, time);
        using HttpMessageInvoker vaultInvoker = new(access);
        RestStorage storage = new(vaultInvoker, granted.Address.VaultUri(url));
        VaultOptions pins = new() { Time = time, ExpectedConfigSha256 = granted.Hashes.Config.Text, ExpectedKeyName = granted.Hashes.Key.Text };
        return await VaultFaults.TranslateAsync(url, () => work(new OpenableVault(storage, password, pins, granted.Address.Epoch.Value))).ConfigureAwait(false);
    }

    /// <summary>Sends a record that the sheet signed.</summary>
    /// <returns>The receipt, which says one of these states; its text is to be kept.</returns>
    internal async Task<SignedReceipt> SendAsync(SignedRecord record, CancellationToken cancel, params ReceiptState[] states)
    {
        (string compact, _) = await server.SendRecordAsync(record, cancel).ConfigureAwait(false);
        if (!SignedRecord.TryParse(compact, out SignedRecord? signed) || !Receipt.TryVerify(signed, ServerKey, sheet.Account, out Receipt? receipt)
            || receipt.Record != record.Hash || receipt.Account != sheet.Account || !states.Contains(receipt.State))
        {
            throw new DeviceException(DeviceFault.Forgery, "the server's receipt is not for what was sent", "what was sent may hold all the same: run it again");
        }
        return new SignedReceipt(receipt, compact);
    }

    /// <summary>What the sheet signs begins with these (consent.md §2).</summary>
    internal (Thumbprint Account, Thumbprint Server, long IssuedAt) Opening => (sheet.Account, sheet.ServerKey, time.GetUtcNow().ToUnixTimeSeconds());

    internal SigningKey Signing => sheet.Signing;

    internal Uri Url => url;

    private VaultPassword Open(byte[] sealedPassword)
    {
        if (!keyring!.TryOpen(sealedPassword, out byte[]? plain))
            throw new DeviceException(DeviceFault.WrongSheet, "this sheet does not open the vault's password: it was sealed to one that was lost, or to another", "only that sheet opens it");
        try
        {
            return VaultPassword.FromText(Encoding.ASCII.GetString(plain));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private async Task<Token> TokenAsync(VaultAsk? ask, CancellationToken cancel)
    {
        SignedRecord proof = Proof.Sign(sheet.Signing, new Proof
        {
            Signer = sheet.Account,
            Account = sheet.Account,
            Server = sheet.ServerKey,
            IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
            Nonce = await server.NonceAsync(cancel).ConfigureAwait(false),
            Vault = ask,
        });
        Token token = await server.TokenAsync(proof, cancel).ConfigureAwait(false);
        // The sheet of another account, or of another server, anchors nothing here: its receipts are not this home's.
        if (home is not null && ledger is not null && IsOfThisHome(AccountFile.Read(home)))
        {
            Anchors.Keep(home, ledger, token, proof, ServerKey, sheet.Account);
            ShowedItsKey |= token.Receipt is not null;
        }
        return token;
    }

    private bool IsOfThisHome(AccountFile account) => account.Account == sheet.Account.ToString()
        && VerifyingKey.TryFromJwk(account.ServerKey, out VerifyingKey? pinned) && pinned.Thumbprint == sheet.ServerKey;

    public void Dispose()
    {
        keyring?.Dispose();
        owned?.Dispose();
        invoker.Dispose();
        gate.Dispose();
    }
}
