using System.Globalization;
using System.Text.Json;

namespace Offproof.Consent;

/// <summary>
/// The words of a consent that vary, in the fields of ISO/IEC TS 27560:2023 (consent.md §3.3). Everything else in that object repeats members of the grant;
/// a reader refuses a grant in which the two disagree.
/// </summary>
public sealed record GrantConsent
{
    internal const string Schema = "ISO/IEC TS 27560:2023";

    /// <summary><c>record_id</c>: random, written as urn:uuid.</summary>
    public required Guid RecordId { get; init; }

    /// <summary><c>language</c> in which the policy was shown.</summary>
    public string Language { get; init; } = "en";

    /// <summary><c>purpose</c>.</summary>
    public required string Purpose { get; init; }

    /// <summary><c>collection_method</c>.</summary>
    public required string CollectionMethod { get; init; }

    /// <summary><c>processing_method</c>.</summary>
    public required string ProcessingMethod { get; init; }

    /// <summary>The server's URL: the one <c>storage_locations</c> entry and the <c>party_url</c> of the processor.</summary>
    public required string ServerUrl { get; init; }

    /// <summary><c>retention_period</c>.</summary>
    public required string RetentionPeriod { get; init; }

    /// <summary><c>withdrawal_method</c>.</summary>
    public required string WithdrawalMethod { get; init; }

    /// <summary><c>privacy_rights</c>.</summary>
    public required string PrivacyRights { get; init; }

    /// <summary><c>event_time</c>, written in UTC to the second.</summary>
    public required DateTimeOffset EventTime { get; init; }

    /// <summary><c>validity_duration</c> of the event; null in grants that do not have it.</summary>
    public string? Validity { get; init; }

    /// <summary>The consent as this version of the program asks for it.</summary>
    public static GrantConsent For(Category category, string serverUrl, Guid recordId, DateTimeOffset time) => new()
    {
        RecordId = recordId,
        Purpose = $"a backup of {category.Name()} that only their owner can open",
        CollectionMethod = "read on the device, from the sources that its owner added, while the switch is on",
        ProcessingMethod = "encrypted on the device; stored at the server as objects that it cannot open",
        ServerUrl = serverUrl,
        RetentionPeriod = "until the owner erases it",
        WithdrawalMethod = $"offproof off {category.Name()}; it takes effect on the device at once, and at the server when it is told",
        PrivacyRights = "restore it at any time, with other programs too; withdraw; keep or erase what is stored",
        EventTime = new DateTimeOffset(time.UtcDateTime.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero),
        Validity = "until it is withdrawn",
    };

    internal static GrantConsent None { get; } = For(default, "none:", Guid.Empty, DateTimeOffset.UnixEpoch);

    internal void Write(Utf8JsonWriter writer, Grant grant)
    {
        if (!ServerUrl.EndsWith('/')) throw new ArgumentException("the server's URL ends in a slash", nameof(grant));
        writer.WriteStartObject("consent");
        WriteIdentity(writer, RecordId, grant.Account);
        writer.WriteStartArray("pii_processing");
        writer.WriteStartObject();
        writer.WriteString("privacy_notice", Notice(grant.Policy));
        writer.WriteString("language", Language);
        writer.WriteStartArray("purposes");
        writer.WriteStartObject();
        writer.WriteString("purpose", Purpose);
        writer.WriteString("lawful_basis", "consent");
        writer.WriteStartArray("pii_information");
        writer.WriteStartObject();
        writer.WriteString("pii_type", grant.Category.Name());
        writer.WriteBoolean("pii_optional", true);
        writer.WriteEndObject();
        writer.WriteEndArray();
        WriteList(writer, "pii_controllers", grant.Account.Text);
        writer.WriteString("collection_method", CollectionMethod);
        writer.WriteString("processing_method", ProcessingMethod);
        WriteList(writer, "storage_locations", ServerUrl);
        writer.WriteString("retention_period", RetentionPeriod);
        WriteList(writer, "recipient_third_parties");
        writer.WriteString("withdrawal_method", WithdrawalMethod);
        writer.WriteString("privacy_rights", PrivacyRights);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteStartArray("party_identification");
        writer.WriteStartObject();
        writer.WriteString("party_id", grant.Account.Text);
        writer.WriteString("party_role", "pii_principal");
        writer.WriteEndObject();
        writer.WriteStartObject();
        writer.WriteString("party_id", grant.Server.Text);
        writer.WriteString("party_role", "pii_processor");
        writer.WriteString("party_url", ServerUrl);
        writer.WriteEndObject();
        writer.WriteEndArray();
        WriteEvent(writer, EventTime, grant.Account, "consent given", Validity);
        writer.WriteEndObject();
    }

