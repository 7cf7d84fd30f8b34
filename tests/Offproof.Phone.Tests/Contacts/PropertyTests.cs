namespace Offproof.Phone.Tests.Contacts;

/// <summary>Whatever a version calls a property or a parameter, and whatever a vendor adds, is in the tree and in the export as the source had it.</summary>
public sealed class PropertyTests
{
    static readonly string[] Of3 = [.. "FN N NICKNAME PHOTO BDAY ADR LABEL TEL EMAIL MAILER TZ GEO TITLE ROLE LOGO AGENT ORG CATEGORIES NOTE PRODID REV SORT-STRING SOUND UID URL CLASS KEY NAME PROFILE SOURCE IMPP".Split(' ')];
    static readonly string[] Of4 = [.. "FN N NICKNAME PHOTO BDAY ANNIVERSARY GENDER ADR TEL EMAIL IMPP LANG TZ GEO TITLE ROLE LOGO ORG MEMBER RELATED CATEGORIES NOTE PRODID REV SOUND UID CLIENTPIDMAP URL KEY FBURL CALADRURI CALURI SOURCE XML KIND BIRTHPLACE DEATHDATE EXPERTISE HOBBY INTEREST ORG-DIRECTORY".Split(' ')];
    static readonly string[] OfVendors = [.. ("X-ANDROID-CUSTOM X-PHONETIC-FIRST-NAME X-PHONETIC-MIDDLE-NAME X-PHONETIC-LAST-NAME X-AIM X-MSN X-YAHOO X-ICQ X-JABBER X-QQ X-GOOGLE-TALK X-SKYPE-USERNAME X-SIP X-ABLabel X-ABDATE X-ABRELATEDNAMES "
        + "X-ABADR X-ABShowAs X-ABUID X-SOCIALPROFILE X-MAIDENNAME X-ADDRESSBOOKSERVER-KIND X-ADDRESSBOOKSERVER-MEMBER X-ANNIVERSARY X-SPOUSE X-GENDER X-CLASS X-GNO X-DCM-LABEL UNHEARD-OF x_under item9.X-Any").Split(' ')];
    static readonly string[] Parameters = [.. "LANGUAGE=en PREF=7 ALTID=1 PID=1.1,2.1 TYPE=home,\"a;b\" type=Other MEDIATYPE=text/plain CALSCALE=gregorian SORT-AS=\"x,y\" GEO=\"geo:1,2\" TZ=Etc/UTC INDEX=1 LEVEL=high X-SERVICE-TYPE=GaduGadu X-USER=\"a:b\" X-ABDATE-TYPE=z X-EMPTY=".Split(' ')];

    public static TheoryData<string> Versions => new("3.0", "4.0");

    [Theory, MemberData(nameof(Versions))]
    public void Every_property_with_every_parameter_is_kept_as_it_is(string version)
    {
        string[] lines = [.. (version is "3.0" ? Of3 : Of4).Concat(OfVendors).Select(name => $"{name};{string.Join(';', Parameters)}:a;b\\,c\\;d\\ne {name.Length}")];
        string card = Cards.Card(version, lines);
        Assert.Equal(lines, Cards.OneCard(card));
        (string[] written, IReadOnlyList<string> notices) = Cards.Convert(card, version is "3.0" ? ContactFormat.VCard3 : ContactFormat.VCard4);
        Assert.Equal(lines, written);
        Assert.Equal("1 property X-ANDROID-CUSTOM, which only Android reads, is written as it is.", Assert.Single(notices));
    }

    // contacts.md §4.3 has its own tests for what changes.
    static readonly string[] Changing = [.. "PHOTO LOGO SOUND KEY BDAY ANNIVERSARY X-ANNIVERSARY REV LABEL SORT-STRING TEL TZ GEO UID X-SIP KIND MEMBER X-ADDRESSBOOKSERVER-KIND X-ADDRESSBOOKSERVER-MEMBER".Split(' ')];

    [Theory, MemberData(nameof(Versions))]
    public void Every_other_property_is_the_same_in_the_other_version(string version)
    {
        string[] given = [.. (version is "3.0" ? Of3 : Of4).Concat(OfVendors).Where(name => !Changing.Contains(name, StringComparer.Ordinal)).Select(name => $"{name};LANGUAGE=en;X-P=\"a;b\":a;b\\,c\\;d\\ne")];
        Assert.Equal(given, Cards.Convert(Cards.Card(version, given), version is "3.0" ? ContactFormat.VCard4 : ContactFormat.VCard3).Lines);
    }

