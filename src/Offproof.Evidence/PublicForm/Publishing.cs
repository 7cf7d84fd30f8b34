using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Offproof.Evidence;

/// <summary>From a bundle to one that can be published while the persona stays secret (evidence.md §6).</summary>
static class Publishing
{
    internal static PublishResult Run(PublishRequest request, TimeProvider time, CancellationToken cancel)
    {
        if (request.Title is { } title && (title.Length > 300 || !MinisignText.IsPlain(title))) throw new EvidenceException(EvidenceFault.Usage, "a title is one plain line of at most 300 characters");
        if (File.Exists(request.Openings)) throw new EvidenceException(EvidenceFault.Refused, $"{request.Openings} is there already: it was not touched", "name another file");
        if (IsInside(request.Openings, request.Folder) || (Directory.Exists(request.Bundle) && IsInside(request.Openings, request.Bundle))) throw new EvidenceException(EvidenceFault.Refused, "the openings would lie in the bundle: whoever got it could open everything", "name a file elsewhere");
        var verified = Verifying.Run(request.Bundle, request.SignedBy, null, cancel);
        if (!verified.Unaltered) throw new EvidenceException(EvidenceFault.Forgery, $"{request.Bundle} is not what was signed: nothing was published of it", "offproof evidence verify names what is wrong");
        using Signed bundle = new(request.Bundle);
        if (bundle.About.Form != About.Private) throw new EvidenceException(EvidenceFault.Refused, $"{request.Bundle} is a public form already");
        if (bundle.About.Files.Where(static file => file.Role == "persona").ToList() is not [var persona])
            throw new EvidenceException(EvidenceFault.Usage, "a public form is made of a bundle with one persona", "offproof evidence pack DIR --persona FILE --report FILE ...");

        var values = PersonaValues.Read(bundle.Read(persona, PlantedPersona.Limit));
        Opening[] openings = [.. values.OrderBy(static value => value.Id, StringComparer.Ordinal).Select(static value => Opening.Create(value.Id, value.Value))];
        string[] opens = [];
        if (Seed(values) is { } seed)
        {
            if (!request.IncludeGuessable) throw new EvidenceException(EvidenceFault.Refused, $"the persona was made from {seed}: {WhatItOpens}. Nothing was published",
                "plant a persona with a seed by chance: offproof persona new DIR --seed $(shuf -n 1 -i 4294967296-9007199254740991); --include-guessable publishes this one all the same, and says so in the bundle");
            opens = [$"The persona was made from {seed}: {WhatItOpens}."];
        }
        ValueSearch search = new(values);
        string[] ids = [.. openings.Select(static opening => opening.Id)];
        bool hasSecret = false;
        try
        {
            using BundleWriter writer = new(request.Folder);
            byte[] commitments = Encoding.ASCII.GetBytes(string.Concat(openings.Select(static opening => opening.Line)));
            if (commitments.Length > Verifying.CommitmentsLimit) throw new EvidenceException(EvidenceFault.Failure, "the persona is too large for a list of commitments");
            writer.Add(BundlePath.Commitments, "commitments", "text/plain", commitments);
            List<AboutReport> reports = [];
            List<string> limits = [];
            List<string> published = [];
            foreach (var file in bundle.About.Files.Where(static file => file.Role == "report" && file.Bytes <= Reopening.ReportLimit))
            {
                if (PublicReportReading.Of(bundle.Read(file, Reopening.ReportLimit), ids, search, bundle.HashOf) is not { } report) continue;
                published.Add(file.Path);
                string name = string.Create(CultureInfo.InvariantCulture, $"reports/report-{published.Count}");
                writer.Add(name + ".json", "report", "application/json", report.ToBytes());
                writer.Add(name + ".txt", "report", "text/plain", PublicReportText.Render(report));
                reports.Add(report.Told(name + ".json"));
                limits.AddRange(report.Limits(name + ".json"));
            }
            if (published.Count == 0) throw new EvidenceException(EvidenceFault.Usage, "the bundle holds no report of an audit that could be published", "offproof audit CAPTURE... --persona FILE --json makes one");
            var about = AboutOf(request, bundle, writer.Id, published, reports, limits, opens, time);
            WriteOpenings(request.Openings, writer.Id, openings);
            hasSecret = true;
            writer.Sign(files => about with { Files = [.. files] }, whole =>
            {
                Search(writer, whole, ids, search);
                return ReadmeText.Of(whole, request.Key.PublicKey);
            }, request.Key, time);
            return new PublishResult(new PackResult(request.Folder, writer.Id, request.Key.PublicKey.Id, request.Key.PublicKey.Text, writer.SumsSha256, writer.Files.Count + 1, writer.Bytes,
                [.. about.Absent.Select(static one => $"{one.Role}: {one.Reason}")], opens), request.Openings, openings.Length);
        }
        catch
        {
            if (hasSecret) File.Delete(request.Openings);
            throw;
        }
    }

    // A persona is a function of its seed (persona.md §2): so many are tried in days, and the list of ids shows which is the one.
    const long GuessableSeeds = 1L << 32;
    const string WhatItOpens = "whoever tries seeds makes the persona again, sees in the list of ids that it is the one, and reads every value that was committed to";

