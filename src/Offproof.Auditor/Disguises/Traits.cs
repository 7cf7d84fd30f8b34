using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Offproof.Auditor;

/// <summary>What kinds of bytes a text holds: found in one pass, so that what looks for one of them need not look.</summary>
internal readonly struct Traits
{
    // What a byte is, by its low and its high half: the kinds in which both agree.
    private const byte Control0 = 1, Control1 = 2, Delete = 4, Plus = 8, EqualsSign = 16, PercentOrAnd = 32, Backslash = 64, Escape = 128;

    private const int Together = 1024;

    private readonly int _kinds;

    private Traits(int kinds, bool isWide) => (_kinds, HasHigh) = (kinds, isWide);

    /// <summary>Other control characters than tab, the ends of lines, form feed and escape: no text.</summary>
    internal bool HasControls => (_kinds & (Control0 | Control1 | Delete)) != 0;

    /// <summary>Bytes beyond ASCII.</summary>
    internal bool HasHigh { get; }

    /// <summary>The control character of that name.</summary>
    internal bool HasEscape => (_kinds & Escape) != 0;

    internal bool HasPlus => (_kinds & Plus) != 0;

    internal bool HasEquals => (_kinds & EqualsSign) != 0;

    /// <summary>One of % \ and the ampersand.</summary>
    internal bool HasMarks => (_kinds & (PercentOrAnd | Backslash)) != 0;

    /// <summary>With controls, the rest is not looked at.</summary>
    internal static Traits Of(ReadOnlySpan<byte> bytes) => Of(bytes, withControls: false);

    /// <summary>All kinds, controls or not.</summary>
    internal static Traits WithControls(ReadOnlySpan<byte> bytes) => Of(bytes, withControls: true);

    private static Traits Of(ReadOnlySpan<byte> bytes, bool withControls)
    {
        Vector256<byte> kinds = Vector256<byte>.Zero;
        Vector256<byte> all = Vector256<byte>.Zero;
        ref byte first = ref MemoryMarshal.GetReference(bytes);
        int at = 0;
        for (; bytes.Length - at >= Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            Vector256<byte> some = Vector256.LoadUnsafe(ref first, (nuint)at);
            kinds |= Kinds(some);
            all |= some;
            if (!withControls && (at & (Together - 1)) == 0 && HasControl(kinds)) return new Traits(Control0, isWide: false);
        }
        if (at < bytes.Length)
        {
            Span<byte> last = stackalloc byte[Vector256<byte>.Count];
            last.Fill((byte)' ');
            bytes[at..].CopyTo(last);
            kinds |= Kinds(Vector256.Create<byte>(last));
            all |= Vector256.Create<byte>(last);
        }
        Vector128<byte> half = kinds.GetLower() | kinds.GetUpper();
        ulong folded = half.AsUInt64()[0] | half.AsUInt64()[1];
        folded |= folded >> 32;
        folded |= folded >> 16;
        folded |= folded >> 8;
        return new Traits((int)(folded & 255), all.ExtractMostSignificantBits() != 0);
    }

    private static bool HasControl(Vector256<byte> kinds) => (kinds & Vector256.Create((byte)(Control0 | Control1 | Delete))) != Vector256<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Kinds(Vector256<byte> bytes)
    {
        const byte both = Control0 | Control1;
        Vector128<byte> low = Vector128.Create(both, both, both, both, both, both | PercentOrAnd, both | PercentOrAnd, both, both, Control1, Control1, Control0 | Plus | Escape, Control1 | Backslash, Control1 | EqualsSign, both, both | Delete);
        Vector128<byte> high = Vector128.Create(Control0, Control1 | Escape, Plus | PercentOrAnd, EqualsSign, 0, Backslash, 0, Delete, 0, 0, 0, 0, 0, 0, 0, 0);
        if (Avx2.IsSupported) return Avx2.Shuffle(Vector256.Create(low, low), bytes & Vector256.Create((byte)15)) & Avx2.Shuffle(Vector256.Create(high, high), (bytes >>> 4) & Vector256.Create((byte)15));
        return Vector256.Create(Kinds(bytes.GetLower(), low, high), Kinds(bytes.GetUpper(), low, high));
    }

    private static Vector128<byte> Kinds(Vector128<byte> bytes, Vector128<byte> low, Vector128<byte> high) => Vector128.Shuffle(low, bytes & Vector128.Create((byte)15)) & Vector128.Shuffle(high, bytes >>> 4);
}
