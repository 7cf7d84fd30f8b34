namespace Offproof.Phone;

/// <summary>The letters that one text of a persona has and no other (persona.md §4): what an auditor looks for first.</summary>
static class Canaries
{
    internal const int Contacts = 0, Messages = 1_000_000, Notes = 2_000_000;
    const string Consonants = "bdfghjklmnprstvz";
    const string Vowels = "aeio";
    const int Syllables = 4;

    // Odd, so that no two numbers below 2^24 meet.
    const long Step = 9_999_991;
    const int Mask = (1 << 24) - 1;

    /// <summary>Four drawn syllables, then four that belong to the item's <paramref name="number"/>, 0 to 2^24 - 1.</summary>
    internal static string Of(ulong seed, int number, SeededBits bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, Mask);
        long offset = (long)(SeededBits.SplitMix(ref seed) & Mask);
        int drawn = bits.Below(Mask + 1), own = (int)(((number * Step) + offset) & Mask);
        Span<char> letters = stackalloc char[Syllables * 4];
        Spell(drawn, letters[..(Syllables * 2)]);
        Spell(own, letters[(Syllables * 2)..]);
        return new string(letters);
    }

    static void Spell(int number, Span<char> letters)
    {
        for (int i = Syllables - 1; i >= 0; i--, number >>= 6)
        {
            letters[i * 2] = Consonants[(number >> 2) & 15];
            letters[(i * 2) + 1] = Vowels[number & 3];
        }
    }
}
