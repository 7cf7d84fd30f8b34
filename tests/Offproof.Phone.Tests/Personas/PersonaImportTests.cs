using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Offproof.Phone.Tests.Messages;

namespace Offproof.Phone.Tests.Personas;

/// <summary>The product's own readers take every file of messages of a persona whole.</summary>
public sealed class PersonaImportTests(FullPersona persona) : IClassFixture<FullPersona>
{
    [Theory]
    [InlineData("messages/sms-20251231200000.xml")]
    [InlineData("formats/messages/sms-backup-restore")]
    [InlineData("formats/messages/sms-import-export-2/messages.zip")]
    [InlineData("formats/messages/sms-import-export-1/messages.json")]
    [InlineData("formats/messages/sms-import-export-encrypted")]
    public void MessageImport_skips_nothing_and_says_nothing(string path)
    {
        using Import import = MessageImport.Read([persona[path]], _ => SampleSeal.Password, TestContext.Current.CancellationToken);
        Assert.Empty(import.Report.Skipped);
        Assert.Empty(import.Report.Notices);
        Assert.Equal(5000, import.Report.Kept);
        Trees.Balances(import);
        Dictionary<string, string> texts = Trees.Lines(import).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(message => message.GetProperty("kind").GetString() == "sms")
            .ToDictionary(message => message.GetProperty("date").GetString()!, message => message.GetProperty("body").GetString()!, StringComparer.Ordinal);
        Assert.All(persona.Messages.Where(message => message.GetProperty("kind").GetString() == "sms"), message =>
            Assert.Equal(message.GetProperty("body").GetString(), texts[message.GetProperty("date").GetInt64().ToString(CultureInfo.InvariantCulture)]));
    }

    [Fact] // messages.md §1.1, computed here anew
    public void Conversations_and_attachments_are_those_of_the_description()
    {
        using Import import = MessageImport.Read([persona["messages"]], null, TestContext.Current.CancellationToken);
        SortedDictionary<string, byte[]> tree = Trees.Content(import);
        HashSet<string> conversations = new(StringComparer.Ordinal);
        foreach (JsonElement message in persona.Messages)
        {
            string[] addresses = [.. message.GetProperty("addresses").EnumerateArray().Select(address => address.GetString()!)];
            Assert.Equal(addresses.Order(StringComparer.Ordinal).Distinct(StringComparer.Ordinal), addresses);
            string conversation = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', addresses))))[..32];
            conversations.Add(conversation);
            string month = DateTimeOffset.FromUnixTimeMilliseconds(message.GetProperty("date").GetInt64()).ToString("yyyy-MM", CultureInfo.InvariantCulture);
            Assert.True(tree.ContainsKey($"{conversation}/{month}.ndjson"));
            foreach (JsonElement part in message.GetProperty("parts").EnumerateArray().Where(part => part.GetProperty("contentType").GetString() is not ("text/plain" or "application/smil")))
            {
                string ending = part.GetProperty("contentType").GetString() switch { "image/jpeg" => "jpg", "audio/amr" => "amr", _ => "vcf" };
                Assert.Equal(part.GetProperty("bytes").GetInt32(), tree[$"{conversation}/parts/{part.GetProperty("sha256").GetString()}.{ending}"].Length);
            }
        }
        Assert.Equal(60, conversations.Count);

        // persona.md §2: a contact's canary is met in no message, also where its card was sent.
        string[] cards = [.. tree.Where(file => file.Key.EndsWith(".vcf", StringComparison.Ordinal)).Select(file => Encoding.ASCII.GetString(file.Value))];
        Assert.True(cards.Length > 50);
        Assert.All(cards, card => Assert.All(persona.Contacts, contact => Assert.DoesNotContain(contact.GetProperty("canary").GetString()!, card, StringComparison.Ordinal)));
        Assert.Equal(conversations.Order(StringComparer.Ordinal), tree.Keys.Select(path => path.Split('/')[0]).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void A_wrong_password_opens_nothing()
    {
        using Import import = MessageImport.Read([persona["formats/messages/sms-import-export-encrypted"]], _ => SampleSeal.Password + "s", TestContext.Current.CancellationToken);
        Assert.Equal(0, import.Report.Kept);
        Assert.Single(import.Report.Skipped);
    }
}
