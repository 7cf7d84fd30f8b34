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
    [InlineData("text,kind\nx,joke\n", "neither JSON nor CSV")] // no language
    [InlineData("text,language,colour\nx,en,red\n", "a column 'colour'")]
    [InlineData("text,language,text\nx,en,y\n", "neither JSON nor CSV")]
    [InlineData("text,language,licence\nx,en\n", "line 2: it has 2 fields")]
    [InlineData("text,language,licence\n\"x\ny\",en,CC0-1.0\n\"x,en,CC0-1.0\n", "line 4: a quoted field does not end")]
    [InlineData("text,language,licence\n\"x\"y,en,CC0-1.0\n", "line 2: a quoted field does not end")]
    [InlineData("text,language,licence\nx,en,\n", "line 2: its licence is empty")]
    [InlineData("{\"text\":\"x\",\"language\":\"en\",\"licence\":\"CC0-1.0\"}\n{\"text\":1}\n", "line 2: it is not one JSON object")]
    [InlineData("{\"text\":\"x\",\"language\":\"en\",\"licence\":\"CC0-1.0\"}\n\n{\"language\":\"en\"}\n", "line 3: its text is empty")]
    [InlineData("{\"text\":\"x\",\"text\":\"y\",\"language\":\"en\",\"licence\":\"CC0-1.0\"}\n", "line 1: it is not one JSON object")]
    [InlineData("[{\"text\":\"x\"},null]", "entry 1: its language")]
    [InlineData("[null]", "no JSON array")]
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
}
