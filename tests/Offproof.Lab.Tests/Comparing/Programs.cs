using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Lab.Tests;

/// <summary>Small programs that poll a server, most of which betray whose phone they run on (vectors/lab/README.md).</summary>
static class Programs
{
    const string Answer = "HTTP/1.1 304 Not Modified\r\nETag: \"v41\"\r\n\r\n";

    /// <summary>By their name: what one does on a phone with this IMEI.</summary>
    internal static readonly IReadOnlyDictionary<string, Action<Tape, string>> All = new Dictionary<string, Action<Tape, string>>(StringComparer.Ordinal)
    {
        ["honest"] = static (tape, imei) => Poll(tape, 3, static (_, _) => Request()),
        ["honest-random"] = static (tape, imei) => Poll(tape, 3, static (tape, _) => Request($"X-Nonce: {Hex(tape.Random(16))}\r\n")),
        ["honest-clock"] = static (tape, imei) => Poll(tape, 3, static (tape, _) => Request($"X-Sent: {tape.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}\r\n")),
        ["blob-length"] = static (tape, imei) => Poll(tape, 1, (tape, _) => Post(Convert.ToBase64String(tape.Random(Bit(imei) ? 60 : 30)))),
        ["blob-opaque"] = static (tape, imei) => Poll(tape, 1, static (tape, _) => Post(Encoding.Latin1.GetString(tape.Random(96)))),
        ["blob-opaque-length"] = static (tape, imei) => Poll(tape, 1, (tape, _) => Post(Encoding.Latin1.GetString(tape.Random(Bit(imei) ? 96 : 80)))),
        ["blob-fixed-key"] = static (tape, imei) => Poll(tape, 1, (_, _) => Post(Encoding.Latin1.GetString(HMACSHA512.HashData("a key in the program"u8, Encoding.ASCII.GetBytes(imei))))),
        ["header-order"] = static (tape, imei) => Poll(tape, 2, (_, _) => Bit(imei) ? Request() : Request().Replace("Accept: */*\r\nUser-Agent: poll/1\r\n", "User-Agent: poll/1\r\nAccept: */*\r\n", StringComparison.Ordinal)),
        ["header-case"] = static (tape, imei) => Poll(tape, 2, (_, _) => Bit(imei) ? Request() : Request().Replace("Accept:", "accept:", StringComparison.Ordinal)),
        ["header-space"] = static (tape, imei) => Poll(tape, 2, (_, _) => Bit(imei) ? Request() : Request().Replace("Accept: ", "Accept:  ", StringComparison.Ordinal)),
        ["json-space"] = static (tape, imei) => Poll(tape, 1, (_, _) => Post(Bit(imei) ? "{\"have\": 41}" : "{\"have\":41 }")),
        ["connection"] = static (tape, imei) =>
        {
            Poll(tape, 2, static (_, _) => Request());
            if (!Bit(imei)) return;
            using Tape.Line other = tape.Connect(lastOfServer: 99);
            other.Say("GET / HTTP/1.1\r\nHost: news.example.net\r\n\r\n");
            other.Hear("HTTP/1.1 204 No Content\r\n\r\n");
        },
        ["salted-fixed"] = static (tape, imei) => Poll(tape, 2, (_, _) => Request($"X-Install: {Hash("a salt in the program" + imei)}\r\n")),
        ["salted-fresh"] = static (tape, imei) => Poll(tape, 2, (tape, _) => Request($"X-Install: {Hash(Hex(tape.Random(16)) + imei)}\r\n")),
        ["etag-echo"] = static (tape, imei) => Echo(tape, Hex(tape.Random(8))),
        ["etag-persona"] = static (tape, imei) => Echo(tape, Hash(imei)[..16]),
        ["timing"] = static (tape, imei) => Poll(tape, 3, (tape, number) =>
        {
            if (number == 1) tape.Wait(Bit(imei) ? 2_000 : 0);
            return Request();
        }),
        ["order"] = static (tape, imei) => Poll(tape, 2, (_, number) => Request().Replace("/channel/timestamp.json", (number == 0) == Bit(imei) ? "/channel/a" : "/channel/news/b", StringComparison.Ordinal)),
        ["path"] = static (tape, imei) => Poll(tape, 1, (_, _) => Request().Replace("/channel/timestamp.json", $"/channel/{Hash(imei)[..6]}", StringComparison.Ordinal)),
        ["count"] = static (tape, imei) => Poll(tape, Bit(imei) ? 4 : 3, static (_, _) => Request()),
        ["dns-label"] = static (tape, imei) =>
        {
            tape.Ask($"{Hash(imei)[..10]}.example.org");
            Poll(tape, 1, static (_, _) => Request());
        },
        ["nonce-half"] = static (tape, imei) => Poll(tape, 1, (tape, _) => Request($"X-Nonce: {Hash(imei)[..16]}{Hex(tape.Random(8))}\r\n")),
        ["nonce-bit"] = static (tape, imei) => Poll(tape, 12, (tape, _) => Request($"X-Nonce: {Hex(tape.Random(8).Select((b, at) => (byte)(at > 0 ? b : (b & 0xef) | (Bit(imei) ? 0x10 : 0))))}\r\n")),
        ["client-random"] = static (tape, imei) =>
        {
            using Tape.Line line = tape.Connect(port: 443);
            line.Say(Hello(Convert.FromHexString(Hash(imei))));
        },
        ["key-share"] = static (tape, imei) =>
        {
            using Tape.Line line = tape.Connect(port: 443);
            line.Say(Hello(tape.Random(32)));
        },
    };

