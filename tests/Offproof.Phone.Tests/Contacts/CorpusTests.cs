using System.Security.Cryptography;

namespace Offproof.Phone.Tests.Contacts;

/// <summary>The files of Android's own tests, against the table of the corpus' SOURCES.md.</summary>
public sealed class CorpusTests
{
    static readonly string? Corpus = Repository.Corpus("vcards");

    // Of the picture in v21_complicated; its SHA-256 by Python's base64 and hashlib.
    const string Jpeg = "764284cee9b51280b3ce349d8100e95bcc5ec5e38627daf50d03c12106ccfa4d";

    static string At(string name)
    {
        if (Corpus is null) Assert.Skip("the corpus of vCards (shared/corpus/vcards beside the repository) is not on this machine");
        return Path.Combine(Corpus, name);
    }

    public static TheoryData<string, int, int> Counts => new()
    {
        { "v21_adr_multiple_line", 1, 0 }, { "v21_android_custom_prop", 1, 0 }, { "v21_backslash", 1, 0 }, { "v21_base64_no_2_crlf", 1, 0 }, { "v21_blackberry_photo", 1, 0 }, { "v21_complicated", 1, 0 }, { "v21_im", 1, 0 },
        { "v21_invalid_comment_line", 1, 0 }, { "v21_invalid_multiple_line", 1, 0 }, { "v21_japanese_1", 1, 0 }, { "v21_japanese_2", 1, 0 }, { "v21_japanese_3", 1, 0 }, { "v21_malformed_photo", 1, 1 },
        { "v21_multiple_entry", 3, 0 }, { "v21_nest", 3, 0 }, { "v21_org_before_title", 1, 0 }, { "v21_pref_handling", 1, 0 }, { "v21_simple_1", 1, 0 }, { "v21_simple_2", 1, 0 }, { "v21_simple_3", 1, 0 }, { "v21_sip", 1, 0 },
        { "v21_title_before_org", 1, 0 }, { "v21_winmo_65", 1, 0 }, { "v21_x_android_custom_after_photo", 1, 0 }, { "v21_x_param", 1, 0 }, { "v30_comma_separated", 1, 0 }, { "v30_ios_613_multiline", 1, 0 },
        { "v30_japanese", 1, 0 }, { "v30_multibyte_param", 1, 0 }, { "v30_pager", 1, 0 }, { "v30_pause_wait", 1, 0 }, { "v30_simple", 1, 0 }, { "v30_sip", 1, 0 }, { "v40_sip", 1, 0 }, { "v40_sort_as", 1, 0 },
    };

    [Theory, MemberData(nameof(Counts))]
    public void A_file_has_so_many_cards_and_nothing_else(string name, int kept, int skipped)
    {
        using Import import = Cards.Read(At(name + ".vcf"));
        Cards.Balances(import);
        Assert.Equal((kept, skipped), ((int)import.Report.Kept, import.Report.Skipped.Count));
        Assert.Equal(kept, import.Files.Count);
        if (name is not "v21_nest") Assert.Empty(import.Report.Notices);
    }

    [Fact]
    public void The_folder_has_35_files_with_39_cards()
    {
        Assert.Equal(35, Counts.Count);
        Assert.Equal(35, Directory.GetFiles(At(""), "*.vcf").Length);
        using Import import = Cards.Read(At(""));
        Assert.Equal((42L, 39L), (import.Report.Read, import.Report.Kept));
        // The licence, the table, and the photo that is to be refused.
        Assert.Equal(["LICENSE-Apache-2.0.txt", "SOURCES.md", "v21_malformed_photo.vcf"], import.Report.Skipped.Select(skipped => Path.GetFileName(skipped.File)));
    }

