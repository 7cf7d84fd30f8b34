using System.Security.Cryptography;
using System.Text;

namespace Offproof.Auditor.Tests.Disguises;

/// <summary>What counts as read, and what as opaque (audit.md §6.4).</summary>
public sealed class UnreadTests
{
    private static byte[] Random(int seed, int length)
    {
        byte[] bytes = new byte[length];
        byte[] key = SHA256.HashData(BitConverter.GetBytes(seed));
        for (int at = 0; at < length; at += 32)
        {
            key = SHA256.HashData(key);
            key.AsSpan(0, Math.Min(32, length - at)).CopyTo(bytes.AsSpan(at));
        }
        return bytes;
    }

    private static int Examine(byte[] bytes, Sender sender = Sender.Client, Declared declared = default, Carrier carrier = Carrier.Body)
    {
        using CanaryExaminer examiner = ChainTests.Examiner();
        return examiner.Examine(new Place(ChainTests.Flow(), sender, carrier, 1, 1), bytes, declared);
    }

    private static int Text(string text, Sender sender = Sender.Client, Carrier carrier = Carrier.Body) => Examine(Encoding.UTF8.GetBytes(text), sender, default, carrier);

    [Theory]
    [InlineData("{\"event\":\"application_started\",\"time\":1764140400123,\"ok\":true}")]
    [InlineData("GET /api/v2/update/check?package=com.example.larkfield&version=14.0.5 HTTP/1.1\r\nHost: t.example.org\r\nAccept-Encoding: gzip, deflate, br\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n")]
    [InlineData("Привет, как дела? Ça va bien, merci.")]
    [InlineData("a=1&b=%E2%82%AC%20und%20mehr&c=Stra%C3%9Fenbahnhaltestelle")]
    [InlineData("com.example.android.settings.wifi.WifiConfigControllerFragment")]
    public void Texts_are_read(string text) => Assert.Equal(0, Text(text));

