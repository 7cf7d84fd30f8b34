using System.Text;

namespace Offproof.Auditor;

/// <summary>Collects forms: each sequence of bytes once, and only what is evidence (audit.md §4).</summary>
internal sealed class FormList
{
    internal const int MostForms = 250_000;

    const int MostTooShort = 100_000;

    const int MostAlso = 8;

    readonly Dictionary<Bytes, Form?> _seen = [];
    readonly List<Form> _forms = [];
    readonly HashSet<Canary> _searched = [];
    readonly List<(TooShort Form, bool Always)> _tooShort = [];

    internal IReadOnlyList<Form> Forms => _forms;

    /// <summary>Of each canary one; of a canary that has other forms, only what one would expect to be searched.</summary>
    internal IReadOnlyList<TooShort> TooShort => [.. _tooShort.Where(t => t.Always || !_searched.Contains(t.Form.Canary)).Select(t => t.Form).DistinctBy(t => t.Canary)];

    internal bool IsFull => _forms.Count >= MostForms;

    /// <summary>How many forms were left out because there are too many.</summary>
    internal int LeftOut { get; private set; }

    internal bool Add(Canary canary, string name, byte[] bytes, double bits, byte[]? near = null)
    {
        bits = Math.Min(bits, Form.MostBits);
        if (bytes.Length < Form.ShortestBytes) return Refuse(canary, name, $"{bytes.Length} bytes are too short to be evidence", always: false);
        if (bits < Form.FewestBits || IsUniform(bytes) || (near is not null && IsUniform(near))) return Refuse(canary, name, "too ordinary to be evidence", always: false);
        _searched.Add(canary);
        Bytes key = new(near is null ? bytes : [.. bytes, .. near]);
        if (_seen.TryGetValue(key, out Form? same))
        {
            // A number of a contact is that of messages too: the finding names both.
            if (same is not null && same.Canary != canary && (same.Also ??= []).Count < MostAlso && !same.Also.Contains(canary)) same.Also.Add(canary);
            return false;
        }
        if (IsFull)
        {
            _seen.Add(key, null);
            LeftOut++;
            return false;
        }
        Form form = new(canary, name, bytes, bits, near);
        _seen.Add(key, form);
        _forms.Add(form);
        return true;
    }

    internal bool Add(Canary canary, string name, string text, double bits) => Add(canary, name, Encoding.UTF8.GetBytes(text), bits);

    /// <summary>A pair of numbers in whichever order: the longer one is looked for, the other near it.</summary>
    internal bool AddPair(Canary canary, string name, string one, string other, double bits)
    {
        (string first, string near) = one.Length >= other.Length ? (one, other) : (other, one);
        return Add(canary, name, Encoding.ASCII.GetBytes(first), bits, Encoding.ASCII.GetBytes(near));
    }

    /// <param name="always">Said though other forms of the canary are searched.</param>
    internal bool Refuse(Canary canary, string name, string reason, bool always = true)
    {
        if (_tooShort.Count < MostTooShort) _tooShort.Add((new TooShort(canary, name, reason), always));
        return false;
    }

    // Two different bytes at most: other data is full of such (zeros, a device that has no IMEI).
    static bool IsUniform(ReadOnlySpan<byte> bytes) => bytes.Length > 1 && !bytes.ContainsAnyExcept(bytes[0], bytes[^1]);

    readonly struct Bytes(byte[] bytes) : IEquatable<Bytes>
    {
        readonly byte[] _bytes = bytes;

        public bool Equals(Bytes other) => _bytes.AsSpan().SequenceEqual(other._bytes);

        public override bool Equals(object? obj) => obj is Bytes other && Equals(other);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.AddBytes(_bytes);
            return hash.ToHashCode();
        }
    }
}
