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
        if (summary.Messages == 0) return new ExportReport(0, [], notes.Problems, [.. notes.Notices, "No message was written: the tree holds none, or none was chosen."]) { Hint = reader.Hint };

        Directory.CreateDirectory(target);
        string path = Path.Combine(target, name);
        string temporary = Path.Combine(target, "." + name + "-" + Guid.NewGuid().ToString("N"));
        try
        {
            long written;
            using (FileStream file = ExportFile.Create(temporary))
            {
                written = format is MessageFormat.SmsBackupRestoreXml
                    ? new SmsXmlWriter(file, notes).Write(reader, summary, cancellationToken)
                    : new SmsZipWriter(file, notes).Write(reader, cancellationToken);
                file.Flush(flushToDisk: true);
            }
            if (written != summary.Messages) throw new IOException("the tree changed while it was read; nothing was written");
            ExportFile.Place(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
        return new ExportReport(summary.Messages, [name], notes.Problems, notes.Notices);
    }
}
