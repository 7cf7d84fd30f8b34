using System.Globalization;

namespace Offproof.Phone;

/// <summary>What the sample phone holds.</summary>
public sealed record PersonaOptions
{
    /// <summary>Decides everything; 0 to 2^53 - 1, so that JSON readers agree on it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many pictures, 0 to 20,000; about 1.1 MB each.</summary>
    public int Photos { get; init; } = 200;

    /// <summary>How many contacts, 0 to 20,000.</summary>
    public int Contacts { get; init; } = 200;

    /// <summary>How many messages, 0 to 200,000, in at most 60 conversations.</summary>
    public int Messages { get; init; } = 5000;

    /// <summary>How many notes, 0 to 9,999.</summary>
    public int Notes { get; init; } = 100;

    /// <summary>Contacts, messages and notes once more, in every format of persona.md §10.</summary>
    public bool AllFormats { get; init; }
}

/// <summary>What was written.</summary>
/// <param name="JsonPath">The description, persona.json.</param>
/// <param name="Photos">Pictures written.</param>
/// <param name="PhotoBytes">Bytes of all pictures.</param>
/// <param name="Contacts">Contacts written.</param>
/// <param name="Messages">Messages written.</param>
/// <param name="Conversations">In so many conversations.</param>
/// <param name="Notes">Notes written.</param>
public sealed record PersonaSummary(string JsonPath, int Photos, long PhotoBytes, int Contacts, int Messages, int Conversations, int Notes);

/// <summary>
/// Writes a sample phone: planted personal data that belong to nobody, made from a seed alone (docs/persona.md). The same seed gives the
/// same bytes and the same file times on every machine.
/// </summary>
public static class Persona
{
    const ulong MaxSeed = (1UL << 53) - 1;
    const int MaxPhotos = 20_000;
    const int MaxContacts = 20_000;
    const int MaxMessages = 200_000;
    const int MaxNotes = 9_999;

    /// <summary>
    /// Fills <paramref name="directory"/>, which is created or empty. persona.json is written last: where it stands, the persona is whole.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The seed or a count is out of range.</exception>
    /// <exception cref="IOException">The folder holds something already (nothing is overwritten), or cannot be written.</exception>
    public static PersonaSummary Create(string directory, PersonaOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (options.Seed > MaxSeed) throw new ArgumentOutOfRangeException(nameof(options), options.Seed, "the seed must be below 2^53");
        Check("photos", options.Photos, MaxPhotos);
        Check("contacts", options.Contacts, MaxContacts);
        Check("messages", options.Messages, MaxMessages);
        Check("notes", options.Notes, MaxNotes);
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

        Identifiers identifiers = Identifiers.Draw(new SeededBits(options.Seed, 0));
        FictionalNumbers numbers = new(options.Seed, identifiers.Phone);
        SamplePictures pictures = new(options.Seed);
        SampleContact[] contacts = SampleContact.Draw(options.Seed, options.Contacts, numbers, pictures);
        SampleMessages messages = new(options.Seed, options.Messages, contacts, numbers, pictures);
        IEnumerable<SampleNote> notes = Enumerable.Range(0, options.Notes).Select(i => SampleNote.Draw(options.Seed, i, options.Notes, pictures));

        PersonaFiles.Write(Path.Combine(root, "contacts"), PersonaFiles.ContactsName, output => SampleAndroidCards.Write(output, contacts));
        cancellationToken.ThrowIfCancellationRequested();
        PersonaFiles.Write(Path.Combine(root, "messages"), PersonaFiles.MessagesName, output => SampleBackupXml.Write(output, messages, options.Seed, identifiers.Phone));
        cancellationToken.ThrowIfCancellationRequested();
        string markdown = Path.Combine(root, "notes");
        Directory.CreateDirectory(markdown);
        foreach (SampleNote note in notes) SampleMarkdown.Write(markdown, note);
        cancellationToken.ThrowIfCancellationRequested();

        if (options.AllFormats) SampleFormats.Write(root, options.Seed, identifiers.Phone, contacts, messages, notes, cancellationToken);

        string json = Path.Combine(root, "persona.json");
        using (FileStream output = new(json, FileMode.CreateNew, FileAccess.Write))
        {
            PersonaJson.Write(output, options.Seed, identifiers, contacts, messages, notes, entries);
        }
        File.SetLastWriteTimeUtc(json, PersonaJson.Written.UtcDateTime);
        return new PersonaSummary(json, entries.Length, entries.Sum(entry => entry.Bytes), contacts.Length, messages.Count, messages.Conversations, options.Notes);
    }

    static void Check(string what, int count, int most)
    {
        if (count < 0 || count > most) throw new ArgumentOutOfRangeException(nameof(count), count, $"{what} must be 0 to {most.ToString("N0", CultureInfo.InvariantCulture)}");
    }

    static string FullPath(string root, PhotoPlan plan) => Path.Combine([root, .. plan.Path.Split('/')]);
}
