using System.Collections;
using System.Globalization;
using System.Text;
using QRCoder;

namespace Offproof.Device;

/// <summary>A QR code (ISO/IEC 18004, byte mode) with its quiet zone: for paper as one path of an SVG, level M, which survives a seventh of its area lost; for a screen, where nothing is lost, level L.</summary>
internal static class QrCode
{
    /// <summary>
    /// One text a line, all of one width: each character is two modules, one above the other. What is light in the code is the ink, so it is read where light letters stand on a dark
    /// ground; elsewhere the caller sets both colours.
    /// </summary>
    internal static IReadOnlyList<string> HalfBlocks(byte[] content)
    {
        using QRCodeData code = QRCodeGenerator.GenerateQrCode(content, QRCodeGenerator.ECCLevel.L);
        List<BitArray> rows = code.ModuleMatrix;
        List<string> lines = [];
        for (int y = 0; y < rows.Count; y += 2)
        {
            BitArray above = rows[y];
            BitArray? below = y + 1 < rows.Count ? rows[y + 1] : null; // past the last row nothing is drawn: the quiet zone lies above it
            lines.Add(string.Create(above.Count, (above, below), static (line, pair) =>
            {
                for (int x = 0; x < line.Length; x++)
                {
                    line[x] = (pair.above[x], pair.below?[x] ?? true) switch
                    {
                        (false, false) => '\u2588',
                        (false, true) => '\u2580',
                        (true, false) => '\u2584',
                        _ => ' ',
                    };
                }
            }));
        }
        return lines;
    }

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
