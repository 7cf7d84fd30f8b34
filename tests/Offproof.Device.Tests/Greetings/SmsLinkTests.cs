using System.Text;

namespace Offproof.Device.Tests;

/// <summary>greetings.md §4.</summary>
public sealed class SmsLinkTests
{
    [Theory]
    [InlineData("+44 7700 900123", "Hi", "sms:+447700900123?body=Hi")]
    [InlineData("07700 900-123", "Hi", "sms:07700900123?body=Hi")]
    [InlineData("+1 (206) 555.0123", "a b", "sms:+12065550123?body=a%20b")]
    [InlineData("+447700900123", "~._-A9", "sms:+447700900123?body=~._-A9")] // RFC 3986 §2.3
    [InlineData("+447700900123", "a&b=c?d#e%f+g'h", "sms:+447700900123?body=a%26b%3Dc%3Fd%23e%25f%2Bg%27h")]
    [InlineData("+447700900123", "1\n2", "sms:+447700900123?body=1%0A2")]
    [InlineData("+447700900123", "春 🎂", "sms:+447700900123?body=%E6%98%A5%20%F0%9F%8E%82")]
    public void A_link_holds_the_text_and_nothing_else(string number, string text, string uri) => Assert.Equal(uri, SmsLink.Create(number, text)?.Uri);

    [Theory]
    [InlineData("")]
    [InlineData("+")]
    [InlineData("12")]
    [InlineData("+1234567890123456")]
    [InlineData("+44 7700 90012x")]
    [InlineData("44+7700900123")]
    [InlineData("+447700900123?body=x")]
    [InlineData("+447700900123,+447700900124")]
    [InlineData("+٤٤٧٧٠٠٩٠٠١٢٣")] // digits, but not those of a URI
    [InlineData("+447700900123\n")]
    public void What_is_no_number_makes_no_link(string number) => Assert.Null(SmsLink.Create(number, "x"));

    [Fact]
    public async Task Its_code_is_read_back_by_zbar()
    {
        using TemporaryFolder folder = new();
        SmsLink link = SmsLink.Create("+447700900123", "Gutes neues Jahr!\n新年快乐 🎉")!;
        await File.WriteAllTextAsync(folder["code.svg"], link.CodeSvg, new UTF8Encoding(false), TestContext.Current.CancellationToken);
        (int drawn, _, _) = await Peer.RunAsync("rsvg-convert", ["--zoom", "8", "--background-color", "white", "--output", folder["code.png"], folder["code.svg"]]);
        Assert.Equal(0, drawn);
        (int exit, byte[] read, _) = await Peer.RunAsync("zbarimg", ["--quiet", "--raw", folder["code.png"]]);
        Assert.Equal((0, link.Uri), (exit, Encoding.ASCII.GetString(read).TrimEnd('\n')));
    }

    [Fact]
    public void A_code_has_room_for_what_the_standard_says()
    {
        SmsLink Long(int length) => SmsLink.Create("+447700900123", new string('a', length - "sms:+447700900123?body=".Length))!;
        Assert.True(Long(2953).FitsCode);
        Assert.NotEmpty(Long(2953).CodeLines);
        Assert.False(Long(2954).FitsCode);
        Assert.True(Long(2331).FitsCodeFile);
        Assert.NotEmpty(Long(2331).CodeSvg);
        Assert.False(Long(2332).FitsCodeFile);
    }
}