    [Fact]
    public void Every_property_of_2_1_is_in_the_tree()
    {
        string[] names = [.. "FN N PHOTO BDAY ADR LABEL TEL EMAIL MAILER TZ GEO TITLE ROLE LOGO AGENT ORG NOTE REV SOUND UID URL KEY NICKNAME CATEGORIES".Split(' ').Concat(OfVendors)];
        string[] read = Cards.OneCard(Cards.Card("2.1", [.. names.Select(name => $"{name};HOME;LANGUAGE=en;X-P=v:value {name.Length}")]));
        Assert.Equal(names.Select(name => $"{name};TYPE=HOME;LANGUAGE=en;X-P=v:value {name.Length}"), read);
    }

    [Theory] // contacts.md §1, §2.2, §2.3
    [InlineData("TEL;CELL;VOICE;X-a=b;PREF:1", "TEL;TYPE=CELL,VOICE,PREF;X-a=b:1")]
    [InlineData("TEL;TYPE=CELL;HOME:1", "TEL;TYPE=CELL;TYPE=HOME:1")]
    [InlineData("PHOTO;VALUE=URL;GIF:http://example.org/a.gif", "PHOTO;VALUE=uri;TYPE=GIF:http://example.org/a.gif")]
    [InlineData("PHOTO;URL:http://example.org/a.gif", "PHOTO;VALUE=uri:http://example.org/a.gif")]
    [InlineData("NOTE:a\\;b, c\\d\\\\;e", "NOTE:a\\;b\\, c\\\\d\\\\\\;e")]
    [InlineData("NOTE;QUOTED-PRINTABLE:a\\;b", "NOTE:a\\\\\\;b")]
    [InlineData("NOTE;INLINE;8BIT;ENCODING=7BIT:x", "NOTE:x")]
    [InlineData("NOTE;CHARSET=windows-1252;ENCODING=QUOTED-PRINTABLE:=93=80=94", "NOTE:“€”")]
    [InlineData("NOTE;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:=FC", "NOTE:ü")]
    [InlineData("NOTE;CHARSET=\"shift_jis\";QUOTED-PRINTABLE:=88=C0", "NOTE:安")]
    [InlineData("NOTE;CHARSET=EUC-JP;QUOTED-PRINTABLE:=B0=C2", "NOTE:安")]
    [InlineData("NOTE;CHARSET=UTF-16;QUOTED-PRINTABLE:=C3=BC", "NOTE:ü")]
    [InlineData("NOTE;CHARSET=utf8;QUOTED-PRINTABLE:a=0Db=0Ac=0D=0Ad", "NOTE:a\\nb\\nc\\nd")]
    [InlineData("NOTE;QUOTED-PRINTABLE:=61=62=\r\n=63", "NOTE:abc")]
    [InlineData("NOTE;QUOTED-PRINTABLE:=61=20=\r\n =62", "NOTE:a b")]
    [InlineData("NOTE;QUOTED-PRINTABLE:one=\r\n  two three", "NOTE:one  two three")]
    [InlineData("NOTE;QUOTED-PRINTABLE:=61=\r\n =62=\r\n c d=\r\n =65", "NOTE:abc de")]
    [InlineData("N;QUOTED-PRINTABLE:=41=3B=42;C", "N:A\\;B;C")]
    [InlineData("N;QUOTED-PRINTABLE:=41=3B=42", "N:A;B")]
    [InlineData("NOTE:one\r\ntwo three: x\r\nfour;five", "NOTE:one two three: x four\\;five")]
    [InlineData("N:a\\;b\\\\;c\\nd", "N:a\\;b\\\\;c\\\\nd")]
    [InlineData("TITLE:a,b;c\\d", "TITLE:a\\,b\\;c\\\\d")]
    [InlineData("X-NEW:a,b;c\\d", "X-NEW:a,b;c\\d")]
    [InlineData("TEL;X=a\"b:1", "TEL;X=a'b:1")]
    [InlineData("TEL;;HOME;:1", "TEL;TYPE=HOME:1")]
    [InlineData("tel;home:1", "tel;TYPE=home:1")]
    [InlineData("A.B.TEL:1", "A.B.TEL:1")]
    public void A_line_of_2_1_in_the_tree(string line, string stored) => Assert.Contains(stored, Cards.OneCard(Cards.Card("2.1", "FN:x", "N:x", line)));

