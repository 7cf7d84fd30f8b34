using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Auditor.Tests.Disguises;

/// <summary>Ways of writing a planted datum, each of which gave CLEAN once (audit.md §4, §6).</summary>
public sealed class WritingTests
{
    const string Imei = "001017981670485", Imsi = "001014114914592", Android = "5c4eacd6b50ece49", Mac = "029d365b8584", Mail = "jonas.fairweather.a652e3@example.org", Phone = "447700900028";
    const double Latitude = 21.267143, Longitude = -157.812482;

    static readonly Canaries Persona = Read();
    static readonly Searcher Searcher = new(Permutation.WithMapped(Persona.Forms));

    static Canaries Read()
    {
        using FileStream persona = File.OpenRead(Path.Combine(Repository.Root, "vectors", "phone", "persona.json"));
        return Canaries.Read(persona, null);
    }

    static (IReadOnlyList<Finding> Findings, int Unread) Examined(Carrier carrier, params byte[][] things) => Examined(carrier, default, things);

    static (IReadOnlyList<Finding> Findings, int Unread) Examined(Carrier carrier, Declared declared, params byte[][] things)
    {
        using CanaryExaminer examiner = new(Searcher, Persona.Digests);
        Flow flow = ChainTests.Flow();
        int unread = 0;
        foreach (byte[] thing in things) unread += examiner.Examine(new Place(flow, Sender.Client, carrier, 1, 1), thing, declared);
        return (examiner.Findings, unread);
    }

    static void Found(string canary, string text, Carrier carrier = Carrier.Body) => Found(canary, Encoding.UTF8.GetBytes(text), carrier);

    // In a megabyte; a number that is met by its digits in half of one, with as many of its length as there is room for.
    static void Found(string canary, byte[] bytes, Carrier carrier = Carrier.Body) =>
        Assert.Contains(Examined(carrier, bytes).Findings, finding => finding.Form.Canary.Id == canary && Chance.Expected(finding.Bits, finding.Among != Among.Bytes ? (1 << 19) / (finding.Form.Bytes.Length + 1) : 1 << 20) < Standings.MostChance);

