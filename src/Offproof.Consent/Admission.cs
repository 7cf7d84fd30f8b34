using System.Diagnostics.CodeAnalysis;

namespace Offproof.Consent;

/// <summary>A device says: this key is a device of this account too (consent.md §3.8).</summary>
public sealed record Admission
{
    /// <summary><c>iss</c>: DEVICE of the signer.</summary>
    public required Thumbprint Issuer { get; init; }

    /// <summary><c>sub</c>: ACCOUNT.</summary>
    public required Thumbprint Account { get; init; }

    /// <summary><c>aud</c>: SERVER.</summary>
    public required Thumbprint Server { get; init; }

    /// <summary><c>iat</c>: seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary><c>seq</c> and <c>prev</c> in the signer's chain.</summary>
    public required ChainPlace Place { get; init; }

    /// <summary><c>cnf.jwk</c>: the new device's key; its thumbprint is <c>device</c>.</summary>
    public required VerifyingKey DeviceKey { get; init; }

    /// <summary><c>device</c>: the new DEVICE.</summary>
    public Thumbprint Device => DeviceKey.Thumbprint;

    /// <summary>Signs with the admitting device's key. Throws <see cref="ArgumentException"/> unless the content names it.</summary>
    public static SignedRecord Sign(SigningKey device, Admission content) => SignedRecord.Sign(device, RecordTyp.Admission, writer =>
    {
        Opening.Write(writer, device, content.Issuer, content.Account, content.Server, content.IssuedAt, content.Place);
        writer.WriteString("device", content.Device.Text);
        writer.WriteStartObject("cnf");
        writer.WritePropertyName("jwk");
        content.DeviceKey.WriteJwk(writer);
        writer.WriteEndObject();
    });

    /// <summary>True if it is an admission for this audience (SERVER), signed by this device.</summary>
    public static bool TryVerify(SignedRecord record, VerifyingKey device, Thumbprint expectedAudience, [NotNullWhen(true)] out Admission? admission)
    {
        admission = null;
        if (!record.TryOpen(RecordTyp.Admission, device, expectedAudience, out var members)) return false;
        var confirmation = members.Object("cnf");
        if (!VerifyingKey.TryFromJwk(confirmation.Element("jwk"), out var admitted)) return false;
        Admission read = new()
        {
            Issuer = device.Thumbprint,
            Account = members.Thumbprint("sub"),
            Server = expectedAudience,
            IssuedAt = members.Seconds("iat"),
            Place = new(Chain.Seq(members), members.Digest("prev")),
            DeviceKey = admitted,
        };
        if (members.Thumbprint("device") != admitted.Thumbprint || !members.Good) return false;
        admission = read;
        return true;
    }
}
