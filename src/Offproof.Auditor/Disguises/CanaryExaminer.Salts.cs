using System.Buffers;

namespace Offproof.Auditor;

internal sealed partial class CanaryExaminer
{
    private const int Flows = 1024;
    private const int Texts = 8;
    private const int ShortText = 2048;
    private const int ShortestSalt = 4;
    private const int LongestSalt = 64;
    private const int MostMapped = 64;

    private static readonly SearchValues<byte> AfterValue = SearchValues.Create("&\"',;} ]\r\n"u8);

    private readonly Dictionary<Flow, Recent> _recent = [];
    private readonly Stack<Recent> _unused = [];
    private readonly Output _value = new();
    private readonly string _untried;
    private int _salted;
    private int _mapped;

    // The last short texts of a flow, in which a salt may have been said; they are read only when a value looks like a digest.
    private sealed class Recent
    {
        private readonly byte[]?[] _texts = new byte[Texts][];
        private readonly int[] _lengths = new int[Texts];
        private int _next;

        internal void Add(ReadOnlySpan<byte> text)
        {
            if (_texts[_next] is not { } room || room.Length < text.Length) _texts[_next] = room = new byte[Math.Min(ShortText, (text.Length + 255) & ~255)];
            text.CopyTo(room);
            _lengths[_next] = text.Length;
            _next = (_next + 1) % Texts;
        }

        internal void Forget() => _lengths.AsSpan().Clear();

        // The newest first.
        internal ReadOnlySpan<byte> Text(int back)
        {
            int at = (_next + Texts - 1 - back) % Texts;
            return _texts[at].AsSpan(0, _texts[at] is null ? 0 : _lengths[at]);
        }
    }

    private void Remember(ReadOnlySpan<byte> text, in Layer at)
    {
        if (_digests is null || at.Depth > 1 || text.Length > ShortText) return;
        if (!_recent.TryGetValue(_place.Flow, out Recent? recent))
        {
            if (_recent.Count >= Flows)
            {
                // Their memory is used again.
                foreach (Recent old in _recent.Values) _unused.Push(old);
                _recent.Clear();
            }
            if (_unused.TryPop(out recent)) recent.Forget();
            else recent = new Recent();
            _recent[_place.Flow] = recent;
        }
        recent.Add(text);
    }

    // A value that could be a hash, and is none that is known: perhaps with one of the values of its flow (audit.md §6.5).
    private void Salted(ReadOnlySpan<byte> token, in Layer inside, in Layer at)
    {
        if (!IsHashLong(token, out string step) || !_recent.TryGetValue(_place.Flow, out Recent? recent)) return;
        if (_salted >= _limits.SaltedValues)
        {
            _place.Flow.Remark(_untried);
            return;
        }
        _salted++;
        List<byte[]> salts = [];
        for (int back = 0; back < Texts; back++) Salts(recent.Text(back), token, salts);
        if (salts.Count == 0) return;
        _steps[at.Depth] = step;
        _digests!.FindSalted(_value.Written, salts, Cleared());
        if (_hits.Count > 0)
        {
            Report(inside);
            return;
        }
        // Through the map of audit.md §6.3: what it makes hex of is nothing else, of others a few are tried.
        foreach (Permutation map in Permutation.Maps)
        {
            Output mapped = _spare[at.Depth + 1].Clear();
            if (inside.Depth >= _limits.Depth || !map.Apply(token, mapped) || !IsHashLong(mapped.Written, out step) || (step != "base16" && ++_mapped > MostMapped)) continue;
            _steps[at.Depth] = map.Name;
            _steps[inside.Depth] = step;
            _digests.FindSalted(_value.Written, salts, Cleared());
            if (_hits.Count > 0) Report(inside.Inside(0, 0));
        }
    }

    // Decoded, it has the length of a hash, and stands among the values.
    private bool IsHashLong(ReadOnlySpan<byte> token, out string step)
    {
        Output value = _value.Clear();
        bool isHex = BaseN.IsHex(token);
        step = isHex ? "base16" : "base64";
        return (isHex ? BaseN.TryHex(token, value) : BaseN.TryBase64(token, value)) && value.Count is 16 or 20 or 24 or 28 or 32 or 48 or 64;
    }

    // Values of parameters, members and fields; those whose names speak of salt come first.
    private void Salts(ReadOnlySpan<byte> text, ReadOnlySpan<byte> token, List<byte[]> salts)
    {
        while (!text.IsEmpty)
        {
            int at = text.IndexOfAny((byte)'=', (byte)':');
            if (at < 0) return;
            ReadOnlySpan<byte> name = text[Math.Max(0, at - 16)..at];
            text = text[(at + 1)..].TrimStart(" \"'"u8);
            int end = text.IndexOfAny(AfterValue);
            ReadOnlySpan<byte> value = end < 0 ? text : text[..end];
            text = text[value.Length..];
            if (value.Length is < ShortestSalt or > LongestSalt || value.SequenceEqual(token)) continue;
            bool isNamed = IsSaltName(name);
            if (salts.Count >= _limits.Salts && !isNamed) continue;
            byte[] salt = value.ToArray();
            if (salts.Exists(s => s.AsSpan().SequenceEqual(salt))) continue;
            if (isNamed) salts.Insert(0, salt);
            else salts.Add(salt);
            if (salts.Count > _limits.Salts) salts.RemoveAt(salts.Count - 1);
        }
    }

    private static bool IsSaltName(ReadOnlySpan<byte> name)
    {
        foreach (string word in (ReadOnlySpan<string>)["salt", "nonce", "key", "seed", "secret", "rand"])
            for (int i = 0; i + word.Length <= name.Length; i++)
                if (System.Text.Ascii.EqualsIgnoreCase(name.Slice(i, word.Length), word)) return true;
        return false;
    }
}
