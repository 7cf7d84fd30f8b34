using System.Buffers;
using System.Text;
using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What `init` made.</summary>
/// <param name="Account">ACCOUNT</param>
/// <param name="Device">DEVICE</param>
/// <param name="Server">The server's URL</param>
/// <param name="ServerKey">The server's thumbprint, to compare with what its operator says</param>
/// <param name="SheetFile">Where the sheet was written</param>
public sealed record InitReport(string Account, string Device, Uri Server, string ServerKey, string SheetFile);

public sealed partial class DeviceHome
{
    /// <summary>
    /// Makes the device's key and the sheet, pins the server's key and opens the account. Everything is off afterwards. If the server refuses or
    /// cannot be reached, neither home nor sheet is left behind; an init that was killed is finished by the next one with the same home and sheet.
    /// </summary>
    public static async Task<InitReport> InitAsync(
        string path, Uri serverUrl, string sheetFile, string? invitation, TimeProvider time, HttpMessageHandler? wire, CancellationToken cancel)
    {
        HomeFolder home = new(path);
        if (home.Exists) throw new DeviceException(DeviceFault.Refused, $"{home.Root} is already a device", "name another folder with --home");
        if (Path.GetDirectoryName(Path.GetFullPath(sheetFile)) is { } folder && !Directory.Exists(folder))
            throw new DeviceException(DeviceFault.Failure, $"there is no folder {folder} to write the sheet into", "nothing was made");
        Uri server = new(serverUrl.AbsoluteUri.TrimEnd('/') + "/");
        using Beginning? interrupted = Path.Exists(sheetFile) ? Beginning.Resume(home, sheetFile, server) : null;
        if (interrupted is null && ChainOrigin.AnyToKeep(home))
        {
            throw new DeviceException(DeviceFault.Refused, $"{home.Root} holds the records of a device, but no account.json: they are not overwritten",
                "run offproof init again with the sheet that belongs to them, or name another folder with --home");
        }
        if (home.IsSomebodys)
            throw new DeviceException(DeviceFault.Refused, $"{home.Root} is not empty and not a device's folder: nothing was changed", "name another folder with --home");

        Ledger ledger = new(home, time);
        using EgressGate gate = new(server, static _ => Holding.Nothing, ledger, wire);
        using HttpMessageInvoker invoker = new(new PatientHandler(gate, time));
        ServerClient client = new(invoker, server);

        // The first contact has its line in the ledger like any other, so the home is there before it.
        List<string> made = [];
        bool continues = Directory.Exists(home.Root) && Directory.EnumerateFileSystemEntries(home.Root).Any();
        FileStream? exclusive = null;
        VerifyingKey serverKey;
        try
        {
            home.Create(made);
            exclusive = home.Lock(time, cancel); // two inits in one folder would mix their files
            if (home.Exists) throw new DeviceException(DeviceFault.Refused, $"{home.Root} is already a device", "name another folder with --home");
            (serverKey, bool invitedOnly) = await client.DescribeAsync(cancel).ConfigureAwait(false);
            if (invitedOnly && invitation is null && interrupted is null)
                throw new DeviceException(DeviceFault.Refused, $"the server at {server} takes only whom its operator invited", "put the invitation in a file and name it with --invite-file; nothing was made");
            if (interrupted is not null && serverKey.Thumbprint != interrupted.Sheet.ServerKey)
                throw new DeviceException(DeviceFault.Forgery, $"the server at {server} is not the one on the sheet: its key is {serverKey.Thumbprint}", "nothing more was sent or changed");
        }
        catch
        {
            if (exclusive is not null) await exclusive.DisposeAsync().ConfigureAwait(false);
            home.Leave(made, wasEmpty: !continues);
            throw;
        }
        using Beginning begun = interrupted ?? Beginning.New(server, serverKey.Thumbprint, time);
        bool written = false;
        try
        {
            if (interrupted is null)
            {
                // In this order, so that wherever a crash ends it there is either no sheet, or all that the next init needs to open its account.
                HomeFolder.Write(home.DeviceKey, Encoding.ASCII.GetBytes(begun.Device.ToPem()));
                ChainOrigin.Write(home, begun.Certificate);
                begun.Sheet.WriteNew(sheetFile, time.GetUtcNow());
                written = true;
            }
            (string receipt, bool first) = await client.OpenAccountAsync(AccountRequest(begun.Sheet.Signing.Public, begun.Certificate, invitation, ChainOrigin.ReadReceipt(home)), cancel).ConfigureAwait(false);
            if (!SignedRecord.TryParse(receipt, out SignedRecord? signed)
                || !Receipt.TryVerify(signed, serverKey, begun.Sheet.Account, out Receipt? verified) || verified.Record != begun.Certificate.Hash)
            {
                throw new DeviceException(DeviceFault.Forgery, "the server's receipt for the account is not for what was sent");
            }
            if (first) Anchors.RequireShown(ledger, verified.Ledger);
            ChainOrigin.WriteReceipt(home, begun.Certificate, receipt);
            new AccountFile(AccountFile.CurrentSchema, begun.Sheet.Account.ToString(), server, Jwk(serverKey), Jwk(begun.Sheet.Signing.Public),
                begun.Sheet.Recipient.ToString(), time.GetUtcNow(), SheetConfirmed: null).Write(home);
            home.KeepPrivate();
        }
        catch
        {
            // Whatever it was: nothing has been stored under a new account yet, so nothing is lost with its sheet. What an earlier init left stays.
            if (written) File.Delete(sheetFile);
            await exclusive.DisposeAsync().ConfigureAwait(false);
            if (interrupted is null) home.Undo(made, wasEmpty: !continues);
            throw;
        }
        await exclusive.DisposeAsync().ConfigureAwait(false);
        return new InitReport(
            begun.Sheet.Account.ToString(), begun.Device.Thumbprint.ToString(), server, serverKey.Thumbprint.ToString(), Path.GetFullPath(sheetFile));
    }

