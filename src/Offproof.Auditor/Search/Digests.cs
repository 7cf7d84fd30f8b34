using System.Buffers.Text;
using System.Numerics;

namespace Offproof.Auditor;

/// <summary>The hashes of forms (audit.md §5.3), made when first asked for. Not safe for several threads at once.</summary>
internal sealed class Digests(IReadOnlyList<Form> forms)
{
    internal const int MostSalts = 16, MostTrialsForAValue = 10_000, MostTrials = 500_000;

    const int Shortest = 8, Longest = 64, LongestSalt = 128, MostRemembered = 100_000;

    // So many algorithms and spellings stand for one form.
    const double Alternatives = 8;

    // A bit for each value that was asked about, by its hash: enough for some millions.
    const int AskedSlotBits = 20, AskedBits = 1 << AskedSlotBits;

    readonly Dictionary<ulong, Hit[]> _tried = [];
    (Form Form, byte[] Value)[] _values = [], _canonical = [];
    Form[] _files = [];
    DigestTable? _table;
    (uint Hash, int Which)[]? _short;
    double _bitsOfOwnShort, _bitsOfShort;
    // Of how many of its kind one is: log2.
    Dictionary<string, double> _choice = [];
    readonly ulong[] _asked = new ulong[AskedBits / 64];
    int _askedOnce;
    // By the first bits of a hash of a short hash: most numbers are none.
    ulong[] _mayBeShort = [];
    int _slotBits;
    readonly Dictionary<ulong, int> _middles = [];
    int _trials, _made;

    /// <summary>The trials with salts are used up: later values were not tried. A report says so.</summary>
    internal bool SaltsUsedUp { get; private set; }

    /// <summary>How many values are hashed, and how many digests there are of them.</summary>
    internal (int Values, int Digests) Size
    {
        get
        {
            Make();
            return (_values.Length, _made);
        }
    }

    /// <summary>How many values of 8 to 64 bytes were looked up as digests.</summary>
    internal long Values { get; private set; }

    /// <summary>About how many different values were looked up among hashes of 32 bits (by how full the bits are, as in linear counting).</summary>
    internal long ShortValues => (long)(-AskedBits * Math.Log(1 - Math.Min(_askedOnce, AskedBits - 1) / (double)AskedBits));

    /// <summary>Is this whole value, already decoded from hex or base64, a hash of a form, or its first or last 8 or more bytes?</summary>
    internal void Find(ReadOnlySpan<byte> value, List<Hit> hits)
    {
        if (value.Length is < Shortest or > Longest) return;
        Values++;
        DigestTable table = Make();
        // Both are asked at once: each is a look into memory that is seldom near.
        bool isAny = table.MayHold(DigestTable.Key(value)) | table.MayHold(DigestTable.Key(value[^Shortest..]));
        if (!isAny && value.Length > Shortest) return;
        Span<byte> digest = stackalloc byte[Longest];
        for (int end = 0; end < 2; end++)
        {
            ulong key = DigestTable.Key(end == 0 ? value : value[^Shortest..]);
            for (int slot = -1; table.Next(key, ref slot, out int which, out bool last);)
            {
                if (last != (end == 1)) continue;
                int length = Digest(which, digest, out Form form, out string name);
                if (value.Length > length || !(last ? digest[(length - value.Length)..length] : digest[..value.Length]).SequenceEqual(value) || (last && value.Length == length)) continue;
                hits.Add(Found(form, name, 0, value.Length, length, Among.Values));
            }
        }
        if (value.Length == Shortest && _middles.TryGetValue(DigestTable.Key(value), out int middle))
            hits.Add(new Hit(_values[middle].Form, 0, Shortest, "md5, its middle", Math.Min(BitsOf(_values[middle].Form), Shortest * 8 - Alternatives), Among.Values));
    }

    /// <summary>The same at any offset of binary bytes: the usual hashes, whole or their first 8 or more bytes.</summary>
    internal void FindWithin(ReadOnlySpan<byte> bytes, List<Hit> hits)
    {
        if (bytes.Length < Shortest) return;
        DigestTable table = Make();
        Span<byte> digest = stackalloc byte[Longest];
        for (int at = table.Scan(bytes, 0); at >= 0; at = table.Scan(bytes, at + 1))
        {
            ulong key = DigestTable.Key(bytes[at..]);
            for (int slot = -1; table.Next(key, ref slot, out int which, out bool last);)
            {
                int length = Digest(which, digest, out Form form, out string name);
                if (!last && IsAnywhere(which)) hits.Add(Found(form, name, at, digest[..length].CommonPrefixLength(bytes[at..]), length, Among.Bytes));
            }
        }
    }

