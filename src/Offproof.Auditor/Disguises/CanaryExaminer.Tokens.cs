using System.Globalization;
using System.Numerics;

namespace Offproof.Auditor;

internal sealed partial class CanaryExaminer
{
    // From this many decoded bytes on a token that nobody can explain is unread (audit.md §6.4).
    private const int Opaque = 16;
    internal const int LongestBase58 = 1024;
    // A base64 text that begins inside a run: anything before it, and sixteen characters.
    private const int ShortestInside = 20;
    private const int DigitsOf16Bytes = 39;

    // Tokens that are nothing but themselves, each at its depth. The same token costs once.
    private readonly Tokens _known = new();
    // Tokens that servers sent.
    private readonly Tokens _echoes = new();
    private readonly LzString _lz = new();
    private byte[] _boundary = [];

    /// <summary>A run of the characters of base64, in the text that <paramref name="before"/> precedes it in.</summary>
    /// <returns>How many of its bytes stay unread.</returns>
    private int Token(ReadOnlySpan<byte> token, in Layer inside, in Layer at, ReadOnlySpan<byte> before) => Token(token, _known.Hash(token), inside, at, before);

    // What is nothing at one depth can be something at a lesser one.
    private static ulong Here(ulong hash, in Layer at) => hash ^ ((ulong)(at.Depth + 1) << 56);

    private int Token(ReadOnlySpan<byte> token, ulong hash, in Layer inside, in Layer at, ReadOnlySpan<byte> before)
    {
        ulong here = Here(hash, at);
        Tokens.Known known = _known.Of(here);
        if (known == Tokens.Known.Ordinary) return 0;
        if (known == Tokens.Known.Nothing)
        {
            long reports = _reports;
            bool wasSpent = _isSpent;
            _echoes.Soon(hash);
            if (Explained(token, inside, at, out int unread))
            {
                // Of the values of a path those beside one that is nothing can fit a format without a mark together.
                if (_reports == reports && at.Depth == 0 && _place.Carrier == Carrier.Head && token.Contains((byte)'/')) Pieces(token, inside, at, before, ref unread);
                _explained++;
                return !_isLeaving && HoldsLittle(token) ? 0 : Math.Min(unread, inside.Depth == 1 ? inside.Length : token.Length);
            }
            if (Pieces(token, inside, at, before, ref unread)) return unread;
            bool isRandom = LooksRandom(token);
            if (isRandom && _digests is not null && _isLeaving) Salted(token, inside, at);
            if (_reports == reports && !_isSpent && !wasSpent)
            {
                if (_known.IsFull) _known.Clear();
                _known.Add(here, isRandom ? Tokens.Known.Random : Tokens.Known.Ordinary);
                known = Tokens.Known.Random;
            }
            if (!isRandom) return 0;
        }
        if (known == Tokens.Known.Echo) return 0;
        if (!_isLeaving)
        {
            _echoes.Add(hash, Tokens.Known.Echo);
            if (known == Tokens.Known.Random) _known.Add(here, Tokens.Known.Echo);
            return 0;
        }
        if (_echoes.Of(hash) == Tokens.Known.Echo) return 0;
        if (IsOfTheProtocol(token, before))
        {
            if (inside.Depth == 1) _place.Flow.Capacity(_place.Sender, token.Length);
            return 0;
        }
        return token.Length;
    }

    private long _explained;

    // What stands between slashes of a path can be a token, and so can what stands beside a name of it, in hex or in one case. False where none of them is anything: then the whole one counts.
    private bool Pieces(ReadOnlySpan<byte> token, in Layer inside, in Layer at, ReadOnlySpan<byte> before, ref int unread)
    {
        bool isPath = token.Contains((byte)'/');
        ReadOnlySpan<byte> separators = isPath ? "/"u8 : "-_+"u8;
        if (!token.ContainsAny(separators)) return false;
        (long reports, long explained) = (_reports, _explained);
        int left = 0;
        for (int from = 0; from < token.Length;)
        {
            int length = token[from..].IndexOfAny(separators) is var end and >= 0 ? end : token.Length - from;
            ReadOnlySpan<byte> piece = token.Slice(from, length);
            if (isPath && length is >= ShortestRun and <= LongestShortValue) ShortValue(token, from, from + length, at.Depth == 0 ? new Layer(0, inside.Start, inside.Length) : at);
            if (length >= (isPath ? ShortestToken : Opaque) && (isPath || Cases(piece) != 3 || BaseN.IsHex(piece)))
                left += Token(piece, at.Depth == 0 ? new Layer(1, inside.Start + from, length) : inside, at, before);
            from += length + 1;
        }
        if (_reports == reports && _explained == explained) return false;
        unread = left;
        return true;
    }

