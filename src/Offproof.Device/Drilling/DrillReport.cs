using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What a drill of one category found (run.md §2).</summary>
/// <param name="Category">Which one</param>
/// <param name="Epoch">Of which epoch</param>
/// <param name="Snapshot">The snapshot's id</param>
/// <param name="BySheet">True where the sheet opened it, false where the password on the device did</param>
/// <param name="FilesInSnapshot">How many files it has</param>
/// <param name="Files">How many were restored</param>
/// <param name="Bytes">Their bytes</param>
/// <param name="NotCompared">Why none was held against a source; null where all were</param>
/// <param name="Equal">Restored files that are byte for byte what the sources hold now</param>
/// <param name="Changed">Paths that differ, are new or gone, because the source changed since</param>
/// <param name="Different">Paths that differ, though the source did not change</param>
/// <param name="Missing">Paths that the sources held at the backup and the snapshot does not</param>
/// <param name="Damaged">What could not be restored</param>
public sealed record DrillReport(
    Category Category, int Epoch, string Snapshot, bool BySheet, long FilesInSnapshot, long Files, long Bytes, string? NotCompared,
    long Equal, IReadOnlyList<string> Changed, IReadOnlyList<string> Different, IReadOnlyList<string> Missing, IReadOnlyList<SkippedItem> Damaged)
{
    /// <summary>Nothing is damaged, different or missing.</summary>
    public bool Passed => Different.Count + Missing.Count + Damaged.Count == 0;
}

/// <summary>The last drill of a category that passed.</summary>
/// <param name="Epoch">Of which epoch</param>
/// <param name="Snapshot">Of which snapshot</param>
/// <param name="Time">When</param>
/// <param name="Files">How many files were read</param>
/// <param name="Compared">How many of these were held against a source</param>
public sealed record DrillProof(int Epoch, string Snapshot, DateTimeOffset Time, long Files, long Compared);

/// <summary>What drills have shown of a category.</summary>
/// <param name="Here">With the password on this device</param>
/// <param name="Sheet">With the sheet</param>
public sealed record LastProven(DrillProof? Here, DrillProof? Sheet);

/// <summary><c>proven.json</c>: the drills that passed. Nothing in it is secret; it outlives `off`, because the sheet still opens what is kept.</summary>
internal sealed record ProvenFile(string Schema, IReadOnlyList<ProvenCategory> Categories)
{
    internal static ProvenFile Read(HomeFolder home)
    {
        try
        {
            return File.Exists(PathIn(home)) ? HomeJson.Read(PathIn(home), HomeJson.Default.ProvenFile) : new ProvenFile("offproof/v1/proven", []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DeviceException)
        {
            return new ProvenFile("offproof/v1/proven", []); // what cannot be read proves nothing
        }
    }

    internal LastProven? Of(Category category) => Categories.FirstOrDefault(c => c.Category == category.Name()) is { } found ? new LastProven(found.Here, found.Sheet) : null;

    /// <summary>The home's lock is held.</summary>
    internal static void Enter(HomeFolder home, DrillReport report, DateTimeOffset now)
    {
        ProvenFile file = Read(home);
        LastProven before = file.Of(report.Category) ?? new LastProven(null, null);
        DrillProof proof = new(report.Epoch, report.Snapshot, now, report.Files, report.NotCompared is null ? report.Files : 0);
        string name = report.Category.Name();
        ProvenCategory entry = report.BySheet ? new(name, before.Here, proof) : new(name, proof, before.Sheet);
        ProvenFile after = file with { Categories = [.. file.Categories.Where(c => c.Category != name), entry] };
        HomeFolder.Write(PathIn(home), System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(after, HomeJson.Default.ProvenFile));
    }

    private static string PathIn(HomeFolder home) => home.Proven;
}

/// <summary>One category's line of <c>proven.json</c>.</summary>
internal sealed record ProvenCategory(string Category, DrillProof? Here, DrillProof? Sheet);
