using System.Globalization;
using System.Xml;

namespace Offproof.Cli;

/// <summary>Reads the messages.xml that a restore wrote (SMS Backup &amp; Restore) with the platform's XML reader, and nothing of what wrote it.</summary>
internal static class RestoredMessages
{
    private const string ThisPhone = "insert-address-token";

    internal static IReadOnlyList<Facts> Read(string file)
    {
        List<Facts> messages = [];
        using XmlReader xml = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        while (xml.Read())
        {
            if (xml is { NodeType: XmlNodeType.Element, Name: "sms" }) messages.Add(Sms(xml));
            else if (xml is { NodeType: XmlNodeType.Element, Name: "mms" }) messages.Add(Mms(xml));
        }
        return messages;
    }

    private static Facts Sms(XmlReader xml)
    {
        FactSheet sheet = new();
        string address = xml["address"] ?? "";
        string direction = Direction(xml["type"]);
        Begin(sheet, xml, "sms", direction, [address]);
        if (direction == "in") sheet.Add("from", address);
        sheet.Add("subject", Present(xml["subject"]));
        sheet.Add("body", xml["body"]);
        if (xml["date_sent"] is { } sent and not ("0" or "null")) sheet.Add("sent", sent);
        return sheet.As($"{xml["date"]} {address}");
    }

    private static Facts Mms(XmlReader xml)
    {
        FactSheet sheet = new();
        string[] addresses = (xml["address"] ?? "").Split('~');
        Array.Sort(addresses, StringComparer.Ordinal);
        string direction = Direction(xml["msg_box"]);
        string key = $"{xml["date"]} {string.Join('~', addresses)}";
        Begin(sheet, xml, "mms", direction, addresses);
        sheet.Add("subject", Present(xml["sub"]));
        if (direction == "in" && Present(xml["date_sent"]) is { } sent) sheet.Add("sent", long.Parse(sent, CultureInfo.InvariantCulture) * 1000);
        int place = 0;
        while (xml.Read() && xml is not { NodeType: XmlNodeType.EndElement, Name: "mms" })
        {
            if (xml is { NodeType: XmlNodeType.Element, Name: "part" }) Part(sheet, xml, place++);
            if (direction == "in" && xml is { NodeType: XmlNodeType.Element, Name: "addr" } && xml["type"] == "137" && xml["address"] != ThisPhone) sheet.Add("from", xml["address"]);
        }
        return sheet.As(key);
    }

    private static void Begin(FactSheet sheet, XmlReader xml, string kind, string direction, string[] addresses)
    {
        sheet.Add("kind", kind);
        sheet.Add("direction", direction);
        foreach (string address in addresses) sheet.Add("address", address);
        sheet.Add("date", xml["date"]);
        sheet.Add("read", xml["read"]);
    }

    private static void Part(FactSheet sheet, XmlReader xml, int place)
    {
        string type = xml["ct"] ?? "";
        string text = xml["text"] ?? "";
        byte[] bytes = Present(xml["data"]) is { } data ? Convert.FromBase64String(data) : System.Text.Encoding.UTF8.GetBytes(text);
        if (type == "text/plain") sheet.Add("body", text);
        sheet.Add(string.Create(CultureInfo.InvariantCulture, $"part {place}"),
            string.Create(CultureInfo.InvariantCulture, $"{Present(xml["cl"]) ?? xml["name"]} {type} {FactSheet.Hash(bytes)} {bytes.Length}"));
    }

    private static string Direction(string? box) => box switch { "1" => "in", "2" => "out", "3" => "draft", _ => $"box {box}" };

    private static string? Present(string? value) => value is null or "null" ? null : value;
}