    // Fewer than sixteen bytes, however they are written. Of what arrives, what by chance can be read out of eight random bytes makes them no less read than they are (audit.md §6.4).
    private static bool HoldsLittle(ReadOnlySpan<byte> token) => token.Length < (BaseN.IsHex(token) ? 2 * Opaque : 22);

    /// <summary>Would it hold sixteen bytes or more, and do they look as if nobody had written them?</summary>
    private static bool LooksRandom(ReadOnlySpan<byte> token)
    {
        if (!token.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return token.Length >= DigitsOf16Bytes;
        // A run of hexadecimal digits, also with the hyphens of a UUID.
        int hex = 0;
        int most = 0;
        bool digit = false;
        bool letter = false;
        foreach (byte character in token)
        {
            byte value = BaseN.Hex[character];
            if (value != BaseN.None)
            {
                hex++;
                digit |= value < 10;
                letter |= value >= 10;
                if (digit && letter) most = Math.Max(most, hex);
            }
            else if (character != '-')
            {
                hex = 0;
                digit = letter = false;
            }
        }
        if (most >= 2 * Opaque) return true;
        // 22 characters of base64 are 16 bytes; of a token in one case, 26 are.
        return token.Length >= 22 && Words.Random(token) >= 20;
    }

    // Nonces and delimiters that a protocol asks for: they say nothing to the receiver, and what they could hide is in the budget (audit.md §7).
    private bool IsOfTheProtocol(ReadOnlySpan<byte> token, ReadOnlySpan<byte> before)
    {
        if (_place.Carrier == Carrier.Head && before.Length >= 10 && before[^1] is (byte)':' or (byte)' ' or (byte)'=' or (byte)'"')
        {
            int line = before.LastIndexOf((byte)'\n') + 1;
            ReadOnlySpan<byte> field = before[line..];
            if (StartsWith(field, "sec-websocket-key:"u8)) return token.Length == KeyLength && _isUpgrade && field[18..].Trim((byte)' ').IsEmpty && !HasField(before[..line], "sec-websocket-key:"u8);
            if (!StartsWith(field, "content-type:"u8) || !StartsWith(field[13..].TrimStart((byte)' '), "multipart/"u8)) return false;
            field = field.TrimEnd((byte)'"');
            return field.Length > 9 && StartsWith(field[^9..], "boundary="u8) && token.Length <= 72 && !HasField(before[..line], "content-type:"u8);
        }
        return _boundary.Length > 0 && token.Length <= 72 && token.Trim((byte)'-').SequenceEqual(_boundary);
    }

    // RFC 6455 §4.1: sixteen bytes in base64, without the two marks at its end.
    private const int KeyLength = 22;
    private bool _isUpgrade;

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) => text.Length >= lower.Length && System.Text.Ascii.EqualsIgnoreCase(text[..lower.Length], lower);

    // Whether a line of a head begins so.
    private static bool HasField(ReadOnlySpan<byte> head, ReadOnlySpan<byte> lower)
    {
        while (head.IndexOf((byte)'\n') is var line and >= 0)
        {
            head = head[(line + 1)..];
            if (StartsWith(head, lower)) return true;
        }
        return false;
    }

    private static bool IsUpgrade(ReadOnlySpan<byte> head)
    {
        for (int from = 0; head[from..].IndexOf("pgrade:"u8) is var next and >= 0; from += next + 7)
        {
            int name = from + next - 1;
            if (name > 0 && head[name - 1] == '\n' && StartsWith(head[(name + 8)..].TrimStart((byte)' '), "websocket"u8)) return true;
        }
        return false;
    }

    // RFC 2046 §5.1.1: at most seventy characters.
    private void Boundary(string? contentType)
    {
        _boundary = [];
        if (contentType is null || !contentType.AsSpan().TrimStart().StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)) return;
        int at = contentType.IndexOf("boundary=", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return;
        ReadOnlySpan<char> value = contentType.AsSpan(at + 9).TrimStart('"');
        int end = value.IndexOfAny("\"; ,\t");
        value = end < 0 ? value : value[..end];
        if (value.Length <= 70) _boundary = System.Text.Encoding.ASCII.GetBytes(value.Trim('-').ToString());
    }

