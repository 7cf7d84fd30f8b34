using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// The recovery sheet: one age identity, with the server's address, the account and the server's key in comment lines, so that the file is also a
/// valid age identity file. It opens every vault of the account and signs for it; the device keeps only its recipient. Zeroed when disposed.
/// </summary>
public sealed class Sheet : IDisposable
{
    private const int MaximumLength = 64 * 1024;
    private readonly AgeIdentity identity;

    private Sheet(AgeIdentity identity, Uri server, Thumbprint account, Thumbprint serverKey)
    {
        this.identity = identity;
        Server = server;
        ServerKey = serverKey;
        Signing = SheetKey.Derive(identity.Reveal());
        Account = account;
    }

    /// <summary>The server that holds the vaults, ending in a slash.</summary>
    public Uri Server { get; }

    /// <summary>ACCOUNT: the thumbprint of the account's first sheet (consent.md §2).</summary>
    public Thumbprint Account { get; }

    /// <summary>The thumbprint of the server's key, pinned when the sheet was made.</summary>
    public Thumbprint ServerKey { get; }

    /// <summary>The thumbprint of the sheet whose place this one was made to take; null of a first sheet, and where the line was not copied.</summary>
    internal Thumbprint? Succeeds { get; private init; }

    /// <summary>The servers that the account left, as the sheet names them; the last one first.</summary>
    internal IReadOnlyList<EarlierServer> Earlier { get; private init; } = [];

    /// <summary>Whom vault passwords are sealed to.</summary>
    public AgeRecipient Recipient => identity.Recipient;

    /// <summary>The signing key derived from the identity line.</summary>
    internal SigningKey Signing { get; }

    /// <summary>A new sheet, which opens a new account: ACCOUNT is its own thumbprint.</summary>
    internal static Sheet Generate(Uri server, Thumbprint serverKey)
    {
        AgeIdentity identity = AgeIdentity.Generate();
        using SigningKey signing = SheetKey.Derive(identity.Reveal());
        return new Sheet(identity, server, signing.Thumbprint, serverKey);
    }

    /// <summary>A new sheet for an account that has one: to be rotated to, or to replace one that was lost.</summary>
    internal static Sheet GenerateNext(Uri server, Thumbprint serverKey, Thumbprint account, Thumbprint succeeds) =>
        new(AgeIdentity.Generate(), server, account, serverKey) { Succeeds = succeeds };

    /// <summary>The same sheet as it speaks to another server. It is disposed like any other.</summary>
    internal Sheet At(Uri server, Thumbprint serverKey, Thumbprint account) => AgeIdentity.TryParse(identity.Reveal(), out AgeIdentity? same)
        ? new Sheet(same, server, account, serverKey) { Succeeds = Succeeds }
        : throw new InvalidOperationException("an identity that was read is none");

    /// <summary>Reads a sheet's file. Blanks around a line, and an identity in lower case, are forgiven: who restores has what is left.</summary>
    /// <exception cref="DeviceException">There is no file, no identity, or a comment line is missing or damaged.</exception>
    public static Sheet Read(string file)
    {
        if (!File.Exists(file)) throw new DeviceException(DeviceFault.WrongSheet, $"no sheet at {file}");
        if (new FileInfo(file).Length > MaximumLength) throw new DeviceException(DeviceFault.WrongSheet, $"{file} is not a recovery sheet: it is too long");

        Dictionary<string, string> comments = new(StringComparer.Ordinal);
        List<EarlierServer> earlier = [];
        AgeIdentity? identity = null;
        foreach (string raw in File.ReadLines(file))
        {
            string line = raw.Trim();
            if (line.StartsWith('#'))
            {
                string[] parts = line[1..].Split(':', 2, StringSplitOptions.TrimEntries);
                if (parts.Length != 2) continue;
                if (parts[0] != EarlierServer.Name) comments.TryAdd(parts[0], parts[1]);
                else if (earlier.Count < EarlierServer.Most && EarlierServer.TryParse(parts[1]) is { } left) earlier.Add(left);
            }
            else if (line.Length > 0)
            {
                if (identity is not null) throw Wrong(file, "it has more than one identity");
                if (!AgeIdentity.TryParse(line, out identity)) throw Wrong(file, "its identity line is damaged", "compare it with the printed sheet: a wrong character is always noticed");
            }
        }
        if (identity is null) throw Wrong(file, "it has no identity line");
        if (!comments.TryGetValue("server", out string? serverText) || !Uri.TryCreate(serverText, UriKind.Absolute, out Uri? server))
            throw Wrong(file, "its line '# server:' is missing or damaged");
        if (!comments.TryGetValue("account", out string? accountText) || !Thumbprint.TryParse(accountText, out Thumbprint account))
            throw Wrong(file, "its line '# account:' is missing or damaged");
        if (!comments.TryGetValue("server-key", out string? keyText) || !Thumbprint.TryParse(keyText, out Thumbprint serverKey))
            throw Wrong(file, "its line '# server-key:' is missing or damaged");
        // A sheet that took another's place has another thumbprint than ACCOUNT: the records lead to it (consent.md §3.10, §4).
        Thumbprint? succeeds = comments.TryGetValue("succeeds", out string? before) && Thumbprint.TryParse(before, out Thumbprint sheetBefore) ? sheetBefore : null;
        return new Sheet(identity, server, account, serverKey) { Succeeds = succeeds, Earlier = earlier };
    }