    [Theory]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(5000)]
    public void Random_bytes_are_unread(int length)
    {
        int read = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            byte[] bytes = Random(seed, length);
            if (Examine(bytes) < length) read++;
        }
        Assert.True(read <= (length == 16 ? 8 : 1), $"{read} of 400 were taken for something");
    }

    [Theory]
    [InlineData("base64")]
    [InlineData("base64 url")]
    [InlineData("base32")]
    [InlineData("base58")]
    [InlineData("base16")]
    [InlineData("url all")]
    [InlineData("escape x")]
    [InlineData("gzip")]
    public void Random_bytes_in_a_text_from_the_client_are_unread(string disguise)
    {
        int read = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            string token = Encoding.ASCII.GetString(Disguise.Of(disguise == "gzip" ? "base64" : disguise).Apply(disguise == "gzip" ? Encoders.Gzip(Random(seed, 32)) : Random(seed, 32)));
            int unread = Text($"{{\"id\":7,\"data\":\"{token}\"}}");
            if (unread == 0) read++;
            Assert.InRange(unread, 0, token.Length);
        }
        Assert.True(read <= 1, $"{read} of 200 were taken for read");
    }

    [Theory] // backwards these digits are a text with an escape in it, and what that stands for is none
    [InlineData(true, 0), InlineData(false, 6)]
    public void Eight_bytes_that_arrive_are_read_whatever_can_be_read_out_of_them(bool arrives, int unread) => Assert.Equal(unread, Text("{\"id\":\"96260352e6e6a2c9\"}", arrives ? Sender.Server : Sender.Client));

    [Fact]
    public void A_UUID_from_the_client_is_unread() => Assert.Equal(36, Text("{\"id\":\"550e8400-e29b-41d4-a716-446655440000\"}"));

    // RFC 1952 §2.3: extra field, name and comment may hold anything.
    private static byte[] Gzip(byte[] header, int flag, string text)
    {
        using MemoryStream stream = new();
        using (System.IO.Compression.GZipStream gzip = new(stream, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(text));
        byte[] bytes = stream.ToArray();
        return [0x1F, 0x8B, 8, (byte)flag, .. bytes[4..10], .. header, .. bytes[10..]];
    }

    [Fact]
    public void Random_bytes_in_a_header_of_gzip_are_unread()
    {
        byte[] random = Random(1, 5000);
        int unread = Examine(Gzip([(byte)(random.Length & 255), (byte)(random.Length >> 8), .. random], 4, "hello, hello"));
        Assert.InRange(unread, 4900, 5002);
    }

    [Fact]
    public void A_file_name_in_a_header_of_gzip_is_read() => Assert.Equal(0, Examine(Gzip([.. "holiday.txt"u8, 0], 8, "hello, hello")));

    [Fact]
    public void A_canary_in_a_header_of_gzip_is_found_through_its_disguise()
    {
        using CanaryExaminer examiner = ChainTests.Examiner();
        byte[] field = Gzip([], 0, "mail to " + ChainTests.Secret);
        examiner.Examine(new Place(ChainTests.Flow(), Sender.Client, Carrier.Body, 1, 1), Gzip([(byte)field.Length, (byte)(field.Length >> 8), .. field], 4, "hello, hello"));
        Assert.Equal("identifiers.email", Assert.Single(examiner.Findings).Form.Canary.Id);
    }

    [Fact]
    public void Eight_random_bytes_are_read() => Assert.Equal(0, Text("id=5c4eacd6b50ece49&n=3"));

    [Fact]
    public void What_a_server_sent_before_is_an_echo()
    {
        using CanaryExaminer examiner = ChainTests.Examiner();
        string token = Convert.ToBase64String(Random(7, 33));
        Place from = ChainTests.Body(null, Sender.Server);
        Place to = ChainTests.Body();
        byte[] answer = Encoding.ASCII.GetBytes($"{{\"session\":\"{token}\"}}");
        Assert.Equal(44, examiner.Examine(to, answer));
        Assert.Equal(0, examiner.Examine(from, answer));
        Assert.Equal(0, examiner.Examine(to, Encoding.ASCII.GetBytes($"session={Uri.EscapeDataString(token)}&x=1")));
        Assert.Equal(44, examiner.Examine(to, Encoding.ASCII.GetBytes($"session={Convert.ToBase64String(Random(8, 33))}")));
    }

    [Fact]
    public void Binary_bytes_from_a_server_are_unread_and_media_are_not()
    {
        Assert.Equal(1000, Examine(Random(1, 1000), Sender.Server));
        byte[] png = [.. "\u0089PNG\r\n\u001a\n"u8.ToArray().Skip(1)];
        png = [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 4, (byte)'I', (byte)'D', (byte)'A', (byte)'T', .. Random(2, 4), .. Random(3, 4), 0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 1, 2, 3, 4];
        Assert.Equal(0, Examine(png, Sender.Server));
        Assert.Equal(png.Length, Examine(png, Sender.Client));
        Assert.Equal(png.Length + 1, Examine([.. png, 7], Sender.Server));
    }

    [Fact]
    public void A_nonce_and_a_boundary_are_of_the_protocol()
    {
        Flow flow = ChainTests.Flow();
        using CanaryExaminer examiner = ChainTests.Examiner();
        string head = $"GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Key: {Convert.ToBase64String(Random(3, 16))}\r\n\r\n";
        Assert.Equal(0, examiner.Examine(new Place(flow, Sender.Client, Carrier.Head, 1, 1), Encoding.ASCII.GetBytes(head)));
        Assert.Equal(22, flow.Capacity(Sender.Client));
        string boundary = Convert.ToHexStringLower(Random(2, 16));
        string body = $"--{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhello\r\n--{boundary}--\r\n";
        Assert.Equal(0, examiner.Examine(ChainTests.Body(flow), Encoding.ASCII.GetBytes(body), new Declared($"multipart/form-data; boundary={boundary}", null)));
    }
}
