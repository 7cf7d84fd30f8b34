namespace Offproof.Phone.Tests.Photos;

static class ScanQueries
{
    internal static PhotoFile File(this PhotoScan scan, string path) => Assert.Single(scan.Files, file => string.Equals(file.Path, path, StringComparison.Ordinal));
}
