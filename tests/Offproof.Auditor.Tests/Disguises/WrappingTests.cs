using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Auditor.Tests.Disguises;

/// <summary>Texts that hold a datum in pieces, in another encoding, or beside control characters, each of which gave CLEAN once (audit.md §6).</summary>
public sealed class WrappingTests
{
    private const string Names = "{\"first\":\"Дарина\",\"last\":\"Жаворонок\"}", Number = "{\"cc\": \"44\", \"area\": \"7700\", \"n\": \"900028\"}", Parameters = "cc=44&area=7700&n=900028";

    private static readonly Canaries Persona = Read();
    private static readonly Searcher Searcher = new(Permutation.WithMapped(Persona.Forms));
    private static readonly Searcher Latin = new([new Form(new Canary("contacts[0].name", "contact-name", "Desirée Hölderbach"), "as-written", "Desirée Hölderbach"u8.ToArray(), 60),
        new Form(new Canary("contacts[0].name", "contact-name", "Desirée Hölderbach"), "given-family", "Desirée_Hölderbach"u8.ToArray(), 60)]);

    private static Canaries Read()
    {
        using FileStream persona = File.OpenRead(Path.Combine(Repository.Root, "vectors", "phone", "persona.json"));
        return Canaries.Read(persona, null);
    }

    private static (IReadOnlyList<Finding> Findings, int Unread) Examined(byte[] bytes, Carrier carrier = Carrier.Body, Searcher? searcher = null, Sender sender = Sender.Client)
    {
        using CanaryExaminer examiner = new(searcher ?? Searcher, Persona.Digests);
        int unread = examiner.Examine(new Place(ChainTests.Flow(), sender, carrier, 1, 1), bytes);
        return (examiner.Findings, unread);
    }

    private static void Found(string canary, string text, Carrier carrier = Carrier.Body) => Found(canary, Encoding.UTF8.GetBytes(text), carrier);

    private static void Found(string canary, byte[] bytes, Carrier carrier = Carrier.Body) =>
        Assert.Contains(Examined(bytes, carrier).Findings, finding => finding.Form.Canary.Id == canary && Chance.Expected(finding.Bits, 1 << 14) < Standings.MostChance);

    private static string Head(string field) => $"POST /c HTTP/1.1\r\nHost: t.example\r\n{field}\r\n\r\n";

