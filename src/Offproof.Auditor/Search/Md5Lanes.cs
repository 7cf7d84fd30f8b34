using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Offproof.Auditor;

/// <summary>
/// Seven ways to put a salt and a value together (audit.md §5.3), in MD5 (RFC 1321) and HMAC (RFC 2104), eight blocks at a time: most values that look like salted hashes
/// have its length, and each is tried with thousands of values.
/// </summary>
internal sealed class Md5Lanes
{
    const int Block = 64, Lanes = 8, Words = 16, Keyed = 6;

    // Of a block, without the bit behind the message and its length.
    const int Longest = Block - 9;

    static readonly uint[] Start = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
    static readonly uint[] Sines = [.. Enumerable.Range(1, Block).Select(static step => (uint)(Math.Abs(Math.Sin(step)) * 4294967296.0))];
    static readonly int[] Shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

    readonly byte[] _salt;
    readonly Vector256<uint>[] _start = new Vector256<uint>[4];
    readonly uint[] _outer = new uint[4];

    /// <param name="salt">At most 64 bytes: a key of HMAC as it is.</param>
    internal Md5Lanes(byte[] salt)
    {
        if (salt.Length > Block) throw new ArgumentException("a key of HMAC that is longer than a block", nameof(salt));
        _salt = salt;
        Span<byte> blocks = stackalloc byte[Lanes * Block];
        blocks.Clear();
        blocks[..Block].Fill(0x36);
        blocks.Slice(Block, Block).Fill(0x5c);
        for (int i = 0; i < salt.Length; i++)
        {
            blocks[i] ^= salt[i];
            blocks[Block + i] ^= salt[i];
        }
        Span<Vector256<uint>> state = stackalloc Vector256<uint>[4];
        for (int word = 0; word < 4; word++) state[word] = Vector256.Create(Start[word]);
        Transform(state, blocks);
        for (int word = 0; word < 4; word++)
        {
            _start[word] = Vector256.Create(Start[word]).WithElement(Keyed, state[word][0]);
            _outer[word] = state[word][1];
        }
    }

    /// <summary>Are all ways one block?</summary>
    internal static bool Fits(byte[] value, byte[] salt) => value.Length + salt.Length + 1 <= Longest;

    /// <summary>The way in which value and salt make this hash; null where none does.</summary>
    internal string? Find(ReadOnlySpan<byte> wanted, byte[] value)
    {
        Span<byte> blocks = stackalloc byte[Lanes * Block];
        blocks.Clear();
        for (int lane = 0; lane < Keyed; lane += 2)
        {
            string between = Salted.Between[lane / 2];
            End(blocks, lane, Salted.Join(blocks[(lane * Block)..], _salt, between, value).Length, 0);
            End(blocks, lane + 1, Salted.Join(blocks[((lane + 1) * Block)..], value, between, _salt).Length, 0);
        }
        value.CopyTo(blocks[(Keyed * Block)..]);
        End(blocks, Keyed, value.Length, Block);
        Span<Vector256<uint>> state = stackalloc Vector256<uint>[4];
        _start.CopyTo(state);
        Transform(state, blocks);
        for (int lane = 0; lane < Keyed; lane++)
            if (IsHash(state, lane, wanted)) return lane % 2 == 0 ? Salted.Before : Salted.After;

        blocks.Clear();
        for (int word = 0; word < 4; word++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(blocks[(4 * word)..], state[word][Keyed]);
            state[word] = Vector256.Create(_outer[word]);
        }
        End(blocks, 0, 16, Block);
        Transform(state, blocks);
        return IsHash(state, 0, wanted) ? Salted.Hmac : null;
    }

    // RFC 1321 §3.1, §3.2.
    static void End(Span<byte> blocks, int lane, int length, int before)
    {
        Span<byte> block = blocks.Slice(lane * Block, Block);
        block[length] = 0x80;
        BinaryPrimitives.WriteUInt64LittleEndian(block[(Block - 8)..], 8UL * (ulong)(length + before));
    }

    static bool IsHash(ReadOnlySpan<Vector256<uint>> state, int lane, ReadOnlySpan<byte> wanted)
    {
        for (int word = 0; word < 4; word++)
            if (state[word][lane] != BinaryPrimitives.ReadUInt32LittleEndian(wanted[(4 * word)..])) return false;
        return true;
    }

    // RFC 1321 §3.4.
    static void Transform(Span<Vector256<uint>> state, ReadOnlySpan<byte> blocks)
    {
        ReadOnlySpan<uint> all = MemoryMarshal.Cast<byte, uint>(blocks);
        Span<Vector256<uint>> words = stackalloc Vector256<uint>[Words];
        for (int word = 0; word < Words; word++)
            words[word] = Vector256.Create(all[word], all[word + Words], all[word + 2 * Words], all[word + 3 * Words], all[word + 4 * Words], all[word + 5 * Words], all[word + 6 * Words], all[word + 7 * Words]);
        Vector256<uint> a = state[0], b = state[1], c = state[2], d = state[3];
        for (int step = 0; step < Block; step++)
        {
            int round = step / Words;
            (Vector256<uint> mixed, int word) = round switch
            {
                0 => (d ^ (b & (c ^ d)), step),
                1 => (c ^ (d & (b ^ c)), 5 * step + 1),
                2 => (b ^ c ^ d, 3 * step + 5),
                _ => (c ^ (b | ~d), 7 * step),
            };
            Vector256<uint> sum = a + mixed + Vector256.Create(Sines[step]) + words[word & (Words - 1)];
            int shift = Shifts[4 * round + (step & 3)];
            (a, d, c, b) = (d, c, b, b + (sum << shift | sum >>> 32 - shift));
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }
}
