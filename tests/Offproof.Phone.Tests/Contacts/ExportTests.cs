using System.Text;

namespace Offproof.Phone.Tests.Contacts;

/// <summary>contacts.md §4: what is chosen, converted, said, and never written over.</summary>
public sealed class ExportTests : IDisposable
{
    readonly TempFolder _folder = new();

    public ExportTests()
    {
        using Import import = Cards.ReadText(
            Cards.Card("3.0", "N:Archer;Ann;;;", "FN:Ann Archer", "TEL:+44 (7700) 900-001", "UID:ann-1", "REV:20240101T000000Z")
            + Cards.Card("4.0", "FN:Bela", "TEL;VALUE=uri:tel:+1-555-555-0101", "EMAIL:Bela@Example.org", "REV:20250101T000000Z")
            + Cards.Card("3.0", "FN:Chidi", "N:Chidi;;;;"));
        Cards.Store(import, _folder["tree"]);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ann-1", "Ann Archer"), InlineData("ANN ARCHER", "Ann Archer"), InlineData("archer ann", "Ann Archer"), InlineData("+447700900001", "Ann Archer"), InlineData("+44 7700 (900001)", "Ann Archer")]
    [InlineData("bela@example.ORG", "Bela"), InlineData("+1 555 555 0101", "Bela"), InlineData("chidi", "Chidi"), InlineData("Ann", ""), InlineData("7700900001", "")]
    public void A_contact_is_chosen(string wanted, string expected) => Assert.Equal(expected, Names(new Selection { Contact = wanted }));

    [Fact]
    public void Since_takes_what_was_changed_then_or_later_and_what_has_no_time()
    {
        Assert.Equal("Bela,Chidi", Names(new Selection { Since = new DateTimeOffset(2024, 1, 1, 0, 0, 1, TimeSpan.Zero) }));
        Assert.Equal("Ann Archer,Bela,Chidi", Names(new Selection { Since = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero) }));
        Assert.Equal("", Names(new Selection { Since = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), Contact = "Ann Archer" }));
    }

    [Fact] // nobody can tell whether they are older, so they are written, and that is said
    public void Contacts_without_a_time_are_counted_where_a_time_is_asked_for()
    {
        ExportReport report = Cards.Write(_folder["tree"], _folder["since"], ContactFormat.VCard3, new Selection { Since = new DateTimeOffset(2024, 1, 1, 0, 0, 1, TimeSpan.Zero) });
        Assert.Equal(2, report.Entries);
        Assert.Equal(["1 contact names no time of its last change (REV) and is written too: whether it is older, nobody can tell."], report.Notices);
        Assert.Empty(Cards.Write(_folder["tree"], _folder["all"], ContactFormat.VCard3).Notices);
    }

    [Theory]
    [InlineData("07700 900001", "; the nearest: Ann Archer"), InlineData("555 555 0101", "; the nearest: Bela"), InlineData("Ann", "; the nearest: Ann Archer"), InlineData("nobody", ""), InlineData("900001", "; the nearest: Ann Archer"), InlineData("00001", "")]
    public void A_contact_that_is_not_there_brings_the_nearest(string wanted, string nearest) => Assert.Equal("a contact is asked for as it is in its card: a whole name, an e-mail, or a number like +447700900001" + nearest,
        Cards.Write(_folder["tree"], _folder["none"], ContactFormat.VCard3, new Selection { Contact = wanted }).Hint);

    [Fact]
    public void Where_the_contact_is_there_and_its_time_is_not_there_is_nothing_to_correct() =>
        Assert.Null(Cards.Write(_folder["tree"], _folder["none"], ContactFormat.VCard3, new Selection { Contact = "Ann Archer", Since = DateTimeOffset.MaxValue }).Hint);

    [Fact]
    public void The_same_tree_gives_the_same_bytes_and_other_content_is_never_written_over()
    {
        foreach (ContactFormat format in Enum.GetValues<ContactFormat>())
        {
            string target = _folder["out" + format];
            ExportReport report = Cards.Write(_folder["tree"], target, format);
            Assert.Equal((3L, "contacts.vcf"), (report.Entries, Assert.Single(report.Files)));
            byte[] bytes = File.ReadAllBytes(Path.Combine(target, "contacts.vcf"));
            Cards.Write(_folder["tree"], target, format); // the same bytes: no complaint
            File.AppendAllText(Path.Combine(target, "contacts.vcf"), "mine");
            Assert.Throws<AlreadyThereException>(() => Cards.Write(_folder["tree"], target, format));
            Assert.EndsWith("mine", File.ReadAllText(Path.Combine(target, "contacts.vcf")), StringComparison.Ordinal);
            Assert.Single(Directory.GetFiles(target));
            Cards.Write(_folder["tree"], target + "2", format);
            Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(target + "2", "contacts.vcf")));
        }
    }

    [Fact]
    public void What_of_a_tree_cannot_be_read_is_named_and_the_rest_is_written()
    {
        _folder.Write("tree/README", [1]);
        _folder.Write("tree/00/other.txt", [1]);
        _folder.Write("tree/00/empty.vcf", []);
        _folder.Write("tree/00/noise.vcf", [1, 2, 3]);
        _folder.Write("tree/00/two.vcf", Encoding.UTF8.GetBytes(Cards.Card("2.1", "FN:Dora", "PHOTO;BASE64:!!!!") + "BEGIN:VCARD\r\nEND:VCARD\r\n"));
        _folder.Shell("ln -s two.vcf tree/00/link.vcf; ln -s 00 tree/01");
        ExportReport report = Cards.Write(_folder["tree"], _folder["out"], ContactFormat.VCard3);
        Assert.Equal(4, report.Entries);
        Assert.Equal(["00/empty.vcf ", "00/link.vcf ", "00/noise.vcf ", "00/other.txt ", "00/two.vcf 4", "00/two.vcf 6", "01 ", "README "], report.Problems.Select(problem => $"{problem.File} {problem.Line}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_cancelled_export_leaves_nothing()
    {
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => ContactExport.Write(_folder["tree"], _folder["out"], ContactFormat.VCard3, Selection.All, cancelled.Token));
        Assert.False(Directory.Exists(_folder["out"]));
        Assert.Throws<OperationCanceledException>(() => ContactImport.Read([_folder["tree"]], cancelled.Token));
    }

    [Fact]
    public void Nothing_chosen_writes_nothing()
    {
        ExportReport report = Cards.Write(_folder["tree"], _folder["out"], ContactFormat.VCard3, new Selection { Contact = "nobody" });
        Assert.Equal((0L, 0), (report.Entries, report.Files.Count));
        Assert.Contains("No contact was written", Assert.Single(report.Notices), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
        Assert.Throws<DirectoryNotFoundException>(() => Cards.Write(_folder["nowhere"], _folder["out"], ContactFormat.VCard3));
    }

    [Theory] // contacts.md §4.3
    [InlineData("EMAIL;TYPE=HOME,PREF;X-A=b:a@example.org", "EMAIL;TYPE=HOME;X-A=b;PREF=1:a@example.org")]
    [InlineData("LOGO;TYPE=GIF;ENCODING=b:R0lGOA==", "LOGO:data:image/gif;base64,R0lGOA==")]
    [InlineData("KEY;ENCODING=b;TYPE=PGP:AAAA", "KEY:data:application/pgp-keys;base64,AAAA")]
    [InlineData("LOGO;ENCODING=b;MEDIATYPE=image/svg+xml:AAAA", "LOGO:data:image/svg+xml;base64,AAAA")]
    [InlineData("X-BLOB;ENCODING=b;TYPE=home:AAAA", "X-BLOB;TYPE=home;VALUE=uri:data:application/octet-stream;base64,AAAA")]
    [InlineData("PHOTO;VALUE=uri;TYPE=JPEG:https://example.org/a.jpg", "PHOTO;MEDIATYPE=image/jpeg:https://example.org/a.jpg")]
    [InlineData("SOUND;TYPE=X-IRMC-N:a;b", "SOUND;TYPE=X-IRMC-N;VALUE=text:a;b")]
    [InlineData("BDAY;VALUE=date:1996-04-15", "BDAY:19960415")]
    [InlineData("BDAY:1996-04-15T10:20:30.5Z", "BDAY:19960415T102030Z")]
    [InlineData("BDAY:in May", "BDAY;VALUE=text:in May")]
    [InlineData("LABEL;TYPE=WORK:1 Road\\nTown", "ADR;TYPE=WORK;LABEL=1 Road\\nTown:;;;;;;")]
    [InlineData("SORT-STRING:a\\,b\"c^", "N;SORT-AS=\"a,b^'c^^\":;;;;")]
    [InlineData("TZ:-05:00", "TZ;VALUE=utc-offset:-0500")]
    [InlineData("TZ;VALUE=text:EST", "TZ:EST")]
    [InlineData("UID:abc def", "UID;VALUE=text:abc def")]
    [InlineData("UID:urn:uuid:0c0ffee0-0000-4000-8000-000000000009", "UID:urn:uuid:0c0ffee0-0000-4000-8000-000000000009")]
    [InlineData("X-ADDRESSBOOKSERVER-KIND:group", "KIND:group")]
    [InlineData("X-WHAT;X-EVER=1,\"2;3\":a\\;b", "X-WHAT;X-EVER=1,\"2;3\":a\\;b")]
    public void A_line_of_3_in_4(string three, string four) => Assert.Contains(four, Cards.Convert(Cards.Card("3.0", "FN:x", three), ContactFormat.VCard4).Lines);

    [Theory]
    [InlineData("EMAIL;PREF=1:a@example.org", "EMAIL;TYPE=pref:a@example.org")]
    [InlineData("LOGO:data:image/svg+xml;base64,AAAA", "LOGO;ENCODING=b;MEDIATYPE=image/svg+xml:AAAA")]
    [InlineData("SOUND:data:audio/mpeg;base64,AAAA", "SOUND;ENCODING=b;TYPE=MP3:AAAA")]
    [InlineData("PHOTO:https://example.org/a.jpg", "PHOTO;VALUE=uri:https://example.org/a.jpg")]
    [InlineData("PHOTO:data:image/png;base64,****", "PHOTO;VALUE=uri:data:image/png;base64,****")]
    [InlineData("BDAY:19960415T102030Z", "BDAY:1996-04-15T102030Z")]
    [InlineData("BDAY:--0415", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-15")]
    [InlineData("ADR;TYPE=HOME;LABEL=\"a\\nb\":;;;;;;", "LABEL;TYPE=HOME:a\\nb")]
    [InlineData("TZ:Europe/London", "TZ;VALUE=text:Europe/London")]
    [InlineData("TZ;VALUE=utc-offset:+0130", "TZ:+01:30")]
    [InlineData("TEL;VALUE=uri;TYPE=cell:tel:+44-7700-900001", "TEL;TYPE=cell:+44-7700-900001")]
    [InlineData("KIND:individual", "X-ADDRESSBOOKSERVER-KIND:individual")]
    [InlineData("FN:x", "N:;x;;;")]
    public void A_line_of_4_in_3(string four, string three) => Assert.Contains(three, Cards.Convert(Cards.Card("4.0", "FN:x", four), ContactFormat.VCard3).Lines);

    [Theory] // nothing is left out silently: what the other version has no place for is in it all the same, and said
    [InlineData("3.0", "AGENT:Someone", "none of 4.0"), InlineData("3.0", "CLASS:PRIVATE", "none of 4.0"), InlineData("3.0", "MAILER:m", "none of 4.0"), InlineData("4.0", "GENDER:F", "none of 3.0")]
    [InlineData("4.0", "RELATED;TYPE=friend:urn:uuid:0c0ffee0-0000-4000-8000-000000000009", "none of 3.0"), InlineData("4.0", "BDAY;VALUE=text:in May", "no whole date"), InlineData("4.0", "BDAY:1996", "no whole date")]
    [InlineData("4.0", "EMAIL;PREF=2:a@example.org", "parameters that 3.0"), InlineData("4.0", "TITLE;ALTID=1;LANGUAGE=fr:Patron", "parameters that 3.0"), InlineData("4.0", "ORG;SORT-AS=x:X", "parameters that 3.0")]
    public void What_a_version_cannot_hold_stays_and_is_said(string version, string line, string said)
    {
        (string[] lines, IReadOnlyList<string> notices) = Cards.Convert(Cards.Card(version, "FN:x", line), version is "3.0" ? ContactFormat.VCard4 : ContactFormat.VCard3);
        Assert.Contains(line, lines);
        Assert.Contains(said, Assert.Single(notices), StringComparison.Ordinal);
    }

    [Theory] // contacts.md §4.2
    [InlineData("nickname;Fizz;1;;;;;;;;;;;;;", "Fizz"), InlineData("nickname;Fizz;;;", "Fizz"), InlineData("nickname;Fizz", "Fizz"), InlineData("nickname;A\\, B\\;\\\\ 😀\\n;1", "A\\, B\\;\\\\ 😀\\n")]
    [InlineData("nickname;Fizz;2;;", null), InlineData("nickname;Fizz;0;Boat;", null), InlineData("nickname;Fizz;1;Boat;", null), InlineData("nickname;Fizz;1;;;;;;;;;;;;;x", null), InlineData("nickname; ;1", null), InlineData("nickname", null)]
    [InlineData("contact_event;1999-07-10;1;;", null), InlineData("relation;Ann;1;;", null)]
    public void A_nickname_of_Android_reaches_all_readers_and_other_rows_are_said(string row, string? nickname)
    {
        row = "X-ANDROID-CUSTOM:vnd.android.cursor.item/" + row;
        foreach (string version in (string[])["3.0", "4.0"])
        {
            string card = Cards.Card(version, "FN:x", "N:x;;;;", row, "item7." + row);
            Assert.Contains(row, Cards.OneCard(card)); // the tree has what the phone wrote
            foreach (ContactFormat format in Enum.GetValues<ContactFormat>())
            {
                (string[] lines, IReadOnlyList<string> notices) = Cards.Convert(card, format);
                string written = nickname is null ? row : "NICKNAME:" + nickname;
                Assert.Equal(["FN:x", "N:x;;;;", written, "item7." + written], lines);
                Assert.Equal(nickname is null ? ["2 properties X-ANDROID-CUSTOM, which only Android reads, are written as they are."] : [], notices);
            }
        }
    }

    [Theory] // contacts.md §4.2, as from 4.0
    [InlineData("2.1", "BDAY:--07-09", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-07-09"), InlineData("2.1", "BDAY:--0709", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-07-09")]
    [InlineData("3.0", "BDAY;VALUE=date;X-P=1:--02-29", "BDAY;X-P=1;X-APPLE-OMIT-YEAR=1604:1604-02-29"), InlineData("4.0", "BDAY:--07-09", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-07-09")]
    [InlineData("3.0", "BDAY:--07", "BDAY:--07"), InlineData("3.0", "BDAY:1999-07-09", "BDAY:1999-07-09"), InlineData("3.0", "ANNIVERSARY:--07-09", "ANNIVERSARY:--07-09")]
    public void A_birthday_without_a_year_is_a_date_in_3(string version, string line, string three)
    {
        string card = Cards.Card(version, "FN:x", "N:x;;;;", line);
        Assert.Contains(line, Cards.OneCard(card));
        Assert.Equal(["FN:x", "N:x;;;;", three], Cards.Convert(card, ContactFormat.VCard3).Lines);
    }

    string Names(Selection selection)
    {
        string target = _folder[Guid.NewGuid().ToString("N")];
        ExportReport report = Cards.Write(_folder["tree"], target, ContactFormat.VCard3, selection);
        if (report.Entries == 0) return "";
        return string.Join(',', File.ReadAllLines(Path.Combine(target, "contacts.vcf")).Where(line => line.StartsWith("FN:", StringComparison.Ordinal)).Select(line => line[3..]).Order(StringComparer.Ordinal));
    }
}
