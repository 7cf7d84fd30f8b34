namespace Offproof.Phone;

/// <summary>Messages of SMS Backup &amp; Restore (XML) and SMS Import/Export (ZIP and JSON, encrypted too), as the tree of messages.md §1.</summary>
public static class MessageImport
{
    /// <summary>
    /// Reads every file of the sources; what is no export of messages, and what of one is damaged, is in the report. The sources are read again when
    /// the attachments of <see cref="Import.Files"/> are opened.
    /// </summary>
    /// <param name="sources">Files and folders. A folder is read with everything below it; no link below it is followed.</param>
    /// <param name="password">Asked with a file's name for the password of an encrypted export; null leaves that file out, with this reason.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">There is no room for the spool.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Import Read(IReadOnlyList<string> sources, Func<string, string?>? password, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sources);
        MessageTree tree = new();
        try
        {
            Account account = new(sources.Count);
            for (int index = 0; index < sources.Count; index++)
            {
                account.Begin(index);
                SourceWalk.Read(sources[index], file => Read(file, password, tree, account, cancellationToken), account, cancellationToken);
            }
            List<TreeFile> files = tree.Files();
            return new Import(files, Report(account, tree), tree);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    /// <summary>Reads one file, wherever its bytes are.</summary>
    internal static Import Read(SourceFile file, Func<string, string?>? password)
    {
        MessageTree tree = new();
        try
        {
            Account account = new(1);
            account.Begin(0);
            Read(file, password, tree, account, CancellationToken.None);
            List<TreeFile> files = tree.Files();
            return new Import(files, Report(account, tree), tree);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    static ImportReport Report(Account account, MessageTree tree)
    {
        account.Count(tree.Repeated, "{0} [message was|messages were] met again, equal in every column, and [is|are] stored once.");
        account.Count(tree.InVersions(), "{0} [message is|messages are] there in versions that differ in a column; every version is kept.");
        return account.Report();
    }

    // By content alone: apps and people name these files as they like.
    internal static void Read(SourceFile file, Func<string, string?>? password, MessageTree tree, Account account, CancellationToken cancellationToken)
    {
        byte[] start = new byte[512];
        int length;
        using (Stream raw = file.Raw()) length = raw.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (EncryptedExport.IsOne(start.AsSpan(0, length)))
        {
            Decrypt(file, password, tree, account, cancellationToken);
            return;
        }
        if (Likeness.IsZip(start.AsSpan(0, length)))
        {
            ZipMessages.Read(file, tree, account, cancellationToken);
            return;
        }
        using (Stream text = file.Open()) length = text.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> sample = start.AsSpan(0, length);
        if (sample.StartsWith("\uFEFF"u8)) sample = sample[3..];
        switch (sample.TrimStart(" \t\r\n"u8))
        {
            case [(byte)'<', ..]: XmlMessages.Read(file, tree, account, cancellationToken); break;
            case [(byte)'{' or (byte)'[', ..] when Likeness.Of(file, "messages") is { Category: "notes" }: account.Skip(file.Name, null, Likeness.Reason(file, "messages")); break;
            case [(byte)'[', ..]: JsonMessages.ReadArray(file, tree, account, cancellationToken); break;
            case [(byte)'{', ..]: ReadLooseLines(file, tree, account, cancellationToken); break;
            default: account.Skip(file.Name, null, Likeness.Reason(file, "messages")); break;
        }
    }

    // messages.ndjson, taken out of its ZIP. Attachments stayed there.
    static void ReadLooseLines(SourceFile file, MessageTree tree, Account account, CancellationToken cancellationToken)
    {
        long missing = 0;
        using JsonText json = new(file.Open());
        JsonMessages.ReadLines(json, file, file.Name, row => missing += row.Has("_data"u8) ? 1 : 0, tree, account, cancellationToken);
        account.Count(missing, ZipMessages.Missing, file);
    }

    static void Decrypt(SourceFile file, Func<string, string?>? password, MessageTree tree, Account account, CancellationToken cancellationToken)
    {
        if (password?.Invoke(file.Name) is not { } secret)
        {
            account.Skip(file.Name, null, "The file is encrypted, and no password was given.");
            return;
        }
        if (EncryptedExport.TryOpen(file.Raw, secret, out string reason, cancellationToken) is not { } export)
        {
            account.Skip(file.Name, null, reason);
            return;
        }
        tree.Own(export);
        Span<byte> start = stackalloc byte[6];
        using (Stream text = export.OpenText())
        {
            if (EncryptedExport.IsOne(start[..text.ReadAtLeast(start, 6, throwOnEndOfStream: false)]))
            {
                account.Skip(file.Name, null, "An encrypted file in an encrypted file.");
                return;
            }
        }
        Read(new SourceFile(file.Name, export.OpenText), null, tree, account, cancellationToken);
    }
}
