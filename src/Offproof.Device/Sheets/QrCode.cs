using System.Collections;
using System.Globalization;
using System.Text;
using QRCoder;

namespace Offproof.Device;

/// <summary>A QR code (ISO/IEC 18004, byte mode, level M: it survives a seventh of its area lost) as one path of an SVG, with its quiet zone.</summary>
internal static class QrCode
{
    internal static string Svg(byte[] content, string label)
    {
        using QRCodeData code = QRCodeGenerator.GenerateQrCode(content, QRCodeGenerator.ECCLevel.M);
        List<BitArray> rows = code.ModuleMatrix;
        StringBuilder path = new();
        for (int y = 0; y < rows.Count; y++)
        {
            for (int x = 0; x < rows[y].Count; x++)
            {
                if (!rows[y][x]) continue;
                int length = 1;
                while (x + length < rows[y].Count && rows[y][x + length]) length++;
                path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h{length}v1h-{length}z");
                x += length;
            }
        }
        return string.Create(CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {rows.Count} {rows.Count}" role="img" aria-label="{label}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{rows.Count}v{rows.Count}h-{rows.Count}z"/><path fill="#000" d="{path}"/></svg>""");
    }
}
