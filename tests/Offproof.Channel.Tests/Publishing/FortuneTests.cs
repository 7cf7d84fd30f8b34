using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace Offproof.Channel.Tests;

/// <summary>Files of fortunes and their indexes (channel.md §9.2), by vectors/channel/fortunes/ and by what is made of chance.</summary>
public sealed class FortuneTests : IDisposable
{
    static readonly string[] Pieces =
    [
        "a", "b ", " c", "\t", "\n", "\n\n", "_\b", "x\bx", "e\b'", "\u001B[1m", "\u001B[m", "-- ", "\n  -- A", "\n\t--- B c", "\n   d", "%", "%%", "é", "e\u0301", "\U0001F600", "\u2028", "\u3000", "\b", "\u001B", "\r", "-",
    ];

    static readonly Gen<string> Piece = Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index]);

    readonly string folder = Directory.CreateTempSubdirectory("offproof-fortunes-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    string Write(string name, byte[] content)
    {
        string file = Path.Combine(folder, name);
        File.WriteAllBytes(file, content);
        return file;
    }

    static PublishingException Refused(Func<object> read) => Assert.Throws<PublishingException>(read);

    public static TheoryData<string> Files => [.. FortuneVectors.Expect.GetProperty("files").EnumerateObject().Select(file => file.Name)];

    public static TheoryData<string> Indexes => [.. FortuneVectors.Expect.GetProperty("refused").EnumerateObject().Select(file => file.Name)];

    [Theory, MemberData(nameof(Files))]
    public void Every_vector_is_read_as_the_page_says(string name)
    {
        JsonElement file = FortuneVectors.Expect.GetProperty("files").GetProperty(name);
        List<JsonElement> entries = [.. file.GetProperty("entries").EnumerateArray()];
        BroughtGreetings brought = GreetingImport.Read([Path.Combine(FortuneVectors.Folder, name + ".fortune")], FortuneVectors.Defaults with { Encoding = file.GetProperty("encoding").GetString() });
        Assert.Equal(FortuneVectors.Told(entries), FortuneVectors.Told(brought));
        Assert.Equal(entries.Count, Assert.Single(brought.Files).Entries);
        Assert.Equal(entries.Count, brought.Entries.Count + brought.LeftOut.Count + brought.Duplicates);
        Assert.All(brought.Entries, one => Assert.Equal(("greeting", "en", "CC0-1.0", Greeting.IdOf("en", one.Text)), (one.Kind, one.Language, one.Licence, one.Id)));
        Assert.Equal(brought.Entries.OrderBy(one => one.Id, StringComparer.Ordinal), GreetingList.Read(GreetingList.Write(brought.Entries)));
    }

    [Theory, MemberData(nameof(Indexes))]
    public void An_index_that_is_none_or_another_texts_is_named(string name)
    {
        PublishingException e = Refused(() => FortuneVectors.Bring(Path.Combine(FortuneVectors.Folder, "refused", name + ".fortune")));
        Assert.Contains($"{name}.fortune.dat is ", e.Message, StringComparison.Ordinal);
        Assert.Contains(FortuneVectors.Expect.GetProperty("refused").GetProperty(name).GetString()!, e.Message, StringComparison.Ordinal);
        Assert.EndsWith("nothing was staged", e.Message, StringComparison.Ordinal);
        Assert.Contains("strfile", e.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void The_index_that_the_refused_ones_were_made_of_is_good() =>
        Assert.Equal(["One.", "Two.", "Three."], FortuneVectors.Bring(Path.Combine(FortuneVectors.Folder, "refused", "good.fortune")).Entries.Select(one => one.Text));

    [Fact] // by stock strfile, whatever it is today; but for the one whose offsets it draws
    public void The_vectors_are_made_again_as_they_are()
    {
        string[] scripts = ["make.py", "read.py"];
        foreach (string script in scripts) File.Copy(Path.Combine(FortuneVectors.Folder, script), Path.Combine(folder, script));
        FortuneVectors.Run("sh", "-c", $"cd '{folder}' && exec /usr/bin/python3 make.py");
        string[] Names(string root) => [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)).Order(StringComparer.Ordinal)];
        Assert.Equal(Names(FortuneVectors.Folder).Where(name => name != "README.md"), Names(folder));
        Assert.All(Names(folder).Where(name => name != "random.fortune.dat"), name => Assert.Equal(File.ReadAllBytes(Path.Combine(FortuneVectors.Folder, name)), File.ReadAllBytes(Path.Combine(folder, name))));
    }

    [Fact]
    public void What_CR_LF_hides_from_strfile_is_said() =>
        Assert.Contains("its index knows 1 entry, and its lines make 4: they end in CR LF", FortuneVectors.Bring(Path.Combine(FortuneVectors.Folder, "lines-of-dos.fortune")).Remarks.Single(), StringComparison.Ordinal);

    [Fact]
    public void Every_index_that_strfile_writes_is_good()
    {
        string[] texts = ["beta", "Alpha", "gamma\nin two lines", "a : b", "%"];
        foreach (string options in (string[])["", "-r", "-o", "-oi", "-x", "-c:", "-r -x -c:"])
        {
            char delimiter = options.Contains("-c:", StringComparison.Ordinal) ? ':' : '%';
            string[] own = [.. texts.Where(text => text != delimiter.ToString())];
            byte[] content = Encoding.UTF8.GetBytes(string.Concat(own.Select(text => $"{text}\n{delimiter}\n")));
            if (options.Contains("-x", StringComparison.Ordinal)) FortuneFile.Rotate(content);
            string file = Write("made", content);
            FortuneVectors.Run("strfile", [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-s", file]);
            Assert.Equal(own, FortuneVectors.Bring(file).Entries.Select(one => one.Text));
        }
    }

    [Fact]
    public void A_text_that_was_changed_behind_its_index_is_found()
    {
        string file = Write("jokes", "one\n%\ntwo\n%\n");
        FortuneVectors.Run("strfile", "-s", file);
        File.AppendAllText(file, "three\n%\n");
        Assert.Contains("jokes.dat is the index of another text: it says 2 entries, and the file has 3", Refused(() => FortuneVectors.Bring(file)).Message, StringComparison.Ordinal);
        FortuneVectors.Run("strfile", "-s", file);
        File.WriteAllText(file, "on\n%\ntwoo\n%\nthree\n%\n"); // as many entries, elsewhere
        Assert.Contains("no entry begins at its offset", Refused(() => FortuneVectors.Bring(file)).Message, StringComparison.Ordinal);
        File.Delete(file + ".dat");
        Assert.Equal(["on", "twoo", "three"], FortuneVectors.Bring(file).Entries.Select(one => one.Text));
    }

    [Fact]
    public void A_folder_is_its_files_and_what_was_passed_over_is_said()
    {
        string jokes = Write("jokes", "one\n%\ntwo\n%\n");
        FortuneVectors.Run("strfile", "-s", jokes);
        File.CreateSymbolicLink(Path.Combine(folder, "jokes.u8"), "jokes"); // as Debian has them
        Write("more.csv", "text,language,licence\ntwo,en,CC0-1.0\nthree,en,MIT\n");
        Write("README", "Nothing to see here.\n");
        Write(".hidden", "four\n%\n");
        Directory.CreateDirectory(Path.Combine(folder, "de"));
        File.WriteAllText(Path.Combine(folder, "de", "witze"), "eins\n%\n");
        BroughtGreetings brought = FortuneVectors.Bring(folder);
        Assert.Equal([("one", "CC0-1.0"), ("two", "CC0-1.0"), ("three", "MIT")], brought.Entries.Select(one => (one.Text, one.Licence)));
        Assert.Equal([("jokes", "fortunes", 2), ("more.csv", "csv", 2)], brought.Files.Select(file => (Path.GetFileName(file.File), file.Form, file.Entries)));
        string said = string.Join('\n', brought.Remarks);
        Assert.Contains("1 entry brought again, and counted once", said, StringComparison.Ordinal);
        Assert.Contains("1 .dat beside their files", said, StringComparison.Ordinal);
        Assert.Contains("1 further names of files that were read already: jokes.u8", said, StringComparison.Ordinal);
        Assert.Contains("the folders in it were passed over: de", said, StringComparison.Ordinal);
        Assert.Contains("begin with a dot: .hidden", said, StringComparison.Ordinal);
        Assert.Contains("README was passed over", said, StringComparison.Ordinal);
        // Named one by one it is the same, but for a file that is nothing.
        Assert.Equal(brought.Entries, FortuneVectors.Bring([.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Where(file => !file.EndsWith("README", StringComparison.Ordinal) && !file.EndsWith(".hidden", StringComparison.Ordinal))]).Entries);
        Assert.Contains("neither JSON nor CSV with a header line, nor fortunes", Refused(() => FortuneVectors.Bring(Path.Combine(folder, "README"))).Message, StringComparison.Ordinal);
        // A link in another folder: its own text, and the index beside that.
        Directory.CreateDirectory(Path.Combine(folder, "links"));
        File.CreateSymbolicLink(Path.Combine(folder, "links", "j"), jokes);
        File.AppendAllText(jokes, "three\n%\n");
        Assert.Contains("jokes.dat is the index of another text", Refused(() => FortuneVectors.Bring(Path.Combine(folder, "links"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_file_does_not_say_is_given_and_what_it_says_wins()
    {
        string csv = Write("all.csv", "text,language,kind,occasion,tone,licence,author\none,,,,,,\ntwo,de,poem,easter,formal,MIT,Ann\n"), fortunes = Write("jokes", "three\n%\nfour\n\t-- Bea\n%\n");
        GreetingDefaults all = new("fr", "joke", "birthday", "friend", "CC0-1.0", "Nobody");
        Assert.Equal(
        [
            new(Greeting.IdOf("fr", "one"), "one", "joke", "fr", "CC0-1.0", "birthday", "friend", "Nobody"),
            new(Greeting.IdOf("de", "two"), "two", "poem", "de", "MIT", "easter", "formal", "Ann"),
            new(Greeting.IdOf("fr", "three"), "three", "joke", "fr", "CC0-1.0", "birthday", "friend", "Nobody"),
            new(Greeting.IdOf("fr", "four"), "four", "joke", "fr", "CC0-1.0", "birthday", "friend", "Bea"),
        ], GreetingImport.Read([csv, fortunes], all).Entries);
        string lines = Write("lines.jsonl", "{\"text\":\"one\"}\n{\"text\":\"two\",\"language\":\"de\",\"licence\":\"MIT\"}\n");
        Assert.Equal([("fr", "CC0-1.0"), ("de", "MIT")], GreetingImport.Read([lines], all).Entries.Select(one => (one.Language, one.Licence)));
    }

    [Fact]
    public void Nothing_is_not_staged_by_a_slip()
    {
        string empty = Directory.CreateDirectory(Path.Combine(folder, "empty")).FullName;
        Assert.Contains("that can be staged: no file is there", Refused(() => FortuneVectors.Bring(empty)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(empty, "README"), "nothing");
        Assert.Contains("README was passed over", Refused(() => FortuneVectors.Bring(empty)).Message, StringComparison.Ordinal);
        Assert.Contains("2 entries left out", Refused(() => FortuneVectors.Bring(Write("bells", "\a\n%\n\a\n%\n"))).Message, StringComparison.Ordinal);
        Assert.Empty(FortuneVectors.Bring(Write("none.json", "[]")).Entries);
    }

    [Theory]
    [InlineData(null, null, "language and licence")]
    [InlineData("en", null, "does not say its licence")]
    [InlineData(null, "MIT", "does not say its language")]
    public void Fortunes_need_what_they_do_not_say(string? language, string? licence, string said)
    {
        PublishingException e = Refused(() => GreetingImport.Read([Write("jokes", "one\n%\n")], new GreetingDefaults(language, Licence: licence)));
        Assert.Equal(PublishingFault.Usage, e.Fault);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.Contains("--licence", e.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_make_no_entry_are_refused_before_a_file_is_read()
    {
        foreach (GreetingDefaults wrong in (GreetingDefaults[])[new(Language: "english please"), new(Kind: "limerick"), new(Occasion: "New Year"), new(Tone: "rude"), new(Licence: "\a"), new(Author: ""), new(Encoding: "klingon"), new(Encoding: "utf-7")])
            Assert.Equal(PublishingFault.Usage, Refused(() => GreetingImport.Read(["nowhere"], wrong)).Fault);
    }

    [Theory] // each made by iconv, which knows nothing of us
    [InlineData("latin1", "Grüße, señor"), InlineData("windows-1252", "„Grüße“ – 5 €"), InlineData("koi8-r", "С Новым годом"), InlineData("gb18030", "新年快乐"), InlineData("gbk", "新年快乐"), InlineData("big5", "新年快樂"), InlineData("euc-jp", "明けましておめでとう")]
    [InlineData("shift_jis", "明けましておめでとう"), InlineData("euc-kr", "새해 복"), InlineData("utf-16", "Grüße"), InlineData("iso-8859-2", "Všechno nejlepší")]
    public void An_encoding_is_named(string encoding, string text)
    {
        string plain = Write("plain", $"{text}\n%\nabc\n%\n"), coded = Path.Combine(folder, "coded");
        FortuneVectors.Run("iconv", "-f", "UTF-8", "-t", encoding, "-o", coded, plain);
        Assert.Equal([text, "abc"], GreetingImport.Read([coded], FortuneVectors.Defaults with { Encoding = encoding }).Entries.Select(one => one.Text));
        Assert.Equal([text, "abc"], FortuneVectors.Bring(plain).Entries.Select(one => one.Text));
        if (encoding is "utf-16") return; // it has a byte order mark
        PublishingException e = Refused(() => FortuneVectors.Bring(coded));
        Assert.Contains("is not UTF-8: nothing was staged", e.Message, StringComparison.Ordinal);
        Assert.Contains("--encoding", e.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gb18030", new byte[] { 0x81 }), InlineData("euc-jp", new byte[] { 0xA4, 0x20 }), InlineData("shift_jis", new byte[] { 0x81, 0x20 }), InlineData("utf-8", new byte[] { 0xFC })]
    public void Bytes_that_are_none_of_the_encoding_are_refused(string encoding, byte[] bytes) => Assert.Contains("nothing was staged",
        Refused(() => GreetingImport.Read([Write("coded", [.. bytes, .. "\n%\nabc\n%\n"u8])], FortuneVectors.Defaults with { Encoding = encoding })).Message, StringComparison.Ordinal);

    [Fact]
    public void Columns_that_say_nothing_are_passed_over_when_asked()
    {
        string file = Write("all.csv", "text,language,licence,colour\none,en,CC0-1.0,red\n");
        Assert.Contains("--ignore-columns", Refused(() => FortuneVectors.Bring(file)).Hint, StringComparison.Ordinal);
        Assert.Equal("one", Assert.Single(GreetingImport.Read([file], new GreetingDefaults(IgnoreColumns: true)).Entries).Text);
    }

    [Fact] // CSV whose text has a line of % is CSV, JSON with an index beside it is what its index says it is
    public void A_line_of_percent_in_a_CSV_is_text() => Assert.Equal(["a\n%\nb"], FortuneVectors.Bring(Write("all.csv", "text\n\"a\n%\nb\"\n")).Entries.Select(one => one.Text));

    [Fact]
    public void What_was_written_is_read_again() => Gen.Select(Piece.Array[0, 30], Gen.Bool).Sample((pieces, hasComments) =>
    {
        foreach (Fortune one in FortuneFile.Read(string.Concat(pieces), hasComments: hasComments))
        {
            Assert.Equal(one.Text is null, one.Why is not null);
            if (one.Text is not { } text) continue;
            Assert.Null(FortuneVectors.Defaults.Apply(text, one.Author).Complaint());
            if (text.Split('\n').Contains("%")) continue; // a line that had a blank behind
            Fortune again = Assert.Single(FortuneFile.Read(one.Author is null ? text : $"{text}\n\t-- {one.Author}"));
            Assert.Equal((text, one.Author), (again.Text, again.Author));
        }
    }, iter: 20_000);

    [Fact]
    public void Whatever_lies_beside_a_file_is_an_index_or_is_refused()
    {
        byte[] text = File.ReadAllBytes(Path.Combine(FortuneVectors.Folder, "refused", "good.fortune")), good = File.ReadAllBytes(Path.Combine(FortuneVectors.Folder, "refused", "good.fortune.dat"));
        int taken = 0;
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, 2]).Sample((at, value, cut) =>
        {
            byte[] index = good[..^cut];
            if (at < index.Length) index[at] = value;
            try
            {
                Assert.Equal(3, FortuneIndex.Read("x.dat", index, text).Entries);
                Interlocked.Increment(ref taken);
            }
            catch (PublishingException)
            {
            }
        }, iter: 5_000);
        Assert.NotEqual(0, taken);
    }

    [Theory] // ten megabytes, in entries as large as are looked into; what grew with the square of one would take hours
    [InlineData("a\n%\n"), InlineData("\n"), InlineData("%\n"), InlineData("\t"), InlineData("a\b"), InlineData("a\ba"), InlineData("\u001B[0"), InlineData("0"), InlineData("\u001B"), InlineData("\n -- a"), InlineData("\n a"), InlineData("\"a"), InlineData("\u0001\n%\n"), InlineData("\r\n")]
    public void Time_grows_with_the_file_alone(string piece)
    {
        string entry = "\u001B[" + string.Concat(Enumerable.Repeat(piece, 99_000 / piece.Length)) + "\n%\n";
        string file = Write("large", string.Concat(Enumerable.Repeat(entry, 100)));
        Stopwatch time = Stopwatch.StartNew();
        try
        {
            FortuneVectors.Bring(file);
        }
        catch (PublishingException e)
        {
            Assert.True(e.Message.Contains("more than 250000 entries", StringComparison.Ordinal) || e.Message.Contains("that can be staged", StringComparison.Ordinal), e.Message);
        }
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(30), $"{time.Elapsed}");
    }

    [Fact]
    public void A_file_of_more_than_256_MiB_is_refused_unread()
    {
        string file = Write("large", "");
        using (FileStream sparse = new(file, FileMode.Open)) sparse.SetLength((256L << 20) + 1);
        Assert.Contains("larger than 256 MiB", Refused(() => FortuneVectors.Bring(file)).Message, StringComparison.Ordinal);
        File.Move(file, Path.Combine(folder, "small.dat"));
        Assert.Contains("larger than 256 MiB", Refused(() => FortuneVectors.Bring(Write("small", "a\n%\n"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_a_collection_holds_is_refused()
    {
        StringBuilder many = new();
        for (int i = 0; i <= 250_000; i++) many.Append(i).Append("\n%\n");
        Assert.Contains("more than 250000 entries were brought", Refused(() => FortuneVectors.Bring(Write("many", many.ToString()))).Message, StringComparison.Ordinal);
    }
}