    private static byte[] Gzip(string text)
    {
        using MemoryStream stream = new();
        using (GZipStream gzip = new(stream, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return stream.ToArray();
    }

    public static TheoryData<string, string> Wrapped()
    {
        TheoryData<string, string> all = [];
        foreach ((string canary, string json) in ((string, string)[])[("contacts[1].name", Names), ("identifiers.phone", Number)])
        {
            string inner = System.Text.Json.JsonSerializer.Serialize(new { b = json });
            all.Add(canary, json);
            all.Add(canary, "data=" + Uri.EscapeDataString(json));
            all.Add(canary, "id=7&data=" + Uri.EscapeDataString(json).Replace("%20", "+", StringComparison.Ordinal) + "&x=1");
            all.Add(canary, "\ufeff" + json);
            all.Add(canary, $"--b\r\nContent-Disposition: form-data; name=\"j\"\r\nContent-Type: application/json\r\n\r\n{json}\r\n--b--\r\n");
            all.Add(canary, $"42[\"contact\",{json}]");
            all.Add(canary, $"cb({json})");
            all.Add(canary, $")]}}',\n{json}");
            all.Add(canary, $"2026-01-01 INFO send {json}");
            all.Add(canary, $"<13>app: {json}");
            all.Add(canary, System.Text.Json.JsonSerializer.Serialize(new { a = inner }));
            all.Add(canary, Convert.ToBase64String(Gzip(json)));
        }
        return all;
    }

    [Theory]
    [MemberData(nameof(Wrapped))]
    public void Members_of_JSON_in_ordinary_wrappings_are_put_together(string canary, string text) => Found(canary, text);

    [Fact]
    public void Members_of_JSON_in_a_header_field_are_put_together()
    {
        Found("contacts[1].name", Head($"X-Context: {Names}"), Carrier.Head);
        Found("identifiers.phone", Head($"X-Context: {Number}"), Carrier.Head);
        Found("identifiers.phone", $"GET /?u={Uri.EscapeDataString(Number)} HTTP/1.1\r\nHost: t.example\r\n\r\n", Carrier.Head);
    }

    [Theory]
    [InlineData(Parameters)]
    [InlineData(Parameters + "\r\n")]
    [InlineData("q=hello world&" + Parameters)]
    public void Parameters_of_a_form_are_put_together(string form) => Found("identifiers.phone", form);

    [Theory]
    [InlineData("contacts[1].name", "<c><firstName>Дарина</firstName><lastName>Жаворонок</lastName></c>")]
    [InlineData("contacts[1].name", "<?xml version=\"1.0\"?>\n<c>\n  <first type=\"a\">Дарина</first>\n  <last type=\"a\">Жаворонок</last>\n</c>")]
    [InlineData("contacts[1].name", "<plist><dict><key>first</key><string>Дарина</string><key>last</key><string>Жаворонок</string></dict></plist>")]
    [InlineData("contacts[1].name", "<vCard xmlns=\"vcard-temp\"><N><FAMILY>Жаворонок</FAMILY><GIVEN>Дарина</GIVEN></N></vCard>")]
    [InlineData("contacts[1].name", "<c given='Дарина' family='Жаворонок'/>")]
    [InlineData("contacts[1].name", "xml=%3Cc%3E%3Cf%3EДарина%3C/f%3E%3Cl%3EЖаворонок%3C/l%3E%3C/c%3E")]
    [InlineData("identifiers.phone", "<p><cc>44</cc><area>7700</area><number>900028</number></p>")]
    [InlineData("identifiers.phone", "<p cc=\"44\" ac=\"7700\" n=\"900028\"/>")]
    [InlineData("identifiers.phone", "<span>+44</span> <span>7700</span> <span>900028</span>")]
    [InlineData("identifiers.phone", "<phone><![CDATA[+4477]]><![CDATA[00900028]]></phone>")]
    [InlineData("identifiers.phone", "<phone>+4477<!-- x -->00900028</phone>")]
    public void Elements_and_attributes_are_put_together(string canary, string text) => Found(canary, text);

    [Fact]
    public void Numbers_that_only_stand_beside_one_another_are_none()
    {
        Assert.Empty(Examined("<a><id>14477</id><at>00900028</at></a>"u8.ToArray()).Findings);
        Assert.Empty(Examined("log {\"id\":14477,\"at\":\"00900028\"}"u8.ToArray()).Findings);
    }

    [Theory]
    [InlineData(",,")]
    [InlineData("\",\"\",\"")]
    [InlineData("\";\"")]
    [InlineData("\"\t\"")]
    [InlineData(",\"\",")]
    [InlineData("\t\t")]
    [InlineData(";;")]
    [InlineData("|")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Names_as_tables_and_lines_have_them(string between)
    {
        Found("contacts[1].name", $"x Дарина{between}Жаворонок y");
        Found("contacts[1].name", $"x Жаворонок{between}Дарина y");
    }

    [Fact]
    public void UTF_8_twice_inside_of_percent_encoding() => Found("contacts[1].name", "d=" + Uri.EscapeDataString(Encoding.Latin1.GetString("Дарина Жаворонок"u8)));

    private static readonly byte[] Japanese = [.. "Hello "u8, 0x1B, .. "$B2H$KCe$$$?$h"u8, 0x1B, .. "(B bye"u8];

    [Fact]
    public void Text_behind_a_designation_of_ISO_2022_is_unread()
    {
        Assert.InRange(Examined(Japanese).Unread, 14, Japanese.Length);
        Assert.Equal(0, Examined(Japanese, sender: Sender.Server).Unread);
        Assert.Equal(0, Examined("\u001b[1mbold\u001b[0m and \u001b[38;5;12mblue\u001b[0m"u8.ToArray()).Unread);
        Assert.Equal(2, Examined("one \u001ba two \u001bb three"u8.ToArray()).Unread);
    }

    [Fact]
    public void Control_characters_in_a_text_are_unread()
    {
        byte[] hidden = SHA256.HashData("q"u8.ToArray());
        byte[] text = [.. hidden.SelectMany(b => (byte[])[.. "the quick brown fox jumps over "u8, (byte)(16 | (b >> 4)), .. "the lazy dog "u8, (byte)(16 | (b & 15))])];
        int controls = text.Count(b => b is < 32 and not 27);
        Assert.InRange(Examined(text).Unread, controls, 2 * hidden.Length);
        Assert.Equal(1, Examined("{\"message\":\"The quick brown\u0002fox jumps over the lazy dog again\"}"u8.ToArray()).Unread);
        Assert.Equal(1, Examined("{\"message\":\"Привет, как дела? \u0002 over the lazy dog again\"}"u8.ToArray()).Unread);
        byte[] many = [.. hidden.SelectMany(b => (byte[])[.. "abc"u8, (byte)(16 | (b >> 4)), .. "abc"u8, (byte)(16 | (b & 15))])];
        Assert.InRange(Examined(many).Unread, many.Length / 2, many.Length);
        Assert.Equal(0, Examined("columns\tand\r\nlines"u8.ToArray()).Unread);
        // What is in it is still looked at.
        Found("identifiers.email", "mail\u0002 am9uYXMuZmFpcndlYXRoZXIuYTY1MmUzQGV4YW1wbGUub3Jn and so on");
    }

    private static readonly string Token = Convert.ToBase64String(SHA256.HashData("t"u8.ToArray())).TrimEnd('=').Replace('/', 'x').Replace('+', 'y');

    [Fact]
    public void Only_the_content_type_of_a_multipart_names_a_delimiter()
    {
        int Unread(string field) => Examined(Encoding.ASCII.GetBytes(Head(field)), Carrier.Head).Unread;
        Assert.Equal(0, Unread($"Content-Type: multipart/form-data; boundary={Token}"));
        Assert.Equal(0, Unread($"content-type:multipart/form-data; boundary=\"{Token}\""));
        Assert.Equal(Token.Length, Unread($"X-Foo: multipart/form-data; boundary={Token}"));
        Assert.Equal(Token.Length, Unread($"X-Same-Size1: multipart/form-data; boundary={Token}"));
        Assert.Equal(Token.Length, Unread($"Content-Type: application/json; boundary={Token}"));
        Assert.Equal(Token.Length, Unread($"Content-Type: multipart/mixed; boundary=b\r\nContent-Type: multipart/mixed; boundary={Token}"));
        byte[] body = Encoding.ASCII.GetBytes($"{{\"a\":\"{Token}\"}}");
        using CanaryExaminer examiner = new(Searcher, null);
        Assert.Equal(Token.Length, examiner.Examine(ChainTests.Body(), body, new Declared($"application/json; boundary={Token}", null)));
    }

    [Fact]
    public void Only_an_upgrade_to_WebSocket_has_a_key_and_one()
    {
        string Key(int seed) => Convert.ToBase64String(SHA256.HashData([(byte)seed])[..16]);
        int Unread(string field) => Examined(Encoding.ASCII.GetBytes(Head(field)), Carrier.Head).Unread;
        Assert.Equal(0, Unread($"Sec-WebSocket-Key: {Key(1)}\r\nUpgrade: websocket"));
        Assert.Equal(22, Unread($"Sec-WebSocket-Key: {Key(1)}"));
        Assert.Equal(22, Unread($"Upgrade: h2c\r\nSec-WebSocket-Key: {Key(1)}"));
        Assert.Equal(22, Unread($"Upgrade: websocket\r\nSec-WebSocket-Key: {Key(1)}\r\nSec-WebSocket-Key: {Key(2)}"));
    }

    [Theory]
    [InlineData("n=Desir%C3%A9e H%C3%B6lderbach")]
    [InlineData("{\"n\":\"Desir%C3%A9e H%C3%B6lderbach\"}")]
    [InlineData("Desir=E9e H=F6lderbach")]
    [InlineData("From: =?iso-8859-1?Q?Desir=E9e_H=F6lderbach?= <x@y.example>")]
    [InlineData("n=DesirÃ©e HÃ¶lderbach")]
    public void Names_beyond_ASCII_are_found_in_what_encoders_make_of_them(string text) => Assert.NotEmpty(Examined(Encoding.UTF8.GetBytes(text), searcher: Latin).Findings);

    [Fact]
    public void Names_in_a_field_with_blanks_between_escapes_are_found()
    {
        Assert.NotEmpty(Examined(Encoding.ASCII.GetBytes(Head("X-Name: Desir%C3%A9e H%C3%B6lderbach")), Carrier.Head, Latin).Findings);
        Found("contacts[1].name", Head($"X-Name: {Uri.EscapeDataString("Дарина")} {Uri.EscapeDataString("Жаворонок")}"), Carrier.Head);
    }

    [Fact]
    public void Quoted_printable_in_another_encoding_is_unread() =>
        Assert.InRange(Examined("Subject: =?iso-8859-2?Q?Za=BFyj gdzie=B3?= and so on"u8.ToArray()).Unread, 1, 60);

    [Fact]
    public void UTF_8_that_was_written_twice_is_undone()
    {
        string twice = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("Дарина Жаворонок"));
        Found("contacts[1].name", twice);
        Found("contacts[1].name", System.Text.Json.JsonSerializer.Serialize(new { n = twice }));
        Found("contacts[1].name", Head($"X-N: {twice}"), Carrier.Head);
        // As Windows-1252 shows them.
        Found("contacts[1].name", "Ð”Ð°Ñ€Ð¸Ð½Ð° Ð–Ð°Ð²Ð¾Ñ€Ð¾Ð½Ð¾Ðº");
        Assert.Equal(0, Examined("Über die Straße, naïve façade à côté"u8.ToArray()).Unread);
    }
}
