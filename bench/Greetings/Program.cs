using System.Diagnostics;
using System.Globalization;
using Offproof.Channel;

// greetings COLLECTION.jsonl.zst RUNS WORDS...: for each WORDS one line: words, tab, entries found, tab, microseconds of each run but the first, apart by blanks.
byte[] content = GreetingList.Open(File.ReadAllBytes(args[0]));
int runs = int.Parse(args[1], CultureInfo.InvariantCulture);
Stopwatch watch = Stopwatch.StartNew();
GreetingSearch search = GreetingSearch.Of(content);
Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{search.Count} entries, {content.Length} bytes, indexed in {watch.ElapsedMilliseconds} ms"));
foreach (string words in args.Skip(2))
{
    GreetingQuery query = new(words, new DateOnly(2026, 12, 20)) { Region = "GB" };
    int total = search.Find(query, 10).Total; // what is read once, and compiled once, is not the search
    List<long> times = [];
    for (int run = 0; run < runs; run++)
    {
        watch.Restart();
        if (search.Find(query, 10).Total != total) throw new InvalidOperationException("it found something else");
        times.Add(watch.Elapsed.Ticks / 10);
    }
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{words}\t{total}\t{string.Join(' ', times)}"));
}
