using System.Globalization;
using Offproof.Auditor;
using Offproof.Search;

// usage: search PERSONA [FILE...]   what of a persona is searched, and how fast: in JSON-like text, random bytes, base64, and the files given
if (args.Length == 0)
{
    Console.Error.WriteLine("usage: search PERSONA [FILE...]");
    return 64;
}
TimeSpan started = Environment.CpuUsage.TotalTime;
Canaries canaries;
using (FileStream file = File.OpenRead(args[0])) canaries = Canaries.Read(file, Path.GetDirectoryName(Path.GetFullPath(args[0])));
Say($"{canaries.Forms.Count} forms, {canaries.TooShort.Count} too short, {canaries.AbsentFiles} files absent: {Milliseconds():0} ms of CPU");
foreach (var group in canaries.Forms.GroupBy(f => f.Canary.Kind, StringComparer.Ordinal).OrderByDescending(g => g.Count()))
    Say($"  {group.Count(),6} {group.Key}: {string.Join(' ', group.GroupBy(f => f.Name, StringComparer.Ordinal).Select(g => $"{g.Key} {g.Count()}"))}");
foreach (var group in canaries.TooShort.GroupBy(t => t.Canary.Kind, StringComparer.Ordinal))
    Say($"  too short: {group.Count()} {group.Key}, such as {group.First().Form} '{group.First().Canary.Value}': {group.First().Reason}");

started = Environment.CpuUsage.TotalTime;
(int values, int digests) = canaries.Digests.Size;
Say($"{digests} digests of {values} values: made in {Milliseconds():0} ms of CPU");

const int Chunk = 16 << 10;
(string Name, byte[] Bytes)[] texts =
[
    ("json", Filler.Json(64 << 20)), ("random", Filler.Random(64 << 20)), ("base64", Filler.Base64(64 << 20)), .. args.Skip(1).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path))),
];
foreach (int count in (int[])[1_000, canaries.Forms.Count])
{
    // Spread over all kinds.
    Form[] forms = [.. Enumerable.Range(0, count).Select(i => canaries.Forms[(int)((long)i * canaries.Forms.Count / count)])];
    started = Environment.CpuUsage.TotalTime;
    Searcher searcher = new(forms);
    Say($"{forms.Length} forms, {searcher.Patterns} patterns, filter {searcher.FilterSize >> 10} KiB: made in {Milliseconds():0} ms of CPU; MB a CPU second of the whole, of the filter, of the digits; of digests at any offset");
    PatternSet patterns = PatternSet.Of(forms);
    GramFilter filter = new(patterns);
    DigitScan digits = new(patterns);
    HitList list = new(forms.Length);
    foreach ((string name, byte[] bytes) in texts)
    {
        List<Hit> hits = [];
        double ofHashes = Fastest(bytes, hits, chunk => canaries.Digests.FindWithin(chunk, hits)), whole = Fastest(bytes, hits, chunk => searcher.Search(chunk, hits));
        double ofFilter = Fastest(bytes, [], chunk => filter.Search(chunk, list)), ofDigits = Fastest(bytes, [], chunk => digits.Search(chunk, list, areJoined: false));
        Say($"  {name,-24} {whole,6:0} {ofFilter,6:0} {ofDigits,6:0} {ofHashes,6:0}   {hits.Count} hits {string.Join(", ", hits.Take(3).Select(h => $"{h.Form.Canary.Id} {h.Form.Name} {h.Step} {h.Bits:0}"))}");
    }
}
return 0;

double Milliseconds() => (Environment.CpuUsage.TotalTime - started).TotalMilliseconds;

double Fastest(byte[] bytes, List<Hit> hits, Action<ReadOnlySpan<byte>> search)
{
    double best = double.MaxValue;
    for (int round = 0; round < 3; round++)
    {
        hits.Clear();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (int at = 0; at < bytes.Length; at += Chunk) search(bytes.AsSpan(at, Math.Min(Chunk, bytes.Length - at)));
        best = Math.Min(best, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }
    return bytes.Length / best / 1e6;
}

static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

