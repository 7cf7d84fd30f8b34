using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Offproof.Consent;

/// <summary>The three files that tie a grant to one vault: SHA-256 of its config, of its key file, and of the sealed password (consent.md §3.3).</summary>
public readonly record struct VaultHashes(Digest Config, Digest Key, Digest Sealed);

/// <summary>A device turns a category on (consent.md §3.3).</summary>
public sealed record Grant
{
    /// <summary><c>iss</c>: DEVICE.</summary>
    public required Thumbprint Device { get; init; }

    /// <summary><c>sub</c>: ACCOUNT.</summary>
    public required Thumbprint Account { get; init; }

    /// <summary><c>aud</c>: SERVER.</summary>
    public required Thumbprint Server { get; init; }

    /// <summary><c>iat</c>: seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary><c>seq</c>: the place in the device's chain, from 1.</summary>
    public required long Seq { get; init; }

    /// <summary><c>prev</c>: the record hash of the link before; for the first, of the certificate.</summary>
    public required Digest Prev { get; init; }

    /// <summary>What is turned on.</summary>
    public required Category Category { get; init; }

    /// <summary>Which turning-on this is.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>The one vault that this consent is about.</summary>
    public required VaultHashes Vault { get; init; }

    /// <summary>SHA-256 of the policy text that was shown.</summary>
    public required Digest Policy { get; init; }

    /// <summary>The consent in the words of ISO/IEC TS 27560:2023.</summary>
    public required GrantConsent Consent { get; init; }

    /// <summary>Signs with the device's key. Throws <see cref="ArgumentException"/> unless the content names it.</summary>
    public static SignedRecord Sign(SigningKey device, Grant content)
    {
        Signer.Demand(device, content.Device);
        return SignedRecord.Sign(device, RecordTyp.Grant, writer =>
        {
            Chain.Write(writer, content.Device, content.Account, content.Server, content.IssuedAt, content.Seq, content.Prev);
            writer.WriteString("category", content.Category.Name());
            writer.WriteNumber("epoch", content.Epoch.Value);
            writer.WriteStartObject("vault");
            writer.WriteString("config", content.Vault.Config.Text);
            writer.WriteString("key", content.Vault.Key.Text);
            writer.WriteString("sealed", content.Vault.Sealed.Text);
            writer.WriteEndObject();
            writer.WriteString("policy", content.Policy.Text);
            content.Consent.Write(writer, content);
        });
    }

    /// <summary>True if it is a grant for this audience (SERVER), signed by this device, and what it says of the consent agrees with itself.</summary>
    public static bool TryVerify(SignedRecord record, VerifyingKey device, Thumbprint expectedAudience, [NotNullWhen(true)] out Grant? grant)
    {
        grant = null;
        if (!record.TryOpen(RecordTyp.Grant, device, expectedAudience, out var members)) return false;
        var vault = members.Object("vault");
        VaultHashes hashes = new(vault.Digest("config"), vault.Digest("key"), vault.Digest("sealed"));
        var account = members.Thumbprint("sub");
        var category = members.Category("category");
        var policy = members.Digest("policy");
        var consent = members.Object("consent");
        Grant read = new()
        {
            Device = device.Thumbprint,
            Account = account,
            Server = expectedAudience,
            IssuedAt = members.Seconds("iat"),
            Seq = Chain.Seq(members),
            Prev = members.Digest("prev"),
            Category = category,
            Epoch = members.Epoch("epoch"),
            Vault = hashes,
            Policy = policy,
            Consent = members.Good ? GrantConsent.Read(consent, account, category, policy, expectedAudience) : GrantConsent.None,
        };
        if (!members.Good || !vault.Good || !consent.Good) return false;
        grant = read;
        return true;
    }
}

/// <summary>What all links of a device's chain begin with (consent.md §3.2).</summary>
static class Chain
{
    internal static long Seq(Members members) => members.Integer("seq", 1, int.MaxValue);

    internal static void Write(Utf8JsonWriter writer, Thumbprint device, Thumbprint account, Thumbprint server, long issuedAt, long seq, Digest prev)
    {
        writer.WriteString("iss", device.Text);
        writer.WriteString("sub", account.Text);
        writer.WriteString("aud", server.Text);
        writer.WriteNumber("iat", issuedAt);
        writer.WriteNumber("seq", seq);
        writer.WriteString("prev", prev.Text);
    }
}
