using System.Text;
using System.Text.Json;

namespace Offproof.Phone.Tests.Personas;

/// <summary>What a persona must hold to be worth comparing and searching (docs/persona.md §2).</summary>
public sealed class PersonaContentTests(FullPersona persona) : IClassFixture<FullPersona>
{
    [Fact]
    public void The_default_is_200_contacts_5000_messages_in_60_conversations_and_100_notes()
    {
        PersonaSummary made = persona.Summary;
        Assert.Equal((200, 5000, 60, 100), (made.Contacts, made.Messages, made.Conversations, made.Notes));
        Assert.Equal((200, 5000, 100), (persona.Contacts.Length, persona.Messages.Length, persona.Notes.Length));
        Assert.Equal(60, persona.Messages.Select(message => message.GetProperty("addresses").GetRawText()).Distinct(StringComparer.Ordinal).Count());
        PersonaOptions options = new();
        Assert.Equal((200, 200, 5000, 100, false), (options.Photos, options.Contacts, options.Messages, options.Notes, options.AllFormats));
    }

    [Fact] // "16 letters that occur nowhere else"
    public void Each_canary_is_in_the_texts_of_its_item_and_of_no_other()
    {
        string[] texts = [.. persona.Contacts.Concat(persona.Messages).Concat(persona.Notes).Select(Words)];
        string[] canaries = [.. persona.Contacts.Concat(persona.Messages).Concat(persona.Notes).Select(item => item.GetProperty("canary").GetString() ?? "")];
        Dictionary<string, int> owner = canaries.Index().Where(pair => pair.Item.Length > 0).ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        Assert.All(owner.Keys, canary => Assert.Matches("^([bdfghjklmnprstvz][aeio]){8}$", canary));
        for (int i = 0; i < texts.Length; i++)
        {
            if (canaries[i].Length > 0) Assert.Contains(canaries[i], texts[i], StringComparison.Ordinal);
            // Every window of sixteen letters of every text.
            for (int at = 0; at + 16 <= texts[i].Length; at++)
            {
                if (owner.TryGetValue(texts[i].Substring(at, 16), out int of)) Assert.Equal(i, of);
            }
        }
        Assert.All(persona.Messages.Where(message => message.GetProperty("canary").ValueKind == JsonValueKind.Null), message => Assert.Equal("null", message.GetProperty("body").GetString()));

        static string Words(JsonElement item) => string.Join('\n', item.EnumerateObject().Where(member => member.Name != "canary").Select(member => member.Value.ToString()));
    }

    [Fact]
    public void Pictures_carry_the_canary_as_their_comment_and_no_two_are_the_same()
    {
        foreach (JsonElement note in persona.Notes)
        {
            foreach (JsonElement attachment in note.GetProperty("attachments").EnumerateArray())
            {
                byte[] bytes = File.ReadAllBytes(persona[attachment.GetProperty("path").GetString()!]);
                Assert.Equal(0xFE, bytes[3]);
                Assert.StartsWith(note.GetProperty("canary").GetString()!, Encoding.ASCII.GetString(bytes, 6, 20), StringComparison.Ordinal);
                Assert.Equal(SamplePictures.Size, Size(bytes));
            }
        }
        string[] hashes = [.. persona.Messages.SelectMany(message => message.GetProperty("parts").EnumerateArray()).Concat(persona.Notes.SelectMany(note => note.GetProperty("attachments").EnumerateArray()))
            .Concat(persona.Contacts.Select(contact => contact.GetProperty("photo")).Where(photo => photo.ValueKind == JsonValueKind.Object))
            .Where(file => file.GetProperty("contentType").GetString() == "image/jpeg").Select(file => file.GetProperty("sha256").GetString()!)];
        Assert.True(hashes.Length > 500);
        Assert.Equal(hashes.Length, hashes.Distinct(StringComparer.Ordinal).Count());

        static (int, int) Size(byte[] jpeg)
        {
            JpegLibrary.JpegDecoder decoder = new();
            decoder.SetInput(jpeg);
            decoder.Identify();
            return (decoder.Width, decoder.Height);
        }
    }

