using System.Buffers;

namespace Offproof.Phone;

/// <summary>Contacts of vCard 2.1, 3.0 and 4.0 as phones export them, as the tree of contacts.md §3.</summary>
public static class ContactImport
{
    // Where the first card of a file must begin.
    const int Sample = 1 << 20;

    /// <summary>Reads every file of the sources; what is no vCard file, and what of one is damaged, is in the report.</summary>
    /// <param name="sources">Files and folders. A folder is read with everything below it; no link below it is followed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">There is no room for the spool.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Import Read(IReadOnlyList<string> sources, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sources);
        return Read(sources.Count, (index, tree, account) => SourceWalk.Read(sources[index], file => Read(file, tree, account, cancellationToken), account, cancellationToken));
    }

    /// <summary>Reads one file, wherever its bytes are.</summary>
    internal static Import Read(SourceFile file) => Read(1, (_, tree, account) => Read(file, tree, account, CancellationToken.None));

    static Import Read(int sources, Action<int, ContactTree, Account> read)
    {
        ContactTree tree = new();
        try
        {
            Account account = new(sources);
            for (int index = 0; index < sources; index++)
            {
                account.Begin(index);
                read(index, tree, account);
            }
            List<TreeFile> files = tree.Files();
            account.Count(tree.Repeated, "{0} [card was|cards were] met again, equal in everything, and [is|are] stored once.");
            account.Count(tree.SameUid, "{0} [card shares its|cards share their] UID with another and [differs|differ]; every one is kept.");
            account.Count(tree.SameName(), "{0} [card has|cards have] a name that another card has too; every one is kept.");
            return new Import(files, account.Report(), tree);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    static void Read(SourceFile file, ContactTree tree, Account account, CancellationToken cancellationToken)
    {
        if (!HasCard(file))
        {
            account.Skip(file.Name, null, Likeness.Reason(file, "contacts"));
            return;
        }
        Cards(file, account, (card, line) =>
        {
            if (tree.Add(card) is { } reason) account.Skip(file.Name, line, reason);
            else account.Keep();
        }, cancellationToken);
    }

    /// <summary>Finds the cards of a file of a tree and decodes them; a file without any is skipped.</summary>
    internal static void OfTree(SourceFile file, Account account, Action<Card, long> found, CancellationToken cancellationToken)
    {
        if (HasCard(file)) Cards(file, account, found, cancellationToken);
        else account.Skip(file.Name, null, Likeness.Unknown);
    }

    static void Cards(SourceFile file, Account account, Action<Card, long> found, CancellationToken cancellationToken)
    {
        CardDecoder decoder = new(file, account);
        new CardReader(file, account, raw =>
        {
            if (decoder.Decode(raw) is not { } card) return;
            if (raw.AgentOf is { } agent) agent.Text = CardName.Of(card);
            found(card, raw.Line);
        }).Read(cancellationToken);
        decoder.Report();
    }

    // By content alone: apps and people name these files as they like.
    static bool HasCard(SourceFile file)
    {
        byte[] sample = ArrayPool<byte>.Shared.Rent(Sample);
        try
        {
            using Stream text = file.Open();
            ReadOnlySpan<byte> rest = sample.AsSpan(0, text.ReadAtLeast(sample.AsSpan(0, Sample), Sample, throwOnEndOfStream: false));
            // A card that was sent in a message, or that a ZIP holds unpacked, is a piece of another file.
            if (Likeness.IsZip(rest) || Likeness.IsMessageXml(rest.TrimStart("\uFEFF \t\r\n"u8))) return false;
            while (rest.IndexOf((byte)':') is >= 0 and var colon)
            {
                if (colon >= 5 && System.Text.Ascii.EqualsIgnoreCase(rest[(colon - 5)..colon], "BEGIN"u8) && IsCard(rest[(colon + 1)..])) return true;
                rest = rest[(colon + 1)..];
            }
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(sample, clearArray: true);
        }
    }

    static bool IsCard(ReadOnlySpan<byte> value)
    {
        value = value.TrimStart((byte)' ');
        return value.Length >= 5 && System.Text.Ascii.EqualsIgnoreCase(value[..5], "VCARD"u8);
    }
}