    // Tries all that can be written in such characters. True where one of them gave a text or a known format, whose unread bytes count instead.
    private bool Explained(ReadOnlySpan<byte> token, in Layer inside, in Layer at, out int unread)
    {
        unread = 0;
        if (!Spend(token.Length)) return false;
        if (at.Depth >= _limits.Depth)
        {
            // Too deep to follow; only whether there is something is asked.
            if (!IsSomething(token, at)) return false;
            _isTooDeep = true;
            unread = token.Length;
            return true;
        }
        // What is words is not in a base; what the map made of words is no words.
        bool isHex = IsHexOrUuid(token);
        if (!isHex && Words.AreWords(token)) return false;
        if (Bases(token, inside, at, out unread)) return true;
        if (inside.Depth >= _limits.Depth || token.Length < Opaque) return false;
        Output turned = _spare[at.Depth + 1];
        foreach (Permutation permutation in Permutation.All)
        {
            // Neither a map nor rot13 makes sixteen hexadecimal digits.
            if (isHex && permutation.Map is not null) continue;
            if (!permutation.Apply(token, turned.Clear()) || Words.AreWords(turned.Written)) continue;
            _steps[at.Depth] = permutation.Name;
            if (Bases(turned.Written, inside.Inside(0, 0), inside, out unread)) return true;
        }
        return false;
    }

    private static bool IsHexOrUuid(ReadOnlySpan<byte> token) => token.Length >= Opaque && !token.ContainsAnyExcept(HexAndHyphen);

    private static readonly System.Buffers.SearchValues<byte> HexAndHyphen = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF-"u8);

