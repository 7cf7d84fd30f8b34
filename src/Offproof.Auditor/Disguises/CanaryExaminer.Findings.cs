using System.Text;

namespace Offproof.Auditor;

internal sealed partial class CanaryExaminer
{
    private readonly List<Finding> _findings = [];
    private readonly List<Finding> _ofThis = [];

    // Of hits, those too that are no new finding: a token that has one is looked at again wherever it stands.
    private long _reports;

    // The best of each planted datum that leaves: it is kept however many findings there are.
    private readonly Dictionary<(string Canary, Among Among), double> _best = [];

    /// <summary>What was found so far, in the order of examination.</summary>
    internal IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Findings beyond the limit: counted, not kept.</summary>
    internal long FindingsNotKept { get; private set; }

    // The hits of one layer. The same canary in the same place counts once: by the shortest chain, then as one of its like, then by the least likely form.
    private void Report(in Layer at)
    {
        _reports += _hits.Count;
        foreach (Hit hit in _hits)
        {
            int offset = at.Depth == 0 ? at.Start + hit.Offset : at.Start;
            int length = at.Depth == 0 ? hit.Length : at.Length;
            Form form = hit.Form;
            int mapped = 0;
            while (Permutation.IsMapped(ref form)) mapped++;
            int steps = at.Depth + (hit.Step is null ? 0 : 1) + mapped;
            int same = _ofThis.FindIndex(f => string.Equals(f.Form.Canary.Id, hit.Form.Canary.Id, StringComparison.Ordinal) && f.Offset < offset + length && offset < f.Offset + f.Length);
            if (same >= 0 && (_ofThis[same].Chain.Count, IsAmongAll(_ofThis[same].Among), -_ofThis[same].Bits).CompareTo((steps, IsAmongAll(hit.Among), -hit.Bits)) <= 0) continue;
            List<string> chain = [.. _steps.AsSpan(0, at.Depth)];
            if (hit.Step is not null) chain.Add(hit.Step);
            for (; mapped > 0; mapped--) chain.Add(Permutation.CustomMap);
            Finding finding = new(form, _place, null, offset, length, chain, hit.Bits, [], 0, hit.Among);
            bool isBest = _isLeaving && hit.Bits > _best.GetValueOrDefault((form.Canary.Id, hit.Among));
            if (isBest) _best[(form.Canary.Id, hit.Among)] = hit.Bits;
            if (same >= 0)
                _ofThis[same] = finding;
            else if (isBest || _findings.Count + _ofThis.Count < _limits.Findings)
                _ofThis.Add(finding);
            else
                FindingsNotKept++;
        }
    }

    private static bool IsAmongAll(Among among) => among is Among.Bytes or Among.Digits;

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        foreach (Finding finding in _ofThis)
        {
            int offset = (int)finding.Offset;
            bool isKept = finding.Length <= Unrolling.Kept(_findings.Count) && offset + finding.Length <= bytes.Length;
            int before = Math.Min(offset, Unrolling.Around), after = Math.Min(bytes.Length - offset - finding.Length, Unrolling.Around);
            _findings.Add(finding with { Field = _place.Carrier == Carrier.Head ? Field(bytes, offset) : null, Bytes = isKept ? bytes.Slice(offset - before, before + finding.Length + after).ToArray() : [], Before = before });
        }
        _ofThis.Clear();
    }

    /// <summary>The name of the header field in whose line an offset lies; <c>target</c> for the first line.</summary>
    private static string? Field(ReadOnlySpan<byte> head, int offset)
    {
        int from = head[..offset].LastIndexOf((byte)'\n') + 1;
        // A folded line belongs to the field before it.
        while (from > 1 && from < head.Length && head[from] is (byte)' ' or (byte)'\t') from = head[..(from - 1)].LastIndexOf((byte)'\n') + 1;
        if (from == 0) return "target";
        ReadOnlySpan<byte> line = head[from..];
        int colon = line[..Math.Min(line.Length, 256)].IndexOf((byte)':');
        return colon > 0 ? Encoding.Latin1.GetString(line[..colon]).ToLowerInvariant() : null;
    }
}
