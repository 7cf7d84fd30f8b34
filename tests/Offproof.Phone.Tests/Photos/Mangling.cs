using System.Diagnostics;

namespace Offproof.Phone.Tests.Photos;

/// <summary>Cuts and overwrites a file in many seeded ways and reads its facts each time: no exception, and no reading without end.</summary>
static class Mangling
{
    internal static void Survives(byte[] original, string extension, int rounds)
    {
        // What matters lies at the front, and in HEIF files anywhere; a quarter of the changes go anywhere.
        using TempFolder folder = new();
        SeededBits bits = new((ulong)original.Length, 7);
        string path = folder.Write("mangled" + extension, original);
        PhotoFile file = Assert.Single(PhotoLibrary.Scan(folder.FullPath, CancellationToken.None).Files);
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = [.. original];
            for (int changes = bits.Between(1, 12); changes > 0; changes--)
            {
                int at = bits.Below(bits.Below(4) == 0 ? bytes.Length : Math.Min(bytes.Length, 4096));
                bytes[at] = bits.Below(3) switch { 0 => 0, 1 => 0xFF, _ => (byte)bits.Below(256) };
            }
            if (bits.Below(4) == 0) bytes = bytes[..bits.Below(bytes.Length)];
            File.WriteAllBytes(path, bytes);
            Stopwatch clock = Stopwatch.StartNew();
            file.ReadFacts();
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"round {round} took {clock.Elapsed}");
        }
    }
}
