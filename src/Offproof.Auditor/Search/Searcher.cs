namespace Offproof.Auditor;

/// <summary>A form that stands in searched bytes.</summary>
/// <param name="Step">What was undone to see it, in the words of audit.md §5; null where nothing was.</param>
/// <param name="Bits">How unlikely by accident, after what the step allows to vary.</param>
/// <param name="Among">Where else an accident could have happened.</param>
internal readonly record struct Hit(Form Form, int Offset, int Length, string? Step, double Bits, Among Among = Among.Bytes);

/// <summary>Among what something was met: at how many places like its own an accident could have happened (audit.md §7.2).</summary>
internal enum Among : byte
{
    /// <summary>At any byte.</summary>
    Bytes,

    /// <summary>At a digit where a number may have ended.</summary>
    Digits,

    /// <summary>At such a digit of a number in one row that stands alone.</summary>
    Alone,

    /// <summary>At such a digit of a number in groups that stands alone.</summary>
    Groups,

    /// <summary>At the @ of what is written like an address of e-mail.</summary>
    Mail,

    /// <summary>In a value that may be a digest.</summary>
    Values,

    /// <summary>In a value that may be a hash of 32 bits.</summary>
    ShortValues,
}

/// <summary>Finds all forms of all canaries in one pass (audit.md §5). Not safe for several threads at once: one for each.</summary>
internal sealed class Searcher
{
    /// <summary>So many hits of one form are reported of one call.</summary>
    internal const int MostHitsOfAForm = 64;

    readonly PatternSet _patterns;
    readonly GramFilter _filter;
    readonly DigitScan _digits;
    readonly HitList _hits;
    long _bytes, _mails;

    internal Searcher(IReadOnlyList<Form> forms)
    {
        _patterns = PatternSet.Of(forms);
        _filter = new GramFilter(_patterns);
        _digits = new DigitScan(_patterns);
        _hits = new HitList(forms.Count);
    }

    /// <summary>At how many places of all that was searched it could have been met by accident; a number has so many digits.</summary>
    internal long Places(Among among, int digits) => among switch { Among.Bytes => _bytes, Among.Mail => _mails, _ => _digits.Ends(among, digits) };

    internal int Patterns => _patterns.Count;

    /// <summary>Bytes of the table that every third position asks.</summary>
    internal int FilterSize => _filter.Size;

    /// <summary>Adds what stands in <paramref name="bytes"/> to <paramref name="hits"/>. Without a hit, nothing is allocated.</summary>
    /// <param name="bytes">What is searched.</param>
    /// <param name="hits">What was found.</param>
    /// <param name="areJoined">They are values that were put together: what stands beside what is the auditor's own doing, and says nothing of where numbers end.</param>
    internal void Search(ReadOnlySpan<byte> bytes, List<Hit> hits, bool areJoined = false)
    {
        _bytes += bytes.Length;
        _mails += MailAddress.Count(bytes);
        _hits.Begin(hits);
        _filter.Search(bytes, _hits);
        _digits.Search(bytes, _hits, areJoined);
        _hits.End();
    }
}

/// <summary>An address of e-mail, by what stands beside its @: a letter or digit before it, three of a domain's name behind it.</summary>
internal static class MailAddress
{
    const int FewestOfDomain = 3;

    internal static bool Is(ReadOnlySpan<byte> form) => form.Count((byte)'@') == 1 && Count(form) == 1;

    internal static int Count(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        for (int from = 1; from < bytes.Length - FewestOfDomain && bytes[from..^FewestOfDomain].IndexOf((byte)'@') is var next and >= 0; from += next + 1)
        {
            int at = from + next;
            if (char.IsAsciiLetterOrDigit((char)bytes[at - 1]) && !bytes.Slice(at + 1, FewestOfDomain).ContainsAnyExcept(OfDomain)) count++;
        }
        return count;
    }

    static readonly System.Buffers.SearchValues<byte> OfDomain = System.Buffers.SearchValues.Create("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
}

/// <summary>The hits of one call, of each form at most 64.</summary>
internal sealed class HitList(int forms)
{
    readonly byte[] _counts = new byte[forms];
    readonly List<int> _touched = [];
    List<Hit> _hits = [];

    internal void Begin(List<Hit> hits) => _hits = hits;

    internal void Add(int form, in Hit hit)
    {
        if (_counts[form] == Searcher.MostHitsOfAForm) return;
        if (_counts[form]++ == 0) _touched.Add(form);
        _hits.Add(hit);
    }

    internal void End()
    {
        foreach (int form in _touched) _counts[form] = 0;
        _touched.Clear();
    }
}