    private bool Bases(ReadOnlySpan<byte> token, in Layer inside, in Layer at, out int unread)
    {
        unread = 0;
        int weak = -1;
        // Of one case it can be base 32 as well, even where base 64 makes a text of it.
        bool isOneCase = token.Length >= 13 && Cases(token) != 3;
        long reports = _reports;
        Output output = _made[at.Depth];
        if (!token.ContainsAnyExceptInRange((byte)'0', (byte)'9')) Decimal(token, inside, at);
        if (IsHexOrUuid(token)) return Hex(token, output, inside, at, out unread);
        if (!token.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        // compressToBase64 is base64 of compressToUint8Array: the shorter chain first.
        if (_lz.FromBase64(token, output.Clear(), LzLimit(token.Length)) && Accepted(output, "lz-string", inside, at, isWhole: true, ref weak, out unread) && Settled(ref weak, unread)) return true;
        if (BaseN.TryBase64(token, output.Clear()))
        {
            if (Accepted(output, "base64", inside, at, isWhole: true, ref weak, out unread) && Settled(ref weak, unread)) return true;
            Digest(output.Written, "base64", inside, at);
        }
        // At another alignment the token is a piece of something longer.
        for (int skip = 1; skip < 4 && token.Length >= ShortestInside; skip++)
            if (BaseN.TryBase64(token[skip..], output.Clear()) && Accepted(output, "base64", inside, at, isWhole: false, ref weak, out unread) && Settled(ref weak, unread)) return true;
        if (isOneCase)
        {
            foreach ((byte[] table, string name) in Base32Alphabets)
            {
                if (!BaseN.TryBase32(token, table, output.Clear())) continue;
                if (Accepted(output, name, inside, at, isWhole: true, ref weak, out unread)) return true;
                Digest(output.Written, name, inside, at);
            }
        }
        if (token.Length <= LongestBase58 && !token.ContainsAny(NotBase58))
        {
            foreach ((byte[] table, string name) in Base58Alphabets)
            {
                if (!BaseN.TryBase58(token, table, output.Clear())) continue;
                if (Accepted(output, name, inside, at, isWhole: true, ref weak, out unread)) return true;
                Digest(output.Written, name, inside, at);
            }
        }
        // Nothing better than a format without a mark.
        unread = Math.Max(0, weak);
        return weak >= 0;

        bool Settled(ref int weak, int unread)
        {
            if (!isOneCase || _reports > reports) return true;
            weak = Math.Max(weak, unread);
            return false;
        }
    }

    private static readonly System.Buffers.SearchValues<byte> NotBase58 = System.Buffers.SearchValues.Create("0OIl+/-_"u8);

    // Sixteen hexadecimal digits and more are nothing else; with hyphens as a UUID has them.
    private bool Hex(ReadOnlySpan<byte> token, Output output, in Layer inside, in Layer at, out int unread)
    {
        unread = 0;
        int weak = -1;
        if (token.Contains((byte)'-'))
        {
            Output digits = _value.Clear();
            foreach (byte character in token)
                if (character != '-') digits.Add(character);
            token = digits.Written;
        }
        for (int skip = 0; skip <= (token.Length & 1); skip++)
        {
            if (!BaseN.TryHex(token[skip..], output.Clear())) return false;
            if (Accepted(output, "base16", inside, at, isWhole: true, ref weak, out unread)) return true;
            Digest(output.Written, "base16", inside, at);
        }
        unread = Math.Max(0, weak);
        return weak >= 0;
    }

    internal static readonly (byte[] Table, string Name)[] Base32Alphabets =
        [(BaseN.Base32, "base32"), (BaseN.Base32Hex, "base32hex"), (BaseN.Crockford, "base32 crockford"), (BaseN.ZBase32, "z-base-32")];

    internal static readonly (byte[] Table, string Name)[] Base58Alphabets =
        [(BaseN.Base58Bitcoin, "base58"), (BaseN.Base58Flickr, "base58 flickr"), (BaseN.Base58Ripple, "base58 ripple")];

    // What came out of a token: a text, a known format, or neither; it is searched in each case.
    private bool Accepted(Output output, string step, in Layer inside, in Layer at, bool isWhole, ref int weak, out int unread)
    {
        unread = 0;
        ReadOnlySpan<byte> made = output.Written;
        if (made.Length < 6) return false;
        _steps[at.Depth] = step;
        if (!Spend(made.Length)) return false;
        Search(made, inside);
        Traits traits = Traits.Of(made);
        if (IsText(made, traits))
        {
            unread = Text(made, inside, traits);
            return true;
        }
        // Ten bytes of deflate hold a form of eight.
        if (isWhole && made.Length >= 10)
        {
            int left = Binary(made, inside, isGuess: true);
            if (left < made.Length && !IsMagic(made))
            {
                // The bytes fit a format without a mark: perhaps they fit another base as well.
                weak = weak < 0 ? left : Math.Max(weak, left);
                return false;
            }
            unread = left;
            return left < made.Length;
        }
        return Inside(made, inside) > 0;
    }

    // Bit 1: lower, bit 2: upper case letters.
    private static int Cases(ReadOnlySpan<byte> token) =>
        (token.ContainsAnyInRange((byte)'a', (byte)'z') ? 1 : 0) | (token.ContainsAnyInRange((byte)'A', (byte)'Z') ? 2 : 0);

    private static bool IsMagic(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Compressed.Gzip) || bytes.StartsWith(Compressed.Zstd) || Compressed.IsZlib(bytes);

    private bool IsSomething(ReadOnlySpan<byte> token, in Layer at)
    {
        Output output = _made[at.Depth].Clear();
        bool made = token.Length >= 16 && BaseN.IsHex(token) ? BaseN.TryHex(token, output) : BaseN.TryBase64(token, output);
        return made && output.Count >= 8 && (IsText(output.Written) || IsMagic(output.Written));
    }

    private void Digest(ReadOnlySpan<byte> value, string step, in Layer inside, in Layer at)
    {
        if (_digests is null || value.Length is < 8 or > 64) return;
        _steps[at.Depth] = step;
        _hits.Clear();
        _digests.Find(value, _hits);
        if (_hits.Count > 0) Report(inside);
    }

    // A hash of 64 or 128 bits as a number; of either byte order.
    private void Decimal(ReadOnlySpan<byte> digits, in Layer inside, in Layer at)
    {
        if (_digests is null || digits.Length is < 17 or > 39) return;
        if (!UInt128.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 number)) return;
        Number(number, digits.Length <= 20 && number <= ulong.MaxValue ? 8 : 16, inside, at);
        // Written as a signed number with its sign cut off.
        if (digits.Length <= 19 && number <= 1UL << 63) Number(unchecked((ulong)-(long)(ulong)number), 8, inside, at);
    }

    private void Number(UInt128 number, int size, in Layer inside, in Layer at)
    {
        Span<byte> value = stackalloc byte[16];
        ((IBinaryInteger<UInt128>)number).WriteLittleEndian(value);
        Digest(value[..size], "decimal", inside, at);
        value[..size].Reverse();
        Digest(value[..size], "decimal", inside, at);
    }
}
