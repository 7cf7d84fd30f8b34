using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Offproof.Phone;

/// <summary>persona.json (persona.md §2): UTF-8, two spaces, LF, one line feed at the end.</summary>
static class PersonaJson
{
    internal const string Schema = "offproof/v1/persona";

    /// <summary>The file's time: after the last picture.</summary>
    internal static readonly DateTimeOffset Written = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    const int FlushAt = 1 << 16;

    internal static void Write(Stream output, ulong seed, Identifiers identifiers, SampleContact[] contacts, SampleMessages messages, IEnumerable<SampleNote> notes,
        IReadOnlyList<PhotoEntry> photos)
    {
        JsonWriterOptions options = new() { Indented = true, IndentSize = 2, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter json = new(output, options))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteNumber("seed", seed);
            Write(json, identifiers);
            Array(json, "contacts", contacts, Write);
            Array(json, "messages", messages.All(), Write);
            Array(json, "notes", notes, Write);
            Array(json, "photos", photos, Write);
            json.WriteEndObject();
        }
        output.WriteByte((byte)'\n');
    }

    static void Array<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            write(json, item);
            if (json.BytesPending > FlushAt) json.Flush();
        }
        json.WriteEndArray();
    }

    static void Write(Utf8JsonWriter json, Identifiers identifiers)
    {
        json.WriteStartObject("identifiers");
        json.WriteString("imei", identifiers.Imei);
        json.WriteString("imsi", identifiers.Imsi);
        json.WriteString("iccid", identifiers.Iccid);
        json.WriteString("androidId", identifiers.AndroidId);
        json.WriteString("mac", identifiers.Mac);
        json.WriteString("serial", identifiers.Serial);
        json.WriteString("email", identifiers.Email);
        json.WriteString("carrier", identifiers.Carrier);
        json.WriteString("phone", identifiers.Phone);
        Place(json, identifiers.Gps);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, SampleContact contact)
    {
        json.WriteStartObject();
        json.WriteString("canary", contact.Canary);
        json.WriteString("displayName", contact.DisplayName);
        json.WriteStartObject("name");
        json.WriteString("family", contact.Name.Family);
        json.WriteString("given", contact.Name.Given);
        json.WriteString("additional", contact.Name.Additional);
        json.WriteString("prefixes", contact.Name.Prefixes);
        json.WriteString("suffixes", contact.Name.Suffixes);
        json.WriteEndObject();
        json.WriteString("nickname", contact.Nickname);
        Array(json, "phones", contact.Phones, static (json, phone) =>
        {
            json.WriteStartObject();
            json.WriteString("value", phone.Value);
            json.WriteString("type", phone.Type);
            json.WriteString("label", phone.Label);
            json.WriteEndObject();
        });
        Array(json, "emails", contact.Emails, static (json, email) =>
        {
            json.WriteStartObject();
            json.WriteString("value", email.Value);
            json.WriteString("type", email.Type);
            json.WriteEndObject();
        });
        Array(json, "addresses", contact.Addresses, static (json, address) =>
        {
            json.WriteStartObject();
            json.WriteString("street", address.Street);
            json.WriteString("locality", address.Locality);
            json.WriteString("region", address.Region);
            json.WriteString("postalCode", address.PostalCode);
            json.WriteString("country", address.Country);
            json.WriteString("type", address.Type);
            json.WriteEndObject();
        });
        json.WriteString("organization", contact.Organization);
        json.WriteString("department", contact.Department);
        json.WriteString("title", contact.Title);
        json.WriteString("birthday", contact.Birthday);
        json.WriteString("url", contact.Url);
        json.WriteString("note", contact.Note);
        if (contact.Photo is { } photo)
        {
            json.WriteStartObject("photo");
            Facts(json, photo);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("photo");
        }
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, SampleMessage message)
    {
        json.WriteStartObject();
        json.WriteString("kind", message.IsMms ? "mms" : "sms");
        Array(json, "addresses", message.Conversation.Addresses, static (json, address) => json.WriteStringValue(address));
        json.WriteString("direction", message.Direction);
        json.WriteString("from", message.From);
        json.WriteNumber("date", message.Date);
        if (message.DateSent is { } sent) json.WriteNumber("dateSent", sent);
        else json.WriteNull("dateSent");
        json.WriteBoolean("read", message.Read);
        json.WriteString("subject", message.Subject);
        json.WriteString("body", message.Body);
        json.WriteString("canary", message.Canary);
        Array(json, "parts", message.Parts, static (json, part) =>
        {
            json.WriteStartObject();
            json.WriteString("name", part.Name);
            Facts(json, part);
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, SampleNote note)
    {
        json.WriteStartObject();
        json.WriteString("canary", note.Canary);
        json.WriteString("path", $"notes/{note.FileName}.md");
        json.WriteString("title", note.Title);
        json.WriteString("text", note.Text);
        if (note.Items is { } items)
        {
            Array(json, "items", items, static (json, item) =>
            {
                json.WriteStartObject();
                json.WriteString("text", item.Text);
                json.WriteBoolean("checked", item.Checked);
                json.WriteEndObject();
            });
        }
        else
        {
            json.WriteNull("items");
        }
        Array(json, "labels", note.Labels, static (json, label) => json.WriteStringValue(label));
        json.WriteBoolean("pinned", note.Pinned);
        json.WriteBoolean("archived", note.Archived);
        json.WriteNumber("created", note.Created * 1000);
        json.WriteNumber("edited", note.Edited * 1000);
        Array(json, "attachments", note.Attachments, static (json, attachment) =>
        {
            json.WriteStartObject();
            json.WriteString("path", "notes/attachments/" + attachment.Name);
            Facts(json, attachment);
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, PhotoEntry photo)
    {
        json.WriteStartObject();
        json.WriteString("path", photo.Plan.Path);
        json.WriteString("sha256", photo.Sha256);
        json.WriteNumber("bytes", photo.Bytes);
        json.WriteNumber("width", photo.Width);
        json.WriteNumber("height", photo.Height);
        json.WriteString("taken", photo.Plan.Taken.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
        if (photo.Plan.Place is { } place) Place(json, place);
        else json.WriteNull("gps");
        json.WriteNumber("orientation", photo.Plan.Orientation);
        json.WriteString("make", SamplePhoto.Make);
        json.WriteString("model", SamplePhoto.Model);
        json.WriteBoolean("motion", photo.Plan.Motion);
        json.WriteEndObject();
    }

    static void Facts(Utf8JsonWriter json, SampleFile attachment)
    {
        json.WriteString("contentType", attachment.ContentType);
        json.WriteString("sha256", attachment.Sha256);
        json.WriteNumber("bytes", attachment.Data.Length);
    }

    static void Place(Utf8JsonWriter json, MicroPoint place)
    {
        json.WriteStartObject("gps");
        json.WriteNumber("lat", place.Latitude / 1_000_000m);
        json.WriteNumber("lon", place.Longitude / 1_000_000m);
        json.WriteEndObject();
    }
}