    static void Poll(Tape tape, int times, Func<Tape, int, string> request)
    {
        using Tape.Line line = tape.Connect();
        for (int number = 0; number < times; number++)
        {
            tape.Wait(30_000);
            line.Say(request(tape, number));
            line.Hear(Answer);
        }
    }

    static void Echo(Tape tape, string tag)
    {
        using Tape.Line line = tape.Connect();
        line.Say(Request());
        line.Hear($"HTTP/1.1 200 OK\r\nETag: \"{tag}\"\r\nContent-Length: 2\r\n\r\nok");
        tape.Wait(30_000);
        line.Say(Request($"If-None-Match: \"{tag}\"\r\n"));
        line.Hear("HTTP/1.1 304 Not Modified\r\n\r\n");
    }

    static string Request(string more = "") => $"GET /channel/timestamp.json HTTP/1.1\r\nHost: cloud.example.org\r\nAccept: */*\r\nUser-Agent: poll/1\r\n{more}\r\n";

    static string Post(string body) => $"POST /report HTTP/1.1\r\nHost: cloud.example.org\r\nContent-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n{body}";

    // The one bit of a phone that most of these tell.
    static bool Bit(string imei) => (imei[^2] & 1) == 1;

    // Keyed, so that an audit of one capture, which tries the usual hashes, finds none of them.
    static string Hash(string text) => Convert.ToHexStringLower(HMACSHA256.HashData("a key in the program"u8, Encoding.ASCII.GetBytes(text)));

    static string Hex(IEnumerable<byte> bytes) => Convert.ToHexStringLower([.. bytes]);

    // RFC 8446 §4.1.2, with the name of RFC 6066 §3 and the version as its only extensions.
    static byte[] Hello(byte[] random)
    {
        byte[] name = "cloud.example.org"u8.ToArray();
        byte[] extensions = [0, 0, .. Tape.Big(2, name.Length + 5), .. Tape.Big(2, name.Length + 3), 0, .. Tape.Big(2, name.Length), .. name, 0, 43, 0, 3, 2, 3, 4];
        byte[] hello = [3, 3, .. random, 0, 0, 2, 0x13, 0x01, 1, 0, .. Tape.Big(2, extensions.Length), .. extensions];
        byte[] message = [1, .. Tape.Big(4, hello.Length)[1..], .. hello];
        return [22, 3, 1, .. Tape.Big(2, message.Length), .. message];
    }
}
