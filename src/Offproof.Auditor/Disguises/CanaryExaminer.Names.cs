namespace Offproof.Auditor;

// Names by content in what is asked for (audit.md §6.7).
internal sealed partial class CanaryExaminer
{
    private const int NameLength = 64;

    private readonly List<ContentName> _names = [];

    internal override IReadOnlyList<ContentName> ContentNames => _names;

    /// <summary>Notes the one run of exactly 64 lower-case hexadecimal digits of a token that is counted unread, and what would be left of it without the run.</summary>
    private void Name(ReadOnlySpan<byte> token, int from, int left, in Layer at, ReadOnlySpan<byte> before)
    {
        if (_place.Carrier != Carrier.Head || !_isLeaving) return;
        int start = -1;
        for (int next = 0; next < token.Length;)
        {
            int end = next;
            while (end < token.Length && char.IsAsciiHexDigitLower((char)token[end])) end++;
            // A letter beside the digits may be a digit more: then they are not exactly these.
            bool isAlone = (next == 0 || !char.IsAsciiLetterOrDigit((char)token[next - 1])) && (end == token.Length || !char.IsAsciiLetterOrDigit((char)token[end]));
            if (end - next == NameLength && isAlone)
            {
                if (start >= 0) return; // two: an answer can bear out one
                start = next;
            }
            next = end + 1;
        }
        if (start < 0) return;
        int rest = Beside(token[..start], from, at, before) + Beside(token[(start + NameLength)..], from + start + NameLength, at, before);
        if (rest < left) _names.Add(new ContentName(at.Start + from + start, left - rest));
    }

    private int Beside(ReadOnlySpan<byte> piece, int from, in Layer at, ReadOnlySpan<byte> before) =>
        piece.Length < ShortestToken ? 0 : Token(piece, at.Inside(from, piece.Length), at, before);
}
