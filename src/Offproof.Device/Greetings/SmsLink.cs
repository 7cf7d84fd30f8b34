using System.Buffers;

namespace Offproof.Device;

/// <summary>A text for the phone's own Messaging app, as a link (RFC 5724) and as a QR code of it. Nothing here sends anything.</summary>
public sealed class SmsLink
{
    // ISO/IEC 18004, table 7: version 40, byte mode, levels L and M.
    private const int MostInCode = 2953;
    private const int MostOnPaper = 2331;

    private static readonly SearchValues<char> LeftOut = SearchValues.Create(" -.()/\u00A0\u2011");

    private SmsLink(string uri) => Uri = uri;

    /// <summary>sms:NUMBER?body=TEXT: ASCII, everything but RFC 3986's unreserved characters as UTF-8 in percent form.</summary>
    public string Uri { get; }

    /// <summary>False for a link that no QR code holds.</summary>
    public bool FitsCode => Uri.Length <= MostInCode;

    /// <summary>False for a link that no QR code for paper holds, which survives more.</summary>
    public bool FitsCodeFile => Uri.Length <= MostOnPaper;

    /// <summary>The code in half-block characters, light on dark; all lines of one width. Only where it <see cref="FitsCode"/>.</summary>
    public IReadOnlyList<string> CodeLines => QrCode.HalfBlocks(System.Text.Encoding.ASCII.GetBytes(Uri));

    /// <summary>The code as an SVG. Only where <see cref="FitsCodeFile"/>.</summary>
    public string CodeSvg => QrCode.Svg(System.Text.Encoding.ASCII.GetBytes(Uri), "QR code of the message's link");

    /// <summary>The link; null where that is no number: 3 to 15 digits (E.164's most), with or without a + before them, spaces, hyphens, dots, brackets and slashes aside.</summary>
    public static SmsLink? Create(string number, string text)
    {
        string digits = string.Concat(number.Where(static c => !LeftOut.Contains(c)));
        bool isGlobal = digits.StartsWith('+');
        ReadOnlySpan<char> rest = digits.AsSpan(isGlobal ? 1 : 0);
        return rest.Length is >= 3 and <= 15 && !rest.ContainsAnyExceptInRange('0', '9') ? new SmsLink($"sms:{digits}?body={System.Uri.EscapeDataString(text)}") : null;
    }
}
