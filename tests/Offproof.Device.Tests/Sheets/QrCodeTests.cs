using System.Text;

namespace Offproof.Device.Tests.Sheets;

/// <summary>cli.md `join`: the picture on the terminal, read by zbar.</summary>
public sealed class QrCodeTests
{
    private const string Line = "offproof:join:k3m9x2ab:58eb5d4058eb5d4058eb5d4058eb5d4058eb5d4058eb5d4058eb5d4058eb5d40";
    private const int Scale = 4;

    [Theory]
    [InlineData(Line)]
    [InlineData("a")]
    [InlineData("offproof:join:")]
    public async Task What_the_characters_show_is_read_by_a_camera(string content)
    {
        (int exit, string read) = await ReadAsync(QrCode.HalfBlocks(Encoding.ASCII.GetBytes(content)));
        Assert.Equal((0, content + "\n"), (exit, read));
    }

    [Fact]
    public void The_line_of_a_joining_fits_a_terminal_of_eighty_columns_and_twenty_four_lines()
    {
        IReadOnlyList<string> picture = QrCode.HalfBlocks(Encoding.ASCII.GetBytes(Line));
        Assert.Equal(23, picture.Count);
        Assert.All(picture, static line => Assert.Equal(45, line.Length));
        // Four modules all around are light.
        Assert.All(picture.Take(2), static line => Assert.Equal(new string('\u2588', 45), line));
        Assert.All(picture.SkipLast(1), static line => Assert.True(line.StartsWith(new string('\u2588', 4), StringComparison.Ordinal) && line.EndsWith(new string('\u2588', 4), StringComparison.Ordinal)));
        Assert.Equal(new string('\u2580', 45), picture[^1]);
    }

    [Fact] // the reading can fail
    public async Task A_picture_without_one_of_its_corners_is_not_read()
    {
        string[] picture = [.. QrCode.HalfBlocks(Encoding.ASCII.GetBytes(Line))];
        for (int y = 0; y < 8; y++) picture[y] = string.Concat(new string('\u2588', 20), picture[y].AsSpan(20));
        Assert.NotEqual(0, (await ReadAsync(picture)).Exit);
    }

    /// <summary>As a terminal draws it, ink white on black, and every cell twice as high as wide; then zbarimg.</summary>
    private static async Task<(int Exit, string Read)> ReadAsync(IReadOnlyList<string> picture)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllBytesAsync(folder["picture.pgm"], Drawn(picture));
        (int exit, byte[] read, _) = await Peer.RunAsync("zbarimg", ["--quiet", "--raw", folder["picture.pgm"]]);
        return (exit, Encoding.ASCII.GetString(read));
    }

    private static byte[] Drawn(IReadOnlyList<string> picture)
    {
        int width = picture[0].Length * Scale, height = picture.Count * 2 * Scale;
        List<byte> drawn = [.. Encoding.ASCII.GetBytes(FormattableString.Invariant($"P5 {width} {height} 255\n"))];
        for (int y = 0; y < height; y++)
        {
            string line = picture[y / (2 * Scale)];
            bool upper = y / Scale % 2 == 0;
            for (int x = 0; x < width; x++)
                drawn.Add(line[x / Scale] switch { '\u2588' => 255, '\u2580' => upper ? (byte)255 : (byte)0, '\u2584' => upper ? (byte)0 : (byte)255, ' ' => 0, char c => throw new InvalidDataException($"'{c}' is no half block") });
        }
        return [.. drawn];
    }
}
