using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Offproof.Phone;

/// <summary>Collects messages from all sources into the files of the tree (messages.md §1).</summary>
sealed class MessageTree : IDisposable
{
    /// <summary>A line of the tree: where it is spooled, and by what it is ordered.</summary>
    internal readonly record struct Line(int Conversation, long Time, UInt128 Hash, long Offset, int Length);

    const int MostMessages = 5_000_000;

    readonly Spool _spool = new();
    readonly List<Line> _lines = [];
    readonly HashSet<UInt128> _known = [];
    readonly List<ulong> _sameMessage = [];
    readonly Dictionary<UInt128, int> _numbers = [];
    readonly List<UInt128> _conversations = [];
    readonly Dictionary<(int Conversation, string Name), Attachment> _attachments = [];
    readonly ByteBuffer _line = new();
    readonly List<IDisposable> _owned = [];
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Messages that were met again, equal in every column.</summary>
    internal long Repeated { get; private set; }

    /// <exception cref="DamagedTextException">The message cannot be a line.</exception>
    internal void Add(Message message)
    {
        MessageLine.Write(message, _line);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(_line.Span, hash);
        UInt128 key = BinaryPrimitives.ReadUInt128BigEndian(hash);
        if (_known.Contains(key))
        {
            Repeated++;
            return;
        }
        if (_known.Count == MostMessages) throw new DamagedTextException($"there are more than {MostMessages} messages");
        _known.Add(key);
        UInt128 id = Conversation.Id(message);
        if (!_numbers.TryGetValue(id, out int number))
        {
            number = _conversations.Count;
            _numbers.Add(id, number);
            _conversations.Add(id);
        }
        _lines.Add(new Line(number, Conversation.Time(message) ?? -1, key, _spool.Add(_line.Span), _line.Length));
        _sameMessage.Add(Versions.Identity(message, id, _hash));
        for (int index = 0; index < message.Parts.Count; index++)
        {
            if (message.Parts[index].Attachment is { } attachment)
                _attachments.TryAdd((number, AttachmentName.Of(attachment.Hash, message.Parts[index]["ct"u8])), attachment);
        }
    }

    /// <summary>Messages of which several versions are kept, because a column differs.</summary>
    internal long InVersions() => Versions.InSeveral(_sameMessage);

    internal List<TreeFile> Files()
    {
        Line[] lines = [.. _lines];
        _lines.Clear();
        Array.Sort(lines, Compare);
        List<TreeFile> files = [];
        for (int start = 0; start < lines.Length;)
        {
            int month = Conversation.Month(Known(lines[start].Time));
            int end = start;
            long length = 0;
            while (end < lines.Length && lines[end].Conversation == lines[start].Conversation && Conversation.Month(Known(lines[end].Time)) == month) length += lines[end++].Length;
            ArraySegment<Line> segment = new(lines, start, end - start);
            string path = string.Create(CultureInfo.InvariantCulture, $"{Conversation.Name(_conversations[lines[start].Conversation])}/{month / 100:D4}-{month % 100:D2}.ndjson");
            files.Add(new TreeFile(path, length, DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, lines[end - 1].Time)), () => new SpooledLines(_spool, segment, length)));
            start = end;
        }
        foreach (((int conversation, string name), Attachment attachment) in _attachments)
        {
            string path = Conversation.Name(_conversations[conversation]) + "/parts/" + name;
            files.Add(new TreeFile(path, attachment.Length ?? 0, DateTimeOffset.UnixEpoch, () => new CheckedStream(attachment)) { IsNamedByContent = true });
        }
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files;
    }

    static long? Known(long time) => time < 0 ? null : time;

    int Compare(Line a, Line b)
    {
        int order = a.Conversation == b.Conversation ? 0 : _conversations[a.Conversation].CompareTo(_conversations[b.Conversation]);
        if (order == 0) order = a.Time.CompareTo(b.Time);
        return order != 0 ? order : a.Hash.CompareTo(b.Hash);
    }

    /// <summary>Takes over what attachments are opened from.</summary>
    internal void Own(IDisposable opened) => _owned.Add(opened);

    public void Dispose()
    {
        _spool.Dispose();
        _hash.Dispose();
        foreach (IDisposable opened in _owned) opened.Dispose();
    }
}
