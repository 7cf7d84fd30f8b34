using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;

namespace Offproof.Evidence;

/// <summary>The Atom feed (RFC 4287) of what was published: one entry for each thing, also for corrections, so that whoever read the old text learns of the new one.</summary>
static class CaseFeed
{
    const string Atom = "http://www.w3.org/2005/Atom";
    const int MostEntries = 200;

    internal static byte[] Write(Dossier dossier)
    {
        using MemoryStream to = new();
        using (XmlWriter xml = XmlWriter.Create(to, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, IndentChars = " ", NewLineChars = "\n", NewLineHandling = NewLineHandling.Entitize }))
        {
            xml.WriteStartDocument();
            xml.WriteStartElement("feed", Atom);
            xml.WriteAttributeString("xml", "lang", null, "en");
            Element(xml, "id", dossier.Head.Id);
            Text(xml, "title", dossier.Head.Title);
            Text(xml, "subtitle", dossier.Head.Lead);
            Element(xml, "updated", dossier.History.Lines[^1].Time);
            Author(xml, dossier.Head.Publisher);
            Link(xml, "self", "feed.xml", "application/atom+xml");
            Link(xml, "alternate", "index.html", "text/html");
            foreach (Placed placed in dossier.All.Where(placed => IsTold(dossier, placed)).Reverse().Take(MostEntries)) Write(xml, dossier, placed);
            xml.WriteEndElement();
            xml.WriteEndDocument();
        }
        to.WriteByte((byte)'\n');
        return to.ToArray();
    }

    // What is held or refused is told by nobody; of what was taken back from others the text is not told either.
    static bool IsTold(Dossier dossier, Placed placed) => placed.Entry.Kind.Name switch
    {
        "comment" => placed.Stands && dossier.StateOf(placed) == "accepted",
        "reply" => placed.Stands,
        "moderation" or "source" => false,
        _ => true,
    };

    static void Write(XmlWriter xml, Dossier dossier, Placed placed)
    {
        xml.WriteStartElement("entry", Atom);
        Element(xml, "id", EntryId(dossier.Head.Id, placed.Number));
        Text(xml, "title", Title(dossier, placed));
        // The same thing is never published twice under this id: a correction is an entry of its own.
        string time = dossier.Decision(placed) is { Published: { } accepted } && placed.Entry.Kind.Name == "comment" ? accepted : placed.Published!;
        Element(xml, "published", time);
        Element(xml, "updated", time);
        if (Author(dossier, placed) is { } author) Author(xml, author);
        xml.WriteStartElement("category", Atom);
        xml.WriteAttributeString("term", placed.Entry.Kind.Name);
        xml.WriteEndElement();
        Link(xml, "alternate", $"index.html#{Anchor(placed)}", "text/html");
        Text(xml, "summary", Summary(placed));
        xml.WriteEndElement();
    }

    static string Title(Dossier dossier, Placed placed)
    {
        string what = placed.Entry.Kind.Name switch
        {
            "verdict" => $"Verdict: {placed["outcome"]}",
            "withdrawal" => $"Taken back: {placed["of"]}",
            "retraction" => $"Taken back by whoever signed it: {placed["of"]}",
            "note" => $"Note of the publisher on {placed["of"]}",
            "reply" => $"Reply of {dossier.All.Last(party => party.Id == placed["from"])["name"]}",
            "comment" => $"Comment by {placed["name"]}",
            "party" => $"Concerned: {placed["name"]}",
            "claim" => $"Claim by {placed["who"]}",
            "statement" => $"Statement by {placed["who"]}",
            _ => placed["title"]!,
        };
        return placed.Entry.Corrects ? $"Corrected: {what}" : what;
    }

    static string Summary(Placed placed)
    {
        string says = placed.Entry.Kind.Name switch
        {
            "verdict" => placed["says"]!,
            "withdrawal" => placed["why"]!,
            "reply" or "comment" or "retraction" => "The text, its signature, and how to check it stand on the page.",
            "party" => placed["role"]!,
            "claim" or "statement" => string.Join("\n", placed.Entry.All("plain")),
            _ => string.Join("\n", placed.Entry.All("text")),
        };
        return placed.Entry.Why is { } why ? $"{says}\nWhy it was corrected: {why}" : says;
    }

    static string Anchor(Placed placed) => placed.Entry.Kind.Name switch
    {
        "withdrawal" or "retraction" => string.Create(CultureInfo.InvariantCulture, $"change-{placed.Number}"),
        _ when placed.Entry.Corrects || !placed.Stands => string.Create(CultureInfo.InvariantCulture, $"change-{(placed.Entry.Corrects ? placed : placed.Successor!).Number}"),
        "verdict" => placed["claim"]!,
        "note" => placed["of"]!,
        _ => placed.Id,
    };

    static string? Author(Dossier dossier, Placed placed) => placed.Entry.Kind.Name switch
    {
        "reply" => dossier.All.Last(party => party.Id == placed["from"])["name"],
        "comment" => placed["name"],
        _ => null,
    };

    // A UUID of the eighth kind (RFC 9562 §5.8): the same case and number give the same one.
    static string EntryId(string caseId, int number)
    {
        byte[] bytes = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{caseId}#{number}")))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return $"urn:uuid:{new Guid(bytes, bigEndian: true)}";
    }

    static void Author(XmlWriter xml, string name)
    {
        xml.WriteStartElement("author", Atom);
        Element(xml, "name", PlainText.Visible(name));
        xml.WriteEndElement();
    }

    static void Link(XmlWriter xml, string relation, string href, string type)
    {
        xml.WriteStartElement("link", Atom);
        xml.WriteAttributeString("rel", relation);
        xml.WriteAttributeString("type", type);
        xml.WriteAttributeString("href", href);
        xml.WriteEndElement();
    }

    static void Text(XmlWriter xml, string name, string text)
    {
        xml.WriteStartElement(name, Atom);
        xml.WriteAttributeString("type", "text");
        xml.WriteString(PlainText.Visible(text));
        xml.WriteEndElement();
    }

    static void Element(XmlWriter xml, string name, string text) => xml.WriteElementString(name, Atom, text);
}
