using System.Security.Cryptography;
using System.Text;

namespace Offproof.Evidence;

/// <summary>Reads what may be hostile, and names all that is wrong with it (evidence.md §4).</summary>
sealed partial class Verifying
{
    internal const int CommitmentsLimit = 64 << 20;

    const int MostDefects = 1000;
    const string UsualComment = "signature from minisign secret key";

    readonly BundleSource source;
    readonly MinisignKey? given;
    readonly List<BundleDefect> defects = [];
    readonly SortedDictionary<string, BundleEntry> files = new(StringComparer.Ordinal);
    long bytesRead;

    Verifying(BundleSource source, MinisignKey? given) => (this.source, this.given) = (source, given);

    internal static VerifyReport Run(string path, MinisignKey? key, byte[]? opening, CancellationToken cancel)
    {
        using var source = BundleSource.Of(path);
        return new Verifying(source, key).Run(opening, cancel);
    }

    VerifyReport Run(byte[]? opening, CancellationToken cancel)
    {
        defects.AddRange(source.Defects);
        if (source.IsUnreadable) return new VerifyReport(VerifyReport.SchemaName, false, null, null, defects, 0, 0, null, null, []);
        Look();
        byte[]? list = Small(BundlePath.List, Checksums.Limit);
        var sums = list is null ? [] : Checksums.Read(list, what => Defect("bad-list", BundlePath.List, what));
        var (signer, comment) = Signed(list);
        var about = AboutIt(sums, out var lengths);
        foreach (var (path, sha256) in sums)
        {
            cancel.ThrowIfCancellationRequested();
            if (path != BundlePath.About) Compare(path, sha256, lengths.TryGetValue(path, out long length) ? length : null, cancel);
        }
        foreach (string path in files.Keys.Where(path => !sums.ContainsKey(path) && path is not (BundlePath.List or BundlePath.Signature))) Defect("added", path, "it is not in SHA256SUMS: it was added after signing");
        if (list is not null) Listed(sums);
        long once = bytesRead; // what follows reads again
        if (about is not null) Agree(about, sums);
        if (about is { Form: About.Public }) Pages(sums);
        bytesRead = once;
        if (about is not null && comment is not null && comment.StartsWith("offproof evidence; ", StringComparison.Ordinal) && !comment.StartsWith(BundleWriter.CommentStart(about.Id), StringComparison.Ordinal))
            Defect("bad-signature", BundlePath.Signature, $"its trusted comment is of another bundle than {about.Id}");
        var opened = opening is null ? null : Opened(opening, sums);
        return new VerifyReport(VerifyReport.SchemaName, defects.Count == 0, signer, comment, defects, files.Count, bytesRead,
            about is null ? null : new VerifiedBundle(about.Id, about.Form, about.Title, about.Packed, about.Opens, about.Statements, about.Limits), opened, remarks);
    }

