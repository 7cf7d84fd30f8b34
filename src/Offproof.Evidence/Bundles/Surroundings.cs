using System.Globalization;
using System.Runtime.InteropServices;

namespace Offproof.Evidence;

/// <summary>With what, on what and when a bundle was packed; nothing that names a machine or its user.</summary>
static class Surroundings
{
    internal static AboutEnvironment Environment => new(
        RuntimeInformation.OSDescription, System.Environment.OSVersion.VersionString, RuntimeInformation.ProcessArchitecture.ToString().ToUpperInvariant(), RuntimeInformation.FrameworkDescription);

    /// <summary>Of this program; what it says of a bundle is what this version knows.</summary>
    internal static string Version { get; } = typeof(Surroundings).Assembly.GetName().Version is { } version ? $"{version.Major}.{version.Minor}.{version.Build}" : "";

    internal static AboutTool Tool(PackTool tool) => new(tool.Name, tool.Version, [.. tool.Files.Order(StringComparer.Ordinal).Select(static file => new AboutProgram(Path.GetFileName(file), Hash(file)))]);

    internal static AboutClock Clock(TimeProvider time)
    {
        var now = time.GetUtcNow();
        var zone = time.LocalTimeZone;
        var offset = zone.GetUtcOffset(now);
        return new AboutClock(BundleWriter.Rfc3339(now), zone.Id, string.Create(CultureInfo.InvariantCulture, $"{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}"), Known());
    }

    static string Known() => OperatingSystem.IsLinux() && File.Exists("/run/systemd/timesync/synchronized")
        ? "systemd-timesyncd says that it was set by a time server, last at " + BundleWriter.Rfc3339(new DateTimeOffset(File.GetLastWriteTimeUtc("/run/systemd/timesync/synchronized"), TimeSpan.Zero)) + "; whether that is so nobody else can tell"
        : "nothing: the machine was not asked, or could not say, whether its clock is set by a time server";

    static string Hash(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Checksums.Of(stream);
    }
}
