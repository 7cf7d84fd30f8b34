namespace Offproof.Phone;

/// <summary>The ZIP of SMS Import/Export, version 2 (messages.md §3.1).</summary>
sealed class ZipMessages
{
    // A text packs ten to one, a picture not at all: what unpacks to more than this is no export.
    const long MostUnpacked = 1L << 30;
    const long MostRatio = 200;

    internal const string Missing = "{0} [attachment is not in it; its message is|attachments are not in it; their messages are] kept without [it|them].";

    readonly SourceFile _file;
    readonly Account _account;
    readonly Dictionary<string, ZipMember> _members = new(StringComparer.Ordinal);
    readonly Dictionary<string, Attachment?> _attachments = new(StringComparer.Ordinal);
    long _budget;
    long _missing;

    ZipMessages(SourceFile file, Account account) => (_file, _account) = (file, account);

    internal static void Read(SourceFile file, MessageTree tree, Account account, CancellationToken cancellationToken)
    {
        try
        {
            new ZipMessages(file, account).ReadAll(tree, cancellationToken);
        }
        catch (InvalidDataException problem)
        {
            account.Skip(file.Name, null, Sentence.Because("The ZIP cannot be read further", problem));
        }
    }

    void ReadAll(MessageTree tree, CancellationToken cancellationToken)
    {
        ZipDirectory directory;
        using (Stream raw = _file.Raw())
        {
            _budget = Math.Min(raw.Length, long.MaxValue / MostRatio / 2) * MostRatio + MostUnpacked;
            directory = ZipDirectory.Read(raw);
        }
        foreach (ZipMember member in directory.Members)
        {
            if (!member.Name.EndsWith('/') && !_members.TryAdd(member.Name, member) && !_account.IsFull(_file)) _account.Skip(Printable(member), null, "A second member of this name; the first was taken.");
        }
        if (!_members.TryGetValue("messages.ndjson", out ZipMember? messages))
        {
            _account.Skip(_file.Name, null, Likeness.Reason(_file, "messages"));
            return;
        }
        if (!directory.IsComplete) _account.Notice(JsonMessages.NotComplete(_file.Name) + " Attachments stand at the end and are lost.");
        string name = _file.Name + "!/messages.ndjson";
        try
        {
            using JsonText json = new(new Metered(this, ZipDirectory.Open(_file.Raw(), messages)));
            JsonMessages.ReadLines(json, _file, name, row => Attach(row, cancellationToken), tree, _account, cancellationToken);
        }
        catch (Exception problem) when (problem is InvalidDataException or BombException)
        {
            _account.Skip(name, null, Sentence.Because("The rest of the list cannot be read", problem));
        }
        _account.Count(_missing, Missing, _file);
        foreach (ZipMember member in directory.Members)
        {
            if (ReferenceEquals(member, messages) || member.Name.EndsWith('/') || _attachments.ContainsKey(member.Name) || _account.IsFull(_file)) continue;
            if (ReferenceEquals(_members[member.Name], member)) _account.Skip(Printable(member), null, "A member that belongs to no message.");
        }
    }

    void Attach(Row part, CancellationToken cancellationToken)
    {
        ReadOnlySpan<byte> path = part["_data"u8];
        if (path.IsEmpty) return;
        string name = "data/" + System.Text.Encoding.UTF8.GetString(path[(path.LastIndexOf((byte)'/') + 1)..]);
        if (!_attachments.TryGetValue(name, out Attachment? attachment) && _members.TryGetValue(name, out ZipMember? member))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using Stream bytes = new Metered(this, ZipDirectory.Open(_file.Raw(), member));
                attachment = Attachment.Read(bytes, () => ZipDirectory.Open(_file.Raw(), member));
            }
            catch (InvalidDataException problem)
            {
                _account.Notice($"{Printable(member)}: {problem.Message.TrimEnd('.')}; its message is kept without it.");
            }
            _attachments.Add(name, attachment);
        }
        else if (attachment is null && !_attachments.ContainsKey(name))
        {
            _missing++;
        }
        part.Attachment = attachment;
    }

    string Printable(ZipMember member) => _file.Name + "!/" + Sentence.Quote(member.Name);

    sealed class BombException() : Exception("it unpacks to far more than an export can");

    sealed class Metered(ZipMessages owner, Stream stream) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer)
        {
            int read = stream.Read(buffer);
            owner._budget -= read;
            if (owner._budget < 0) throw new BombException();
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) stream.Dispose();
            base.Dispose(disposing);
        }
    }
}
