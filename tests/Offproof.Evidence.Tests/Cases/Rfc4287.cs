using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Offproof.Evidence.Tests.Cases;

/// <summary>What RFC 4287 demands of a feed, clause by clause; written from its text, apart from what writes ours.</summary>
static partial class Rfc4287
{
    static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    internal static IEnumerable<string> Complaints(string xml)
    {
        XElement root = XDocument.Parse(xml, LoadOptions.PreserveWhitespace).Root!;
        if (root.Name != Atom + "feed") return [$"2: the root is {root.Name}"];
        List<string> complaints = [];
        void Must(bool holds, string clause, XElement at)
        {
            if (!holds) complaints.Add($"{clause}: {at.Name.LocalName} {at.Attributes().FirstOrDefault()}");
        }
        int Count(XElement at, string name) => at.Elements(Atom + name).Count();

        foreach (XElement at in root.DescendantsAndSelf().Where(static e => e.Name.Namespace == Atom))
        {
            string name = at.Name.LocalName;
            Must(Known.TryGetValue(name, out string[]? parents) && (at.Parent is null || parents.Contains(at.Parent.Name.LocalName)), "4.1: known, and where it belongs", at);
            if (name is "title" or "subtitle" or "summary" or "rights")
            {
                string type = (string?)at.Attribute("type") ?? "text";
                Must(type is "text" or "html" or "xhtml", "3.1.1: type", at);
                Must(type == "xhtml" || !at.HasElements, "3.1.1.1: no child elements", at);
            }
            if (name is "author" or "contributor")
            {
                Must(Count(at, "name") == 1, "3.2.1: one name", at);
                Must(Count(at, "uri") <= 1 && Count(at, "email") <= 1, "3.2.2: at most one", at);
            }
            if (name is "updated" or "published") Must(Date().IsMatch(at.Value), "3.3: a date of RFC 3339, T and Z in capitals", at);
            if (name == "id")
            {
                Must(Uri.TryCreate(at.Value, UriKind.Absolute, out Uri? iri) && iri.OriginalString == at.Value, "4.2.6: an absolute IRI", at);
            }
            if (name == "category") Must(at.Attribute("term") is not null, "4.2.2.1: term", at);
            if (name == "link")
            {
                Must(Uri.TryCreate((string?)at.Attribute("href"), UriKind.RelativeOrAbsolute, out _) && at.Attribute("href")!.Value.Length > 0, "4.2.7.1: href", at);
                Must(at.Attribute("rel") is not { Value: "" }, "4.2.7.2: rel", at);
                Must(at.Attribute("type") is not { } type || MediaType().IsMatch(type.Value), "4.2.7.3: type", at);
            }
            if (name is "feed" or "entry")
            {
                foreach (string one in (string[])["id", "title", "updated"]) Must(Count(at, one) == 1, $"4.1: one {one}", at);
                foreach (string most in (string[])["rights", "subtitle", "generator", "icon", "logo", "published", "summary", "content", "source"]) Must(Count(at, most) <= 1, $"4.1: at most one {most}", at);
                Must(!at.Elements(Atom + "link").Where(static l => (string?)l.Attribute("rel") is null or "alternate").GroupBy(static l => ((string?)l.Attribute("type"), (string?)l.Attribute("hreflang"))).Any(static g => g.Count() > 1), "4.1: one alternate of a kind", at);
            }
            if (name == "entry")
            {
                Must(Count(at, "author") > 0 || Count(root, "author") > 0, "4.1.2: an author", at);
                Must(Count(at, "content") == 1 || at.Elements(Atom + "link").Any(static l => (string?)l.Attribute("rel") is null or "alternate"), "4.1.2: without content, an alternate", at);
            }
        }
        Must(root.Elements(Atom + "link").Any(static l => (string?)l.Attribute("rel") == "self"), "4.1.1: should have a self link", root);
        Must(root.Descendants(Atom + "id").GroupBy(static id => id.Value).All(static g => g.Count() == 1), "4.2.6: an id of its own each", root);
        return complaints;
    }

    static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["feed"] = [], ["entry"] = ["feed"], ["content"] = ["entry"], ["author"] = ["feed", "entry", "source"], ["contributor"] = ["feed", "entry", "source"], ["category"] = ["feed", "entry", "source"],
        ["generator"] = ["feed", "source"], ["icon"] = ["feed", "source"], ["id"] = ["feed", "entry", "source"], ["link"] = ["feed", "entry", "source"], ["logo"] = ["feed", "source"], ["published"] = ["entry"],
        ["rights"] = ["feed", "entry", "source"], ["source"] = ["entry"], ["subtitle"] = ["feed", "source"], ["summary"] = ["entry"], ["title"] = ["feed", "entry", "source"], ["updated"] = ["feed", "entry", "source"],
        ["name"] = ["author", "contributor"], ["uri"] = ["author", "contributor"], ["email"] = ["author", "contributor"],
    };

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Date();

    [GeneratedRegex(@"^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+$", RegexOptions.NonBacktracking)]
    private static partial Regex MediaType();
}