    [Fact]
    public void Contacts_have_what_trips_readers()
    {
        JsonElement[] contacts = persona.Contacts;
        string all = string.Concat(contacts.Select(contact => contact.GetProperty("displayName").GetString()));
        (char, char)[] scripts = [('À', 'ž'), ('Ѐ', 'ӿ'), ('Ͱ', 'Ͽ'), ('\u0590', '\u05FF'), ('\u0600', '\u06FF'), ('\u0900', '\u097F'), ('一', '鿿'), ('ぁ', 'ゖ'), ('가', '힣')];
        Assert.All(scripts, script => Assert.True(all.Any(c => c >= script.Item1 && c <= script.Item2), $"{script}"));
        Assert.Contains(contacts, contact => contact.GetProperty("nickname").GetString()?.Any(char.IsSurrogate) == true);
        Assert.Contains(contacts, contact => contact.GetProperty("phones").GetArrayLength() == 3);
        Assert.Contains(contacts, contact => contact.GetProperty("phones").EnumerateArray().Any(phone => phone.GetProperty("label").ValueKind == JsonValueKind.String));
        Assert.Contains(contacts, contact => contact.GetProperty("addresses").GetArrayLength() == 2);
        Assert.Contains(contacts, contact => contact.GetProperty("birthday").GetString()?.StartsWith("--", StringComparison.Ordinal) == true);
        Assert.InRange(contacts.Count(contact => contact.GetProperty("photo").ValueKind == JsonValueKind.Object), 20, 60);
        foreach (string character in (string[])["\n", ";", ",", "\\"])
        {
            Assert.Contains(contacts, contact => contact.GetProperty("note").GetString()?.Contains(character, StringComparison.Ordinal) == true);
        }
        IGrouping<string, JsonElement>[] shared = [.. contacts.GroupBy(contact => contact.GetProperty("displayName").GetString()!, StringComparer.Ordinal).Where(group => group.Count() > 1)];
        Assert.True(shared.Length > 5);
        Assert.All(shared, group => Assert.Equal(group.Count(), group.Select(contact => contact.GetRawText()).Distinct(StringComparer.Ordinal).Count()));
    }

    [Fact]
    public void Messages_have_what_trips_readers()
    {
        JsonElement[] messages = persona.Messages;
        foreach (string piece in (string[])["\u200D", "😀", "<b>", "&amp;", "\"", "'", "\n\n", "\t", "\\u0041", "𐍈", "𠮷"])
        {
            Assert.Contains(messages, message => message.GetProperty("body").GetString()?.Contains(piece, StringComparison.Ordinal) == true);
        }
        Assert.InRange(messages.Count(message => message.GetProperty("body").GetString() == "null"), 50, 250);
        Assert.Contains(messages, message => message.GetProperty("body").GetString()?.Length > 600);
        foreach ((string kind, string direction) in from kind in (string[])["sms", "mms"] from direction in (string[])["in", "out", "draft"] select (kind, direction))
        {
            Assert.Contains(messages, message => message.GetProperty("kind").GetString() == kind && message.GetProperty("direction").GetString() == direction);
        }
        foreach (string type in (string[])["application/smil", "text/plain", "image/jpeg", "audio/amr", "text/x-vCard"])
        {
            Assert.Contains(messages, message => message.GetProperty("parts").EnumerateArray().Any(part => part.GetProperty("contentType").GetString() == type));
        }
        HashSet<string> known = [.. persona.Contacts.SelectMany(contact => contact.GetProperty("phones").EnumerateArray()).Select(phone => phone.GetProperty("value").GetString()!)];
        Assert.Contains(messages, message => message.GetProperty("addresses").GetArrayLength() >= 3);
        Assert.Contains(messages, message => message.GetProperty("addresses").EnumerateArray().All(address => !known.Contains(address.GetString()!)));
        long[] dates = [.. messages.Select(message => message.GetProperty("date").GetInt64())];
        Assert.Equal(dates.Select(date => date / 1000).Order(), dates.Select(date => date / 1000));
        Assert.InRange(dates[0], At(2024, 1, 1), At(2024, 1, 3));
        Assert.InRange(dates[^1], At(2025, 12, 27), At(2025, 12, 31));
        Assert.All(messages.Where(message => message.GetProperty("kind").GetString() == "mms"), message => Assert.Equal(0, message.GetProperty("date").GetInt64() % 1000));

        static long At(int year, int month, int day) => new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    }

