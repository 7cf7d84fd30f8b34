using System.Globalization;
using System.Text;

namespace Offproof.Phone;

/// <summary>Messages as SMS Backup &amp; Restore writes them (persona.md §8): its order of attributes, its references for emoji, its word null.</summary>
static class SampleBackupXml
{
    internal static void Write(Stream output, SampleMessages messages, ulong seed, string own)
    {
        using StreamWriter xml = new(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        SeededBits bits = new(seed, 4_000_000);
        xml.Write("<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<?xml-stylesheet type=\"text/xsl\" href=\"sms.xsl\"?>\n<smses");
        Attributes(xml, ("count", Number(messages.Count)), ("backup_set", Uuid(bits)), ("backup_date", Number(PersonaFiles.Exported.ToUnixTimeMilliseconds())), ("type", "full"));
        xml.Write(">\n");
        foreach (SampleMessage message in messages.All())
        {
            if (message.IsMms) Mms(xml, message, own);
            else Sms(xml, message);
        }
        xml.Write("</smses>");
    }

    static void Sms(StreamWriter xml, SampleMessage message)
    {
        xml.Write("  <sms");
        Attributes(xml,
            ("protocol", "0"), ("address", message.Conversation.Addresses[0]), ("date", Number(message.Date)),
            ("type", message.Direction switch { "in" => "1", "out" => "2", _ => "3" }), ("subject", null), ("body", message.Body), ("toa", null), ("sc_toa", null),
            ("service_center", null), ("read", message.Read ? "1" : "0"), ("status", "-1"), ("locked", "0"), ("date_sent", Number(message.DateSent ?? 0)), ("sub_id", "1"),
            ("readable_date", Readable(message.Date)), ("contact_name", message.Conversation.Name ?? "(Unknown)"));
        xml.Write(" />\n");
    }

    static void Mms(StreamWriter xml, SampleMessage message, string own)
    {
        bool received = message.IsReceived;
        xml.Write("  <mms");
        Attributes(xml,
            ("date", Number(message.Date)), ("rr", received ? null : "129"), ("sub", message.Subject), ("ct_t", "application/vnd.wap.multipart.related"), ("read_status", null),
            ("seen", "1"), ("msg_box", message.Direction switch { "in" => "1", "out" => "2", _ => "3" }), ("address", string.Join('~', message.Conversation.Addresses)),
            ("sub_cs", message.Subject is null ? null : "106"), ("resp_st", null), ("retr_st", null), ("d_tm", null), ("text_only", message.Parts.Length == 1 ? "1" : "0"),
            ("exp", received ? null : "604800"), ("locked", "0"), ("m_id", message.Id), ("st", null), ("retr_txt_cs", null), ("retr_txt", null),
            ("creator", "org.example.messaging"), ("date_sent", Number((message.DateSent ?? 0) / 1000)), ("read", message.Read ? "1" : "0"),
            ("m_size", Number(message.Parts.Sum(part => part.Data.Length))), ("rpt_a", null), ("ct_cls", null), ("pri", received ? null : "129"), ("sub_id", "1"), ("tr_id", null),
            ("resp_txt", null), ("ct_l", null), ("m_cls", received ? null : "personal"), ("d_rpt", received ? null : "129"), ("v", "18"), ("_id", Number(message.Index + 1)),
            ("m_type", received ? "132" : "128"), ("readable_date", Readable(message.Date)), ("contact_name", message.Conversation.Name ?? "(Unknown)"));
        xml.Write(">\n    <parts>\n");
        int seq = message.Parts.Length > 1 ? -1 : 0;
        foreach (SampleFile part in message.Parts)
        {
            bool text = part.ContentType == "text/plain";
            xml.Write("      <part");
            Attributes(xml,
                ("seq", Number(seq)), ("ct", part.ContentType), ("name", part.Name), ("chset", text ? "106" : null), ("cd", null), ("fn", null),
                ("cid", $"<{Path.GetFileNameWithoutExtension(part.Name)}>"), ("cl", part.Name), ("ctt_s", null), ("ctt_t", null),
                ("text", part.IsText ? Encoding.UTF8.GetString(part.Data) : null));
            if (!part.IsText) Attributes(xml, ("data", Convert.ToBase64String(part.Data)));
            xml.Write(" />\n");
            seq = 0;
        }
        xml.Write("    </parts>\n    <addrs>\n");
        foreach ((string address, string type) in Addresses(message, own))
        {
            xml.Write("      <addr");
            Attributes(xml, ("address", address), ("type", type), ("charset", "106"));
            xml.Write(" />\n");
        }
        xml.Write("    </addrs>\n  </mms>\n");
    }

    /// <summary>Sender (137) and recipients (151), as Android's provider keeps them.</summary>
    internal static IEnumerable<(string Address, string Type)> Addresses(SampleMessage message, string own)
    {
        yield return (message.From ?? "insert-address-token", "137");
        if (message.IsReceived) yield return (own, "151");
        foreach (string address in message.Conversation.Addresses.Where(address => address != message.From)) yield return (address, "151");
    }

    static void Attributes(StreamWriter xml, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        foreach ((string name, string? value) in attributes)
        {
            xml.Write(' ');
            xml.Write(name);
            xml.Write('=');
            Quoted(xml, value ?? "null");
        }
    }

    // Android's serializer: apostrophes around a value that holds a quotation mark, line ends and tabs as references, surrogates one by one.
    static void Quoted(StreamWriter xml, string value)
    {
        char quote = value.Contains('"', StringComparison.Ordinal) ? '\'' : '"';
        xml.Write(quote);
        foreach (char c in value)
        {
            switch (c)
            {
                case '&': xml.Write("&amp;"); break;
                case '<': xml.Write("&lt;"); break;
                case '>': xml.Write("&gt;"); break;
                case '\'' when quote == '\'': xml.Write("&apos;"); break;
                case < ' ': case >= '\uD800' and <= '\uDFFF':
                    xml.Write("&#");
                    xml.Write(Number(c));
                    xml.Write(';');
                    break;
                default: xml.Write(c); break;
            }
        }
        xml.Write(quote);
    }

    static string Uuid(SeededBits bits)
    {
        string hex = bits.Next().ToString("x16", CultureInfo.InvariantCulture) + bits.Next().ToString("x16", CultureInfo.InvariantCulture);
        return $"{hex[..8]}-{hex[8..12]}-4{hex[13..16]}-a{hex[17..20]}-{hex[20..]}";
    }

    static string Readable(long date) => DateTimeOffset.FromUnixTimeMilliseconds(date).ToString("MMM d, yyyy HH:mm:ss", CultureInfo.InvariantCulture);

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
