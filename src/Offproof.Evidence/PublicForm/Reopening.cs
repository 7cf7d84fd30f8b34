using System.Text;
using System.Text.Json;

namespace Offproof.Evidence;

/// <summary>What can be made of a public form by whoever has it: its pages again, and, with the openings, one value (evidence.md §6.2, §6.3).</summary>
static class Reopening
{
    const int OpeningsLimit = 512 << 20;
    internal const int ReportLimit = 64 << 20;

    internal static string Open(string bundle, string openings, string id, string to)
    {
        if (File.Exists(to)) throw new EvidenceException(EvidenceFault.Refused, $"{to} is there already: it was not touched", "name another file");
        var opening = Read(openings).FirstOrDefault(opening => opening.Id == id)
            ?? throw new EvidenceException(EvidenceFault.Usage, $"{openings} has no opening of {id}", "ids are the second column of commitments.txt");
        byte[] file = opening.ToBytes();
        var verified = Verifying.Run(bundle, null, file, CancellationToken.None);
        if (verified.Opening is null || !verified.Unaltered) throw new EvidenceException(EvidenceFault.Forgery, $"{id} does not open its commitment in {bundle}: nothing was written", "are these the openings of another bundle? evidence verify says whether it was altered");
        using FileStream output = new(to, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        output.Write(file);
        return opening.Commitment;
    }

    internal static IReadOnlyList<(string Path, byte[] Page)> Pages(string bundle)
    {
        if (!Verifying.Run(bundle, null, null, CancellationToken.None).Unaltered) throw new EvidenceException(EvidenceFault.Forgery, $"{bundle} is not what was signed", "offproof evidence verify names what is wrong");
        using Signed signed = new(bundle);
        if (signed.About.Form != About.Public) throw new EvidenceException(EvidenceFault.Usage, $"{bundle} is no public form: its reports are as they were packed", "offproof evidence publish makes one");
        List<(string, byte[])> pages = [];
        foreach (var file in signed.About.Files.Where(static file => file.Role == "report" && file.Path.EndsWith(".json", StringComparison.Ordinal)))
            if (PublicReport.Read(signed.Read(file, ReportLimit)) is { } report) pages.Add((Path.ChangeExtension(file.Path, ".txt"), PublicReportText.Render(report)));
        return pages;
    }

    static IReadOnlyList<Opening> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(FileKind.ReadAll(path, OpeningsLimit), PublicJson.Default.OpeningsFile) is { Schema: OpeningsFile.SchemaName } file ? file.Openings : throw NoOpenings(path, null);
        }
        catch (JsonException e)
        {
            throw NoOpenings(path, e);
        }
        catch (EncoderFallbackException e) // half a surrogate pair
        {
            throw NoOpenings(path, e);
        }
    }

    static EvidenceException NoOpenings(string path, Exception? inner) => new(EvidenceFault.Failure, $"{path} is no file of openings", "evidence publish --openings FILE writes one", inner);
}
