using System.Text;

namespace Offproof.Auditor;

/// <summary>lz-string's compressor, over strings of bits: slow, and shares nothing with the decoder.</summary>
internal static class LzEncoder
{
    private const string Common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    internal static byte[] Base64(string text)
    {
        StringBuilder result = new();
        foreach (int value in Values(text, 6)) result.Append((Common + "+/")[value]);
        while (result.Length % 4 != 0) result.Append('=');
        return Encoding.ASCII.GetBytes(result.ToString());
    }

    internal static byte[] Uri(string text) => Encoding.ASCII.GetBytes(string.Concat(Values(text, 6).Select(v => (Common + "+-")[v])));

    internal static byte[] Utf16(string text) => Encoding.UTF8.GetBytes(string.Concat(Values(text, 15).Select(v => (char)(v + 32))) + " ");

    internal static byte[] Bytes(string text) => [.. Values(text, 16).SelectMany(v => new[] { (byte)(v >> 8), (byte)(v & 255) })];

    private static IEnumerable<int> Values(string text, int width)
    {
        string bits = Compress(text);
        // A last value is always begun, even when the bits end with one.
        bits += new string('0', width - (bits.Length % width));
        for (int i = 0; i < bits.Length; i += width) yield return Convert.ToInt32(bits.Substring(i, width), 2);
    }

    private static string Compress(string text)
    {
        Dictionary<string, int> codes = new(StringComparer.Ordinal);
        HashSet<string> unsaid = new(StringComparer.Ordinal);
        StringBuilder bits = new();
        int width = 2;
        int enlargeIn = 2;
        string word = "";
        foreach (char unit in text)
        {
            string one = unit.ToString();
            if (codes.TryAdd(one, codes.Count + 3)) unsaid.Add(one);
            if (codes.ContainsKey(word + one))
            {
                word += one;
                continue;
            }
            Say(word);
            codes.Add(word + one, codes.Count + 3);
            word = one;
        }
        if (word.Length > 0) Say(word);
        Put(2, width);
        return bits.ToString();

        void Say(string said)
        {
            if (unsaid.Remove(said))
            {
                Put(said[0] < 256 ? 0 : 1, width);
                Put(said[0], said[0] < 256 ? 8 : 16);
                Count();
            }
            else
            {
                Put(codes[said], width);
            }
            Count();
        }

        void Count()
        {
            if (--enlargeIn == 0) enlargeIn = 1 << width++;
        }

        void Put(int value, int count)
        {
            for (int i = 0; i < count; i++) bits.Append(((value >> i) & 1) == 1 ? '1' : '0');
        }
    }
}
