using System.Text;

namespace Offproof.Lab.Tests.Comparing;

/// <summary>Into how many records the other end's TLS cuts what it sends, says nothing (compare.md §3).</summary>
public sealed class FramingTests
{
    const string Flow = "tcp cloud.example.org:443 #1";

    static Field Size(string place, bool leaves, long number) => new(place, Flow, place, Role.Size, leaves, 0, 1, 0, Encoding.ASCII.GetBytes("1"), 1) { Number = number, Follows = true };

    static Dictionary<string, Field> Run(string what, bool leaves, long outside, long? inside)
    {
        Dictionary<string, Field> fields = new(StringComparer.Ordinal);
        string outer = $"{Flow}: number of all bytes {what}", inner = $"{Flow}: number of inside TLS, all bytes {what}";
        fields.Add(outer, Size(outer, leaves, outside));
        if (inside is { } number) fields.Add(inner, Size(inner, leaves, number));
        return fields;
    }

    [Theory]
    [InlineData("received", false, 1000L, 1000L, true)]
    [InlineData("received", false, 1000L, 1001L, false)] // another answer
    [InlineData("received", false, null, null, false)] // nobody opened it
    [InlineData("received", false, 1000L, null, false)]
    [InlineData("sent", true, 1000L, 1000L, false)] // how the phone cuts it, it can choose
    [InlineData("received (2)", false, 7L, 7L, true)]
    public void Only_what_arrives_and_is_as_long_inside(string what, bool leaves, long? own, long? other, bool isFraming)
    {
        Dictionary<string, Field> a = Run(what, leaves, 2022, own), b = Run(what, leaves, 2000, other);
        Assert.Equal(isFraming, Differences.IsFraming(a.Values.First(), a, b));
        Assert.False(Differences.IsFraming(a.Values.Last(), a, b) && own is not null); // what is inside is judged by itself
    }
}
