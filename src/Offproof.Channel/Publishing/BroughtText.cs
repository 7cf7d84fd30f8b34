using System.Text;

namespace Offproof.Channel;

/// <summary>The bytes that an operator brings, as text. A file in another encoding would become other words, not an error: nothing is guessed.</summary>
internal static class BroughtText
{
    private const long MostBytes = 256L << 20;

    internal static byte[] ReadAll(string file)
    {
        if (new FileInfo(file).Length > MostBytes) throw new PublishingException(PublishingFault.Failure, $"{file} is larger than {MostBytes >> 20} MiB", "bring it in parts: several files can be named");
        return File.ReadAllBytes(file);
    }

    /// <summary>The encoding of a name, that of code pages too.</summary>
    /// <exception cref="PublishingException">There is none.</exception>
    internal static Encoding Find(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new PublishingException(PublishingFault.Usage, $"'{name}' is no encoding that is known here", "utf-8, utf-16, latin1, windows-1252, koi8-r, gb18030, big5, euc-jp, shift_jis, euc-kr, ...", e);
        }
    }

    /// <param name="file">Its name, for what is said.</param>
    /// <param name="bytes">What it holds.</param>
    /// <param name="encoding">Null: UTF-8, or what a byte order mark says.</param>
    internal static string Decode(string file, ReadOnlySpan<byte> bytes, Encoding? encoding)
    {
        encoding ??= bytes switch
        {
            [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
            [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
            _ => new UTF8Encoding(false, throwOnInvalidBytes: true),
        };
        try
        {
            return encoding.GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new PublishingException(PublishingFault.Failure, $"{file} is not {(encoding is UTF8Encoding ? "UTF-8" : encoding.WebName)}: nothing was staged", "--encoding NAME says what it is: latin1, gb18030, koi8-r, ...", e);
        }
    }
}
