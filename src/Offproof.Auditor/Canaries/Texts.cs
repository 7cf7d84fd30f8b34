using System.Text;

namespace Offproof.Auditor;

/// <summary>Whole texts, and fragments of them, of which none stands in two texts (audit.md §4.3).</summary>
internal sealed class Texts
{
    const int Fragment = 24, LongestFragment = 72, Step = 12, MostBytes = 16 << 20;

    readonly List<(Canary Canary, byte[] Bytes)> _texts = [];
    int _bytes;

    internal void Add(Canary canary, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        _texts.Add((canary, bytes));
        _bytes += Math.Min(bytes.Length, MostBytes);
    }

    internal void Make(FormList forms)
    {
        Dictionary<string, int> times = new(StringComparer.Ordinal);
        foreach ((Canary canary, byte[] _) in _texts) times[canary.Value] = times.GetValueOrDefault(canary.Value) + 1;
        foreach ((Canary canary, byte[] bytes) in _texts)
        {
            if (times[canary.Value] > 1) forms.Refuse(canary, "text", "ordinary: several items have this text");
            else forms.Add(canary, "text", bytes, Entropy.OfText(bytes));
        }
        if (_bytes > MostBytes)
        {
            foreach ((Canary canary, byte[] _) in _texts.Take(1)) forms.Refuse(canary, "fragment", "more than 16 MiB of texts: they are searched whole and by their canary words, not by fragments");
            return;
        }
        Owners owners = new(_bytes);
        for (int i = 0; i < _texts.Count; i++) owners.Enter(_texts[i].Bytes, i);
        for (int i = 0; i < _texts.Count; i++)
        {
            (Canary canary, byte[] bytes) = _texts[i];
            if (bytes.Length <= Fragment + Step) continue;
            for (int at = 0; at + Fragment <= bytes.Length; at += Step)
            {
                int from = at;
                while (from > 0 && (bytes[from] & 0xC0) == 0x80) from--;
                ReadOnlySpan<byte> piece = bytes.AsSpan(from, Fragment);
                if (!owners.IsOnlyOf(piece, i)) continue;
                for (int to = from + Fragment; to <= Math.Min(bytes.Length, from + LongestFragment); to += Step)
                {
                    ReadOnlySpan<byte> longer = bytes.AsSpan(from, to - from);
                    if (Entropy.OfText(longer) is >= Form.FewestBits and double bits)
                    {
                        forms.Add(canary, "fragment", longer.ToArray(), bits);
                        break;
                    }
                    // Eight kana are the end of any sentence: as many more as make it somebody's.
                    if (to == from + Fragment && !Entropy.HasKana(piece)) break;
                }
            }
        }
    }

    /// <summary>In which text each sequence of 24 bytes stands. Two that share a place are both taken for ordinary: that loses a fragment, and claims none wrongly.</summary>
    sealed class Owners(int bytes)
    {
        const int Nobody = 0, Several = -1;

        readonly int[] _owner = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(bytes, 1024)) * 4];

        internal void Enter(ReadOnlySpan<byte> text, int number)
        {
            for (int at = 0; at + Fragment <= text.Length; at++)
            {
                ref int owner = ref _owner[Slot(text.Slice(at, Fragment))];
                owner = owner == Nobody ? number + 1 : owner == number + 1 ? owner : Several;
            }
        }

        internal bool IsOnlyOf(ReadOnlySpan<byte> piece, int number) => _owner[Slot(piece)] == number + 1;

        int Slot(ReadOnlySpan<byte> piece)
        {
            ulong a = BitConverter.ToUInt64(piece), b = BitConverter.ToUInt64(piece[8..]), c = BitConverter.ToUInt64(piece[16..]);
            ulong hash = unchecked((a * 0x9E3779B97F4A7C15 ^ System.Numerics.BitOperations.RotateLeft(b * 0xC2B2AE3D27D4EB4F, 31) ^ System.Numerics.BitOperations.RotateLeft(c * 0x165667B19E3779F9, 17)) * 0xD6E8FEB86659FD93);
            return (int)(hash >> 33) & (_owner.Length - 1);
        }
    }
}