    static ulong Whole(string digits, int numberBase = 10) => numberBase == 16 ? ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture) : ulong.Parse(digits, CultureInfo.InvariantCulture);

    static string Json(object value) => string.Create(CultureInfo.InvariantCulture, $"{{\"event\":\"start\",\"value\":{value},\"ok\":true}}");

    static byte[] Big(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    [Fact]
    public void Numbers_without_zeros_before_them()
    {
        Found("identifiers.imei", Json(Whole(Imei)));
        Found("identifiers.imei", Json(Whole(Imei[..14])));
        Found("identifiers.imei", Json($"\"{Whole(Imei):x}\""));
        Found("identifiers.imsi", Json(Whole(Imsi)));
        Found("identifiers.androidId", Json(Whole(Android, 16)));
        
        Found("identifiers.mac", Json(Whole(Mac, 16)));
        // The last of a protocol's fields: 8 varint, 9 fixed64; 1B of CBOR and CF of MessagePack are 64 bits.
        Found("identifiers.imei", [8, .. Varint(Whole(Imei)), 0x12, 5, .. "hello"u8]);
        Found("identifiers.imei", [8, .. Varint(2 * Whole(Imei)), 0x12, 5, .. "hello"u8]);
        Found("identifiers.mac", [8, .. Varint(Whole(Mac, 16)), 0x12, 5, .. "hello"u8]);
        Found("identifiers.mac", [0x81, 0xa3, .. "mac"u8, 0xcf, .. Big(Whole(Mac, 16))]);
        Found("identifiers.imei", [0xa1, 0x64, .. "imei"u8, 0x1b, .. Big(Whole(Imei))]);
        Found("identifiers.imsi", [0x81, 0xa4, .. "imsi"u8, 0xcf, .. Big(Whole(Imsi))]);
    }

    static byte[] Varint(ulong value) => Numbers.Varint(value);

    [Theory]
    [InlineData("447,700,900,028")]
    [InlineData("447_700_900_028")]
    [InlineData("+44\u00a07700\u00a0900028")]
    [InlineData("+44\u202f7700\u202f900028")]
    [InlineData("07700\u2013900\u2013028")]
    [InlineData("07700/900/028")]
    [InlineData("07700.900.028")]
    public void Odd_separators(string number) => Found("identifiers.phone", Json($"\"{number}\""));

    [Theory]
    [InlineData(":")]
    [InlineData(" ")]
    [InlineData("-")]
    [InlineData(", 0x")]
    [InlineData("\\x")]
    public void Hexadecimal_with_something_between(string between)
    {
        string Listed(byte[] bytes) => string.Join(between, bytes.Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
        Found("identifiers.email", $"value = {Listed(Encoding.ASCII.GetBytes(Mail))}\nnext");
        if (between[0] == '\\') return;
        Found("identifiers.androidId", Listed(Convert.FromHexString(Android)));
        Found("identifiers.imei", Listed(SHA256.HashData(Encoding.ASCII.GetBytes(Imei))));
        Assert.InRange(Examined(Carrier.Body, Encoding.ASCII.GetBytes(Listed(SHA256.HashData("q"u8.ToArray())))).Unread, 32, 250);
    }

    [Fact]
    public void Bytes_as_numbers()
    {
        Found("identifiers.email", Json($"[{string.Join(',', Encoding.ASCII.GetBytes(Mail))}]"));
        Found("identifiers.imei", Json($"[ {string.Join(", ", Encoding.ASCII.GetBytes(Imei))} ]"));
        Found("identifiers.imei", Json($"[{string.Join(',', SHA256.HashData(Encoding.ASCII.GetBytes(Imei)).Select(b => (int)unchecked((sbyte)b)))}]"));
        Found("identifiers.androidId", Json($"[{string.Join(',', Convert.FromHexString(Android).Select(b => (int)unchecked((sbyte)b)))}]"));
        Found("identifiers.imei", $"GET /x?d={string.Join(',', Imei.ToArray())} HTTP/1.1\r\n\r\n", Carrier.Head);
        // As scripts write a typed array, and CryptoJS its words, also of UTF-16.
        Found("identifiers.email", Json($"[{string.Join(',', Encoding.BigEndianUnicode.GetBytes(Mail).Chunk(4).Where(word => word.Length == 4).Select(word => BinaryPrimitives.ReadInt32BigEndian(word)))}]"));
        Found("identifiers.email", Json(Numbered(Encoding.ASCII.GetBytes(Mail))));
        Found("identifiers.email", Json(Numbered(Encoding.ASCII.GetBytes(Mail)).Replace("\":", "\" : ", StringComparison.Ordinal)));
        Found("identifiers.email", Json(Numbered(Encoding.ASCII.GetBytes("..." + Mail))[15..].Insert(0, "{")));
        Found("identifiers.imei", Json(Numbered(SHA256.HashData(Encoding.ASCII.GetBytes(Imei)), isSigned: true)));
        Found("identifiers.email", Json(Numbered(Encoding.ASCII.GetBytes("counts!!")).Replace("}", $",\"9\":[{string.Join(',', Encoding.ASCII.GetBytes(Mail))}]}}", StringComparison.Ordinal)));
        Found("identifiers.imei", Json(Numbered(SHA256.HashData(Encoding.ASCII.GetBytes(Imei)))));
        Assert.InRange(Examined(Carrier.Body, Encoding.ASCII.GetBytes(Json(Numbered([.. Enumerable.Range(0, 8).SelectMany(i => SHA512.HashData([(byte)i]))])))).Unread, 256, 5000);
        Found("identifiers.imei", Json($"{{\"words\":[{string.Join(',', Encoding.ASCII.GetBytes(Imei + "\0").Chunk(4).Select(word => BinaryPrimitives.ReadInt32BigEndian(word)))}],\"sigBytes\":15}}"));
        Found("identifiers.imei", Json($"{{\"words\":[{string.Join(',', SHA256.HashData(Encoding.ASCII.GetBytes(Imei)).Chunk(4).Select(word => BinaryPrimitives.ReadInt32BigEndian(word)))}],\"sigBytes\":32}}"));
        Assert.InRange(Examined(Carrier.Body, Encoding.ASCII.GetBytes(Json($"[{string.Join(',', SHA512.HashData("q"u8.ToArray()))}]"))).Unread, 32, 300);
        Assert.Equal(0, Examined(Carrier.Body, Encoding.ASCII.GetBytes(Json("[0,12,4,0,1,2,90,100,101,45,12,3,3,3,0,8,12]"))).Unread);
    }

    // Letters of the alphabets of ascii85, RFC 1924 and Z85: an encoder of its own.
    static string Base85(byte[] bytes, string letters)
    {
        StringBuilder text = new();
        foreach (byte[] chunk in bytes.Chunk(4))
        {
            byte[] group = [.. chunk, .. new byte[4 - chunk.Length]];
            uint value = BinaryPrimitives.ReadUInt32BigEndian(group);
            char[] five = new char[5];
            for (int i = 4; i >= 0; i--, value /= 85) five[i] = letters[(int)(value % 85)];
            text.Append(five, 0, chunk.Length + 1);
        }
        return text.ToString();
    }

    const string Rfc1924 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~", Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

    static string Adobe => string.Concat(Enumerable.Range('!', 85).Select(c => (char)c));

    [Fact]
    public void Base_85()
    {
        byte[] mail = Encoding.ASCII.GetBytes(Mail);
        Found("identifiers.email", Base85(mail, Rfc1924));
        Found("identifiers.email", Base85(mail, Z85));
        Found("identifiers.email", Base85(mail, Adobe));
        Found("identifiers.email", $"<~{Base85(mail, Adobe)}~>");
        Found("identifiers.email", Json($"\"{Base85(mail, Rfc1924)}\""));
        int read = 0;
        for (int seed = 0; seed < 100; seed++)
            if (Examined(Carrier.Body, Encoding.ASCII.GetBytes(Json($"\"{Base85(SHA256.HashData([(byte)seed]), Rfc1924)}\""))).Unread == 0) read++;
        Assert.True(read <= 10, $"{read} of 100 random values were taken for read");
    }

    [Fact]
    public void The_middle_of_a_hash()
    {
#pragma warning disable CA5351 // the hash that is looked for
        string hash = Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(Imei)));
#pragma warning restore CA5351
        Found("identifiers.imei", $"GET /x?d={hash[8..24]} HTTP/1.1\r\n\r\n", Carrier.Head);
    }

    [Fact]
    public void Places()
    {
        Found("identifiers.gps", "lat=21,267143&lon=-157,812482");
        Found("identifiers.gps", "{\"lat\":2126714,\"lon\":-15781248}");
        Found("identifiers.gps", "{\"lat\":212671430,\"lon\":-1578124820}");
        ulong Zigzag(double degrees) => (ulong)(((long)Math.Round(degrees * 1e7) << 1) ^ ((long)Math.Round(degrees * 1e7) >> 63));
        Found("identifiers.gps", [8, .. Varint(Zigzag(Latitude)), 16, .. Varint(Zigzag(Longitude)), 0x1a, 5, .. "hello"u8]);
        Found("identifiers.gps", Json("\"87zbbzs6nd\""));
    }

    [Theory]
    [InlineData("Dr. Cagla O'Fearna")]
    [InlineData("Dr. Çağla O'Fearna")]
    [InlineData("Dr. C\u0327ag\u0306la O\u2019Fearna")]
    public void Names(string name) => Assert.Contains(Examined(Carrier.Body, Encoding.UTF8.GetBytes(Json($"\"{name}\""))).Findings, finding => finding.Form.Canary.Kind == "contact-name");

    [Fact]
    public void Base64_of_other_alphabets()
    {
        string text = Convert.ToBase64String(Encoding.UTF8.GetBytes(Mail + "~~~???>>>"));
        Assert.Contains('/', text);
        Found("identifiers.email", Json($"\"{text.Replace('/', ',')}\""));
        Found("identifiers.email", $"a=1&b={text.Replace('+', '.').Replace('/', '_').TrimEnd('=')}&c=3");
    }

    static string Base32(byte[] bytes)
    {
        string bits = string.Concat(bytes.Select(static one => Convert.ToString(one, 2).PadLeft(8, '0')));
        return string.Concat(bits.PadRight((bits.Length + 4) / 5 * 5, '0').Chunk(5).Select(static five => "abcdefghijklmnopqrstuvwxyz234567"[Convert.ToInt32(new string(five), 2)]));
    }

    [Fact] // A coding says less than it is long where a sender put something into what decoders pass over.
    public void Compressed_bytes_that_are_longer_than_what_they_hold()
    {
        byte[] random = [.. Enumerable.Range(0, 100).SelectMany(static i => SHA256.HashData([(byte)i]))], text = Encoding.ASCII.GetBytes("{\"event\":\"start\"}");
        // RFC 1951 §3.2.4: five bits before the length of a block that holds nothing.
        byte[] stored = [.. random.SelectMany(static one => new byte[] { (byte)(one & 0xF8), 0, 0, 0xFF, 0xFF })];
        Assert.InRange(Examined(Carrier.Body, [0x78, 0x9C, .. stored, 1, (byte)text.Length, 0, (byte)(255 - text.Length), 0xFF, .. text, 1, 2, 3, 4]).Unread, 5 * random.Length - 32, 5 * random.Length + 32);
        // RFC 8878 §3.1.1.2.2: a byte that is repeated no times.
        byte[] repeated = [.. random.SelectMany(static one => new byte[] { 2, 0, 0, one })];
        Assert.InRange(Examined(Carrier.Body, [0x28, 0xB5, 0x2F, 0xFD, 0, 0x58, .. repeated, (byte)(text.Length << 3 | 1), 0, 0, .. text]).Unread, 4 * random.Length - 32, 4 * random.Length + 32);
        // RFC 7932 §9.2: a window of 16 bits, a meta-block that is passed over, one that is stored, an empty last one.
        byte[] br = [.. Bits((0, 1), (0, 1), (3, 2), (0, 1), (2, 2), (random.Length - 1, 16)), .. random, .. Bits((0, 1), (0, 2), (text.Length - 1, 16), (1, 1)), .. text, 3];
        (_, int unread) = Examined(Carrier.Body, new Declared(null, "br"), br);
        Assert.InRange(unread, random.Length - 40, random.Length + 32);

        static byte[] Bits(params (int Value, int Count)[] fields)
        {
            ulong all = 0;
            int at = 0;
            foreach ((int value, int count) in fields)
            {
                all |= (ulong)value << at;
                at += count;
            }
            return [.. BitConverter.GetBytes(all)[..((at + 7) / 8)]];
        }
    }

    [Fact] // As a float that became a double is written: no digit beyond the seventh is the coordinate's.
    public void A_coordinate_of_single_precision() =>
        Found("identifiers.gps", Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"lat\":{(double)(float)Latitude:R},\"lon\":{(double)(float)Longitude:R}}}")));

    [Fact]
    public void Data_cut_over_values()
    {
        Found("identifiers.email", Json($"[\"{Mail[..14]}\",\"{Mail[14..]}\"]"));
        Found("identifiers.email", $"GET /x?a={Mail[..14]}&b={Mail[14..].Replace("@", "%40", StringComparison.Ordinal)} HTTP/1.1\r\nHost: t\r\n\r\n", Carrier.Head);
        Found("identifiers.imei", $"a={Imei[..8]}&b={Imei[8..]}");
        Found("identifiers.imei", $"[\"{string.Join("\", \"", Imei.ToArray())}\"]");
        Found("identifiers.phone", "{\"cc\":44,\"ndc\":\"7700\",\"sn\":900028}");
        Found("identifiers.androidId", string.Join('&', Android.Chunk(4).Select((chunk, i) => $"p{i}={new string(chunk)}")));
        Assert.Empty(Examined(Carrier.Body, Encoding.ASCII.GetBytes("{\"id\":14477,\"at\":\"00900028\"}")).Findings);
        // As many programs write JSON, and as they fold a field.
        Found("identifiers.email", Json($"[\"{Mail[..14]}\",\"\\u{(int)Mail[14]:x4}{Mail[15..]}\"]"));
        Found("identifiers.imei", $"GET /x HTTP/1.1\r\nHost: t\r\nX-N: {Imei[..8]}\r\n\t {Imei[8..]}\r\n\r\n", Carrier.Head);
        Assert.Single(Examined(Carrier.Head, Encoding.ASCII.GetBytes($"GET /x HTTP/1.1\r\nHost: t\r\nX-N: {Imei}\r\n again\r\n\r\n")).Findings);
        // Parts of a form, also beside one that is no text, of lines without CR, behind a preamble, in another.
        Found("identifiers.email", Multipart(Mail[..14], Mail[14..]));
        Found("identifiers.phone", Multipart("+44", "\0\u0001\u0002", "7700", "900028"));
        Found("identifiers.email", Multipart(Mail[..14], Mail[14..]).Replace("\r", "", StringComparison.Ordinal));
        Found("identifiers.email", "\r\n" + Multipart(Mail[..14], Mail[14..]));
        Found("identifiers.email", "--outer\r\nContent-Type: multipart/mixed\r\n\r\n" + Multipart(Mail[..14], Mail[14..]) + "\r\n--outer--\r\n");
        Assert.Empty(Examined(Carrier.Body, Encoding.ASCII.GetBytes(Multipart("14477", "00900028"))).Findings);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Imei)));
        Found("identifiers.imei", string.Join('&', hash.Chunk(16).Select((chunk, i) => $"h{i}={new string(chunk)}")));
    }

    static string Numbered(byte[] bytes, bool isSigned = false) => $"{{{string.Join(',', bytes.Select((one, i) => $"\"{i}\":{(isSigned ? unchecked((sbyte)one) : one)}"))}}}";

    // Where all that is undone is words and lists, no run is looked at.
    [Fact]
    public void What_is_written_in_lists_and_bases_inside_of_percent_encoding()
    {
        foreach (string text in (string[])[$"[{string.Join(',', Encoding.ASCII.GetBytes(Mail))}]", Numbered(Encoding.ASCII.GetBytes(Mail)), string.Join(':', Mail.Select(letter => $"{(int)letter:x2}"))])
            Found("identifiers.email", "d=" + Uri.EscapeDataString(text));
        Assert.InRange(Examined(Carrier.Body, Encoding.ASCII.GetBytes("d=" + Uri.EscapeDataString($"[{string.Join(',', SHA512.HashData("q"u8))}]"))).Unread, 32, 400);
        string hash = $"{HashAlgorithms.Short[0].Hash(Encoding.ASCII.GetBytes(Imei)):x8}";
        Assert.Contains(Examined(Carrier.Body, Encoding.ASCII.GetBytes("d=" + Uri.EscapeDataString($"{{\"h\":\"{hash}\"}}"))).Findings, finding => finding.Form.Canary.Id == "identifiers.imei");
    }

    [Fact]
    public void Quoted_printable_of_little()
    {
        Found("identifiers.email", $"Mail: {Mail[..11]}=\r\n{Mail[11..]}\r\n");
        Found("identifiers.email", string.Join("=2C", Encoding.ASCII.GetBytes(Mail)));
    }

    static string Multipart(params string[] parts) =>
        string.Concat(parts.Select((part, i) => $"--Larkfield7\r\nContent-Disposition: form-data; name=\"p{i}\"\r\n\r\n{part}\r\n")) + "--Larkfield7--\r\n";

    [Fact]
    public void Data_cut_over_requests_and_names()
    {
        byte[] Request(string value) => Encoding.ASCII.GetBytes($"GET /p?c={value} HTTP/1.1\r\nHost: t.example.com\r\n\r\n");
        Assert.Equal("joined values", Assert.Single(Examined(Carrier.Head, Request(Imei[..8]), Request(Imei[8..])).Findings).Chain[^1]);
        Assert.Single(Examined(Carrier.Head, [.. Mail.Select(c => Request(c.ToString()))]).Findings);
        // What stands whole in one request is not found in the next again.
        Assert.Single(Examined(Carrier.Head, Request(Imei), Request("1"), Request("2")).Findings);
        byte[][] names = [.. Convert.ToHexStringLower(Encoding.ASCII.GetBytes(Mail)).Chunk(8).SelectMany(chunk => new[] { chunk, chunk }).Select(chunk => Encoding.ASCII.GetBytes(new string(chunk) + ".t.example.com"))];
        Assert.Contains(Examined(Carrier.DnsName, names).Findings, finding => finding.Form.Canary.Id == "identifiers.email");
        // What a tunnel sends, twelve letters of base 32 a name.
        names = [.. Base32(Encoding.ASCII.GetBytes(Mail)).Chunk(12).Select(chunk => Encoding.ASCII.GetBytes(new string(chunk) + ".t.example.com"))];
        Assert.Contains(Examined(Carrier.DnsName, names).Findings, finding => finding.Form.Canary.Id == "identifiers.email");
        Assert.Contains(Examined(Carrier.DnsName, [.. Imei.Chunk(5).Select(chunk => Encoding.ASCII.GetBytes(new string(chunk) + ".t.example.com"))]).Findings, finding => finding.Form.Canary.Id == "identifiers.imei");
    }

    static byte[] Zip(byte[] comment, byte[]? extra = null)
    {
        using MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = zip.CreateEntry("a.txt").Open();
            entry.Write("hello hello hello"u8);
        }
        byte[] bytes = stream.ToArray();
        if (extra is not null)
        {
            // Behind the name of the local entry.
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(28), (ushort)(extra.Length + 4));
            byte[] field = [0x99, 0x99, (byte)(extra.Length & 0xFF), (byte)(extra.Length >> 8), .. extra];
            bytes = [.. bytes[..35], .. field, .. bytes[35..]];
        }
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(bytes.Length - 2), (ushort)comment.Length);
        return [.. bytes, .. comment];
    }

    [Fact]
    public void What_stands_beside_the_entries_of_a_ZIP()
    {
        byte[] random = [.. Enumerable.Range(0, 40).SelectMany(i => SHA256.HashData([(byte)i]))];
        Assert.Equal(0, Examined(Carrier.Body, Zip([])).Unread);
        Assert.Equal(0, Examined(Carrier.Body, Zip("a comment in words"u8.ToArray())).Unread);
        Assert.InRange(Examined(Carrier.Body, Zip(random)).Unread, 1000, 1280);
        Assert.InRange(Examined(Carrier.Body, Zip([], random)).Unread, 1000, 1280);
        Found("identifiers.email", Zip(Encoders.Gzip(Encoding.ASCII.GetBytes(Mail))));
        Found("identifiers.email", Zip([], Encoders.Gzip(Encoding.ASCII.GetBytes(Mail))));
        Flow flow = ChainTests.Flow();
        using CanaryExaminer examiner = ChainTests.Examiner();
        examiner.Examine(ChainTests.Body(flow), Zip([]));
        Assert.True(flow.Capacity(Sender.Client) >= 32);
    }
}