    [Theory] // contacts.md §2.2: Samsung's labels
    [InlineData("TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D7=A0=D7=99):556", "item2.TEL:556|item2.X-ABLabel:ני")]
    [InlineData("TEL;CELL;X-CUSTOM(CHARSET=ISO-8859-1,ENCODING=QUOTED-PRINTABLE,=FC, b=3B);PREF:556", "item2.TEL;TYPE=CELL,PREF:556|item2.X-ABLabel:ü\\, b\\;")]
    [InlineData("TEL;X-CUSTOM(Boat (old), red):556", "item2.TEL:556|item2.X-ABLabel:Boat (old)\\, red")]
    [InlineData("item4.TEL;X-CUSTOM(Boat):556", "item4.TEL:556|item4.X-ABLabel:Boat")]
    [InlineData("NOTE;X-CUSTOM(Boat);CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=BC", "item2.NOTE:ü|item2.X-ABLabel:Boat")]
    [InlineData("TEL;X-CUSTOM(Boat);X-CUSTOM(Barn):556", "item2.TEL;TYPE=X-CUSTOM(Barn):556|item2.X-ABLabel:Boat")]
    [InlineData("ITEM1.TEL;X-CUSTOM(Boat, red):556", "ITEM1.TEL;TYPE=\"X-CUSTOM(Boat, red)\":556")]
    [InlineData("TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D7):556", "TEL;TYPE=\"X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D7)\":556")]
    [InlineData("TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D):556", "TEL;TYPE=\"X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D)\":556")]
    [InlineData("TEL;X-CUSTOM(CHARSET=none,ENCODING=QUOTED-PRINTABLE,a):556", "TEL;TYPE=\"X-CUSTOM(CHARSET=none,ENCODING=QUOTED-PRINTABLE,a)\":556")]
    [InlineData("TEL;X-CUSTOM(CHARSET=UTF-8,a):556", "TEL;TYPE=\"X-CUSTOM(CHARSET=UTF-8,a)\":556")]
    [InlineData("TEL;X-CUSTOM(a,b;HOME:556", "TEL;TYPE=\"X-CUSTOM(a,b\",HOME:556")]
    [InlineData("TEL;X-CUSTOM( ):556", "TEL;TYPE=X-CUSTOM( ):556")]
    public void A_label_of_Samsung_is_one_of_a_group(string line, string stored)
    {
        string[] lines = Cards.OneCard(Cards.Card("2.1", "FN:x", "N:x", line, "item1.URL:y", "item1.X-ABLabel:z", "item3.URL:y"));
        Assert.Equal(["FN:x", "N:x", .. stored.Split('|'), "item1.URL:y", "item1.X-ABLabel:z", "item3.URL:y"], lines);
        Assert.Equal(lines, Cards.OneCard(Cards.Card("3.0", lines)));
    }

    [Fact] // contacts.md §3.3: what is kept can be read again
    public void Labels_count_as_properties_of_a_card()
    {
        string[] lines = [.. Enumerable.Repeat("TEL;X-CUSTOM(a):1", 39_990)];
        Assert.Equal((2 * lines.Length) + 2, Cards.OneCard(Cards.Card("3.0", Cards.OneCard(Cards.Card("2.1", ["FN:x", "N:x", .. lines])))).Length);
        using Import import = Cards.ReadText(Cards.Card("2.1", ["FN:x", "N:x", .. lines, .. lines[..20_000]]));
        Assert.Empty(import.Files);
    }

    [Theory]
    [InlineData("\r\n"), InlineData("\n"), InlineData("\r"), InlineData("\r\r\n"), InlineData("\r\r\r\n")]
    public void Lines_end_in_every_way(string end)
    {
        string text = Cards.Card("3.0", "FN:x", "NOTE:fol\r\n ded", "PHOTO;ENCODING=b:AA\r\n AA\r\n", "TEL:1").Replace("\r\n", end, StringComparison.Ordinal);
        Assert.Equal(["FN:x", "NOTE:folded", "PHOTO;ENCODING=b:AAAA", "TEL:1"], Cards.OneCard(text));
    }

