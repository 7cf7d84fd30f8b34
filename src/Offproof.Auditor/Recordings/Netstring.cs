using System.Buffers.Text;
using System.Text;

namespace Offproof.Auditor;

/// <summary>A tnetstring, read where it lies: length, colon, payload, and a character for its type.</summary>
internal readonly ref struct Netstring
{
    private const int Deepest = 32;

    private Netstring(byte type, ReadOnlySpan<byte> bytes)
    {
        Type = type;
        Bytes = bytes;
    }

    /// <summary>One of <c>, ; # ^ ! ~ ] }</c>; 0 for what is not there.</summary>
    internal byte Type { get; }

    internal ReadOnlySpan<byte> Bytes { get; }

    internal bool IsList => Type == ']';

    internal bool IsDictionary => Type == '}';

    internal bool IsText => Type is (byte)',' or (byte)';';

    internal bool IsTrue => Type == '!' && Bytes.SequenceEqual("true"u8);

    /// <summary>Takes the next one off.</summary>
    internal static bool TryTake(scoped ref ReadOnlySpan<byte> rest, out Netstring taken)
    {
        taken = default;
        if (!Utf8Parser.TryParse(rest, out int length, out int digits) || digits > 10 || length < 0 || rest[0] is < (byte)'0' or > (byte)'9') return false;
        if (digits >= rest.Length || rest[digits] != ':' || length >= rest.Length - digits - 1) return false;
        taken = new Netstring(rest[digits + 1 + length], rest.Slice(digits + 1, length));
        rest = rest[(digits + 2 + length)..];
        return ",;#^!~]}"u8.Contains(taken.Type);
    }

    /// <summary>Does everything in it keep to its lengths? Then lists and dictionaries can be walked without a doubt.</summary>
    internal bool IsSound(int depth = 0)
    {
        if (Type is not ((byte)']' or (byte)'}')) return true;
        if (depth == Deepest) return false;
        ReadOnlySpan<byte> rest = Bytes;
        bool isKey = false;
        while (!rest.IsEmpty)
        {
            if (!TryTake(ref rest, out Netstring one) || !one.IsSound(depth + 1)) return false;
            isKey = !isKey;
            if (IsDictionary && isKey && !one.IsText) return false;
        }
        return !IsDictionary || !isKey;
    }

    /// <summary>The value of a name, in a sound dictionary.</summary>
    internal Netstring Get(ReadOnlySpan<byte> name)
    {
        if (!IsDictionary) return default;
        ReadOnlySpan<byte> rest = Bytes;
        while (!rest.IsEmpty && TryTake(ref rest, out Netstring key) && TryTake(ref rest, out Netstring value))
        {
            if (key.Bytes.SequenceEqual(name)) return value;
        }
        return default;
    }

    /// <summary>An element of a sound list.</summary>
    internal Netstring Get(int index)
    {
        if (!IsList) return default;
        ReadOnlySpan<byte> rest = Bytes;
        for (int i = 0; !rest.IsEmpty && TryTake(ref rest, out Netstring one); i++)
        {
            if (i == index) return one;
        }
        return default;
    }

    internal string? Text() => IsText ? Encoding.UTF8.GetString(Bytes) : null;

    internal int Number() => Type is (byte)'#' or (byte)'^' && Utf8Parser.TryParse(Bytes, out int number, out _) ? number : 0;
}
