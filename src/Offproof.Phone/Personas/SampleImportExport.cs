using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Offproof.Phone;

/// <summary>Messages as SMS Import/Export writes them: version 2's ZIP and version 1's JSON (persona.md §10). Columns are strings, absent ones are left out.</summary>
sealed class SampleImportExport(SampleMessages messages, string own)
{
    const string Folder = "/data/user_de/0/com.android.providers.telephony/app_parts/";
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal void WriteZip(Stream output)
    {
        SampleZip zip = new(output);
        zip.Add("messages.ndjson", WriteLines);
        foreach (SampleMessage message in messages.All())
        {
            for (int i = 0; i < message.Parts.Length; i++)
            {
                if (!message.Parts[i].IsText) zip.Add("data/" + DataName(message, i), message.Parts[i].Data);
            }
        }
        zip.End();
    }

    internal void WriteArray(Stream output)
    {
        using Utf8JsonWriter json = new(output, Options with { Indented = true, IndentSize = 2, NewLine = "\n" });
        json.WriteStartArray();
        foreach (SampleMessage message in messages.All())
        {
            Write(json, message, one: true);
            json.Flush();
        }
        json.WriteEndArray();
    }

    void WriteLines(Stream output)
    {
        using Utf8JsonWriter json = new(output, Options);
        foreach (SampleMessage message in messages.All())
        {
            Write(json, message, one: false);
            json.Flush();
            output.WriteByte((byte)'\n');
            json.Reset();
        }
    }

    void Write(Utf8JsonWriter json, SampleMessage message, bool one)
    {
        json.WriteStartObject();
        Column(json, "_id", message.Index + 1);
        Column(json, "thread_id", message.Conversation.Number);
        if (message.IsMms) Mms(json, message, one);
        else Sms(json, message, one);
        json.WriteEndObject();
    }

    static void Sms(Utf8JsonWriter json, SampleMessage message, bool one)
    {
        json.WriteString("address", message.Conversation.Addresses[0]);
        Column(json, "date", message.Date);
        Column(json, "date_sent", message.DateSent ?? 0);
        json.WriteString("protocol", "0");
        json.WriteString("read", message.Read ? "1" : "0");
        json.WriteString("status", "-1");
        json.WriteString("type", message.Direction switch { "in" => "1", "out" => "2", _ => "3" });
        json.WriteString("body", message.Body);
        json.WriteString("locked", "0");
        json.WriteString("sub_id", "1");
        json.WriteString("error_code", "0");
        json.WriteString("creator", "org.example.messaging");
        json.WriteString("seen", "1");
        if (message.Conversation.Name is { } name) json.WriteString(one ? "display_name" : "__display_name", name);
    }

    void Mms(Utf8JsonWriter json, SampleMessage message, bool one)
    {
        Column(json, "date", message.Date / 1000);
        Column(json, "date_sent", (message.DateSent ?? 0) / 1000);
        json.WriteString("msg_box", message.Direction switch { "in" => "1", "out" => "2", _ => "3" });
        json.WriteString("read", message.Read ? "1" : "0");
        if (message.Id is { } id) json.WriteString("m_id", id);
        if (message.Subject is { } subject)
        {
            json.WriteString("sub", subject);
            json.WriteString("sub_cs", "106");
        }
        json.WriteString("ct_t", "application/vnd.wap.multipart.related");
        json.WriteString("m_type", message.IsReceived ? "132" : "128");
        json.WriteString("v", "18");
        Column(json, "m_size", message.Parts.Sum(part => part.Data.Length));
        json.WriteString("text_only", message.Parts.Length == 1 ? "1" : "0");
        json.WriteString("locked", "0");
        json.WriteString("sub_id", "1");
        json.WriteString("creator", "org.example.messaging");
        json.WriteString("seen", "1");

        bool sender = true;
        foreach ((string address, string type) in SampleBackupXml.Addresses(message, own))
        {
            if (sender) json.WriteStartObject(one ? "sender_address" : "__sender_address");
            else json.WriteStartObject();
            Column(json, "msg_id", message.Index + 1);
            json.WriteString("address", address);
            json.WriteString("type", type);
            json.WriteString("charset", "106");
            json.WriteEndObject();
            if (sender) json.WriteStartArray(one ? "recipient_addresses" : "__recipient_addresses");
            sender = false;
        }
        json.WriteEndArray();

        json.WriteStartArray(one ? "parts" : "__parts");
        for (int i = 0; i < message.Parts.Length; i++)
        {
            SampleFile part = message.Parts[i];
            json.WriteStartObject();
            Column(json, "mid", message.Index + 1);
            Column(json, "seq", i == 0 && message.Parts.Length > 1 ? -1 : 0);
            json.WriteString("ct", part.ContentType);
            json.WriteString("name", part.Name);
            if (part.ContentType == "text/plain") json.WriteString("chset", "106");
            json.WriteString("cid", $"<{Path.GetFileNameWithoutExtension(part.Name)}>");
            json.WriteString("cl", part.Name);
            if (part.IsText)
            {
                json.WriteString("text", Encoding.UTF8.GetString(part.Data));
            }
            else
            {
                json.WriteString("_data", Folder + DataName(message, i));
                if (one) json.WriteString("binary_data", Convert.ToBase64String(part.Data));
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static string DataName(SampleMessage message, int part) => string.Create(CultureInfo.InvariantCulture, $"PART_{message.Index + 1}_{part}_{message.Parts[part].Name}");

    static void Column(Utf8JsonWriter json, string name, long number) => json.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
}