    [Theory]
    [InlineData(""), InlineData("\uFEFF")]
    public void Text_is_found_in_every_encoding(string mark)
    {
        string text = mark + Cards.Card("3.0", "FN:Ünï 日本 😀", "TEL:1");
        foreach (System.Text.Encoding encoding in (System.Text.Encoding[])[System.Text.Encoding.UTF8, System.Text.Encoding.Unicode, System.Text.Encoding.BigEndianUnicode])
        {
            using Import import = Cards.ReadBytes(encoding.GetBytes(text));
            Assert.Equal(["FN:Ünï 日本 😀", "TEL:1"], Assert.Single(Cards.Lines(import))[2..^1]);
        }
    }

    [Fact]
    public void An_agent_is_a_contact_and_its_name_stays_where_it_stood()
    {
        using Import import = Cards.ReadText("BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Boss\r\nN:Boss\r\nAGENT:\r\nBEGIN:VCARD\r\nVERSION:2.1\r\nFN:Agent, A.\r\nN:A\r\nEND:VCARD\r\nTEL:1\r\nEND:VCARD\r\n");
        Assert.Equal(2, import.Files.Count);
        Assert.Contains(Cards.Lines(import), lines => lines.Contains("AGENT:Agent\\, A.", StringComparer.Ordinal) && lines.Contains("TEL:1", StringComparer.Ordinal));
        Assert.Contains("1 card stands inside of another", Assert.Single(import.Report.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_of_no_declared_set_are_read_as_windows_1252_and_said()
    {
        using Import import = Cards.ReadBytes(System.Text.Encoding.Latin1.GetBytes(Cards.Card("2.1", "FN:Zo\u00EB", "N:Zo\u00EB;\u0080")));
        Assert.Equal(["FN:Zoë", "N:Zoë;€"], Assert.Single(Cards.Lines(import))[2..^1]);
        Assert.Contains("2 values are no UTF-8", Assert.Single(import.Report.Notices), StringComparison.Ordinal);
    }

    [Fact] // a phone that cuts names at a number of bytes
    public void A_character_that_was_cut_does_not_spoil_the_others()
    {
        using Import import = Cards.ReadBytes([.. "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:日本"u8, 0xE8, 0xAA, .. "\r\nEND:VCARD\r\n"u8]);
        Assert.Equal("FN:日本\uFFFD", Assert.Single(Cards.Lines(import))[2]);
        Assert.Contains("U+FFFD", Assert.Single(import.Report.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_pair_in_UTF_16_is_one_character_that_is_said()
    {
        using Import import = Cards.ReadBytes([0xFF, 0xFE, .. System.Text.Encoding.Unicode.GetBytes("BEGIN:VCARD\r\nVERSION:3.0\r\nFN;CHARSET=SHIFT_JIS:a"), 0x3D, 0xD8, .. System.Text.Encoding.Unicode.GetBytes("b\u00FC\r\nEND:VCARD\r\n")]);
        Assert.Matches("^FN:a\uFFFD+bü$", Assert.Single(Cards.Lines(import))[2]);
        Assert.Contains("U+FFFD", Assert.Single(import.Report.Notices), StringComparison.Ordinal);
    }

    [Theory] // cat one.vcf two.vcf three.vcf
    [InlineData(""), InlineData("\uFEFF"), InlineData("\r\n\uFEFF")]
    public void Files_put_one_behind_the_other(string between)
    {
        string[] cards = [.. Enumerable.Range(1, 3).Select(number => Cards.Card("2.1", "FN:x" + number, "N:x", "NOTE;QUOTED-PRINTABLE:cut=").TrimEnd())];
        using Import import = Cards.ReadText("\uFEFF" + string.Join(between, cards));
        Assert.Equal((3L, 3, 0, 0), (import.Report.Kept, import.Files.Count, import.Report.Skipped.Count, import.Report.Notices.Count));
        Assert.All(Cards.Lines(import), lines => Assert.Equal("NOTE:cut", lines[^2]));
    }

    [Fact]
    public void Bytes_that_a_declared_set_does_not_have_are_said()
    {
        using Import import = Cards.ReadBytes(System.Text.Encoding.Latin1.GetBytes(Cards.Card("3.0", "FN;CHARSET=UTF-8:Zo\u00EB")));
        Assert.Equal("FN:Zo\uFFFD", Assert.Single(Cards.Lines(import))[2]);
        Assert.Contains("U+FFFD", Assert.Single(import.Report.Notices), StringComparison.Ordinal);
    }
}
