using System.Text;

namespace Offproof.Phone;

/// <summary>What the sample phone's messages say: sentences of one script around a canary, and now and then what trips readers.</summary>
static class SampleText
{
    static readonly string[] Emoji = ["😀", "🎉", "🥝", "❤️", "☕", "🫶🏽", "🏳️‍🌈", "👩🏾‍🚒", "🇮🇸", "☎️", "🧑‍🤝‍🧑", "1️⃣"];
    static readonly string[] Traps =
    [
        "<b>five & six</b> &amp; \"quoted\" it's > that", "C:\\new\\table \\u0041 %41 =41", "{\"a\":[1,null,\"x\"]}", "a\tb\t\"c\"", "]]><!-- x --><?pi?>", "'single' and \"double\" & both",
    ];
    static readonly string[] Families = ["👨‍👩‍👧‍👦", "👩‍❤️‍💋‍👨", "🧑🏿‍🎄", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 𠜎"];

    /// <summary>The text of message <paramref name="i"/>.</summary>
    internal static string Of(SeededBits bits, Tongue tongue, string canary, int i)
    {
        // One in six is written in Latin letters whatever the script.
        if (bits.Below(6) == 0) tongue = LatinWords.Table;
        bool manyLines = i % 25 == 14;
        int sentences = i % 25 == 19 ? bits.Between(12, 40) : bits.Of([1, 1, 1, 2, 2, 3]);
        int place = bits.Below(sentences + 1);
        StringBuilder text = new();
        for (int s = 0; s <= sentences; s++)
        {
            if (s > 0) text.Append(manyLines ? (s == 1 ? "\n\n" : "\n") : s == place || s == place + 1 ? " " : tongue.Blank);
            if (s == place) text.Append(canary);
            else text.Append(bits.Of(tongue.Sentences));
        }
        if (i % 25 == 7) text.Append(' ').Append(bits.Of(Traps));
        if (i % 25 == 11) text.Append(' ').Append(bits.Of(Families));
        if (bits.Below(4) == 0) text.Append(' ').Append(bits.Of(Emoji));
        return text.ToString();
    }
}
