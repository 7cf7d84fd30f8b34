using System.Globalization;

namespace Offproof.Phone;

/// <summary>What messages can be written as.</summary>
public enum MessageFormat
{
    /// <summary>One XML file of the Android app SMS Backup &amp; Restore: messages.xml.</summary>
    SmsBackupRestoreXml,

    /// <summary>The ZIP of the Android app SMS Import/Export, version 2: messages.zip.</summary>
    SmsImportExportZip,
}

/// <summary>Writes what phones import, out of a tree of messages (messages.md §4).</summary>
public static class MessageExport
{
    /// <summary>
    /// Writes the chosen messages of <paramref name="tree"/> into the folder <paramref name="target"/>, as messages.xml or messages.zip. Never overwrites:
    /// a file of that name with the same bytes is left as it is. Where nothing is chosen, nothing is written.
    /// </summary>
    /// <param name="tree">The folder that holds the CONV folders; it is only read, and no link in it is followed.</param>
    /// <param name="target">A folder, which is made where it is missing.</param>
    /// <param name="format">What to write.</param>
    /// <param name="selection">Which messages.</param>
    /// <param name="cancellationToken">Ends the writing; nothing is left in the target.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such tree.</exception>
    /// <exception cref="IOException">The target has a file of that name with other content, or cannot be written, or the tree changed meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ExportReport Write(string tree, string target, MessageFormat format, Selection selection, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(tree);
        ArgumentException.ThrowIfNullOrEmpty(target);
        ArgumentNullException.ThrowIfNull(selection);
        string name = format switch
        {
            MessageFormat.SmsBackupRestoreXml => "messages.xml",
            MessageFormat.SmsImportExportZip => "messages.zip",
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
        if (!Directory.Exists(tree)) throw new DirectoryNotFoundException($"'{tree}' is not a folder.");

        ExportNotes notes = new();
        TreeReader reader = new(tree, selection, notes);
        TreeSummary summary = reader.Summarize(cancellationToken);
        if (summary.Messages == 0) return new ExportReport(0, [], notes.Problems, [.. notes.Notices, "No message was written: the tree holds none, or none was chosen."]);

        Directory.CreateDirectory(target);
        string path = Path.Combine(target, name);
        string temporary = Path.Combine(target, "." + name + "-" + Guid.NewGuid().ToString("N"));
        try
        {
            long written;
            using (FileStream file = Create(temporary))
            {
                written = format is MessageFormat.SmsBackupRestoreXml
                    ? new SmsXmlWriter(file, notes).Write(reader, summary, cancellationToken)
                    : new SmsZipWriter(file, notes).Write(reader, cancellationToken);
                file.Flush(flushToDisk: true);
            }
            if (written != summary.Messages) throw new IOException("the tree changed while it was read; nothing was written");
            Place(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
        return new ExportReport(summary.Messages, [name], notes.Problems, notes.Notices);
    }

    static FileStream Create(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    static void Place(string temporary, string path)
    {
        if (!File.Exists(path)) File.Move(temporary, path, overwrite: false);
        else if (!Same(temporary, path)) throw new IOException($"'{path}' is already there, with other content; nothing was written");
    }

    static bool Same(string one, string other)
    {
        using FileStream a = SourceFile.OpenFile(one);
        using FileStream b = SourceFile.OpenFile(other);
        if (a.Length != b.Length) return false;
        byte[] left = new byte[1 << 16];
        byte[] right = new byte[1 << 16];
        while (a.ReadAtLeast(left, left.Length, throwOnEndOfStream: false) is var read and > 0)
        {
            if (b.ReadAtLeast(right.AsSpan(0, read), read, throwOnEndOfStream: false) != read || !left.AsSpan(0, read).SequenceEqual(right.AsSpan(0, read))) return false;
        }
        return true;
    }
}

/// <summary>What an export has to say.</summary>
sealed class ExportNotes
{
    readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    internal List<SkippedEntry> Problems { get; } = [];

    /// <summary>One sentence each, with the number of times that it happened.</summary>
    internal List<string> Notices => [.. _counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => string.Format(CultureInfo.InvariantCulture, pair.Key, pair.Value))];

    internal void Problem(string file, long? line, string reason) => Problems.Add(new SkippedEntry(file, line, reason));

    /// <summary>Counts one case; {0} in the sentence becomes the number of cases.</summary>
    internal void Count(string sentence) => _counts[sentence] = _counts.GetValueOrDefault(sentence) + 1;
}
