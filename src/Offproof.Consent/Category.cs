using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Offproof.Consent;

/// <summary>What a switch turns on: one of the four kinds of data (consent.md §2).</summary>
public enum Category
{
    /// <summary>Address book entries.</summary>
    Contacts,

    /// <summary>Text and multimedia messages.</summary>
    Messages,

    /// <summary>Notes and their attachments.</summary>
    Notes,

    /// <summary>Photos.</summary>
    Photos,
}

/// <summary>The exact names of the categories, as they stand in records, addresses and commands.</summary>
public static class Categories
{
    /// <summary>All four, in the order in which they are always shown.</summary>
    public static ReadOnlySpan<Category> All => [Category.Contacts, Category.Messages, Category.Notes, Category.Photos];

    /// <summary><c>contacts</c>, <c>messages</c>, <c>notes</c> or <c>photos</c>.</summary>
    public static string Name(this Category category) => category switch
    {
        Category.Contacts => "contacts",
        Category.Messages => "messages",
        Category.Notes => "notes",
        Category.Photos => "photos",
        _ => throw new ArgumentOutOfRangeException(nameof(category)),
    };

    /// <summary>False for anything but one of the four names, in lower case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out Category category)
    {
        foreach (var candidate in All)
        {
            if (!string.Equals(candidate.Name(), name, StringComparison.Ordinal)) continue;
            category = candidate;
            return true;
        }

        category = default;
        return false;
    }
}

/// <summary>Which turning-on of a category this is: 1 to 999999 (consent.md §2).</summary>
public readonly record struct Epoch
{
    const int Highest = 999_999;

    readonly int value;

    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> outside 1..999999.</summary>
    public Epoch(int value)
    {
        if (value is < 1 or > Highest) throw new ArgumentOutOfRangeException(nameof(value), "an epoch is 1 to 999999");
        this.value = value;
    }

    /// <summary>1 to 999999. The default value of the struct is no epoch and throws.</summary>
    public int Value => value != 0 ? value : throw new InvalidOperationException("this epoch was never set");

    /// <summary>The first turning-on of a category.</summary>
    public static Epoch First => new(1);

    /// <summary>The turning-on after this one. Throws <see cref="ArgumentOutOfRangeException"/> after the last.</summary>
    public Epoch Next() => new(Value + 1);

    /// <summary>False outside 1..999999.</summary>
    public static bool TryCreate(long value, out Epoch epoch)
    {
        bool good = value is >= 1 and <= Highest;
        epoch = good ? new((int)value) : default;
        return good;
    }

    /// <summary>Reads decimal digits without sign, leading zeros or space; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Epoch epoch)
    {
        epoch = default;
        return text is { Length: >= 1 and <= 6 } && text[0] != '0'
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && TryCreate(value, out epoch);
    }

    /// <summary>Decimal digits, as in records and addresses.</summary>
    public override string ToString() => value.ToString(CultureInfo.InvariantCulture);
}
