using System.Text;
using System.Text.Unicode;

namespace Offproof.Phone;

/// <summary>Character sets of cards (contacts.md §1.4).</summary>
static class CardText
{
    internal static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>The character set that a parameter names; null when it is not known.</summary>
    internal static Encoding? Find(string name)
    {
        name = name.Trim();
        if (name.Equals("UTF8", StringComparison.OrdinalIgnoreCase)) return Encoding.UTF8;
        try
        {
            Encoding found = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
            // The lines were found by their ASCII: UTF-16 and EBCDIC cannot be meant.
            return found.GetString("BEGIN:;,=09az"u8) is "BEGIN:;,=09az" ? found : null;
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>True when more characters of several bytes are there than bytes that are none: a UTF-8 text that was cut or damaged.</summary>
    internal static bool IsMostlyUtf8(ReadOnlySpan<byte> bytes)
    {
        int characters = 0;
        while (!bytes.IsEmpty)
        {
            bool valid = Rune.DecodeFromUtf8(bytes, out _, out int length) is System.Buffers.OperationStatus.Done;
            if (!valid) characters--;
            else if (length > 1) characters++;
            bytes = bytes[length..];
        }
        return characters > 0;
    }

    internal static string DecodeHead(ReadOnlySpan<byte> head) => Utf8.IsValid(head) ? Encoding.UTF8.GetString(head) : Windows1252.GetString(head);
}
