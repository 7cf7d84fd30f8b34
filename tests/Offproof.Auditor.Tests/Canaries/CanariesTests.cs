using System.Globalization;
using System.Text;

namespace Offproof.Auditor.Tests;

/// <summary>audit.md §4: a small persona and the complete list of its forms, beside it, read by eye (vectors/audit/forms).</summary>
public sealed class CanariesTests
{
    static string Vectors
    {
        get
        {
            string? folder = AppContext.BaseDirectory;
            while (folder is not null && !Directory.Exists(Path.Combine(folder, "vectors", "audit"))) folder = Path.GetDirectoryName(folder);
            return Path.Combine(folder ?? throw new DirectoryNotFoundException("vectors/audit"), "vectors", "audit", "forms");
        }
    }

    static Canaries Read(string json, string? folder = null)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(json));
        return Canaries.Read(stream, folder);
    }

    [Fact]
    public void The_forms_are_those_of_the_list()
    {
        using FileStream stream = File.OpenRead(Path.Combine(Vectors, "persona.json"));
        string listed = List(Canaries.Read(stream, Vectors)), path = Path.Combine(Vectors, "forms.txt");
        if (Environment.GetEnvironmentVariable("OFFPROOF_WRITE_VECTORS") == "1") File.WriteAllText(path, listed);
        Assert.Equal(File.ReadAllText(path).Split('\n'), listed.Split('\n'));
    }

    // KIND ID FORM BITS VALUE (~ NEAR); bytes that are not text in hexadecimal.
    static string List(Canaries canaries)
    {
        StringBuilder list = new();
        foreach (Form form in canaries.Forms)
            list.Append(CultureInfo.InvariantCulture, $"{form.Canary.Kind} {form.Canary.Id} {form.Name} {form.Bits:0.0} {Show(form.Bytes)}{(form.Near is null ? "" : " ~ " + Show(form.Near))}\n");
        foreach (TooShort one in canaries.TooShort)
            list.Append(CultureInfo.InvariantCulture, $"not searched: {one.Canary.Kind} {one.Canary.Id} {one.Form} '{one.Canary.Value.ReplaceLineEndings("\\n")}': {one.Reason}\n");
        return list.ToString();
    }

    static string Show(byte[] bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) && !bytes.Any(b => b is < 0x20 and not 0x0A or 0x7F) ? "'" + Encoding.UTF8.GetString(bytes).ReplaceLineEndings("\\n") + "'" : Convert.ToHexStringLower(bytes);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"schema\":\"offproof/v2/persona\"}")]
    [InlineData("{\"schema\":\"offproof/v1/persona\"")]
    [InlineData("{\"schema\":\"offproof/v1/persona\"} {}")]
    [InlineData("{\"schema\":\"offproof/v1/persona\",\"contacts\":[{]}")]
    public void What_is_no_persona_is_refused(string json) => Assert.Throws<PersonaException>(() => Read(json));

    [Theory]
    [InlineData("{\"schema\":\"offproof/v1/persona\"}")]
    [InlineData("{\"schema\":\"offproof/v1/persona\",\"identifiers\":null,\"contacts\":{},\"messages\":[null,1,\"x\",[]],\"notes\":[{}],\"photos\":[{\"gps\":{\"lat\":1e400}}],\"more\":{\"deep\":[[{}]]}}")]
    [InlineData("{\"schema\":\"offproof/v1/persona\",\"identifiers\":{\"imei\":\"\\ud800\",\"email\":7,\"gps\":{\"lat\":200,\"lon\":1},\"mac\":\"zz\",\"phone\":\"+\"}}")]
    public void What_is_missing_or_of_another_type_is_passed_over(string json) => Assert.Empty(Read(json).Forms);

    [Fact]
    public void Somebody_elses_persona_may_have_less()
    {
        Canaries canaries = Read("{\"schema\":\"offproof/v1/persona\",\"identifiers\":{\"imei\":\"00101798-167048-5\",\"phone\":\"020 7946 0018\",\"advertisingId\":\"38400000-8cf0-11bd-b23e-10b96e40000d\"}}");
        Assert.Contains(canaries.Forms, f => f.Canary.Kind == "imei" && f.Bytes.AsSpan().SequenceEqual("001017981670485"u8));
        Assert.Contains(canaries.Forms, f => f.Canary.Kind == "phone" && f.Bytes.AsSpan().SequenceEqual("02079460018"u8));
        Assert.Contains(canaries.Forms, f => f.Canary is { Kind: "identifier", Id: "identifiers.advertisingId" });
    }

    [Theory]
    [InlineData("carrier", "O2")]
    [InlineData("serial", "LKF1")]
    [InlineData("imei", "000000000000000")]
    [InlineData("email", "a@b.example")]
    public void What_is_too_short_is_not_searched_and_is_said(string name, string value)
    {
        Canaries canaries = Read($"{{\"schema\":\"offproof/v1/persona\",\"identifiers\":{{\"{name}\":\"{value}\"}}}}");
        Assert.Empty(canaries.Forms);
        Assert.Contains(canaries.TooShort, t => t.Canary.Id == "identifiers." + name);
    }

    [Fact]
    public void A_fragment_of_two_texts_is_nobodys()
    {
        const string shared = "the train is late again, start without me and keep something warm";
        Canaries canaries = Read($$"""{"schema":"offproof/v1/persona","messages":[{"body":"One: {{shared}}"},{"body":"Another one: {{shared}}"},{"body":"Only this text has these words, and no other text has them"}]}""");
        Assert.DoesNotContain(canaries.Forms, f => f.Name == "fragment" && shared.Contains(Encoding.UTF8.GetString(f.Bytes), StringComparison.Ordinal));
        Assert.Contains(canaries.Forms, f => f.Name == "fragment" && f.Canary.Id == "messages[2].body");
    }

    [Fact]
    public void Any_35_bytes_of_a_text_hold_a_fragment()
    {
        const string text = "We meet on Thursday behind the old lighthouse, bring the blue lantern and both of the keys that open its door.";
        Canaries canaries = Read($$"""{"schema":"offproof/v1/persona","messages":[{"body":"{{text}}"}]}""");
        Searcher searcher = new(canaries.Forms);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int at = 0; at + 35 <= bytes.Length; at++)
        {
            List<Hit> hits = [];
            searcher.Search(bytes.AsSpan(at, 35), hits);
            Assert.Contains(hits, h => h.Form.Name == "fragment");
        }
    }

    [Theory] // audit.md §4.3: the end of a sentence is everybody's
    [InlineData("あしたのあさはえきのまえのちいさなみせでおちあいましょうとつたえてください", 48, 48)]
    [InlineData("ああああいいいいううううええええおおおおかかかかききききくくくく", 60, 60)]
    [InlineData("We meet on Thursday behind the old lighthouse, bring the blue lantern", 24, 24)]
    [InlineData("- a - b - c - d - e - f - g - h - i - j - k - l - m - n - o - p - q - r", 0, 0)]
    public void Fragments_are_longer_where_there_are_kana_and_nowhere_else(string text, int shortest, int longest)
    {
        int[] lengths = [.. Read($$"""{"schema":"offproof/v1/persona","messages":[{"body":"{{text}}"}]}""").Forms.Where(static form => form.Name == "fragment").Select(static form => form.Bytes.Length).DefaultIfEmpty(0)];
        Assert.Equal((shortest, longest), (lengths.Min(), lengths.Max()));
    }

    [Theory]
    [InlineData("IMG_20240221_065211.webp")]
    [InlineData("IMG_20240221_065211_thumb.jpg")]
    [InlineData("IMG_20240221_065211.jpg")]
    public void A_photo_s_name_is_found_with_another_extension(string name)
    {
        Canaries canaries = Read("""{"schema":"offproof/v1/persona","photos":[{"path":"DCIM/Camera/IMG_20240221_065211.jpg","bytes":1}]}""");
        List<Hit> hits = [];
        new Searcher(canaries.Forms).Search(Encoding.UTF8.GetBytes($"{{\"file\":\"{name}\"}}"), hits);
        Assert.NotEmpty(hits);
        Assert.All(hits, hit => Assert.Equal("photos[0].name", hit.Form.Canary.Id));
    }

    [Theory]
    [InlineData("img_20240221_065211.heic")]
    [InlineData("Bartholomew FEATHERSTONEHAUGH")]
    [InlineData("FEATHERSTONEHAUGH Bartholomew")]
    public void Names_in_other_cases(string text)
    {
        Canaries canaries = Read("""{"schema":"offproof/v1/persona","contacts":[{"name":{"given":"Bartholomew","family":"Featherstonehaugh"}}],"photos":[{"path":"IMG_20240221_065211.jpg","bytes":1}]}""");
        List<Hit> hits = [];
        new Searcher(canaries.Forms).Search(Encoding.UTF8.GetBytes($"x {text} y"), hits);
        Assert.NotEmpty(hits);
    }

    // Tables of a coder, profiles of colours; and a small picture in the head of the other.
    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("heif")]
    public void What_pictures_of_strangers_have_too_is_no_canary(string kind)
    {
        byte[] shared = [.. Enumerable.Range(0, 6000).Select(i => (byte)(unchecked(i * i * 2654435761u + (uint)i) >> 13 & 255))];
        byte[] own = Noise(40_000, 5), small = Noise(3000, 7);
        byte[] thumbnail = [0xff, 0xd8, 0xff, 0xc4, .. Length(1002), .. shared[..1000], 0xff, 0xda, .. small, 0xff, 0xd9];
        Searcher searcher = OfPhoto(kind switch
        {
            "jpeg" => [0xff, 0xd8, 0xff, 0xe1, .. Length(thumbnail.Length + 8), .. "Exif\0\0"u8, .. thumbnail, 0xff, 0xe2, .. Length(6002), .. shared, 0xff, 0xda, .. own],
            "png" => [0x89, .. "PNG\r\n\u001a\n"u8, 0, 0, .. Length(6000), .. "iCCP"u8, .. shared, 1, 2, 3, 4, 0, 0, .. Length(40_000), .. "IDAT"u8, .. own, 1, 2, 3, 4],
            _ => [0, 0, 0, 16, .. "ftypheic"u8, 0, 0, 0, 0, 0, 0, .. Length(6008), .. "meta"u8, .. shared, 0, 0, .. Length(40_008), .. "mdat"u8, .. own],
        });
        List<Hit> hits = [];
        searcher.Search(shared, hits);
        Assert.Empty(hits);
        searcher.Search(own, hits);
        Assert.NotEmpty(hits);
        hits.Clear();
        searcher.Search(small, hits);
        Assert.Equal(kind == "jpeg", hits.Count > 0);
    }

    [Fact] // as phones put several into one file, each with its tables
    public void Tables_of_pictures_behind_the_first_are_no_canary()
    {
        byte[] table = Noise(400, 11);
        Searcher searcher = OfPhoto([0xff, 0xd8, .. Enumerable.Range(0, 60).SelectMany(i => (byte[])[0xff, 0xc4, .. Length(402), .. table, 0xff, 0xda, .. Noise(1200, 100 + (ulong)i), 0xff, 0xd9, 0xff, 0xd8])]);
        List<Hit> hits = [];
        searcher.Search(table, hits);
        Assert.Empty(hits);
        for (int i = 0; i < 60; i++) searcher.Search(Noise(1200, 100 + (ulong)i), hits);
        Assert.InRange(hits.Count, 8, 60);
    }

    static byte[] Length(int length) => [(byte)(length >> 8), (byte)(length & 255)];

    static Searcher OfPhoto(byte[] photo)
    {
        string folder = Directory.CreateTempSubdirectory("offproof-canaries-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "a"), photo);
            return new Searcher(Read($$"""{"schema":"offproof/v1/persona","photos":[{"path":"a","bytes":{{photo.Length}}}]}""", folder).Forms);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Without 0xff, which would be a marker.
    static byte[] Noise(int length, ulong state)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            state = unchecked(state * 6364136223846793005 + 1442695040888963407);
            bytes[i] = (byte)Math.Min(254, state >> 56);
        }
        return bytes;
    }

    [Fact]
    public void A_part_of_a_photo_is_found_by_its_blocks()
    {
        string folder = Directory.CreateTempSubdirectory("offproof-canaries-").FullName;
        try
        {
            byte[] photo = Noise(300_000, 3);
            File.WriteAllBytes(Path.Combine(folder, "a.jpg"), photo);
            Canaries canaries = Read($$"""{"schema":"offproof/v1/persona","photos":[{"path":"a.jpg","bytes":{{photo.Length}}},{"path":"../outside.jpg","bytes":1},{"path":"gone.jpg","bytes":9}]}""", folder);
            Assert.Equal(2, canaries.AbsentFiles);
            Searcher searcher = new(canaries.Forms);
            for (int at = 0; at + 40_000 <= photo.Length; at += 7_001)
            {
                List<Hit> hits = [];
                searcher.Search(photo.AsSpan(at, 40_000), hits);
                Assert.Contains(hits, h => h.Form is { Name: "block", Canary.Id: "photos[0]" });
            }
            List<Hit> digests = [];
            canaries.Digests.Find(System.Security.Cryptography.CryptographicOperations.HashData(System.Security.Cryptography.HashAlgorithmName.MD5, photo), digests);
            Assert.Equal("photos[0]", Assert.Single(digests).Form.Canary.Id);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