    /// <summary>Is this whole value of a parameter - 8 hexadecimal digits, or a decimal number below 2^32 or from -2^31 - a 32-bit hash of a form?</summary>
    internal void FindShort(ReadOnlySpan<byte> text, List<Hit> hits)
    {
        if (!TryReadShort(text, out uint value)) return;
        Make();
        Ask(value);
        (uint Hash, int Which)[] hashes = _short!;
        if ((_mayBeShort[Slot(value) >> 6] >> (int)(Slot(value) & 63) & 1) == 0) return;
        int at = Array.BinarySearch(hashes, (value, 0));
        for (at = at < 0 ? ~at : at; at < hashes.Length && hashes[at].Hash == value; at++)
        {
            Form form = _values[hashes[at].Which / HashAlgorithms.Short.Length].Form;
            hits.Add(new Hit(form, 0, text.Length, HashAlgorithms.Short[hashes[at].Which % HashAlgorithms.Short.Length].Name, Math.Min(form.Bits, form.Canary.IsOwn ? _bitsOfOwnShort : _bitsOfShort), Among.ShortValues));
        }
    }

    void Ask(uint value)
    {
        uint slot = Slot(value, AskedSlotBits);
        ulong bit = 1UL << (int)(slot & 63);
        if ((_asked[slot >> 6] & bit) != 0) return;
        _asked[slot >> 6] |= bit;
        _askedOnce++;
    }

    /// <summary>Is this value a hash of a form with one of these salts before or after it, or keyed with one of them (HMAC)?</summary>
    internal void FindSalted(ReadOnlySpan<byte> value, IReadOnlyList<byte[]> salts, List<Hit> hits)
    {
        if (value.Length is not (16 or 20 or 28 or 32 or 48 or 64) || salts.Count == 0) return;
        ulong key = Key(value, salts);
        if (_tried.TryGetValue(key, out Hit[]? known))
        {
            // The same cookie stands in every request.
            hits.AddRange(known);
            return;
        }
        int before = hits.Count;
        TrySalts(value, salts, hits);
        if (_tried.Count < MostRemembered) _tried.Add(key, hits.Count > before ? [.. hits.Skip(before)] : []);
    }

    void TrySalts(ReadOnlySpan<byte> value, IReadOnlyList<byte[]> salts, List<Hit> hits)
    {
        Make();
        int trials = 0;
        Span<byte> digest = stackalloc byte[Longest];
        Md5Lanes?[] lanes = new Md5Lanes?[salts.Count];
        // Values first and salts within: the phone's own identifiers come first, and are tried with every salt.
        foreach ((Form form, byte[] plain) in _canonical)
        {
            for (int s = 0; s < Math.Min(salts.Count, MostSalts); s++)
            {
                byte[] salt = salts[s];
                if (salt.Length is 0 or > LongestSalt || value.SequenceEqual(salt)) continue;
                foreach (HashAlgorithm algorithm in HashAlgorithms.All)
                {
                    if (algorithm.Keyed is null || algorithm.Length != value.Length) continue;
                    if (_trials >= MostTrials)
                    {
                        SaltsUsedUp = true;
                        return;
                    }
                    if ((trials += Salted.Ways) > MostTrialsForAValue) return;
                    _trials += Salted.Ways;
                    string? found = algorithm.Name == "md5" && Md5Lanes.Fits(plain, salt)
                        ? (lanes[s] ??= new Md5Lanes(salt)).Find(value, plain)
                        : Salted.Find(algorithm, value, plain, salt, digest);
                    if (found is { } way) hits.Add(Found(form, $"{algorithm.Name} {way}", 0, value.Length, value.Length, Among.Values));
                }
            }
        }
    }

    static ulong Key(ReadOnlySpan<byte> value, IReadOnlyList<byte[]> salts)
    {
        HashCode hash = default;
        hash.AddBytes(value);
        foreach (byte[] salt in salts) hash.AddBytes(salt);
        return unchecked((ulong)hash.ToHashCode() << 32) ^ DigestTable.Key(value);
    }

    // Somebody else may have hashed the same, or another of its kind.
    double BitsOf(Form form) => form.Bits - _choice.GetValueOrDefault(form.Canary.Kind);

    Hit Found(Form form, string name, int offset, int matched, int length, Among among) => new(form, offset, matched, matched < length ? name + ", cut" : name, Math.Min(BitsOf(form), matched * 8 - Alternatives), among);

    /// <summary>Makes a digest again; only what may have been found is.</summary>
    int Digest(int which, Span<byte> into, out Form form, out string name)
    {
        int hashed = _values.Length * HashAlgorithms.All.Length;
        if (which >= hashed)
        {
            form = _files[which - hashed];
            name = form.Name;
            form.Bytes.CopyTo(into);
            return form.Bytes.Length;
        }
        HashAlgorithm algorithm = HashAlgorithms.All[which % HashAlgorithms.All.Length];
        (form, byte[] value) = _values[which / HashAlgorithms.All.Length];
        name = algorithm.Name;
        algorithm.Hash(value, into[..algorithm.Length]);
        return algorithm.Length;
    }

