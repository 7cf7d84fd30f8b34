using System.Globalization;
using System.Net;

namespace Offproof.Auditor;

/// <summary>Findings of one datum that went to one receiver.</summary>
internal sealed record FindingGroup(IReadOnlyList<FindingReport> Findings)
{
    internal FindingReport First => Findings[0];
}

/// <summary>What the sections of the page have in common: its verdict and its three columns are written here.</summary>
internal sealed class Page
{
    private const int MostLines = 12;
    private const int MostKinds = 4;
    private const int MostNames = 4;

    // What people can imagine: a number of twelve digits, which fit in forty bits, and a photo.
    private const long Telephone = 5;
    private const long Photo = 1_000_000;

    private readonly Dictionary<int, FlowReport> _flows;
    private readonly Dictionary<int, ReceiverReport> _receivers = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    internal Page(AuditReport report, PageFacts facts, PageWords words, Html html)
    {
        (Report, Facts, Words, Html) = (report, facts, words, html);
        _flows = report.Flows.ToDictionary(static flow => flow.Flow);
        foreach (ReceiverReport receiver in report.Receivers)
        {
            foreach (int flow in receiver.Flows) _receivers.TryAdd(flow, receiver);
        }
        NameAddresses();
        Groups =
        [
            .. report.Findings
                .GroupBy(finding => (finding.Canary, finding.Standing, finding.Sender, To: Name(finding)))
                .Select(group => new FindingGroup([.. group]))
                // Of each kind one, then of each another.
                .GroupBy(static group => (group.First.Standing, group.First.Kind)).SelectMany(static kind => kind.Select(static (group, index) => (Group: group, Index: index)))
                .OrderBy(static ranked => ranked.Group.First.Standing switch { "evidence" => 0, "arriving" => 1, _ => 2 }).ThenBy(static ranked => ranked.Index).Select(static ranked => ranked.Group),
        ];
    }

    internal AuditReport Report { get; }

    internal PageFacts Facts { get; }

    internal PageWords Words { get; }

    internal Html Html { get; }

    /// <summary>Evidence first.</summary>
    internal IReadOnlyList<FindingGroup> Groups { get; }

    /// <summary>What is evidence.</summary>
    internal IEnumerable<FindingReport> Leaving => Report.Findings.Where(static finding => finding.Standing == "evidence");

    internal FlowReport? Flow(int number) => _flows.GetValueOrDefault(number);

    internal ReceiverReport? Receiver(int flow) => _receivers.GetValueOrDefault(flow);

    /// <summary>To whom a finding went, or from whom it came: an address without a port, after the names that were used for it; so each receiver has one name, whatever flow it was seen in.</summary>
    internal string Name(FindingReport finding)
    {
        if (Flow(finding.Flow) is not { } flow) return Words.NotRecorded;
        // What arrives comes from its sender; what leaves goes to the end that did not send it.
        bool isServer = (finding.Sender == Sender.Server.Word()) == IsArriving(finding, flow);
        if ((isServer ? Address(flow) : Host(flow.Client)) is { } address) return _names.TryGetValue(address, out string? name) ? $"{name} ({address})" : address;
        string? known = !isServer ? null : flow.ServerName ?? (Receiver(flow.Flow) is { Names: [var only, ..] } ? only.Name : null);
        return known ?? Words.NotRecorded;
    }

    // The names of the flows with findings, else the first that is known.
    private void NameAddresses()
    {
        foreach (var flows in Report.Findings.Select(static finding => finding.Flow).Distinct().Order().Select(Flow).OfType<FlowReport>().GroupBy(Address, StringComparer.Ordinal))
        {
            if (flows.Key is not { } address) continue;
            List<string> names = [.. flows.Select(static flow => flow.ServerName).OfType<string>().Where(name => name != address).Distinct(StringComparer.OrdinalIgnoreCase)];
            if (names.Count == 0 && flows.Select(flow => Receiver(flow.Flow)).OfType<ReceiverReport>().SelectMany(static receiver => receiver.Names).FirstOrDefault(name => name.Name != address) is { } known) names.Add(known.Name);
            if (names.Count > 0) _names[address] = names.Count > MostNames ? string.Join(Words.Comma, names.Take(MostNames)) + Words.Comma + "\u2026" : string.Join(Words.Comma, names);
        }
    }

    private string? Address(FlowReport flow) => Receiver(flow.Flow) is { } receiver ? receiver.Address : Host(flow.Server);

    // Null where a recording names no address.
    private static string? Host(string end) => !IPEndPoint.TryParse(end, out IPEndPoint? known) ? end : known.Address.Equals(IPAddress.Any) || known.Address.Equals(IPAddress.IPv6Any) ? null : known.Address.ToString();

    /// <summary>Was it sent to the phone? Not where it is unknown which end that is.</summary>
    internal static bool IsArriving(FindingReport finding, FlowReport? flow) => flow is not null && flow.Phone != PhoneSides.Undecided && flow.Phone != finding.Sender;

