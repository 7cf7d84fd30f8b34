using System.Globalization;

namespace Offproof.Phone;

/// <summary>Telephone numbers that regulators keep for fiction (persona.md §6), each handed out once.</summary>
sealed class FictionalNumbers
{
    static readonly string[] Mobile = ["+447700900", "+3363998"];
    static readonly string[] Fixed =
    [
        "+442079460", "+1", "+6125550", "+6127010", "+6135550", "+6137010", "+6175550", "+6177010", "+6185550", "+6187010", "+3319900", "+3326191",
        "+3335301", "+3346571", "+3353649",
    ];
    static readonly string[] Areas = ["202", "206", "212", "303", "312", "415", "503", "512", "617", "702", "808", "907"];

    // A prime, so that a walk with this step meets every number of a range before it meets one again.
    const int Step = 7919;

    readonly SeededBits _bits;
    readonly string _own;
    readonly Dictionary<string, (int Offset, int Used)> _ranges;

    /// <param name="seed">The persona's.</param>
    /// <param name="own">The phone's own number, which nobody else has.</param>
    internal FictionalNumbers(ulong seed, string own)
    {
        _bits = new SeededBits(seed, 2);
        _own = own;
        _ranges = new(StringComparer.Ordinal);
        foreach (string prefix in (IEnumerable<string>)[.. Mobile, .. Fixed]) _ranges.Add(prefix, (_bits.Below(Size(prefix)), 0));
    }

    /// <summary>A number in E.164; a mobile phone's as long as there are any.</summary>
    internal string Next(bool mobile)
    {
        // Three of four mobile phones are British.
        string prefix = mobile ? Mobile[_bits.Below(4) == 0 ? 1 : 0] : _bits.Of(Fixed);
        while (true)
        {
            (int offset, int used) = _ranges[prefix];
            int size = Size(prefix);
            if (used == size)
            {
                prefix = _bits.Of(Fixed);
                continue;
            }
            _ranges[prefix] = (offset, used + 1);
            string number = Spell(prefix, (int)((offset + ((long)used * Step)) % size));
            if (number != _own) return number;
        }
    }

    static int Size(string prefix) => prefix switch { "+1" => Areas.Length * 100, "+447700900" or "+442079460" => 1000, _ => 10_000 };

    static string Spell(string prefix, int index) => prefix switch
    {
        "+1" => string.Create(CultureInfo.InvariantCulture, $"+1{Areas[index / 100]}55501{index % 100:D2}"),
        "+447700900" or "+442079460" => string.Create(CultureInfo.InvariantCulture, $"{prefix}{index:D3}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{prefix}{index:D4}"),
    };
}
