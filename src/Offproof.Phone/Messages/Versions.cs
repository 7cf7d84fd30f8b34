using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Offproof.Phone;

/// <summary>Which of a message's versions an export writes (messages.md §4.5), of one file of the tree, line by line.</summary>
/// <param name="lines">Takes what is written, in the tree's order.</param>
/// <param name="hash">Used in between.</param>
sealed class Versions(IncrementalHash lines, IncrementalHash hash)
{
    readonly record struct Version(UInt128 Content, UInt128 Line, ulong Message, int Ordinal, int Columns, bool IsRead);

    // A tree that this program did not write may have any number of messages of one time.
    const int MostOfOneTime = 100_000;

    // What the phone or the app computes, or counts anew: it changes while the message stays the same.
    static readonly byte[][] Derived = SmsXmlWriter.Names("readable_date contact_name __display_name display_name _id thread_id mid msg_id contact_id _data read seen");

    readonly List<Version> _time = [];
    readonly Dictionary<UInt128, int> _best = [];
    readonly HashSet<UInt128> _twice = [];
    readonly ByteBuffer _content = new();
    long? _second;

    /// <summary>Messages of which one version is written and others are not.</summary>
    internal long Merged { get; private set; }

    /// <summary>Of each message that is written, what its versions have in common.</summary>
    internal List<ulong> Written { get; } = [];

    /// <summary>The lines that are not written, counted from 0, in their order.</summary>
    internal List<int> Left { get; } = [];

    /// <summary>Takes the next line; decides on those before it when their second is over.</summary>
    internal void Meet(Message message, ReadOnlySpan<byte> line, int ordinal)
    {
        // The dates of an MMS's versions may differ within a second.
        long? second = Conversation.Time(message) / 1000;
        if (second != _second || _time.Count == MostOfOneTime) End();
        _second = second;
        MessageLine.Write(message, _content, Derived);
        _time.Add(new Version(Hash(_content.Span), Hash(line), Identity(message, Conversation.Id(message), hash), ordinal, Columns(message), message.Columns["read"u8].SequenceEqual("1"u8)));
    }

    /// <summary>Decides on the lines that were met last.</summary>
    internal void End()
    {
        for (int index = 0; index < _time.Count; index++)
        {
            Version version = _time[index];
            if (_best.TryAdd(version.Content, index)) continue;
            if (_twice.Add(version.Content)) Merged++;
            if (IsBetter(version, _time[_best[version.Content]])) _best[version.Content] = index;
        }
        Span<byte> bytes = stackalloc byte[16];
        for (int index = 0; index < _time.Count; index++)
        {
            Version version = _time[index];
            if (_best[version.Content] != index)
            {
                Left.Add(version.Ordinal);
                continue;
            }
            Written.Add(version.Message);
            BinaryPrimitives.WriteUInt128BigEndian(bytes, version.Line);
            lines.AppendData(bytes);
        }
        _time.Clear();
        _best.Clear();
        _twice.Clear();
    }

    // Of equal ones the last.
    static bool IsBetter(Version later, Version earlier) =>
        later.Columns != earlier.Columns ? later.Columns > earlier.Columns : later.IsRead || !earlier.IsRead;

    static int Columns(Message message)
    {
        int columns = message.Columns.Count;
        for (int index = 0; index < message.Addresses.Count; index++) columns += message.Addresses[index].Count;
        for (int index = 0; index < message.Parts.Count; index++) columns += message.Parts[index].Count;
        return columns;
    }

    static UInt128 Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>What makes two entries versions of one message (messages.md §1.5).</summary>
    internal static ulong Identity(Message message, UInt128 conversation, IncrementalHash hash)
    {
        Span<byte> bytes = stackalloc byte[32];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, message.IsMms ? 0 : conversation);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], Conversation.Time(message) is { } time ? (message.IsMms ? time / 1000 : time) : -1);
        bytes[24] = message.IsMms ? (byte)1 : (byte)0;
        hash.AppendData(bytes[..25]);
        Row columns = message.Columns;
        hash.AppendData(columns[message.IsMms ? "msg_box"u8 : "type"u8]);
        hash.AppendData("\0"u8);
        if (!message.IsMms) hash.AppendData(columns["body"u8]);
        else if (columns["m_id"u8] is { IsEmpty: false } id) hash.AppendData(id);
        else if (columns["ct_l"u8] is { IsEmpty: false } location) hash.AppendData(location);
        else
        {
            for (int index = 0; index < message.Parts.Count; index++) hash.AppendData(message.Parts[index]["text"u8]);
        }
        hash.GetHashAndReset(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>Messages that stand there more than once. Sorts the list.</summary>
    internal static long InSeveral(List<ulong> messages)
    {
        messages.Sort();
        long groups = 0;
        for (int index = 1; index < messages.Count; index++)
        {
            if (messages[index] == messages[index - 1] && (index == 1 || messages[index - 2] != messages[index])) groups++;
        }
        return groups;
    }
}