    internal void Head()
    {
        string sentence = Report.Verdict switch
        {
            "LEAK" => Words.Leaking(Kinds(), Words.Count(Leaving.Select(Name).Distinct(StringComparer.Ordinal).Count())),
            "CLEAN" => Words.Clean,
            _ => Words.Inconclusive,
        };
        Html.Raw("<header>\n").Open("p", ("class", "kind")).Text($"{Words.Made} ")
            .Element("time", Facts.Made.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture), ("datetime", Facts.Made.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)))
            .Close("p").Open("h1").Element("span", Report.Verdict, ("class", $"badge {Report.Verdict.ToLowerInvariant()}")).Text(" ").Text(sentence).Close("h1");
        if (Report.Causes.Count > 0)
        {
            Html.Element("p", Words.Why + Words.Colon).Open("ul");
            foreach (Reason reason in Report.Causes)
            {
                string? known = Words.Because(reason, Words.Count(reason.Count));
                Html.Element("li", known ?? reason.Text + ".", ("lang", known is null ? "en" : null));
            }
            Html.Close("ul");
        }
        if (Report.Flows.Any(static flow => flow.Phone == PhoneSides.Undecided)) Html.Element("p", Words.EitherEnd);
        Html.Element("p", Words.Exact, ("class", "note")).Raw("</header>\n");
    }

    // "contact's number (5), IMEI (1)"
    private string Kinds()
    {
        List<IGrouping<string, FindingReport>> kinds = [.. Leaving.DistinctBy(static finding => finding.Canary, StringComparer.Ordinal).GroupBy(static finding => finding.Kind, StringComparer.Ordinal).OrderByDescending(static kind => kind.Count())];
        string most = string.Join(Words.Comma, kinds.Take(MostKinds).Select(kind => Words.InBrackets(Words.Kind(kind.Key), Words.Count(kind.Count()))));
        return kinds.Count > MostKinds ? Words.AndKinds(most, Words.Count(kinds.Count - MostKinds)) : most;
    }

    internal void Columns()
    {
        Html.Open("div", ("class", "columns"));
        Left();
        NotLeft();
        Unseen();
        Html.Close("div");
    }

    private void Left()
    {
        List<IGrouping<string, FindingGroup>> left = [.. Groups.Where(static group => group.First.Standing == "evidence").GroupBy(static group => group.First.Canary, StringComparer.Ordinal)];
        Column("left", Words.Left);
        if (left.Count == 0)
        {
            Html.Element("p", Words.NothingLeft);
        }
        else
        {
            Html.Open("ul");
            foreach (IGrouping<string, FindingGroup> datum in left.Take(MostLines))
            {
                FindingGroup first = datum.First();
                int receivers = datum.Select(group => Name(group.First)).Distinct(StringComparer.Ordinal).Count();
                Html.Open("li").Text(Words.Kind(first.First.Kind)).Text(" ").Foreign(Short(first.First.Value))
                    .Text($" \u2192 {(receivers == 1 ? Name(first.First) : Words.ToMany(Words.Count(receivers)))}").Close("li");
            }
            Html.Close("ul");
            if (left.Count > MostLines) Html.Element("p", Words.More(Words.Count(left.Count - MostLines)), ("class", "note"));
        }
        Html.Close("section");
    }

    private void NotLeft()
    {
        Column(Report.Bytes.Opaque + Report.Bytes.Missing > 0 ? "not unsure" : "not", Words.NotLeft).Element("p", Words.NotLeftMeans).Open("ul", ("class", "inline"));
        Dictionary<string, int> seen = Leaving.DistinctBy(static finding => finding.Canary, StringComparer.Ordinal).CountBy(static finding => finding.Kind, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        bool any = false;
        foreach (KindReport kind in Report.Persona.Kinds)
        {
            int left = seen.GetValueOrDefault(kind.Kind);
            if (left >= kind.Canaries) continue;
            any = true;
            Html.Element("li", left == 0 ? Words.InBrackets(Words.Kind(kind.Kind), Words.Count(kind.Canaries)) : $"{Words.Kind(kind.Kind)}{Words.Colon}{Words.SeenOf(Words.Count(left), Words.Count(kind.Canaries))}");
        }
        if (!any) Html.Element("li", Words.NothingElse);
        Html.Close("ul").Close("section");
    }

    private void Unseen()
    {
        ByteCounts bytes = Report.Bytes;
        Column("unseen", Words.Unseen);
        if (bytes.Opaque + bytes.Missing == 0)
        {
            Html.Element("p", Words.NothingUnseen);
        }
        else
        {
            Html.Open("ul");
            foreach (var protocol in Report.Flows.GroupBy(static flow => flow.Spoken, StringComparer.Ordinal).Select(static flows => (Name: flows.Key, Bytes: flows.Sum(static flow => flow.Unread)))
                .Where(static protocol => protocol.Bytes > 0).OrderByDescending(static protocol => protocol.Bytes).Take(6))
            {
                Html.Element("li", Words.UnreadIn(Words.Size(protocol.Bytes), protocol.Name));
            }
            Html.Close("ul");
        }
        if (Report.Budget.Most > 0)
        {
            long most = Report.Budget.Most;
            Html.Element("p", $"{Words.Most(Words.Size(most))} {(most < Telephone ? "" : most < Photo ? Words.HoldsNumbers(Words.Count(most / Telephone)) : Words.HoldsPhotos(Words.Count(most / Telephone), Words.Count(most / Photo)))}");
        }
        Html.Element("p", Words.AlwaysUnseen, ("class", "note")).Close("section");
    }

    private Html Column(string kind, string title) => Html.Open("section", ("class", $"card {kind}"), ("aria-labelledby", $"col-{kind.Split(' ')[0]}")).Element("h2", title, ("id", $"col-{kind.Split(' ')[0]}"));

    /// <summary>A heading of the page, which a link can lead to.</summary>
    internal Html Section(string id, string title, string? about)
    {
        Html.Open("section", ("aria-labelledby", id)).Element("h2", title, ("id", id));
        if (about is not null) Html.Element("p", about, ("class", "note"));
        return Html;
    }

    /// <summary>A frame that can be moved to the side, by keyboard too, where the screen is narrow.</summary>
    internal Html Wide(string name) => Html.Open("div", ("class", "scroll wide"), ("role", "group"), ("tabindex", "0"), ("aria-label", name));

    internal static string Short(string value, int most = 60) => value.Length <= most ? value : string.Concat(value.AsSpan(0, char.IsHighSurrogate(value[most - 2]) ? most - 2 : most - 1), "\u2026");
}
