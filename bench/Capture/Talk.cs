using System.Globalization;
using System.IO.Compression;
using System.Text;
using Offproof.PhoneData;

namespace Offproof.Capture;

/// <summary>Requests and answers as apps send them, without anything of a persona.</summary>
sealed class Talk
{
    static readonly string[] Hosts = ["api.example.org", "cdn.example.com", "metrics.example.net", "news.example.org", "ads.example.com", "sync.example.net", "img.example.org", "push.example.com"];
    static readonly string[] Verbs = ["GET", "POST", "POST", "PUT"];

    readonly Dice _dice;
    readonly byte[] _prose;

    internal Talk(Dice dice)
    {
        _dice = dice;
        // Four megabytes of lines, from which bodies are cut.
        StringBuilder text = new();
        string[] words = [.. Enumerable.Range(0, 4000).Select(_ => Word())];
        while (text.Length < 4 << 20)
        {
            text.Append("{\"id\":").Append(dice.Below(1_000_000)).Append(",\"title\":\"");
            for (int count = 3 + dice.Below(6); count > 0; count--) text.Append(words[dice.Below(words.Length)]).Append(' ');
            text.Append("\",\"text\":\"");
            for (int count = 10 + dice.Below(40); count > 0; count--) text.Append(words[dice.Below(words.Length)]).Append(count % 9 == 0 ? ". " : " ");
            text.Append("\",\"at\":17").Append(dice.Below(90_000_000) + 10_000_000).Append(",\"token\":\"").Append(Token(24)).Append("\",\"ok\":").Append(dice.Below(2) == 0 ? "true" : "false").Append("},\n");
        }
        _prose = Encoding.ASCII.GetBytes(text.ToString());
    }

    string Word()
    {
        const string Consonants = "bcdfghjklmnprstvwz", Vowels = "aeiou";
        StringBuilder word = new();
        for (int syllables = 1 + _dice.Below(4); syllables > 0; syllables--) word.Append(Consonants[_dice.Below(Consonants.Length)]).Append(Vowels[_dice.Below(Vowels.Length)]);
        return word.ToString();
    }

    string Token(int bytes)
    {
        byte[] random = new byte[bytes];
        _dice.Fill(random);
        return _dice.Below(2) == 0 ? Convert.ToHexStringLower(random) : Convert.ToBase64String(random);
    }

    ReadOnlySpan<byte> Prose(int length) => _prose.AsSpan(_dice.Below(_prose.Length - length), length);

    /// <param name="leak">What is planted in it, already disguised; null for nothing.</param>
    /// <param name="isZipped">Three of ten requests have a body in gzip.</param>
    /// <param name="carrier">Where it was planted.</param>
    internal byte[] Request(string? leak, bool isZipped, out string carrier)
    {
        string verb = isZipped ? "POST" : Verbs[_dice.Below(Verbs.Length)];
        carrier = "";
        if (leak is not null) carrier = isZipped ? "gzip" : ((string[])["json", "form", "query", "cookie", "header", "path"])[_dice.Below(6)];
        if (carrier is "json" or "form") verb = "POST";
        string path = carrier == "path" ? $"/u/{Escaped(leak!)}/items" : $"/v{_dice.Below(4)}/{(leak is null && _dice.Below(3) == 0 ? Token(12).Replace('/', '_').Replace('+', '-') : "items")}";
        if (carrier == "query") path += $"?id={_dice.Below(1_000_000)}&d={Escaped(leak!)}";
        else if (_dice.Below(2) == 0) path += $"?id={_dice.Below(1_000_000)}&t={Uri.EscapeDataString(Token(16))}";
        byte[] body = [];
        if (verb != "GET")
        {
            int length = 300 + _dice.Below(1 << (9 + _dice.Below(6)));
            string planted = carrier switch { "json" or "gzip" => $"\"value\":\"{leak}\",", "form" => $"d={Escaped(leak!)}&", _ => "" };
            body = carrier == "form" ? [.. Encoding.ASCII.GetBytes("a=1&"), .. Encoding.ASCII.GetBytes(planted), .. "b="u8, .. Encoding.ASCII.GetBytes(Uri.EscapeDataString(Token(64)))]
                : [.. "{"u8, .. Encoding.ASCII.GetBytes(planted), .. "\"items\":["u8, .. Prose(length), .. "]}"u8];
            if (isZipped)
            {
                using MemoryStream zipped = new();
                using (GZipStream zip = new(zipped, CompressionLevel.Fastest, leaveOpen: true)) zip.Write(body);
                body = zipped.ToArray();
            }
        }
        StringBuilder head = new();
        head.Append(CultureInfo.InvariantCulture, $"{verb} {path} HTTP/1.1\r\nHost: {Hosts[_dice.Below(Hosts.Length)]}\r\nUser-Agent: Sample/1.0 (Linux; Android 14)\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n");
        if (carrier == "cookie" || _dice.Below(2) == 0) head.Append(CultureInfo.InvariantCulture, $"Cookie: session={Token(24)}{(carrier == "cookie" ? $"; d={Escaped(leak!)}" : "")}\r\n");
        if (carrier == "header") head.Append(CultureInfo.InvariantCulture, $"X-Device: {leak}\r\n");
        if (verb != "GET") head.Append(CultureInfo.InvariantCulture, $"Content-Type: {(carrier == "form" ? "application/x-www-form-urlencoded" : "application/json")}\r\n{(isZipped ? "Content-Encoding: gzip\r\n" : "")}Content-Length: {body.Length}\r\n");
        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    // What would end a value in a target, a form or a cookie; a plain value with one of these is found by its letters only when it is written so.
    static string Escaped(string leak) => leak.Replace(" ", "%20", StringComparison.Ordinal).Replace("&", "%26", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal);

    internal byte[] Answer()
    {
        int length = 200 + _dice.Below(1 << (10 + _dice.Below(7)));
        bool isPicture = _dice.Below(20) == 0, isChunked = _dice.Below(4) == 0;
        byte[] body = new byte[length];
        if (isPicture)
        {
            _dice.Fill(body);
            new byte[] { 0xff, 0xd8, 0xff, 0xe0 }.CopyTo(body, 0);
        }
        else
        {
            Prose(length).CopyTo(body);
        }
        string head = $"HTTP/1.1 200 OK\r\nContent-Type: {(isPicture ? "image/jpeg" : "application/json")}\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nETag: \"{Token(12)}\"\r\n{(isChunked ? "Transfer-Encoding: chunked" : $"Content-Length: {length}")}\r\n\r\n";
        if (!isChunked) return [.. Encoding.ASCII.GetBytes(head), .. body];
        int half = length / 2;
        return [.. Encoding.ASCII.GetBytes($"{head}{half:x}\r\n"), .. body.AsSpan(0, half), .. Encoding.ASCII.GetBytes($"\r\n{length - half:x}\r\n"), .. body.AsSpan(half), .. "\r\n0\r\n\r\n"u8];
    }
}
