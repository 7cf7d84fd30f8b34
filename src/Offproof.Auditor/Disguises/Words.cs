namespace Offproof.Auditor;

/// <summary>
/// Tells tokens that people or programmers wrote from tokens that a generator of random bytes or a cipher wrote (audit.md §6.4). Two letters that often
/// follow each other in the languages of identifiers speak for words; rare pairs, and letters and digits that change places, speak against them.
/// </summary>
internal static class Words
{
    // For each first letter the letters that often follow it: a third of all pairs, and nine tenths of those in texts.
    private static readonly string[] Follow =
    [
        "bcdgiklmnprstuvy", "aeilorsuy", "aehiklortu", "adeioru", "acdefgilmnprstvwxy", "aefiloru", "aehilnoru", "aeiotuy", "abcdefgklmnoprstvz",
        "aosu", "aeiou", "adefilostuy", "abeimopsu", "acdegikostu", "bcdfgklmnoprstuvw", "aehiloprstu", "u", "acdegikmnorstuy",
        "acehikmopstu", "aehioprstuy", "abdeilmnprst", "aeio", "aehio", "it", "aops", "aeiohu",
    ];

    // How much a pair of letters, [first, second], speaks for random characters.
    private static readonly sbyte[] Pairs = MakePairs();

    // The weights, and where they tell: found by trying on 49,000 tokens of program texts (audit.md §6.4).
    private const sbyte Frequent = -12;
    private const sbyte Rare = 18;
    private const int NewWord = 8;
    private const int LetterAndDigit = 16;
    private const int Separator = -2;
    private const int Separators = -8;
    private const int Some = 20;
    private const int Much = 90;
    private const int LongestWord = 20;

    private enum Class : byte { Other, Lower, Upper, Digit }

    private static readonly Class[] Classes = MakeClasses();
    private static readonly sbyte[] Weights = MakeWeights();

    /// <summary>Does a token consist of words beyond doubt? Random characters speak against it by eight or more for each pair, words for it by as much.</summary>
    internal static bool AreWords(ReadOnlySpan<byte> token)
    {
        int evidence = 0;
        bool isJoined = false;
        for (int i = 1; i < token.Length; i++)
        {
            evidence += Weights[Pair(token[i - 1], token[i])];
            // The rest can say no more than this against it.
            if (evidence + (Frequent * (token.Length - 1 - i)) > -4 * token.Length) return false;
            isJoined |= Classes[token[i]] != Classes[token[i - 1]];
        }
        // A long run in one case may be base 32, whose zeros are read as vowels.
        return evidence <= -4 * token.Length && (isJoined || token.Length < LongestWord);
    }

    /// <summary>How many characters of a token look like random ones: all, or the longest run that does. 0 for words.</summary>
    internal static int Random(ReadOnlySpan<byte> token)
    {
        int whole = 0;
        int evidence = 0;
        int begin = 0;
        int best = 0;
        int length = 0;
        for (int i = 1; i < token.Length; i++)
        {
            int weight = Weights[Pair(token[i - 1], token[i])];
            whole += weight;
            evidence += weight;
            if (evidence <= 0)
            {
                evidence = 0;
                begin = i;
            }
            else if (evidence > best)
            {
                best = evidence;
                length = i + 1 - begin;
            }
        }
        return whole > Some ? token.Length : best >= Much ? length : 0;
    }

    // Tokens are ASCII.
    private static int Pair(byte first, byte second) => ((first & 127) << 7) | (second & 127);

    private static int Weight(byte first, byte second)
    {
        Class before = Classes[first];
        Class after = Classes[second];
        if (before is Class.Lower or Class.Upper && after is Class.Lower or Class.Upper)
            // fooBar begins a word.
            return before == Class.Lower && after == Class.Upper ? NewWord : Pairs[((first & 31) * 32) + (second & 31)];
        if (before == after) return before == Class.Digit ? 0 : Separators;
        return before == Class.Other || after == Class.Other ? Separator : LetterAndDigit;
    }

    private static sbyte[] MakeWeights()
    {
        sbyte[] weights = new sbyte[128 * 128];
        for (int i = 0; i < weights.Length; i++) weights[i] = (sbyte)Weight((byte)(i >> 7), (byte)(i & 127));
        return weights;
    }

    private static sbyte[] MakePairs()
    {
        sbyte[] pairs = new sbyte[32 * 32];
        Array.Fill<sbyte>(pairs, Rare);
        for (int first = 0; first < Follow.Length; first++)
            foreach (char second in Follow[first]) pairs[((first + 1) * 32) + (second & 31)] = Frequent;
        return pairs;
    }

    private static Class[] MakeClasses()
    {
        Class[] classes = new Class[256];
        for (int c = 'a'; c <= 'z'; c++) classes[c] = Class.Lower;
        for (int c = 'A'; c <= 'Z'; c++) classes[c] = Class.Upper;
        for (int c = '0'; c <= '9'; c++) classes[c] = Class.Digit;
        return classes;
    }
}