    /// <summary>In words, where it can be guessed; null where it cannot, or where the persona was made from none.</summary>
    static string? Seed(IReadOnlyList<(string Id, string Value)> values) => values.FirstOrDefault(static value => value.Id == "seed").Value is not { } text ? null
        : text == "1" ? "seed 1, which persona new takes where none is given"
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seed) && seed >= GuessableSeeds ? null : "a seed below 2^32";

    static About AboutOf(PublishRequest request, Signed bundle, string id, List<string> published, List<AboutReport> reports, List<string> limits, string[] opens, TimeProvider time) => new(
        About.SchemaName, id, About.Public, request.Title, request.Note, BundleWriter.Rfc3339(time.GetUtcNow()), [],
        [
            .. bundle.About.Files.Where(file => file.Role is not ("about" or "commitments") && !published.Contains(file.Path, StringComparer.Ordinal))
                .Select(static file => file.Role == "capture" ? new AboutAbsent(file.Role, null, file.Bytes, file.Sha256, "captures hold the planted values") : new AboutAbsent(file.Role, null, null, null, Why(file.Role))),
            .. bundle.About.Absent.Select(static one => new AboutAbsent(one.Role, null, one.Bytes, one.Sha256, "it is not in the bundle that this was made from either")),
        ],
        reports, Surroundings.Tool(request.Tool), Surroundings.Environment, Surroundings.Clock(time), [], opens,
        "Made from a private bundle: each text and number of its persona became a commitment, and of its reports only the members that docs/evidence.md §6.2 lists were carried over. The pages in reports/ follow from the .json beside them: evidence report makes them again.",
        [
            .. limits, "What the planted values are is not told; that they were fixed when this was signed is. Whether the captures hold them can be checked by whoever is given the captures and the openings.",
            "The signature shows that these bytes are those that the holder of the key signed. It does not show that they are true, complete, or recorded when they say.",
            "What is still told of the persona: how many contacts, messages, notes and photos it has, which members they have, and lengths and kinds of what was found.",
            "Whoever guesses the seed can make the persona again, and sees in the list of ids alone that it is the one: the commitments hide as much as the seed does, which is at most 53 bits, and nothing where it is small or known.",
        ],
        new AboutOrigin(bundle.About.Id, bundle.SumsSha256));

    static string Why(string role) => role switch
    {
        "persona" => "its values are replaced by commitments.txt",
        "keys" => "key logs open the captures",
        _ => "it may hold planted values, and is not needed for the reports",
    };

    // The last net: whoever gave a title may have written a number into it.
    static void Search(BundleWriter writer, About about, IReadOnlyList<string> ids, ValueSearch search)
    {
        if (search.InWords($"{about.Title}\n{about.Note}") is { } told) throw Told("the title or the note", told, "take it out of the title and the note");
        List<(string Where, string Text)> texts = [("bundle.json", Encoding.UTF8.GetString(about.ToBytes()))];
        texts.AddRange(writer.Files.Where(static file => file.Path != BundlePath.Commitments).Select(file => (file.Path, Encoding.UTF8.GetString(FileKind.ReadAll(writer.PathOf(file.Path), Reopening.ReportLimit)))));
        texts.Add(("the list of the persona's members", string.Join('\n', ids.Select(static id => string.Concat(id.Where(static c => !char.IsAsciiDigit(c)))).Distinct(StringComparer.Ordinal))));
        foreach (var (where, text) in texts)
            if (search.InFile(text) is { } found) throw Told(where, found, "title and note are not the cause: a report of this bundle tells it where no value is expected. Publish without that report");
    }

    static EvidenceException Told(string where, string id, string hint) => new(EvidenceFault.Refused, $"{where} would tell a planted value: {id}. Nothing was published", hint);

    static void WriteOpenings(string path, string bundle, IReadOnlyList<Opening> openings)
    {
        using FileStream file = FileKind.CreatePrivate(path);
        try
        {
            JsonSerializer.Serialize(file, new OpeningsFile(OpeningsFile.SchemaName, bundle, openings), PublicJson.Default.OpeningsFile);
            file.Write("\n"u8);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    static bool IsInside(string file, string folder) => Real(file).StartsWith(Real(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // Where it is when every link on the way was followed.
    static string Real(string path)
    {
        string full = Path.GetFullPath(path), at = Path.GetPathRoot(full)!;
        foreach (string part in full[at.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            at = Path.Combine(at, part);
            if (new FileInfo(at).LinkTarget is not null) at = Real(File.ResolveLinkTarget(at, returnFinalTarget: true)!.FullName);
        }
        return at;
    }
}

/// <summary>A bundle that was verified, to be read from; each file is compared again as it is read.</summary>
sealed class Signed : IDisposable
{
    readonly BundleSource source;

    internal Signed(string path)
    {
        source = BundleSource.Of(path);
        using var about = source.Open(BundlePath.About);
        using var list = source.Open(BundlePath.List);
        SumsSha256 = Checksums.Of(FileKind.Bounded(list, Checksums.Limit) ?? []);
        About = Offproof.Evidence.About.Read(FileKind.Bounded(about, Checksums.Limit) ?? []) ?? throw new EvidenceException(EvidenceFault.Forgery, $"{path} changed while it was read");
    }

    internal About About { get; }

    internal string SumsSha256 { get; }

    internal byte[] Read(AboutFile file, int limit)
    {
        using var stream = source.Open(file.Path);
        byte[] bytes = FileKind.Bounded(stream, limit) ?? throw new EvidenceException(EvidenceFault.Failure, $"{file.Path} is longer than {limit} bytes");
        return Checksums.Of(bytes) == file.Sha256 ? bytes : throw new EvidenceException(EvidenceFault.Forgery, $"{file.Path} changed while it was read");
    }

    /// <summary>The SHA-256 of a capture, packed or not, by the name that it had.</summary>
    internal string? HashOf(string name) => About.Files.FirstOrDefault(file => file.Role == "capture" && (file.Name ?? file.Path[(file.Path.IndexOf('/', StringComparison.Ordinal) + 1)..]) == name)?.Sha256
        ?? About.Absent.FirstOrDefault(one => one.Role == "capture" && one.Name == name)?.Sha256;

    public void Dispose() => source.Dispose();
}
