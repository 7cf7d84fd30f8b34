using System.Text;

namespace Offproof.Auditor;

/// <summary>What was undone so that a pattern was met.</summary>
internal enum Writing : byte
{
    /// <summary>The form itself: also in the other case, and xored with one byte.</summary>
    Plain,

    /// <summary>Digits alone, which the scan of digits finds: here only xored.</summary>
    Digits,
    Reversed,
    Rot13,
    Utf16,
    Base64,
    Hex,
    OtherDigits,
}

/// <summary>Where many of a kind are looked for, any of them would have been met as well (audit.md §5.4): log2 of how many are the phone's own, and of all.</summary>
internal readonly record struct Multitude(double Own, double All)
{
    internal static readonly Multitude None = new(0, 0);

    internal static Multitude Of(IEnumerable<Form> forms)
    {
        Canary[] canaries = [.. forms.Select(form => form.Canary).DistinctBy(canary => canary.Id, StringComparer.Ordinal)];
        return new(Math.Log2(Math.Max(1, canaries.Count(canary => canary.IsOwn))), Math.Log2(Math.Max(1, canaries.Length)));
    }

    internal double Bits(Form form) => form.Canary.IsOwn ? Own : All;
}

/// <summary>The sequences of bytes that the filter looks for: the forms, and their further writings (audit.md §5.1).</summary>
internal sealed class PatternSet
{
    internal const int MostDigits = 24;

    const int LongestRewritten = 64, MostPatterns = 200_000, MostEncoded = 60_000;

    Multitude _numbers = Multitude.None, _mails = Multitude.None;
    readonly List<byte> _bytes = [];
    readonly List<Pattern> _patterns = [];
    byte[] _all = [];

    internal readonly record struct Pattern(int Start, int Length, int Form, Writing Writing, double Bits);

    internal required IReadOnlyList<Form> Forms { get; init; }

    internal int Count => _patterns.Count;

    internal Pattern this[int index] => _patterns[index];

    internal ReadOnlySpan<byte> Bytes(in Pattern pattern) => _all.AsSpan(pattern.Start, pattern.Length);

    internal static PatternSet Of(IReadOnlyList<Form> forms)
    {
        PatternSet set = new() { Forms = forms };
        (set._numbers, set._mails) = (Multitude.Of(forms.Where(IsDigits)), Multitude.Of(forms.Where(IsMail)));
        for (int i = 0; i < forms.Count; i++)
            if (!IsPairOfDecimals(forms[i])) set.Add(i, forms[i].Bytes, IsDigits(forms[i]) ? Writing.Digits : Writing.Plain, forms[i].Bits);
        bool words = forms.Any(form => form.Name is "canary-word");
        int[] rewritten = [.. Enumerable.Range(0, forms.Count).Where(i => IsRewritten(forms[i]) && !(words && forms[i].Name is "text"))];
        foreach (int i in rewritten)
            if (set.Count < MostPatterns) set.Rewrite(i);
        // Decoding finds these too (audit.md §6): as far as their number does not slow the search down.
        foreach (int i in rewritten)
            if (set.Count < MostEncoded) set.Encode(i);
        set._all = [.. set._bytes];
        return set;
    }

    /// <summary>Of how many of its like one would have been met as well, in bits.</summary>
    internal double BitsOfChoice(Form form) => IsDigits(form) ? _numbers.Bits(form) : IsMail(form) ? _mails.Bits(form) : 0;

    internal static bool IsMail(Form form) => MailAddress.Is(form.Bytes);

    internal static bool IsDigits(Form form) => form.Bytes.Length is >= Form.ShortestBytes and <= MostDigits && form.Bytes.AsSpan().IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    internal static bool IsPairOfDecimals(Form form) => form.Near is not null && DecimalPlace.IsDecimal(form.Bytes) && DecimalPlace.IsDecimal(form.Near);

    // Fragments and blocks are many, and what holds one in another writing holds the canary's other forms in it too, as whole texts hold their canary word.
    // Of a number, the longer forms hold the significant one. A name has its usual forms.
    static bool IsRewritten(Form form) => form.Near is null && form.Bytes.Length <= LongestRewritten && form.Name is not ("fragment" or "block" or "international-00" or "international-trunk" or "local" or "other-separator" or "other-case");

