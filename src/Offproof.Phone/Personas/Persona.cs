namespace Offproof.Phone;

/// <summary>What the sample phone holds.</summary>
public sealed record PersonaOptions
{
    /// <summary>Decides everything; 0 to 2^53 - 1, so that JSON readers agree on it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many pictures, 0 to 20,000; about 1.1 MB each.</summary>
    public int Photos { get; init; } = 200;
}

/// <summary>What was written.</summary>
/// <param name="JsonPath">The description, persona.json.</param>
/// <param name="Photos">Pictures written.</param>
/// <param name="PhotoBytes">Bytes of all pictures.</param>
public sealed record PersonaSummary(string JsonPath, int Photos, long PhotoBytes);

/// <summary>
/// Writes a sample phone: planted personal data that belong to nobody, made from a seed alone (docs/persona.md). The same seed gives the
/// same bytes and the same file times on every machine.
/// </summary>
public static class Persona
{
    const ulong MaxSeed = (1UL << 53) - 1;
    const int MaxPhotos = 20_000;

    /// <summary>
    /// Fills <paramref name="directory"/>, which is created or empty. persona.json is written last: where it stands, the persona is whole.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The seed or a count is out of range.</exception>
    /// <exception cref="IOException">The folder holds something already (nothing is overwritten), or cannot be written.</exception>
    public static PersonaSummary Create(string directory, PersonaOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (options.Seed > MaxSeed) throw new ArgumentOutOfRangeException(nameof(options), options.Seed, "the seed must be below 2^53");
        if (options.Photos is < 0 or > MaxPhotos) throw new ArgumentOutOfRangeException(nameof(options), options.Photos, "photos must be 0 to 20,000");
        string root = Path.GetFullPath(directory);
        if (File.Exists(root)) throw new IOException($"'{directory}' is a file; a persona needs a folder of its own.");
        if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
        {
            throw new IOException($"'{directory}' is not empty; nothing was written. Name a new or empty folder.");
        }

        PhotoPlan[] plans = SamplePhoto.Plan(options.Seed, options.Photos);
        string photos = Path.Combine(root, "photos");
        Directory.CreateDirectory(photos);
        foreach (string folder in plans.Select(plan => FullPath(root, plan)).Select(path => Path.GetDirectoryName(path)!).Distinct(StringComparer.Ordinal))
        {
            Directory.CreateDirectory(folder);
        }
        PhotoEntry[] entries = new PhotoEntry[plans.Length];
        ParallelOptions parallel = new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, plans.Length, parallel, i => entries[i] = SamplePhoto.Write(plans[i], options.Seed, FullPath(root, plans[i])));

        string json = Path.Combine(root, "persona.json");
        using (FileStream output = new(json, FileMode.CreateNew, FileAccess.Write))
        {
            PersonaJson.Write(output, options.Seed, Identifiers.Draw(new SeededBits(options.Seed, 0)), entries);
        }
        File.SetLastWriteTimeUtc(json, PersonaJson.Written.UtcDateTime);
        return new PersonaSummary(json, entries.Length, entries.Sum(entry => entry.Bytes));
    }

    static string FullPath(string root, PhotoPlan plan) => Path.Combine([root, .. plan.Path.Split('/')]);
}
