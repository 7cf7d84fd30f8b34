using System.Security;
using System.Text;

namespace Offproof.Phone;

/// <summary>What contacts can be written as.</summary>
public enum ContactFormat
{
    /// <summary>One vCard 3.0 file, as Android and iOS import it: contacts.vcf.</summary>
    VCard3,

    /// <summary>One vCard 4.0 file (RFC 6350): contacts.vcf.</summary>
    VCard4,
}

/// <summary>Writes what phones import, out of a tree of contacts (contacts.md §4).</summary>
public static class ContactExport
{
    const string Name = "contacts.vcf";

    /// <summary>
    /// Writes the chosen contacts of <paramref name="tree"/> into the folder <paramref name="target"/>, as contacts.vcf. Never overwrites: a file of that
    /// name with the same bytes is left as it is. Where nothing is chosen, nothing is written.
    /// </summary>
    /// <param name="tree">The folder that holds the HH folders; it is only read, and no link in it is followed.</param>
    /// <param name="target">A folder, which is made where it is missing.</param>
    /// <param name="format">What to write.</param>
    /// <param name="selection">Which contacts; a conversation chooses none of them out.</param>
    /// <param name="cancellationToken">Ends the writing; nothing is left in the target.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such tree.</exception>
    /// <exception cref="IOException">The target has a file of that name with other content, or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ExportReport Write(string tree, string target, ContactFormat format, Selection selection, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(tree);
        ArgumentException.ThrowIfNullOrEmpty(target);
        ArgumentNullException.ThrowIfNull(selection);
        if (!Enum.IsDefined(format)) throw new ArgumentOutOfRangeException(nameof(format));
        if (!Directory.Exists(tree)) throw new DirectoryNotFoundException($"'{tree}' is not a folder.");