    // What is there, before any of it is opened.
    void Look()
    {
        if (source.IsFlood) Defect("too-large", "", $"more than {2 * BundlePath.MostFiles} files and folders: the rest was not looked at");
        Dictionary<string, string> folded = new(StringComparer.Ordinal);
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var entry in source.Entries)
        {
            if (entry.Path.Contains('\uFFFD', StringComparison.Ordinal)) Defect("bad-name", entry.Path, "its name is not UTF-8, or holds the sign that stands for what is none: nothing in a bundle is called so");
            else if (!seen.Add(entry.Path)) Defect("bad-name", entry.Path, "it stands twice: which of them is read depends on the reader");
            else if (!folded.TryAdd(entry.Path.ToUpperInvariant(), entry.Path)) Defect("bad-name", entry.Path, $"it differs by case alone from {folded[entry.Path.ToUpperInvariant()]}");
            else if (entry.Kind is EntryKind.Link or EntryKind.Special) Defect("not-a-file", entry.Path, entry.Kind is EntryKind.Link ? "it is a link: what it holds is decided elsewhere" : "it is a pipe, a socket or a device");
            else if (entry.Kind is EntryKind.Folder)
            {
                if (!BundlePath.IsArea(entry.Path)) Defect("added", entry.Path, "it is a folder that no bundle has");
            }
            else if (!BundlePath.IsGood(entry.Path)) Defect(IsPlainly(entry.Path) ? "added" : "bad-name", entry.Path, IsPlainly(entry.Path) ? "it is nothing that a bundle has: it was added" : "it leads elsewhere, or is called as nothing in a bundle is");
            else files.Add(entry.Path, entry);
        }
        if (files.Count > BundlePath.MostFiles) Defect("too-large", "", $"more than {BundlePath.MostFiles} files");
        foreach (string needed in (string[])[BundlePath.List, BundlePath.Signature]) if (!files.ContainsKey(needed)) Defect(needed == BundlePath.List ? "missing" : "unsigned", needed, "it is not there");
    }

    static bool IsPlainly(string path) => path.Split('/').All(static part => BundlePath.IsName(part));

    (VerifiedSigner? Signer, string? Comment) Signed(byte[]? list)
    {
        byte[]? file = Small(BundlePath.Signature, MinisignSignature.FileLimit);
        if (file is null || list is null) return default;
        if (!MinisignSignature.TryParse(file, out var signature, out string? why))
        {
            Defect("unsigned", BundlePath.Signature, $"it is no signature: {why}");
            return default;
        }
        // Nothing covers that line: with any other text in it, bytes of the bundle could change unseen.
        if (signature.UntrustedComment != UsualComment || file.Contains((byte)'\r')) Defect("bad-signature", BundlePath.Signature, $"its first line is not \"{MinisignText.Untrusted}{UsualComment}\", and no signature covers that line");
        var key = given ?? OwnKey();
        if (key is null)
        {
            Defect("unsigned", BundlePath.Signer, "it is no public key: with no other given, nothing can be verified");
            return default;
        }
        switch (signature.Verify(key, list))
        {
            case SignatureCheck.Good:
                return (new VerifiedSigner(given is not null, key.Id, key.Text), signature.TrustedComment);
            case SignatureCheck.ForeignKey:
                Defect("foreign-key", BundlePath.Signature, given is not null
                    ? $"it is signed by a key named {signature.KeyId}, and the given one is named {key.Id}" : $"it is signed by a key named {signature.KeyId}, and signer.pub is named {key.Id}");
                break;
            case SignatureCheck.OtherComment:
                Defect("bad-signature", BundlePath.Signature, "its trusted comment is not the one that was signed");
                break;
            default:
                Defect("bad-signature", BundlePath.List, $"it is not what the key {key.Id} signed, or the signature was altered");
                break;
        }
        return default;
    }

    MinisignKey? OwnKey() => Small(BundlePath.Signer, MinisignKey.FileLimit) is { } file && MinisignKey.TryParse(Encoding.Latin1.GetString(file), out var key) ? key : null;

    About? AboutIt(SortedDictionary<string, string> sums, out Dictionary<string, long> lengths)
    {
        lengths = new(StringComparer.Ordinal);
        if (!sums.TryGetValue(BundlePath.About, out string? sha256))
        {
            if (sums.Count > 0) Defect("bad-list", BundlePath.List, "it does not name bundle.json");
            return null;
        }
        if (Small(BundlePath.About, Checksums.Limit) is not { } json)
        {
            if (!files.ContainsKey(BundlePath.About)) Defect("missing", BundlePath.About, "it is not there");
            return null;
        }
        if (Checksums.Of(json) != sha256)
        {
            Defect("altered", BundlePath.About, "its SHA-256 is not the one that was signed");
            return null;
        }
        if (About.Read(json) is not { } about)
        {
            Defect("bad-list", BundlePath.About, "it is not what this version reads as a bundle's description");
            return null;
        }
        HashSet<string> told = new(StringComparer.Ordinal);
        foreach (var file in about.Files)
        {
            if (!told.Add(file.Path) || !sums.TryGetValue(file.Path, out string? listed) || listed != file.Sha256) Defect("bad-list", BundlePath.About, $"it says otherwise than SHA256SUMS of {file.Path}");
            else if (file.Bytes < 0) Defect("bad-list", BundlePath.About, $"it says that {file.Path} has {file.Bytes} bytes");
            else lengths[file.Path] = file.Bytes;
        }
        foreach (string path in sums.Keys.Where(path => path != BundlePath.About && !told.Contains(path))) Defect("bad-list", BundlePath.About, $"it does not say what {path} is");
        return about;
    }

    /// <param name="length">As bundle.json says; null where it says none.</param>
    void Compare(string path, string sha256, long? length, CancellationToken cancel)
    {
        if (!files.TryGetValue(path, out var entry))
        {
            Defect("missing", path, "it is not there");
            return;
        }
        long most = length ?? long.MaxValue;
        if (entry.Length > most)
        {
            Defect("altered", path, $"it has {entry.Length} bytes, and {length} were signed");
            return;
        }
        if (Read(path, most, stream => Hash(stream, most, cancel)) is not { } hash) return;
        if (hash != sha256) Defect("altered", path, "its SHA-256 is not the one that was signed");
        else if (length is not null && entry.Length != length) Defect("bad-list", BundlePath.About, $"it says that {path} has {length} bytes, and it has {entry.Length}");
    }

    string? Hash(Stream stream, long most, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        long length = 0;
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            cancel.ThrowIfCancellationRequested();
            length += read;
            if (length > most) return null;
            hash.AppendData(buffer, 0, read);
        }
        bytesRead += length;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    byte[]? Small(string path, int limit) => files.ContainsKey(path) ? Read(path, limit, stream =>
    {
        byte[]? bytes = FileKind.Bounded(stream, limit);
        bytesRead += bytes?.Length ?? 0;
        return bytes;
    }) : null;

    /// <summary>Null where it cannot be read, or is longer than what is read of it; both are then told.</summary>
    T? Read<T>(string path, long most, Func<Stream, T?> read) where T : class
    {
        try
        {
            using var stream = source.Open(path);
            if (read(stream) is { } result) return result;
            Defect("too-large", path, $"it is longer than {most} bytes: the rest was not read");
        }
        catch (Exception e) when (e is InvalidDataException or EvidenceException or UnauthorizedAccessException or NotSupportedException or IOException)
        {
            Defect("altered", path, $"it cannot be read: {e.Message}");
        }
        return null;
    }

    // CONTENTS is for those who verify without us: it must say what SHA256SUMS says.
    void Listed(SortedDictionary<string, string> sums)
    {
        if (!sums.TryGetValue(BundlePath.Contents, out string? sha256)) Defect("bad-list", BundlePath.List, "it does not name CONTENTS");
        else if (sha256 != Checksums.Of(Encoding.ASCII.GetBytes(BundlePath.Listing(sums.Keys)))) Defect("bad-list", BundlePath.Contents, "it does not list what SHA256SUMS lists");
        HashSet<string> areas = [.. sums.Keys.Where(static path => path.Contains('/', StringComparison.Ordinal)).Select(static path => path[..path.IndexOf('/', StringComparison.Ordinal)])];
        foreach (var entry in source.Entries.Where(entry => entry.Kind == EntryKind.Folder && BundlePath.IsArea(entry.Path) && !areas.Contains(entry.Path))) Defect("added", entry.Path, "it is a folder in which nothing was signed");
    }

    // evidence.md §6.2: a page of a public form that does not follow from its data is not to be read as if it did.
    void Pages(SortedDictionary<string, string> sums)
    {
        foreach (var (path, sha256) in sums.Where(static sum => sum.Key.StartsWith("reports/", StringComparison.Ordinal) && sum.Key.EndsWith(".json", StringComparison.Ordinal)))
        {
            if (Small(path, Reopening.ReportLimit) is not { } json || Checksums.Of(json) != sha256 || PublicReport.Read(json) is not { } report) continue;
            string page = Path.ChangeExtension(path, ".txt");
            if (sums.GetValueOrDefault(page) != Checksums.Of(PublicReportText.Render(report))) Defect("other-page", page, $"it is not the page that follows from {path}");
        }
    }

    // evidence.md §6.3: an opening counts where its line is in the list that was signed.
    VerifiedOpening? Opened(byte[] file, SortedDictionary<string, string> sums)
    {
        if (!Opening.TryParse(file, out var opening)) Defect("bad-opening", "", "what was given is no opening");
        else if (!sums.TryGetValue(BundlePath.Commitments, out string? sha256) || Small(BundlePath.Commitments, CommitmentsLimit) is not { } list || Checksums.Of(list) != sha256)
            Defect("bad-opening", BundlePath.Commitments, "there are no commitments that were signed");
        else if (!Encoding.Latin1.GetString(list).Split('\n').Contains(opening.Line.TrimEnd('\n'), StringComparer.Ordinal)) Defect("bad-opening", BundlePath.Commitments, $"{opening.Id} is not committed to with this value");
        else return new VerifiedOpening(opening.Id, opening.Value, opening.Commitment);
        return null;
    }

    void Defect(string kind, string path, string text)
    {
        if (defects.Count < MostDefects) defects.Add(new BundleDefect(kind, path, text));
        else if (defects.Count == MostDefects) defects.Add(new BundleDefect("too-large", "", "more defects than are listed here"));
    }
}
