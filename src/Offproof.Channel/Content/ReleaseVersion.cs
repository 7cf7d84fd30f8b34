using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Offproof.Channel;

/// <summary>One to four numbers with dots, each below 2^31, compared as numbers, missing ones being 0 (channel.md §5): 1.9 is older than 1.10, and 2.0 is 2.</summary>
[JsonConverter(typeof(Converter))]
public sealed class ReleaseVersion : IComparable<ReleaseVersion>, IEquatable<ReleaseVersion>
{
    private readonly string _text;
    private readonly (int, int, int, int) _numbers;

    private ReleaseVersion(string text, (int, int, int, int) numbers) => (_text, _numbers) = (text, numbers);

    /// <summary>Reads it; digits and dots only, no number with a zero before it.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ReleaseVersion? version)
    {
        version = null;
        if (text is null || text.Length > 43) return false;
        string[] parts = text.Split('.');
        if (parts.Length > 4) return false;
        Span<int> numbers = stackalloc int[4];
        numbers.Clear();
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]) || (parts[i].Length > 1 && parts[i][0] == '0')) return false;
        }
        version = new(text, (numbers[0], numbers[1], numbers[2], numbers[3]));
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(ReleaseVersion? other) => other is null ? 1 : _numbers.CompareTo(other._numbers);

    /// <summary>The same numbers, however many zeros are written.</summary>
    public bool Equals(ReleaseVersion? other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ReleaseVersion);

    /// <inheritdoc/>
    public override int GetHashCode() => _numbers.GetHashCode();

    /// <summary>As it was written.</summary>
    public override string ToString() => _text;

    /// <summary>Whether the numbers are the same.</summary>
    public static bool operator ==(ReleaseVersion? left, ReleaseVersion? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether the numbers are not the same.</summary>
    public static bool operator !=(ReleaseVersion? left, ReleaseVersion? right) => !(left == right);

    /// <summary>Older.</summary>
    public static bool operator <(ReleaseVersion left, ReleaseVersion right) => left.CompareTo(right) < 0;

    /// <summary>Newer.</summary>
    public static bool operator >(ReleaseVersion left, ReleaseVersion right) => left.CompareTo(right) > 0;

    /// <summary>Older or the same.</summary>
    public static bool operator <=(ReleaseVersion left, ReleaseVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Newer or the same.</summary>
    public static bool operator >=(ReleaseVersion left, ReleaseVersion right) => left.CompareTo(right) >= 0;

    internal sealed class Converter : JsonConverter<ReleaseVersion>
    {
        public override ReleaseVersion Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out ReleaseVersion? version) ? version : throw new JsonException("no version");

        public override void Write(Utf8JsonWriter writer, ReleaseVersion value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