    [Fact]
    public void Notes_are_texts_and_checklists_with_labels_states_and_attachments()
    {
        Assert.All(persona.Notes, note =>
        {
            Assert.True(note.GetProperty("text").ValueKind == JsonValueKind.Null != (note.GetProperty("items").ValueKind == JsonValueKind.Null));
            Assert.False(note.GetProperty("pinned").GetBoolean() && note.GetProperty("archived").GetBoolean());
            Assert.True(note.GetProperty("created").GetInt64() <= note.GetProperty("edited").GetInt64());
            Assert.Equal(note.GetProperty("edited").GetInt64(), new DateTimeOffset(File.GetLastWriteTimeUtc(persona[note.GetProperty("path").GetString()!])).ToUnixTimeMilliseconds());
        });
        foreach (string state in (string[])["pinned", "archived"]) Assert.Contains(persona.Notes, note => note.GetProperty(state).GetBoolean());
        Assert.Contains(persona.Notes, note => note.GetProperty("items").ValueKind == JsonValueKind.Array);
        Assert.Contains(persona.Notes, note => note.GetProperty("labels").GetArrayLength() >= 2);
        Assert.Contains(persona.Notes, note => note.GetProperty("attachments").GetArrayLength() == 2);
        Assert.Contains(persona.Notes, note => note.GetProperty("title").GetString()!.Length == 0);
    }

    [Fact]
    public void All_text_is_in_composed_form()
    {
        string json = File.ReadAllText(persona.Summary.JsonPath);
        Assert.True(json.IsNormalized(NormalizationForm.FormC));
        Assert.All(Tongue.All, tongue =>
            Assert.All([.. tongue.Given, .. tongue.Family, .. tongue.Sentences, .. tongue.Titles, .. tongue.Items, .. tongue.Labels, .. tongue.Towns, .. tongue.Streets], text =>
            {
                Assert.True(text.IsNormalized(NormalizationForm.FormC), text);
                Assert.Equal(text.Trim(), text);
                Assert.NotEmpty(text);
            }));
    }

    [Fact] // persona.md §6: no number stands for two people
    public void Twenty_thousand_contacts_share_no_number()
    {
        const string own = "+447700900000";
        SampleContact[] contacts = SampleContact.Draw(3, 20_000, new FictionalNumbers(3, own), new SamplePictures(3));
        string[] numbers = [.. contacts.SelectMany(contact => contact.Phones).Select(phone => phone.Value)];
        Assert.Equal(numbers.Length, numbers.Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain(own, numbers);
    }

    [Fact]
    public void Canaries_of_any_two_items_differ()
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < 100_000; i++) Assert.True(seen.Add(Canaries.Of(5, Canaries.Messages + i, new SeededBits(1, 1))[8..]));
    }

    [Theory]
    [InlineData(0, 0, 0), InlineData(0, 9, 0), InlineData(1, 1, 1), InlineData(3, 0, 2), InlineData(2, 300, 1)]
    public void Few_are_a_persona_too(int contacts, int messages, int notes)
    {
        using TempFolder folder = new();
        PersonaSummary made = Persona.Create(folder["p"], new PersonaOptions { Photos = 0, Contacts = contacts, Messages = messages, Notes = notes, AllFormats = true }, CancellationToken.None);
        Assert.Equal((contacts, messages, notes), (made.Contacts, made.Messages, made.Notes));
        using Import import = MessageImport.Read([folder["p/messages"]], null, CancellationToken.None);
        Assert.Empty(import.Report.Skipped);
        Assert.Equal(messages, import.Report.Kept);
    }

    [Fact]
    public void Counts_out_of_range_are_refused()
    {
        using TempFolder folder = new();
        PersonaOptions[] wrong = [new() { Contacts = -1 }, new() { Contacts = 20_001 }, new() { Messages = -1 }, new() { Messages = 200_001 }, new() { Notes = -1 }, new() { Notes = 10_000 }];
        Assert.All(wrong, options => Assert.Throws<ArgumentOutOfRangeException>(() => Persona.Create(folder["p"], options, CancellationToken.None)));
        Assert.False(Directory.Exists(folder["p"]));
    }
}
