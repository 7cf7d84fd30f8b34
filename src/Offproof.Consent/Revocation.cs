using System.Diagnostics.CodeAnalysis;

namespace Offproof.Consent;

/// <summary>A device turns a category off; what was stored stays and opens with the sheet (consent.md §3.4).</summary>
public sealed record Revocation
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

    /// <summary><c>prev</c>: the record hash of the link before.</summary>
    public required Digest Prev { get; init; }

    /// <summary>What is turned off.</summary>
    public required Category Category { get; init; }

    /// <summary>Which turning-on ends.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>The record hash of the grant that ends.</summary>
    public required Digest Grant { get; init; }

    /// <summary><c>consent.record_id</c>: a new random one.</summary>
    public required Guid RecordId { get; init; }

    /// <summary><c>consent.events[0].event_time</c>, written in UTC to the second.</summary>
    public required DateTimeOffset EventTime { get; init; }

    /// <summary>Signs with the device's key. Throws <see cref="ArgumentException"/> unless the content names it.</summary>
    public static SignedRecord Sign(SigningKey device, Revocation content)
    {
        Signer.Demand(device, content.Device);
        return SignedRecord.Sign(device, RecordTyp.Revocation, writer =>
        {
            Chain.Write(writer, content.Device, content.Account, content.Server, content.IssuedAt, content.Seq, content.Prev);
            writer.WriteString("category", content.Category.Name());
            writer.WriteNumber("epoch", content.Epoch.Value);
            writer.WriteString("grant", content.Grant.Text);
            writer.WriteString("stored", "keep");
            writer.WriteStartObject("consent");
            GrantConsent.WriteIdentity(writer, content.RecordId, content.Account);
            GrantConsent.WriteEvent(writer, content.EventTime, content.Account, "consent withdrawn");
            writer.WriteEndObject();
        });
    }

    /// <summary>True if it is a revocation for this audience (SERVER), signed by this device.</summary>
    public static bool TryVerify(SignedRecord record, VerifyingKey device, Thumbprint expectedAudience, [NotNullWhen(true)] out Revocation? revocation)
    {
        revocation = null;
        if (!record.TryOpen(RecordTyp.Revocation, device, expectedAudience, out var members)) return false;
        members.Exactly("stored", "keep");
        var consent = members.Object("consent");
        var account = members.Thumbprint("sub");
        if (!members.Good) return false;
        Revocation read = new()
        {
            Device = device.Thumbprint,
            Account = account,
            Server = expectedAudience,
            IssuedAt = members.Seconds("iat"),
            Seq = Chain.Seq(members),
            Prev = members.Digest("prev"),
            Category = members.Category("category"),
            Epoch = members.Epoch("epoch"),
            Grant = members.Digest("grant"),
            RecordId = GrantConsent.ReadIdentity(consent, account),
            EventTime = GrantConsent.ReadEvent(consent, account, "consent withdrawn"),
        };
        if (!members.Good || !consent.Good) return false;
        revocation = read;
        return true;
    }
}
