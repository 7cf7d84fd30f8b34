using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Offproof.Auditor;

/// <summary>
/// Which of 64 bytes belong to a class, a bit for each. A class is two tables: by a byte's low half and by its high half; it is a member where both have a bit in
/// common.
/// </summary>
internal static class Masks
{
    /// <summary>High halves as bits: 0 and 2 to 7, so that a class of ASCII is the low halves' table alone.</summary>
    internal static Vector128<byte> Ascii => Vector128.Create((byte)1, 0, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>Of the 64 bytes from <paramref name="at"/> on; what is beyond the end is no member.</summary>
    /// <param name="low">Without zero among its members.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Of(ReadOnlySpan<byte> text, int at, Vector128<byte> low)
    {
        if (text.Length - at < 64) return OfLast(text, at, low);
        ref byte first = ref Unsafe.Add(ref MemoryMarshal.GetReference(text), at);
        return Of(ref first, low);
    }

    private static ulong OfLast(ReadOnlySpan<byte> text, int at, Vector128<byte> low)
    {
        Span<byte> last = stackalloc byte[64];
        last.Clear();
        text[at..].CopyTo(last);
        return Of(ref MemoryMarshal.GetReference(last), low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Of(ref byte first, Vector128<byte> low)
    {
        if (Avx2.IsSupported)
        {
            Vector256<byte> lows = Vector256.Create(low, low);
            Vector256<byte> highs = Vector256.Create(Ascii, Ascii);
            return Of(Vector256.LoadUnsafe(ref first), lows, highs) | ((ulong)Of(Vector256.LoadUnsafe(ref first, 32), lows, highs) << 32);
        }
        ulong half = Of(Vector128.LoadUnsafe(ref first), low) | ((ulong)Of(Vector128.LoadUnsafe(ref first, 16), low) << 16);
        return half | ((ulong)Of(Vector128.LoadUnsafe(ref first, 32), low) << 32) | ((ulong)Of(Vector128.LoadUnsafe(ref first, 48), low) << 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Of(Vector128<byte> bytes, Vector128<byte> low) =>
        (~Vector128.Equals(Vector128.Shuffle(low, bytes & Vector128.Create((byte)15)) & Vector128.Shuffle(Ascii, bytes >>> 4), Vector128<byte>.Zero)).ExtractMostSignificantBits();

    // Of AVX2's look into a table, each half looks into its own.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Of(Vector256<byte> bytes, Vector256<byte> low, Vector256<byte> high) =>
        (~Vector256.Equals(Avx2.Shuffle(low, bytes & Vector256.Create((byte)15)) & Avx2.Shuffle(high, bytes >>> 4), Vector256<byte>.Zero)).ExtractMostSignificantBits();
}
