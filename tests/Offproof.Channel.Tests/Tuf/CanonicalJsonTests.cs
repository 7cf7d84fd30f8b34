using System.Text;
using System.Text.Json.Nodes;

namespace Offproof.Channel.Tests;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{ "b" : 1, "a" : [ true, false, null ] }""", """{"a":[true,false,null],"b":1}""")]
    [InlineData("\"a\\u00e9\\/\\n\\\"\\\\\"", "\"aé/\n\\\"\\\\\"")] // only these two are escaped, and a line end stands as it is
    [InlineData("""{"":{},"A":[],"a":""}""", """{"":{},"A":[],"a":""}""")]
    [InlineData("[-1,0,12345678901234567890123]", "[-1,0,12345678901234567890123]")]
    // U+FFFF before U+10000 by code points, after it by UTF-16.
    [InlineData("""{"\ud800\udc00":1,"\uffff":2}""", "{\"\uffff\":2,\"\U00010000\":1}")]
    public void The_form_is_the_one_that_is_signed(string json, string canonical) =>
        Assert.Equal(canonical, Encoding.UTF8.GetString(CanonicalJson.Of(CanonicalJson.Parse(Encoding.UTF8.GetBytes(json)))));

    [Theory]
    [InlineData("1.0"), InlineData("1e3"), InlineData("1E3"), InlineData("-0"), InlineData("[1.5]"), InlineData("\"\\ud800\""), InlineData("{\"\\udc00\":1}")]
    [InlineData("""{"a":1,"a":1}"""), InlineData("""{"a":1,"\u0061":2}"""), InlineData("01"), InlineData("{} {}"), InlineData("{a:1}"), InlineData("[1,]"), InlineData("")]
    [InlineData("\uFEFF{}"), InlineData("/**/{}"), InlineData("NaN")]
    public void What_two_readers_might_read_differently_has_none(string json) => AssertMalformed(() => CanonicalJson.Of(CanonicalJson.Parse(Encoding.UTF8.GetBytes(json))));

    [Fact]
    public void Bytes_that_are_no_text_have_none() => AssertMalformed(() => CanonicalJson.Of(CanonicalJson.Parse(new byte[] { (byte)'"', 0xff, (byte)'"' })));

    [Fact]
    public void Nesting_has_an_end() =>
        AssertMalformed(() => CanonicalJson.Of(CanonicalJson.Parse(Encoding.UTF8.GetBytes(new string('[', 100_000)))));

    [Fact]
    public void A_node_has_the_form_of_what_is_read_of_it() =>
        Assert.Equal("""{"a":"é+<\u007f","b":[1]}""", Encoding.UTF8.GetString(CanonicalJson.Of(new JsonObject { ["b"] = new JsonArray { 1 }, ["a"] = "é+<\u007f" })).Replace("\u007f", "\\u007f", StringComparison.Ordinal));

    internal static void AssertMalformed(Action act) => Assert.Equal(Refusal.Malformed, Assert.Throws<TufException>(act).Refusal);
}