        ExportNotes notes = new();
        ContactFilter filter = new(selection);
        List<(string Name, string Path)> files = Files(tree, notes, cancellationToken);
        bool isNew = !Directory.Exists(target);
        Directory.CreateDirectory(target);
        string temporary = Path.Combine(target, "." + Name + "-" + Guid.NewGuid().ToString("N"));
        long written = 0;
        long timeless = 0;
        try
        {
            using (FileStream file = ExportFile.Create(temporary))
            {
                ByteBuffer bytes = new();
                foreach ((string name, string path) in files)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    string stem = Path.GetFileNameWithoutExtension(path);
                    Read(tree, name, path, card =>
                    {
                        if (!filter.Takes(card, stem)) return;
                        if (selection.Since is not null && CardName.Revised(card) is null) timeless++;
                        CardWriter.Write(Convert(CardNickname.Write(card, notes), format, notes), bytes);
                        written++;
                        if (bytes.Length > 1 << 16) Flush(file, bytes);
                    }, notes, cancellationToken);
                }
                Flush(file, bytes);
                file.Flush(flushToDisk: true);
            }
            if (written > 0) ExportFile.Place(temporary, Path.Combine(target, Name));
        }
        finally
        {
            File.Delete(temporary);
            if (written == 0 && isNew) Directory.Delete(target);
        }
        notes.Count("{0} [contact names|contacts name] no time of [its|their] last change (REV) and [is|are] written too: whether [it is|they are] older, nobody can tell.", timeless);
        return written == 0
            ? new ExportReport(0, [], notes.Problems, [.. notes.Notices, "No contact was written: the tree holds none, or none was chosen."]) { Hint = filter.Hint }
            : new ExportReport(written, [Name], notes.Problems, notes.Notices);
    }

    static Card Convert(Card card, ContactFormat format, ExportNotes notes) => (card.Version, format) switch
    {
        (CardVersion.V3, ContactFormat.VCard4) => CardTo4.Convert(card, notes),
        (CardVersion.V4, ContactFormat.VCard3) => CardTo3.Convert(card, notes),
        (CardVersion.V4, _) => CardTo4.Repair(card),
        _ => CardTo3.Repair(card),
    };

    static void Flush(FileStream file, ByteBuffer bytes)
    {
        try
        {
            file.Write(bytes.Span);
        }
        catch (IOException problem)
        {
            throw new SpoolException("the export cannot be written: " + problem.Message, problem); // no fault of the card that is being read
        }
        bytes.Clear();
    }

    static List<(string Name, string Path)> Files(string tree, ExportNotes notes, CancellationToken cancellationToken)
    {
        List<(string, string)> files = [];
        foreach (string folder in Sorted(Directory.EnumerateFileSystemEntries(tree)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = Path.Combine(tree, folder);
            if (folder.Length != 2 || !folder.All(char.IsAsciiHexDigitLower) || !Directory.Exists(path) || IsLink(path))
            {
                notes.Problem(folder, null, "Nothing that a tree of contacts holds.");
                continue;
            }
            try
            {
                foreach (string file in Sorted(Directory.EnumerateFileSystemEntries(path)))
                {
                    string full = Path.Combine(path, file);
                    if (file.EndsWith(".vcf", StringComparison.Ordinal) && File.Exists(full) && !IsLink(full)) files.Add(($"{folder}/{file}", full));
                    else notes.Problem($"{folder}/{file}", null, "Nothing that a tree of contacts holds.");
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or SecurityException)
            {
                notes.Problem(folder, null, Sentence.Because("The folder cannot be listed", problem, tree));
            }
        }
        return files;
    }

    static bool IsLink(string path) => new FileInfo(path) is { LinkTarget: not null };

    static List<string> Sorted(IEnumerable<string> paths)
    {
        List<string> names = [.. paths.Select(path => Path.GetFileName(path))];
        names.Sort(string.CompareOrdinal);
        return names;
    }

    // A tree may come from anywhere: a file of it is read like one of a source.
    static void Read(string tree, string name, string path, Action<Card> found, ExportNotes notes, CancellationToken cancellationToken)
    {
        Account account = new(1);
        SourceWalk.ReadFile(name, path, file => ContactImport.OfTree(file, account, (card, _) => found(card), cancellationToken), account, tree);
        ImportReport report = account.Report();
        notes.Problems.AddRange(report.Skipped);
        foreach (string notice in report.Notices) notes.Say(notice);
    }
}

/// <summary>Which contacts an export takes (contacts.md §4.1).</summary>
sealed class ContactFilter(Selection selection)
{
    readonly string? _wanted = selection.Contact?.Trim();
    readonly string? _number = selection.Contact is { } contact ? Number(contact) : null;

    readonly Nearest? _nearest = selection.Contact is { } wanted ? new Nearest(wanted) : null;
    bool _isMet;

    /// <summary>How a contact is asked for, and which come nearest to what was; null where none was asked for, or it is there.</summary>
    internal string? Hint => _isMet ? null : _nearest?.Hint("a contact is asked for as it is in its card: a whole name, an e-mail, or a number like +447700900001");

    internal bool Takes(Card card, string stem)
    {
        if (_wanted is not null && !stem.Equals(_wanted, StringComparison.OrdinalIgnoreCase) && !card.Properties.Exists(IsWanted))
        {
            _nearest!.Meet([.. card.Properties.Where(property => property.Is("TEL")).Select(property => CardValue.Unescape(property.Value))], [CardName.Of(card) ?? ""], () => CardName.Of(card) ?? stem);
            return false;
        }
        _isMet = true;
        return !(selection.Since is { } since && CardName.Revised(card) is { } revised && revised < since);
    }

    bool IsWanted(CardProperty property)
    {
        switch (property.Name.ToUpperInvariant())
        {
            case "UID" or "FN" or "EMAIL":
                return Same(CardValue.Unescape(property.Value));
            case "N":
                List<string> parts = CardValue.Components(property.Value);
                return Same(CardName.OfN(property.Value)) || (parts.Count > 1 && (Same($"{parts[1]} {parts[0]}") || Same($"{parts[0]} {parts[1]}")));
            case "TEL":
                string number = CardValue.Unescape(property.Value);
                if (number.StartsWith("tel:", StringComparison.OrdinalIgnoreCase)) number = number[4..];
                return _number is { Length: > 0 } && Number(number).Equals(_number, StringComparison.OrdinalIgnoreCase);
            default:
                return false;
        }
    }

    bool Same(string text) => text.Trim().Equals(_wanted, StringComparison.OrdinalIgnoreCase);

    static string Number(string text)
    {
        StringBuilder number = new(text.Length);
        foreach (char c in text)
        {
            if (c is not ('(' or ')' or '-') && !char.IsWhiteSpace(c)) number.Append(c);
        }
        return number.ToString();
    }
}
