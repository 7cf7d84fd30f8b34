using System.Diagnostics.CodeAnalysis;

namespace Offproof.Consent;

/// <summary>The sheet says: this key is a device of this account (consent.md §3.1).</summary>
public sealed record Certificate
{
    /// <summary><c>iss</c>: ACCOUNT.</summary>
    public required Thumbprint Account { get; init; }

    /// <summary><c>cnf.jwk</c>: the device's key; its thumbprint is <c>sub</c>.</summary>
    public required VerifyingKey DeviceKey { get; init; }

    /// <summary><c>aud</c>: SERVER.</summary>
    public required Thumbprint Server { get; init; }

    /// <summary><c>iat</c>: seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary><c>sub</c>: DEVICE.</summary>
    public Thumbprint Device => DeviceKey.Thumbprint;

    /// <summary>Signs with the key of the account's sheet: of its first one, or of one that took its place.</summary>
    public static SignedRecord Sign(SigningKey sheet, Certificate content) => SignedRecord.Sign(sheet, RecordTyp.Certificate, writer =>
    {
        writer.WriteString("iss", content.Account.Text);
        writer.WriteString("sub", content.Device.Text);
        writer.WriteString("aud", content.Server.Text);
        writer.WriteNumber("iat", content.IssuedAt);
        writer.WriteStartObject("cnf");
        writer.WritePropertyName("jwk");
        content.DeviceKey.WriteJwk(writer);
        writer.WriteEndObject();
    });

    /// <summary>True if it is a certificate for this account and audience (SERVER), signed by this sheet.</summary>
    public static bool TryVerify(
        SignedRecord record, VerifyingKey sheet, Thumbprint account, Thumbprint expectedAudience, [NotNullWhen(true)] out Certificate? certificate)
    {
        certificate = null;
        if (!record.TryOpen(RecordTyp.Certificate, sheet, account, expectedAudience, out var members)) return false;
        Opening.Read(members, account, account);
        long issuedAt = members.Seconds("iat");
        var subject = members.Thumbprint("sub");
        var confirmation = members.Object("cnf");
        if (!VerifyingKey.TryFromJwk(confirmation.Element("jwk"), out var device) || !members.Good || device.Thumbprint != subject) return false;
        certificate = new() { Account = account, DeviceKey = device, Server = expectedAudience, IssuedAt = issuedAt };
        return true;
    }
}

static class Signer
{
    internal static void Demand(SigningKey key, Thumbprint issuer)
    {
        if (key.Thumbprint != issuer) throw new ArgumentException("the content names another signer than the key", nameof(key));
    }
}