    // Of hashes and packed numbers, no one writes the letters.
    static bool IsText(byte[] bytes) => System.Text.Unicode.Utf8.IsValid(bytes) && !bytes.AsSpan().ContainsAnyInRange((byte)0, (byte)31);

    // Wide, and those in which the locales of phones write numbers: Arabic, Persian, Devanagari, Bengali, Burmese (Unicode CLDR, default numbering systems).
    static readonly int[] Zeros = [0xFF10, 0x0660, 0x06F0, 0x0966, 0x09E6, 0x1040];

    void Rewrite(int form)
    {
        byte[] bytes = Forms[form].Bytes;
        double bits = Forms[form].Bits - 3;
        if (bits < Form.FewestBits || !IsText(bytes)) return;
        byte[] reversed = [.. bytes.Reverse()];
        if (!reversed.AsSpan().SequenceEqual(bytes)) Add(form, reversed, Writing.Reversed, bits);
        byte[] rot13 = [.. bytes.Select(Rot13)];
        if (!rot13.AsSpan().SequenceEqual(bytes)) Add(form, rot13, Writing.Rot13, bits);
        Utf16(form, bytes, bits);
        if (!IsDigits(Forms[form])) return;
        foreach (int zero in Zeros)
            Add(form, Encoding.UTF8.GetBytes(string.Concat(bytes.Select(b => (char)(b - '0' + zero)))), Writing.OtherDigits, bits);
    }

    void Encode(int form)
    {
        byte[] bytes = Forms[form].Bytes;
        double bits = Forms[form].Bits - 3;
        if (bits < Form.FewestBits) return;
        for (int alignment = 0; alignment < 3; alignment++) Base64(form, bytes, alignment, bits);
        Add(form, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)), Writing.Hex, bits);
    }

    void Utf16(int form, byte[] bytes, double bits)
    {
        string text = Encoding.UTF8.GetString(bytes);
        byte[] little = Encoding.Unicode.GetBytes(text), big = Encoding.BigEndianUnicode.GetBytes(text);
        // Between the first and the last zero, Latin text is the same in both orders.
        if (Ascii.IsValid(text)) Add(form, little[..^1], Writing.Utf16, bits);
        else
        {
            Add(form, little, Writing.Utf16, bits);
            Add(form, big, Writing.Utf16, bits);
        }
    }

    // RFC 4648 §4, §5: of three bytes four characters; the first and last characters of an alignment depend on what stands beside.
    void Base64(int form, byte[] bytes, int alignment, double bits)
    {
        byte[] padded = [.. new byte[alignment], .. bytes];
        Span<byte> text = stackalloc byte[Base64Length(padded.Length)];
        System.Buffers.Text.Base64.EncodeToUtf8(padded, text, out _, out _);
        int first = (alignment * 8 + 5) / 6, last = padded.Length * 8 / 6;
        byte[] inner = text[first..last].ToArray();
        if (inner.Length < Form.ShortestBytes) return;
        bits *= Math.Min(1, inner.Length * 6.0 / (bytes.Length * 8));
        Add(form, inner, Writing.Base64, bits);
        if (inner.AsSpan().ContainsAny((byte)'+', (byte)'/')) Add(form, [.. inner.Select(b => b switch { (byte)'+' => (byte)'-', (byte)'/' => (byte)'_', _ => b })], Writing.Base64, bits);
    }

    static int Base64Length(int bytes) => System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(bytes);

    void Add(int form, byte[] bytes, Writing writing, double bits)
    {
        if (bytes.Length < Form.ShortestBytes) return;
        _patterns.Add(new Pattern(_bytes.Count, bytes.Length, form, writing, bits));
        _bytes.AddRange(bytes);
    }

    static byte Rot13(byte b) => b switch
    {
        >= (byte)'a' and <= (byte)'z' => (byte)((b - 'a' + 13) % 26 + 'a'),
        >= (byte)'A' and <= (byte)'Z' => (byte)((b - 'A' + 13) % 26 + 'A'),
        _ => b,
    };
}
