using System.Diagnostics.CodeAnalysis;

namespace Offproof.Consent;

/// <summary>A device or the sheet asks that one epoch be deleted (consent.md §3.7).</summary>
public sealed record Erasure
{
    /// <summary><c>iss</c>: DEVICE, or ACCOUNT where the sheet signs.</summary>
    public required Thumbprint Issuer { get; init; }

    /// <summary><c>sub</c>: ACCOUNT.</summary>
    public required Thumbprint Account { get; init; }

    /// <summary><c>aud</c>: SERVER.</summary>
    public required Thumbprint Server { get; init; }

    /// <summary><c>iat</c>: seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary><c>seq</c> and <c>prev</c> of a device's record; null where the sheet signs.</summary>
    public required ChainPlace? Place { get; init; }

    /// <summary><c>device</c>: whose epoch. A device's own where a device signs.</summary>
    public required Thumbprint Device { get; init; }

    /// <summary>Of what.</summary>
    public required Category Category { get; init; }

    /// <summary>Which turning-on.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>The record hash of its grant.</summary>
    public required Digest Grant { get; init; }

    /// <summary><c>consent.record_id</c>: a new random one.</summary>
    public required Guid RecordId { get; init; }

    /// <summary><c>consent.events[0].event_time</c>, written in UTC to the second.</summary>
    public required DateTimeOffset EventTime { get; init; }

    /// <summary>True where it deletes at once; false where a sheet can cancel it for 14 days.</summary>
    public bool BySheet => Issuer == Account;

    /// <summary>Signs with the device's or the sheet's key. Throws <see cref="ArgumentException"/> unless the content is that signer's.</summary>
    public static SignedRecord Sign(SigningKey signer, Erasure content)
    {
        if (!content.BySheet && content.Device != content.Issuer) throw new ArgumentException("a device erases its own epochs only", nameof(content));
        return SignedRecord.Sign(signer, RecordTyp.Erasure, writer =>
        {
            Opening.Write(writer, signer, content.Issuer, content.Account, content.Server, content.IssuedAt, content.Place);
            writer.WriteString("device", content.Device.Text);
            writer.WriteString("category", content.Category.Name());
            writer.WriteNumber("epoch", content.Epoch.Value);
            writer.WriteString("grant", content.Grant.Text);
            writer.WriteStartObject("consent");
            GrantConsent.WriteIdentity(writer, content.RecordId, content.Account);
            GrantConsent.WriteEvent(writer, content.EventTime, content.Account, "erasure requested");
            writer.WriteEndObject();
        });
    }

    /// <summary>True if it is an erasure for this audience (SERVER), signed by this key, which speaks for this issuer: a device's own thumbprint, or ACCOUNT for its sheet.</summary>
    public static bool TryVerify(SignedRecord record, VerifyingKey signer, Thumbprint issuer, Thumbprint expectedAudience, [NotNullWhen(true)] out Erasure? erasure)
    {
        erasure = null;
        if (!record.TryOpen(RecordTyp.Erasure, signer, issuer, expectedAudience, out var members)) return false;
        var account = members.Thumbprint("sub");
        var consent = members.Object("consent");
        if (!members.Good) return false;
        Erasure read = new()
        {
            Issuer = issuer,
            Account = account,
            Server = expectedAudience,
            IssuedAt = members.Seconds("iat"),
            Place = Opening.Read(members, issuer, account),
            Device = members.Thumbprint("device"),
            Category = members.Category("category"),
            Epoch = members.Epoch("epoch"),
            Grant = members.Digest("grant"),
            RecordId = GrantConsent.ReadIdentity(consent, account),
            EventTime = GrantConsent.ReadEvent(consent, account, "erasure requested"),
        };
        if (!members.Good || !consent.Good || (!read.BySheet && read.Device != issuer)) return false;
        erasure = read;
        return true;
    }
}