    DigestTable Make()
    {
        if (_table is not null) return _table;
        _values = [.. Hashed.Of(forms)];
        _choice = _values.Select(static value => value.Form.Canary).DistinctBy(static canary => canary.Id, StringComparer.Ordinal).CountBy(static canary => canary.Kind, StringComparer.Ordinal)
            .ToDictionary(static kind => kind.Key, static kind => Math.Log2(kind.Value), StringComparer.Ordinal);
        _canonical = [.. Hashed.Canonical(forms)];
        _files = [.. forms.Where(Hashed.IsFileHash)];
        int digests = _values.Length * HashAlgorithms.All.Length + _files.Length;
        _made = Enumerable.Range(0, digests).Count(IsMade);
        DigestTable table = new(2 * _made);
        Span<byte> digest = stackalloc byte[Longest];
        for (int which = 0; which < digests; which++)
        {
            if (!IsMade(which)) continue;
            int length = Digest(which, digest, out _, out _);
            table.Add(DigestTable.Key(digest), which, last: false, IsAnywhere(which));
            // In some countries a hash is its 16 digits in the middle.
            if (which < _values.Length * HashAlgorithms.All.Length && HashAlgorithms.All[which % HashAlgorithms.All.Length].Name == "md5") _middles.TryAdd(DigestTable.Key(digest[4..12]), which / HashAlgorithms.All.Length);
            if (length > Shortest) table.Add(DigestTable.Key(digest[(length - Shortest)..length]), which, last: true, anywhere: false);
        }
        _short = [.. _values.SelectMany((value, v) => Hashed.IsIdentifying(value.Form) ? HashAlgorithms.Short.Select((algorithm, a) => (algorithm.Hash(value.Value), v * HashAlgorithms.Short.Length + a)) : [])];
        Array.Sort(_short);
        // Any of them would have been found: a value is 2^-32 times their number likely to be one. The phone's own are few.
        _bitsOfShort = 32 - Math.Log2(Math.Max(1, _short.Length));
        _bitsOfOwnShort = 32 - Math.Log2(Math.Max(1, _short.Count(hash => _values[hash.Which / HashAlgorithms.Short.Length].Form.Canary.IsOwn)));
        // One in sixteen is looked for in vain, and the table stays near.
        _slotBits = Math.Clamp(BitOperations.Log2((uint)_short.Length | 1) + 5, 10, 24);
        _mayBeShort = new ulong[1 << _slotBits - 6];
        foreach ((uint hash, _) in _short) _mayBeShort[Slot(hash) >> 6] |= 1UL << (int)(Slot(hash) & 63);
        return _table = table;
    }

    bool IsMade(int which) => IsAnywhere(which) || Hashed.IsIdentifying(_values[which / HashAlgorithms.All.Length].Form);

    bool IsAnywhere(int which) => which >= _values.Length * HashAlgorithms.All.Length || HashAlgorithms.All[which % HashAlgorithms.All.Length].IsUsual;

    uint Slot(uint hash) => Slot(hash, _slotBits);

    static uint Slot(uint hash, int bits) => unchecked(hash * 0x9E3779B1) >> 32 - bits;

    static bool TryReadShort(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        if (text.Length == 10 && text[0] == '0' && (text[1] | 0x20) == 'x') text = text[2..];
        if (text.Length == 8 && Utf8Parser.TryParse(text, out value, out int read, 'x') && read == 8) return true;
        if (text.Length == 10 && EightDigits.TryRead(text, out uint most) && char.IsAsciiDigit((char)text[8]) && char.IsAsciiDigit((char)text[9]))
        {
            // A time, mostly.
            ulong whole = (most * 100UL) + (ulong)(text[8] * 10 + text[9] - 11 * '0');
            value = unchecked((uint)whole);
            return whole <= uint.MaxValue;
        }
        if (text.Length is < 5 or > 11 || !Utf8Parser.TryParse(text, out long number, out read) || read != text.Length || number is < int.MinValue or > uint.MaxValue) return false;
        value = unchecked((uint)number);
        return true;
    }
}

/// <summary>A value and a salt in the orders that people use (audit.md §5.3).</summary>
internal static class Salted
{
    internal const string Before = "with a salt before", After = "with a salt after", Hmac = "keyed (HMAC)";

    internal static readonly string[] Between = ["", ":", "|"];

    /// <summary>Three separators in two orders, and HMAC.</summary>
    internal const int Ways = 7;

    internal static string? Find(HashAlgorithm algorithm, ReadOnlySpan<byte> wanted, byte[] value, byte[] salt, Span<byte> digest)
    {
        digest = digest[..algorithm.Length];
        Span<byte> joined = stackalloc byte[512];
        if (value.Length + salt.Length + 1 > joined.Length) return null;
        foreach (string between in Between)
        {
            algorithm.Hash(Join(joined, salt, between, value), digest);
            if (digest.SequenceEqual(wanted)) return Before;
            algorithm.Hash(Join(joined, value, between, salt), digest);
            if (digest.SequenceEqual(wanted)) return After;
        }
        algorithm.Keyed!(salt, value, digest);
        return digest.SequenceEqual(wanted) ? Hmac : null;
    }

    internal static Span<byte> Join(Span<byte> into, byte[] first, string between, byte[] second)
    {
        first.CopyTo(into);
        int length = first.Length;
        foreach (char c in between) into[length++] = (byte)c;
        second.CopyTo(into[length..]);
        return into[..(length + second.Length)];
    }
}
