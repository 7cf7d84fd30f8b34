using System.Globalization;
using System.IO.Compression;
using System.Numerics;
using System.Text;

namespace Offproof.Auditor;

/// <summary>Plain encoders, written for clearness: each takes another way than the decoder it tests.</summary>
internal static class Encoders
{
    internal const string Rfc4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    internal const string Bitcoin = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    internal static byte[] Base16(byte[] bytes) => Ascii(Convert.ToHexString(bytes));

    internal static byte[] Base64(byte[] bytes) => Ascii(Convert.ToBase64String(bytes));

    internal static byte[] Base64Url(byte[] bytes) => Ascii(Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_'));

    internal static byte[] Base64Lines(byte[] bytes) => Ascii(Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks));

    internal static byte[] Base32(byte[] bytes, string alphabet)
    {
        StringBuilder bits = new();
        foreach (byte value in bytes) bits.Append(value.ToString("b8", CultureInfo.InvariantCulture));
        while (bits.Length % 5 != 0) bits.Append('0');
        StringBuilder text = new();
        for (int i = 0; i < bits.Length; i += 5) text.Append(alphabet[Convert.ToInt32(bits.ToString(i, 5), 2)]);
        if (alphabet == Rfc4648)
            while (text.Length % 8 != 0) text.Append('=');
        return Ascii(text.ToString());
    }

    internal static byte[] Base58(byte[] bytes, string alphabet)
    {
        BigInteger number = new(bytes, isUnsigned: true, isBigEndian: true);
        StringBuilder text = new();
        for (; number > 0; number /= 58) text.Insert(0, alphabet[(int)(number % 58)]);
        for (int i = 0; i < bytes.Length && bytes[i] == 0; i++) text.Insert(0, alphabet[0]);
        return Ascii(text.ToString());
    }

    internal static byte[] Url(byte[] bytes)
    {
        StringBuilder text = new();
        foreach (byte value in bytes)
        {
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~') text.Append((char)value);
            else if (value == ' ') text.Append('+');
            else text.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
        }
        return Ascii(text.ToString());
    }

    internal static byte[] UrlAll(byte[] bytes) => Ascii(string.Concat(bytes.Select(b => b.ToString("x2", CultureInfo.InvariantCulture)).Select(x => "%" + x)));

    internal static byte[] Entity(byte[] bytes) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#x27;", StringComparison.Ordinal));

    internal static byte[] EntityAll(byte[] bytes) =>
        Ascii(string.Concat(Encoding.UTF8.GetString(bytes).EnumerateRunes().Select(r => string.Create(CultureInfo.InvariantCulture, $"&#{r.Value};"))));

    internal static byte[] UnicodeEscapes(byte[] bytes) =>
        Ascii(string.Concat(Encoding.UTF8.GetString(bytes).Select(c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"))));

    internal static byte[] HexEscapes(byte[] bytes) => Ascii(string.Concat(bytes.Select(b => string.Create(CultureInfo.InvariantCulture, $"\\x{b:X2}"))));

    internal static byte[] QuotedPrintable(byte[] bytes)
    {
        StringBuilder text = new();
        int line = 0;
        foreach (byte value in bytes)
        {
            if (line >= 70)
            {
                text.Append("=\r\n");
                line = 0;
            }
            string one = value is > 32 and < 127 && value != '=' ? ((char)value).ToString() : "=" + value.ToString("X2", CultureInfo.InvariantCulture);
            text.Append(one);
            line += one.Length;
        }
        return Ascii(text.ToString());
    }

    internal static byte[] Utf16(byte[] bytes) => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(bytes));

    internal static byte[] Utf32(byte[] bytes) => Encoding.UTF32.GetBytes(Encoding.UTF8.GetString(bytes));

    internal static byte[] Gzip(byte[] bytes) => Through(bytes, s => new GZipStream(s, CompressionLevel.Optimal));

    internal static byte[] Zlib(byte[] bytes) => Through(bytes, s => new ZLibStream(s, CompressionLevel.Optimal));

    internal static byte[] Deflate(byte[] bytes) => Through(bytes, s => new DeflateStream(s, CompressionLevel.Optimal));

    internal static byte[] Brotli(byte[] bytes) => Through(bytes, s => new BrotliStream(s, CompressionLevel.Optimal));

    internal static byte[] Zstd(byte[] bytes)
    {
        using ZstdSharp.Compressor compressor = new(3);
        return compressor.Wrap(bytes).ToArray();
    }

    internal static byte[] Rot13(byte[] bytes) => [.. bytes.Select(b => (byte)(char.IsAsciiLetter((char)b) ? (b & 0xE0) + ((((b & 31) - 1 + 13) % 26) + 1) : b))];

    internal static byte[] CustomMap(byte[] bytes)
    {
        const string from = "kibp8A4EWRMKHa7gvyz1dOPt6UI5xYD3nqhVwZBXfCcFeJmrLN20lS9QGsjTuo";
        const string to = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        return [.. bytes.Select(b => from.IndexOf((char)b, StringComparison.Ordinal) is var at and >= 0 ? (byte)to[at] : b)];
    }

    /// <summary>Code units of a text; of other bytes one unit for each.</summary>
    internal static string Units(byte[] bytes) => System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);

    internal static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] Through(byte[] bytes, Func<Stream, Stream> make)
    {
        using MemoryStream target = new();
        using (Stream stream = make(target)) stream.Write(bytes);
        return target.ToArray();
    }
}
