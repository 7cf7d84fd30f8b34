using System.Globalization;

namespace Offproof.Cli;

/// <summary>A whole number of seconds, minutes, hours or days, which is shown as it is typed: 30s, 10m, 6h, 1d.</summary>
internal readonly record struct Duration(TimeSpan Time)
{
    public override string ToString() => (long)Time.TotalSeconds switch
    {
        0 => "0",
        var seconds when seconds % 86400 == 0 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400}d"),
        var seconds when seconds % 3600 == 0 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}h"),
        var seconds when seconds % 60 == 0 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m"),
        var seconds => string.Create(CultureInfo.InvariantCulture, $"{seconds}s"),
    };
}
