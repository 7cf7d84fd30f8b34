using System.Text;

namespace Offproof.Channel.Tests;

/// <summary>What an operator brings (channel.md §9).</summary>
public sealed class GreetingFilesTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("offproof-greetings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    string Write(string content) => Write(Encoding.UTF8.GetBytes(content));

    string Write(byte[] content)
    {
        string file = Path.Combine(folder, "brought");
        File.WriteAllBytes(file, content);
        return file;
    }

    [Fact]
    public void JSON_lines_become_the_collection_byte_for_byte()
    {
        Assert.Equal(ContentVectors.Bytes("greetings.jsonl"), GreetingList.Write(GreetingFiles.Read(ContentVectors.Path("greetings-as-brought.jsonl"))));
        Assert.Equal(ContentVectors.Bytes("greetings.jsonl"), GreetingList.Write(GreetingFiles.Read(ContentVectors.Path("greetings.jsonl")))); // a published one, header and all
    }

    [Fact]
    public void A_JSON_array_too()
    {
        string[] lines = File.ReadAllLines(ContentVectors.Path("greetings-as-brought.jsonl"));
        Assert.Equal(ContentVectors.Bytes("greetings.jsonl"), GreetingList.Write(GreetingFiles.Read(Write($"[\n{string.Join(",\n", lines)}\n]\n"))));
    }

    [Fact]
    public void CSV_has_a_header_line_quotes_and_texts_of_several_lines()
    {
        IReadOnlyList<Greeting> read = GreetingFiles.Read(Write("\uFEFFlanguage,text,kind,licence,author\r\nen,\"Hello, \"\"you\"\"\r\nthere\",joke,CC0-1.0,\r\n\r\nde,Hallo,,\"CC0-1.0\",Ann\r\n"));
        Assert.Equal([("en", "Hello, \"you\"\nthere", "joke", null), ("de", "Hallo", "greeting", "Ann")], read.Select(g => (g.Language, g.Text, g.Kind, g.Author)));
        Assert.Equal(Greeting.IdOf("de", "Hallo"), read[1].Id);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("nothing of the kind\n", "neither JSON nor CSV")]
    [InlineData("text,kind\nx,joke\n", "no column 'language'")]
    [InlineData("kind,language\njoke,en\n", "neither JSON nor CSV")]
    [InlineData("text,language,colour\nx,en,red\n", "a column 'colour'")]
    [InlineData("text,language,Text\nx,en,y\n", "two columns 'text'")]
    [InlineData("text,licence,license,language\nx,y,z,en\n", "two columns 'licence'")]
    [InlineData("{\n  \"greetings\": [\n    {\"text\": 1}\n  ]\n}\n", "line 3: its greetings are no array")]
    [InlineData("{\"greetings\":[{\"text\":\"x\",\"language\":\"en\"}]}\n", "entry 1: its licence is empty")]
    [InlineData("{\n \"text\": \"x\"\n}\n", "line 1: it is not one JSON object")]
    [InlineData("text,language,licence\nx,en\n", "line 2: it has 2 fields")]
    [InlineData("text,language,licence\n\"x\ny\",en,CC0-1.0\n\"x,en,CC0-1.0\n", "line 4: a quoted field does not end")]
    [InlineData("text,language,licence\n\"x\"y,en,CC0-1.0\n", "line 2: a quoted field does not end")]
    [InlineData("text,language,licence\nx,en,\n", "line 2: its licence is empty")]
    [InlineData("{\"text\":\"x\",\"language\":\"en\",\"licence\":\"CC0-1.0\"}\n{\"text\":1}\n", "line 2: it is not one JSON object")]
    [InlineData("{\"text\":\"x\",\"language\":\"en\",\"licence\":\"CC0-1.0\"}\n\n{\"language\":\"en\"}\n", "line 3: its text is empty")]
    [InlineData("{\"text\":\"x\",\"text\":\"y\",\"language\":\"en\",\"licence\":\"CC0-1.0\"}\n", "line 1: it is not one JSON object")]
    [InlineData("[{\"text\":\"x\"},null]", "entry 1: its language")]
    [InlineData("[null]", "entry 1: it is no object")]
    [InlineData("{\n\"greetings\":[null]}", "entry 1: it is no object")]
    [InlineData("null", "neither JSON nor CSV")]
    [InlineData("[{]", "no JSON array")]
    public void What_is_wrong_is_said_with_its_line(string content, string said)
    {
        PublishingException e = Assert.Throws<PublishingException>(() => GreetingFiles.Read(Write(content)));
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_encoding_is_said_and_not_guessed() =>
        Assert.Contains("not UTF-8", Assert.Throws<PublishingException>(() => GreetingFiles.Read(Write(Encoding.Latin1.GetBytes("text,language\nGrüße,de\n")))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_text_may_hold_what_ends_lines_elsewhere() =>
        Assert.Equal("a\u2028b", Assert.Single(GreetingFiles.Read(Write("{\"text\":\"a\u2028b\",\"language\":\"en\",\"licence\":\"CC0-1.0\"}"))).Text);

    [Theory] // as spreadsheets write it: semicolons or tabs, their own order and capitals, a column and rows with nothing in them
    [InlineData("\uFEFFText;Language;License;;\r\n\"Hallo; Du\";de;CC0-1.0;;\r\n;;;;\r\nTag, auch;de;CC0-1.0;;\r\n")]
    [InlineData("LANGUAGE\tLicence\t text \r\nde\tCC0-1.0\t\"Hallo; Du\"\r\nde\tCC0-1.0\tTag, auch\r\n")]
    [InlineData("\"text\",\"language\",\"licence\"\n\"Hallo; Du\",de,CC0-1.0\n\"Tag, auch\",de,CC0-1.0")]
    public void CSV_of_spreadsheets_is_read(string content) =>
        Assert.Equal([("de", "Hallo; Du", "CC0-1.0"), ("de", "Tag, auch", "CC0-1.0")], GreetingFiles.Read(Write(content)).Select(g => (g.Language, g.Text, g.Licence)));

    [Fact]
    public void A_byte_order_mark_says_UTF_16()
    {
        const string content = "text\tlanguage\tlicence\r\nGrüße\tde\tCC0-1.0\r\n";
        Assert.Equal("Grüße", Assert.Single(GreetingFiles.Read(Write([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(content)]))).Text);
        Assert.Equal("Grüße", Assert.Single(GreetingFiles.Read(Write([0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(content)]))).Text);
        Assert.Throws<PublishingException>(() => GreetingFiles.Read(Write([0xFF, 0xFE, 0x00, 0xD8]))); // half a character
    }

    [Theory] // what `offproof greetings --json` prints, in one line and in several
    [InlineData("{\"schema\":\"offproof/v1/greetings\",\"greetings\":[ONE,TWO]}")]
    [InlineData("{\n  \"schema\": \"offproof/v1/greetings\",\n  \"greetings\": [\n    ONE,\n    TWO\n  ]\n}\n")]
    public void An_object_that_holds_the_greetings_is_read(string form)
    {
        string content = form.Replace("ONE", "{\"text\":\"one\",\"language\":\"en\",\"license\":\"CC0-1.0\",\"rank\":3}", StringComparison.Ordinal).Replace("TWO", "{\"Text\":\"two\",\"language\":\"en\",\"licence\":\"CC0-1.0\"}", StringComparison.Ordinal);
        Assert.Equal(["one", "two"], GreetingFiles.Read(Write(content)).Select(g => g.Text));
    }
}
