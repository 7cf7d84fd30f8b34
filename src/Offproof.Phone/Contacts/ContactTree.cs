using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Phone;

/// <summary>Collects cards from all sources into the files of the tree (contacts.md §3).</summary>
sealed class ContactTree : IDisposable
{
    /// <summary>A card of the tree: where it is spooled, and what its file is called.</summary>
    readonly record struct Entry(string Stem, bool HasUid, UInt128 Hash, long Offset, int Length, long Time);

    const int MostContacts = 1_000_000;

    /// <summary>Of one card in its stored form.</summary>
    internal const int MostBytes = 32 << 20;

    readonly Spool _spool = new();
    readonly List<Entry> _entries = [];
    readonly HashSet<UInt128> _known = [];
    readonly List<ulong> _names = [];
    readonly ByteBuffer _bytes = new();

    /// <summary>Cards that were met again, equal in everything.</summary>
    internal long Repeated { get; private set; }

    /// <summary>Cards that share their UID with another.</summary>
    internal long SameUid { get; private set; }

    /// <summary>Null when the card was taken, or why not.</summary>
    internal string? Add(Card card)
    {
        _bytes.Clear();
        CardWriter.Write(card, _bytes);
        if (_bytes.Length > MostBytes) return "The card is larger than 32 MiB.";
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(_bytes.Span, hash);
        UInt128 key = BinaryPrimitives.ReadUInt128BigEndian(hash);
        if (_known.Contains(key))
        {
            Repeated++;
            return null;
        }
        if (_known.Count == MostContacts) return "There are more than 1,000,000 contacts.";
        _known.Add(key);
        string? name = CardName.Of(card);
        if (name is not null) _names.Add(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))));
        _entries.Add(new Entry(CardName.Stem(card, name, _bytes.Span), card["UID"] is not null, key, _spool.Add(_bytes.Span), _bytes.Length, Math.Max(0, CardName.Revised(card)?.ToUnixTimeMilliseconds() ?? 0)));
        return null;
    }

    /// <summary>Cards of which another has the same name.</summary>
    internal long SameName()
    {
        _names.Sort();
        long same = 0;
        for (int index = 0; index < _names.Count; index++)
        {
            if ((index > 0 && _names[index - 1] == _names[index]) || (index + 1 < _names.Count && _names[index + 1] == _names[index])) same++;
        }
        return same;
    }

    internal List<TreeFile> Files()
    {
        _entries.Sort((a, b) => string.CompareOrdinal(a.Stem, b.Stem) is not 0 and var order ? order : a.Hash.CompareTo(b.Hash));
        List<TreeFile> files = new(_entries.Count);
        for (int index = 0; index < _entries.Count; index++)
        {
            Entry entry = _entries[index];
            bool shared = (index > 0 && _entries[index - 1].Stem == entry.Stem) || (index + 1 < _entries.Count && _entries[index + 1].Stem == entry.Stem);
            if (shared && entry.HasUid) SameUid++;
            string stem = shared ? entry.Stem + "-" + (entry.Hash >> 64).ToString("x16", CultureInfo.InvariantCulture) : entry.Stem;
            files.Add(new TreeFile(Path(stem), entry.Length, DateTimeOffset.FromUnixTimeMilliseconds(entry.Time), () => new SpooledCard(_spool, entry.Offset, entry.Length)));
        }
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files;
    }

    internal static string Path(string stem) => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stem)).AsSpan(0, 1))}/{stem}.vcf";

    public void Dispose() => _spool.Dispose();
}

/// <summary>One card, out of the spool.</summary>
sealed class SpooledCard(Spool spool, long offset, int length) : ReadOnlyStream
{
    int _at;

    public override long Length => length;

    public override int Read(Span<byte> buffer)
    {
        int wanted = Math.Min(buffer.Length, length - _at);
        if (wanted == 0) return 0;
        int read = spool.Read(buffer[..wanted], offset + _at);
        if (read == 0) throw new IOException("the spooled contacts are gone");
        _at += read;
        return read;
    }
}