    /// <summary>Names a folder that a category is read from, or, for all but photos, a file. Nothing of it is read, not even a folder's list of names.</summary>
    /// <param name="category">Which one</param>
    /// <param name="path">The folder or file</param>
    /// <param name="passwordFile">Where the password of encrypted exports stands; only its path is remembered</param>
    public Source AddSource(Category category, string path, string? passwordFile = null)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (category == Category.Photos && !Directory.Exists(full)) throw new DeviceException(DeviceFault.Failure, $"no folder at {full}", "name the folder that the photos lie in; nothing was added");
        if (!Path.Exists(full)) throw new DeviceException(DeviceFault.Failure, $"no folder or file at {full}");
        if (passwordFile is not null && category != Category.Messages)
            throw new DeviceException(DeviceFault.Usage, $"no export of {category.Name()} is encrypted", "--password-file goes with messages");
        if (passwordFile is not null && !File.Exists(passwordFile)) throw new DeviceException(DeviceFault.Failure, $"no file at {passwordFile}");
        string? password = passwordFile is null ? null : Path.GetFullPath(passwordFile);
        if (Contains(full, home.Root) || Contains(home.Root, full))
            throw new DeviceException(DeviceFault.Refused, $"{full} and the device's own folder {home.Root} contain one another: its keys would be backed up", "name a folder beside it");
        using FileStream _ = home.Lock(time, CancellationToken.None);
        SourcesFile sources = SourcesFile.Read(home);
        Source? known = sources.Sources.FirstOrDefault(s => s.Category == category.Name() && s.Path == full);
        if (known is not null && (password is null || known.PasswordFile == password)) return known;
        if (known is not null)
        {
            Source opened = known with { PasswordFile = password };
            new SourcesFile(sources.Schema, [.. sources.Sources.Select(s => s == known ? opened : s)]).Write(home);
            return opened;
        }

        if (sources.Sources.FirstOrDefault(s => s.Category == category.Name() && (Contains(full, s.Path) || Contains(s.Path, full))) is { } nested)
        {
            throw new DeviceException(DeviceFault.Refused, $"{full} and the source {nested.Path} contain one another: what is in both would be stored twice",
                $"name a folder beside it, or: offproof source remove {category.Name()} {nested.Name}");
        }

        string name = SourceName(Path.GetFileName(full));
        string unique = name;
        // Ignoring case: two folders of a restore would meet on a disk that does.
        for (int n = 2; sources.Sources.Any(s => s.Category == category.Name() && s.Name.Equals(unique, StringComparison.OrdinalIgnoreCase)); n++)
            unique = $"{name}-{n}";
        Source source = new(category.Name(), unique, full, password);
        new SourcesFile(sources.Schema, [.. sources.Sources, source]).Write(home);
        return source;
    }

    /// <summary>Takes a source off the list. Nothing of it is read, and what was stored of it stays.</summary>
    /// <param name="category">Which one</param>
    /// <param name="pathOrName">Its path, which need not be there any more, or its name</param>
    public Source RemoveSource(Category category, string pathOrName)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(pathOrName));
        using FileStream _ = home.Lock(time, CancellationToken.None);
        SourcesFile sources = SourcesFile.Read(home);
        Source[] candidates = [.. sources.Sources.Where(s => s.Category == category.Name())];
        Source source = candidates.FirstOrDefault(s => s.Path == full) ?? candidates.FirstOrDefault(s => s.Name == pathOrName)
            ?? throw new DeviceException(DeviceFault.Failure, $"{category.Name()} has no source {pathOrName}", "offproof source list");
        new SourcesFile(sources.Schema, [.. sources.Sources.Where(s => s != source)]).Write(home);
        return source;
    }

    private static bool Contains(string outer, string inner) =>
        inner.Equals(outer, StringComparison.Ordinal) || inner.StartsWith(Path.TrimEndingDirectorySeparator(outer) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>All sources, in the order in which they were added.</summary>
    public IReadOnlyList<Source> Sources() => SourcesFile.Read(home).Sources;

    /// <summary>A source's name becomes a folder in the vault and on the disk that a restore writes to: letters, digits, and - _ . inside.</summary>
    private static string SourceName(string folder)
    {
        string name = string.Concat(folder.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')).TrimStart('.');
        return name.Length == 0 ? "source" : name;
    }

    /// <param name="sheet">The sheet's public key</param>
    /// <param name="certificate">What it signed</param>
    /// <param name="invitation">The operator's code, for a new account</param>
    /// <param name="receipt">The server's own, for an account that it may have forgotten (protocol.md §11.3)</param>
    internal static byte[] AccountRequest(VerifyingKey sheet, SignedRecord certificate, string? invitation = null, string? receipt = null)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("sheet");
            sheet.WriteJwk(json);
            json.WriteString("certificate", certificate.Compact);
            if (invitation is not null) json.WriteString("invitation", invitation);
            if (receipt is not null) json.WriteString("receipt", receipt);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    internal static JsonElement Jwk(VerifyingKey key)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer)) key.WriteJwk(json);
        using JsonDocument document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}