    // Marks `consent` as not good where a member is missing or disagrees with the grant.
    internal static GrantConsent Read(Members consent, Thumbprint account, Category category, Digest policy, Thumbprint server)
    {
        var recordId = ReadIdentity(consent, account);
        Members processing = new(consent.Array("pii_processing", 1)[0]);
        processing.Exactly("privacy_notice", Notice(policy));
        Members purpose = new(processing.Array("purposes", 1)[0]);
        purpose.Exactly("lawful_basis", "consent");
        Members information = new(purpose.Array("pii_information", 1)[0]);
        information.Exactly("pii_type", category.Name());
        information.Demand(information.True("pii_optional"));
        purpose.Demand(purpose.Array("pii_controllers", 1)[0].Is(account.Text));
        purpose.Array("recipient_third_parties", 0);
        var parties = consent.Array("party_identification", 2);
        Members owner = new(parties[0]);
        owner.Exactly("party_id", account.Text);
        owner.Exactly("party_role", "pii_principal");
        Members processor = new(parties[1]);
        processor.Exactly("party_id", server.Text);
        processor.Exactly("party_role", "pii_processor");
        string url = processor.Text("party_url");
        processor.Demand(url.EndsWith('/'));
        purpose.Demand(purpose.Array("storage_locations", 1)[0].Is(url));
        GrantConsent read = new()
        {
            RecordId = recordId,
            Language = processing.Text("language"),
            Purpose = purpose.Text("purpose"),
            CollectionMethod = purpose.Text("collection_method"),
            ProcessingMethod = purpose.Text("processing_method"),
            ServerUrl = url,
            RetentionPeriod = purpose.Text("retention_period"),
            WithdrawalMethod = purpose.Text("withdrawal_method"),
            PrivacyRights = purpose.Text("privacy_rights"),
            EventTime = ReadEvent(consent, account, "consent given"),
            Validity = ReadValidity(consent),
        };
        consent.Demand(processing.Good && purpose.Good && information.Good && owner.Good && processor.Good);
        return read;
    }

    internal static void WriteIdentity(Utf8JsonWriter writer, Guid recordId, Thumbprint account)
    {
        writer.WriteString("schema_version", Schema);
        if (!IsVersion4(recordId)) throw new ArgumentException("a record_id is a UUID of version 4", nameof(recordId));
        writer.WriteString("record_id", Urn(recordId));
        writer.WriteString("pii_principal_id", account.Text);
    }

    internal static Guid ReadIdentity(Members consent, Thumbprint account)
    {
        consent.Exactly("schema_version", Schema);
        consent.Exactly("pii_principal_id", account.Text);
        string urn = consent.Text("record_id");
        Guid recordId = default;
        // Guid.TryParseExact takes upper case, signs and white space; what it writes has none of them.
        consent.Demand(urn.StartsWith("urn:uuid:", StringComparison.Ordinal) && Guid.TryParseExact(urn["urn:uuid:".Length..], "D", out recordId)
            && string.Equals(urn, Urn(recordId), StringComparison.Ordinal) && IsVersion4(recordId));
        return recordId;
    }

    internal static void WriteEvent(Utf8JsonWriter writer, DateTimeOffset time, Thumbprint account, string state, string? validity = null)
    {
        writer.WriteStartArray("events");
        writer.WriteStartObject();
        writer.WriteString("event_time", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        writer.WriteString("entity_id", account.Text);
        writer.WriteString("event_type", "explicit");
        writer.WriteString("event_state", state);
        if (validity is not null) writer.WriteString("validity_duration", validity);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    internal static DateTimeOffset ReadEvent(Members consent, Thumbprint account, string state)
    {
        Members given = new(consent.Array("events", 1)[0]);
        given.Exactly("entity_id", account.Text);
        given.Exactly("event_type", "explicit");
        given.Exactly("event_state", state);
        var time = given.Time("event_time");
        consent.Demand(given.Good);
        return time;
    }

    static string? ReadValidity(Members consent)
    {
        Members given = new(consent.Array("events", 1)[0]);
        string? validity = given.Has("validity_duration") ? given.Text("validity_duration") : null;
        consent.Demand(given.Good);
        return validity;
    }

    static string Urn(Guid recordId) => $"urn:uuid:{recordId:D}";

    // RFC 9562 §5.4: version 4 (random) of the variant whose first bits are 10.
    static bool IsVersion4(Guid id) => id.Version == 4 && id.Variant is >= 8 and <= 11;

    static string Notice(Digest policy) => $"urn:sha256:{policy.Text}";

    static void WriteList(Utf8JsonWriter writer, string name, params ReadOnlySpan<string> items)
    {
        writer.WriteStartArray(name);
        foreach (string item in items) writer.WriteStringValue(item);
        writer.WriteEndArray();
    }
}