    [Fact] // cat *.vcf: most of the files have no line end behind their last card
    public void All_files_one_behind_the_other_give_the_same_tree()
    {
        using Import folder = Cards.Read(At(""));
        using Import file = Cards.ReadBytes([.. Directory.GetFiles(At(""), "*.vcf").Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)]);
        Assert.Equal((39L, 1), (file.Report.Kept, file.Report.Skipped.Count));
        Assert.Equal(Cards.Content(folder), Cards.Content(file));
    }

    [Theory]
    [InlineData("v21_simple_1", "Roid Ando", "Ando", "Roid")]
    [InlineData("v21_simple_2", "Ando Roid", "", "Ando Roid")]
    [InlineData("v21_simple_3", "Ando Roid", "Ando", "Roid")]
    public void Names_are_shown_as_Android_does(string name, string display, string family, string given)
    {
        Card card = One(name);
        Assert.Equal(display, CardName.Of(card));
        Assert.Equal([family, given], CardValue.Components(card["N"]!.Value).Take(2));
    }

    [Fact]
    public void v21_backslash()
    {
        Card card = One("v21_backslash");
        Assert.Equal(["", "A;B\\", "C\\;", "D", ":E", "\\\\", ""], CardValue.Components(card["N"]!.Value));
        Assert.Equal("A;B\\C\\;D:E\\\\", Text(card, "FN"));
    }

    [Theory]
    [InlineData("v21_org_before_title", "Company,Organization,Devision,Room,Sheet No.", "Excellent Janitor")]
    [InlineData("v21_title_before_org", "Marverous,Perfect,Great,Good,Bad,Poor", "Cool Title")]
    public void One_organization(string name, string organization, string title)
    {
        Card card = One(name);
        Assert.Equal(organization.Split(','), CardValue.Components(Assert.Single(All(card, "ORG")).Value));
        Assert.Equal(title, CardValue.Unescape(Assert.Single(All(card, "TITLE")).Value));
    }

    [Fact]
    public void v21_pref_handling()
    {
        Card card = One("v21_pref_handling");
        Assert.Equal(["1 HOME", "2 WORK,PREF", "3 ISDN"], All(card, "TEL").Select(Typed));
        Assert.Equal(["test@example.com PREF,HOME", "test2@examination.com CELL,PREF"], All(card, "EMAIL").Select(Typed));
        Assert.Equal(["Company", "Mystery", "Poetry"], All(card, "ORG").Select(one => one.Value));
        Assert.Equal(["Engineer", "Blogger", "Poet"], All(card, "TITLE").Select(one => one.Value));
    }

    [Fact]
    public void v21_complicated()
    {
        Card card = One("v21_complicated");
        Assert.Equal(["Gump", "Forrest", "Hoge", "Pos", "Tao"], CardValue.Components(card["N"]!.Value));
        Assert.Equal("Joe Due", Text(card, "FN"));
        Assert.Equal(["Gump Shrimp Co.", "Sales Dept.;Manager", "Fish keeper"], CardValue.Components(card["ORG"]!.Value));
        Assert.Equal(["(111) 555-1212 WORK,VOICE", "(404) 555-1212 HOME,VOICE", "0311111111 CELL", "0322222222 VIDEO", "0333333333 VOICE"], All(card, "TEL").Select(Typed));
        Assert.Equal(2, All(card, "ADR").Length);
        Assert.Equal(["100 Waters Edge\nBaytown, LA 30314\nUnited  States of America", "42 Plantation St.\nBaytown, LA 30314\nUnited  States of America"], All(card, "LABEL").Select(one => CardValue.Unescape(one.Value)));
        Assert.Equal(["forrestgump@walladalla.com PREF,INTERNET", "cell@example.com CELL"], All(card, "EMAIL").Select(Typed));
        Assert.Equal(["The following note is the example from RFC 2045.", "Now's the time for all folk to come to the aid of their country."], All(card, "NOTE").Select(one => CardValue.Unescape(one.Value)));
        byte[] photo = Photo(card);
        Assert.Equal([0xFF, 0xD8, 0xFF, 0xE1], photo[..4]);
        Assert.Equal(Jpeg, Convert.ToHexStringLower(SHA256.HashData(photo)));
        Assert.Equal(("19800101", "35.6563854;139.6994233", "http://www.example.com/", "20080424T195243Z"), (card["BDAY"]!.Value, card["GEO"]!.Value, card["URL"]!.Value, card["REV"]!.Value));
    }

    [Fact]
    public void v21_base64_no_2_crlf_has_the_same_picture() => Assert.Equal(Jpeg, Convert.ToHexStringLower(SHA256.HashData(Photo(One("v21_base64_no_2_crlf")))));

    [Theory]
    [InlineData("v21_blackberry_photo"), InlineData("v21_x_android_custom_after_photo")]
    public void A_photo_ends_where_its_base64_does(string name)
    {
        Card card = One(name);
        byte[] photo = Photo(card);
        Assert.Equal("89504E470D0A1A0A", Convert.ToHexString(photo[..8]));
        Assert.Equal("49454E44AE426082", Convert.ToHexString(photo[^8..])); // IEND
        if (name is "v21_blackberry_photo") return;
        Assert.Equal("vnd.android.cursor.item/contact_event;1999-07-10;1;;;;;;;;;;;;;", card["X-ANDROID-CUSTOM"]!.Value);
        Assert.Equal("1975-08-20", card["BDAY"]!.Value);
    }

    [Fact]
    public void v21_malformed_photo()
    {
        using Import import = Cards.Read(At("v21_malformed_photo.vcf"));
        SkippedEntry photo = Assert.Single(import.Report.Skipped);
        Assert.Equal(5, photo.Line);
        Assert.Contains("base64", photo.Reason, StringComparison.Ordinal);
        Assert.Equal(["N:name", "FN:fullname"], Assert.Single(Cards.Lines(import))[2..^1]);
    }

    [Fact]
    public void v21_android_custom_prop() => Assert.Equal(
        ["custom_mime1;1;2;3;4;5;6;7;8;9;10;11;12;13;14;15", "custom_mime2;a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p", "custom_mime3", "custom_mime4;z"], // kept as they are: the 16th is Android's to drop
        All(One("v21_android_custom_prop"), "X-ANDROID-CUSTOM").Select(one => one.Value));

    [Fact]
    public void v21_im()
    {
        Card card = One("v21_im");
        Assert.Equal("Nick", CardValue.Components(card["X-ANDROID-CUSTOM"]!.Value)[1]);
        Assert.Equal("hhh@gmail.com", card["X-GOOGLE-TALK"]!.Value);
    }

    [Fact]
    public void Sip()
    {
        Assert.Equal(["IMPP:sip:888", "IMPP:sip:90-180-360"], Converted("v21_sip", ContactFormat.VCard4).Where(line => line.StartsWith("IMPP", StringComparison.Ordinal)));
        Assert.Equal("sip:android@android.example.com", One("v30_sip")["IMPP"]!.Value);
        string[] lines = Converted("v40_sip", ContactFormat.VCard3);
        Assert.Contains("TEL;TYPE=HOME:1", lines);
        Assert.Contains("IMPP;TYPE=HOME:sip:example@example.com", lines);
    }

    [Fact]
    public void v21_invalid_comment_line()
    {
        Card card = One("v21_invalid_comment_line");
        Assert.Equal("This is an (sharp ->#<- sharp) example. This message must NOT be ignored.", Text(card, "NOTE"));
        Assert.Equal(["UID", "N", "FN", "NOTE"], card.Properties.Select(one => one.Name));
    }

    [Fact]
    public void v21_invalid_multiple_line()
    {
        Card card = One("v21_invalid_multiple_line");
        Assert.Equal("Omega", CardValue.Components(card["N"]!.Value)[1]);
        Assert.Equal("\"Omega\" <omega@example.com>", Text(card, "EMAIL"));
    }

    [Fact]
    public void v21_adr_multiple_line()
    {
        Card card = One("v21_adr_multiple_line");
        Assert.Equal(["HOME", "HOME"], All(card, "ADR").Select(one => one.First("TYPE")));
        Assert.Equal(["", "", "Hermann v. Brevern\\ 9999999\\ Packstation 999", "Hamburg", "", "99999", "Deutschland"], CardValue.Components(All(card, "ADR")[1].Value));
        Assert.Equal("20081203", card["BDAY"]!.Value);
    }

    [Fact]
    public void Japanese()
    {
        Card first = One("v21_japanese_1");
        Assert.Equal("安藤ロイド", CardValue.Components(first["N"]!.Value)[0]);
        Assert.Equal("ｱﾝﾄﾞｳﾛｲﾄﾞ", CardValue.Components(first["SOUND"]!.Value)[0]);
        Assert.Equal("0300000000 PREF,VOICE", Typed(first["TEL"]!));
        Card second = One("v21_japanese_2");
        Assert.Equal(["安藤", "ロイド1", "", "", ""], CardValue.Components(second["N"]!.Value));
        Assert.Equal(["", "東京都渋谷区桜丘町26-1セルリアンタワー6階", "", "", "", "150-8512", ""], CardValue.Components(second["ADR"]!.Value));
        Assert.Equal("メモ", Text(second, "NOTE"));
        foreach (string name in (string[])["v21_japanese_3", "v30_japanese"])
        {
            Assert.Equal(["伊能", "圭一", "伊予", "", ""], CardValue.Components(One(name)["N"]!.Value));
            Assert.Equal("伊能 圭一 伊予", Text(One(name), "FN"));
        }
    }

    [Fact]
    public void v21_multiple_entry()
    {
        Card[] cards = Parse("v21_multiple_entry");
        Assert.Equal(["安藤ロイド3", "安藤ロイド4", "安藤ロイド5"], cards.Select(card => CardValue.Components(card["N"]!.Value)[0]));
        Assert.Equal(["9 X-NEC-SECRET|10 X-NEC-HOTEL|11 X-NEC-SCHOOL|12 HOME,FAX", "13 MODEM|14 PAGER|15 X-NEC-FAMILY|16 X-NEC-GIRL", "17 X-NEC-BOY|18 X-NEC-FRIEND|19 X-NEC-PHS|20 X-NEC-RESTAURANT"],
            cards.Select(card => string.Join('|', All(card, "TEL").Select(Typed))));
    }

    [Fact]
    public void v21_nest()
    {
        Card[] cards = Parse("v21_nest");
        Assert.Equal(["nest1", "nest2", "parent"], cards.Select(card => card["N"]!.Value));
        Assert.Equal("1", cards[2]["TEL"]!.Value);
    }

    [Fact]
    public void v21_winmo_65()
    {
        Card card = One("v21_winmo_65");
        Assert.Equal(("Example", "20091010"), (CardValue.Components(card["N"]!.Value)[0], card["ANNIVERSARY"]!.Value));
        Assert.Equal("Invalid line which must be handled correctly.", Text(card, "AGENT")); // Android ignores it; it is kept
    }

    [Fact]
    public void v21_x_param()
    {
        Card card = One("v21_x_param");
        Assert.Equal(["1 X-CuStoMpRop", "2 custompropertywithoutx"], All(card, "TEL").Select(Typed));
        Assert.Equal(["pobox", "street"], CardValue.Components(card["ADR"]!.Value));
    }

    [Fact]
    public void v30_simple()
    {
        Card card = One("v30_simple");
        Assert.Equal(["And", "Roid", "", "", ""], CardValue.Components(card["N"]!.Value));
        Assert.Equal(["Open", "Handset", " Alliance"], CardValue.Components(card["ORG"]!.Value));
        Assert.Equal(("And Roid", "android", "0300000000"), (Text(card, "FN"), Text(card, "SORT-STRING"), Text(card, "TEL")));
        Assert.True(card["TEL"]!.Has("TYPE", "pref"));
    }

    [Fact]
    public void Parameters_and_numbers_of_3()
    {
        Assert.Equal(["COMMA,SEPARATED:INSIDE.DQUOTE", "PREF"], One("v30_comma_separated")["TEL"]!.All("TYPE"));
        Assert.Equal(["费"], One("v30_multibyte_param")["TEL"]!.All("TYPE"));
        Assert.Equal("6101231234@pagersample.com PAGER,WORK,MSG", Typed(One("v30_pager")["TEL"]!));
        Assert.Equal("p1234p5678w9", Text(One("v30_pause_wait"), "TEL"));
    }

    [Fact]
    public void v30_ios_613_multiline()
    {
        using Import import = Cards.Read(At("v30_ios_613_multiline.vcf"));
        Assert.Equal(["VERSION", "N", "FN", "ORG", "item1.EMAIL", "TEL", "item2.URL", "item2.X-ABLabel", "PHOTO"], Assert.Single(Cards.Lines(import))[1..^1].Select(line => line.Split(':', ';')[0]));
        Card card = One("v30_ios_613_multiline");
        Assert.Equal("_$!<HomePage>!$_", card["X-ABLabel"]!.Value);
        Assert.Equal("FFD8FFE0", Convert.ToHexString(Photo(card)[..4]));
        Assert.Equal("FFD9", Convert.ToHexString(Photo(card)[^2..]));
    }

    [Fact]
    public void v40_sort_as()
    {
        Card card = One("v40_sort_as");
        Assert.Equal("あんどう;ろいど", card["N"]!.First("SORT-AS"));
        Assert.Equal("ぐーぐる;けんさくぶもん", card["ORG"]!.First("SORT-AS"));
        Assert.Equal("SORT-STRING:あんどう\\;ろいど", Assert.Single(Converted("v40_sort_as", ContactFormat.VCard3), line => line.StartsWith("SORT-STRING", StringComparison.Ordinal)));
    }

    static Card One(string name) => Assert.Single(Parse(name));

    // In the order of the file, in the stored form.
    static Card[] Parse(string name)
    {
        List<Card> cards = [];
        ContactImport.OfTree(new SourceFile(name, () => File.OpenRead(At(name + ".vcf"))), new Account(1), (card, _) => cards.Add(card), CancellationToken.None);
        return [.. cards];
    }

    static string[] Converted(string name, ContactFormat format) => Cards.Convert(File.ReadAllText(At(name + ".vcf")), format).Lines;

    static CardProperty[] All(Card card, string name) => [.. card.Properties.Where(one => one.Is(name))];

    static string Text(Card card, string name) => CardValue.Unescape(card[name]!.Value);

    static string Typed(CardProperty property) => CardValue.Unescape(property.Value) + " " + string.Join(',', property.All("TYPE"));

    static byte[] Photo(Card card)
    {
        Assert.True(card["PHOTO"]!.IsBinary);
        return Convert.FromBase64String(card["PHOTO"]!.Value);
    }
}
