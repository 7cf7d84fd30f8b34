using System.Net;
using System.Text;
using Offproof.Auditor;

namespace Offproof.Fuzz;

/// <summary>Any bytes as what a protocol carried (audit.md §6): examined in every carrier, from both senders. Throws when more stays unread than there was.</summary>
static class ExamineFuzz
{
    private static readonly Searcher Search = new([new Form(new Canary("identifiers.email", "email", "x"), "utf8", "jonas.fairweather.a652e3@example.org"u8.ToArray(), 100)]);

    internal static string Read(byte[] input)
    {
        Flow flow = new(1, "tcp", new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2));
        using CanaryExaminer examiner = new(Search, null);
        StringBuilder said = new();
        foreach (Sender sender in Enum.GetValues<Sender>())
        {
            foreach (Carrier carrier in (Carrier[])[Carrier.Head, Carrier.Body, Carrier.DnsName])
            {
                int unread = examiner.Examine(new Place(flow, sender, carrier, 1, 1), input, new Declared("multipart/form-data; boundary=x7", "br"));
                if (unread < 0 || unread > input.Length) throw new InvalidDataException($"{unread} of {input.Length} bytes unread");
                said.Append(unread == 0 ? 'r' : unread == input.Length ? 'u' : 'p');
            }
        }
        foreach (Finding finding in examiner.Findings)
        {
            if (finding.Offset < 0 || finding.Length < 1 || finding.Offset + finding.Length > input.Length) throw new InvalidDataException($"found at {finding.Offset}, {finding.Length} long, of {input.Length}");
            said.Append(' ').AppendJoin('+', finding.Chain);
        }
        return said.Append(' ').AppendJoin(';', flow.Remarks).ToString();
    }
}
