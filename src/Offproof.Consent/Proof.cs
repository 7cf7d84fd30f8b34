using System.Diagnostics.CodeAnalysis;

namespace Offproof.Consent;

/// <summary>What a vault token may do.</summary>
public enum VaultMode
{
    /// <summary>Read, and set and remove the holder's own locks.</summary>
    Read,

    /// <summary>The same, and add objects.</summary>
    Add,

    /// <summary>Read, set and remove its own locks, add indexes, and remove what came long enough ago; the sheet's alone.</summary>
    Prune,
}

/// <summary>The vault for which a token is asked, and what it may do there.</summary>
public sealed record VaultAsk(Thumbprint Device, Category Category, Epoch Epoch, VaultMode Mode);

/// <summary>A device or a sheet asks for a token: worth one request to one server (consent.md §3.6, protocol.md §5).</summary>
public sealed record Proof
{
    /// <summary>The shortest life of a token, in seconds.</summary>
    public const int MinSeconds = 60;

    /// <summary>The longest life of a token, in seconds.</summary>
    public const int MaxSeconds = 3600;

    /// <summary>The life of a token when none is asked for, in seconds.</summary>
    public const int DefaultSeconds = 900;

    /// <summary><c>iss</c>: DEVICE or ACCOUNT.</summary>
    public required Thumbprint Signer { get; init; }

    /// <summary><c>sub</c>: ACCOUNT.</summary>
    public required Thumbprint Account { get; init; }

    /// <summary><c>aud</c>: SERVER.</summary>
    public required Thumbprint Server { get; init; }

    /// <summary><c>iat</c>: seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary><c>nonce</c>: from the server, good once.</summary>
    public required string Nonce { get; init; }

    /// <summary>For action <c>vault</c>, which one; null for action <c>recovery</c>.</summary>
    public required VaultAsk? Vault { get; init; }

    /// <summary><c>seconds</c>: how long the token shall live, 60 to 3600; left out where null, and then 900.</summary>
    public int? Seconds { get; init; }

    /// <summary>Signs with the device's or the sheet's key. Throws <see cref="ArgumentException"/> unless the content names that device or its account, and seconds are 60 to 3600.</summary>
    public static SignedRecord Sign(SigningKey signer, Proof content)
    {
        if (content.Signer != content.Account) Consent.Signer.Demand(signer, content.Signer);
        if (content.Seconds is < MinSeconds or > MaxSeconds) throw new ArgumentException("a token lives 60 to 3600 seconds", nameof(content));
        return SignedRecord.Sign(signer, RecordTyp.Proof, writer =>
        {
            writer.WriteString("iss", content.Signer.Text);
            writer.WriteString("sub", content.Account.Text);
            writer.WriteString("aud", content.Server.Text);
            writer.WriteNumber("iat", content.IssuedAt);
            writer.WriteString("nonce", content.Nonce);
            writer.WriteString("action", content.Vault is null ? "recovery" : "vault");
            if (content.Vault is { } vault)
            {
                writer.WriteString("device", vault.Device.Text);
                writer.WriteString("category", vault.Category.Name());
                writer.WriteNumber("epoch", vault.Epoch.Value);
                writer.WriteString("mode", NameOf(vault.Mode));
            }

            if (content.Seconds is { } seconds) writer.WriteNumber("seconds", seconds);
        });
    }

    /// <summary>
    /// True if it is a proof for this audience (SERVER), with an action of this version, signed by this key, which speaks for this issuer: a device's own
    /// thumbprint, or ACCOUNT for its sheet. The nonce is the caller's to check.
    /// </summary>
    public static bool TryVerify(SignedRecord record, VerifyingKey signer, Thumbprint issuer, Thumbprint expectedAudience, [NotNullWhen(true)] out Proof? proof)
    {
        proof = null;
        if (!record.TryOpen(RecordTyp.Proof, signer, issuer, expectedAudience, out var members)) return false;
        string action = members.Text("action");
        if (action is not ("vault" or "recovery")) return false;
        Proof read = new()
        {
            Signer = issuer,
            Account = members.Thumbprint("sub"),
            Server = expectedAudience,
            IssuedAt = members.Seconds("iat"),
            Nonce = members.Text("nonce"),
            Vault = action is "vault" ? ReadVault(members) : null,
            Seconds = members.Has("seconds") ? (int)members.Integer("seconds", MinSeconds, MaxSeconds) : null,
        };
        if (!members.Good) return false;
        proof = read;
        return true;
    }

    static VaultAsk ReadVault(Members members)
    {
        string mode = members.Text("mode");
        members.Demand(mode is "add" or "read" or "prune");
        return new(members.Thumbprint("device"), members.Category("category"), members.Epoch("epoch"), mode is "add" ? VaultMode.Add : mode is "prune" ? VaultMode.Prune : VaultMode.Read);
    }

    static string NameOf(VaultMode mode) => mode switch
    {
        VaultMode.Add => "add",
        VaultMode.Prune => "prune",
        _ => "read",
    };
}