    /// <summary>What stock age forgives less than <see cref="Read"/> does, so that a confirmed sheet opens without this program too.</summary>
    /// <exception cref="DeviceException">age would not read this file.</exception>
    internal static void RequireReadableByAge(string file)
    {
        const string hint = "age would not read it: write the line as init did";
        if (File.ReadAllBytes(file).AsSpan().StartsWith("\uFEFF"u8)) throw Wrong(file, "it begins with a byte order mark", "age would not read it: save it as plain text");
        foreach (string line in File.ReadLines(file))
        {
            if (line.Length == 0 || line.StartsWith('#')) continue;
            if (line != line.Trim()) throw Wrong(file, "there is a blank before or after a line", hint);
            if (line.Any(char.IsAsciiLetterLower)) throw Wrong(file, "its identity line is in lower case", hint);
        }
    }

    /// <summary>Writes the sheet to a file that must not exist, mode 600.</summary>
    public void WriteNew(string file, DateTimeOffset created)
    {
        string succeeds = Succeeds is { } before ? $"# succeeds: {before}\n" : "";
        string text = string.Create(CultureInfo.InvariantCulture, $"""
            # Offproof recovery sheet. Whoever holds this can open every backup of this account; without it, a lost phone's backup stays closed.
            # Print it or copy it to a place that is not the phone. It is also an age identity file: age -d -i FILE opens what was sealed to it.
            # created: {created:yyyy-MM-dd'T'HH:mm:ss'Z'}
            # server: {Server}
            # account: {Account}
            # server-key: {ServerKey}
            # recipient: {Recipient}
            {succeeds}{identity.Reveal()}

            """);
        byte[] bytes = Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\n"));
        try
        {
            NewFile.Write(file, bytes);
        }
        catch (IOException e) when (Path.Exists(file))
        {
            throw new DeviceException(DeviceFault.Refused, $"{file} exists and is not overwritten: it may be another account's only sheet", "name another file", e);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Opens what was sealed to this sheet; false when it was sealed to another or altered.</summary>
    internal bool TryOpen(ReadOnlySpan<byte> sealedFile, [NotNullWhen(true)] out byte[]? plaintext) => AgeFile.TryOpen(sealedFile, identity, out plaintext);

    /// <summary>This sheet's identity line, sealed to the sheet that takes its place: what a rotation carries (consent.md §3.10).</summary>
    internal byte[] SealTo(AgeRecipient next)
    {
        byte[] line = Encoding.ASCII.GetBytes(identity.Reveal());
        try
        {
            return AgeFile.Seal(line, next);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(line);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        identity.Dispose();
        Signing.Dispose();
    }

    private static DeviceException Wrong(string file, string why, string? hint = null) =>
        new(DeviceFault.WrongSheet, $"{file} is not a usable recovery sheet: {why}", hint);
}
