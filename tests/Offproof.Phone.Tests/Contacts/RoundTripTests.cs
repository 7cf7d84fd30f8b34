using CsCheck;

namespace Offproof.Phone.Tests.Contacts;

/// <summary>Generated contacts through import and export: what is read of what was written means the same.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void Through_3() => Passes(contact => contact.As3(), ContactFormat.VCard3);

    [Fact]
    public void Through_4() => Passes(contact => contact.As4(), ContactFormat.VCard4);

    [Fact]
    public void From_2_1_to_3() => Passes(contact => contact.As21(), ContactFormat.VCard3);

    [Fact]
    public void From_3_to_4_and_back() => Passes(contact => contact.As3(), ContactFormat.VCard4, ContactFormat.VCard3);

    [Fact]
    public void From_4_to_3_and_back() => Passes(contact => contact.As4(), ContactFormat.VCard3, ContactFormat.VCard4);

    static void Passes(Func<Contact, string> write, params ContactFormat[] formats) => Contact.Generate.Array[1, 20].Sample(
        contacts =>
        {
            using TempFolder folder = new();
            for (int index = 0; index < contacts.Length; index++) contacts[index] = contacts[index] with { Uid = $"test-{index:x4}" };
            string source = folder.Write("source.vcf", System.Text.Encoding.UTF8.GetBytes(string.Concat(contacts.Select(write))));
            for (int step = 0; step < formats.Length; step++)
            {
                using Import import = Cards.Read(source);
                Assert.Equal((contacts.Length, 0), ((int)import.Report.Kept, import.Report.Skipped.Count));
                Means(contacts, Parse(import));
                Cards.Store(import, folder[$"tree{step}"]);
                ExportReport report = Cards.Write(folder[$"tree{step}"], folder[$"out{step}"], formats[step]);
                Assert.Equal((contacts.Length, 0, 0), ((int)report.Entries, report.Problems.Count, report.Notices.Count));
                source = folder[$"out{step}/contacts.vcf"];
            }
            using Import last = Cards.Read(source);
            Means(contacts, Parse(last));
        },
        iter: 20, threads: 1);

    static Card[] Parse(Import import)
    {
        List<Card> cards = [];
        foreach (TreeFile file in import.Files) ContactImport.OfTree(new SourceFile(file.Path, () => new MemoryStream(Cards.Bytes(file))), new Account(1), (card, _) => cards.Add(card), CancellationToken.None);
        return [.. cards];
    }

    static void Means(Contact[] contacts, Card[] cards) => Assert.Equal(
        contacts.Select(contact => contact.Meaning()).Order(StringComparer.Ordinal),
        cards.Select(card => Contact.Of(card).Meaning()).Order(StringComparer.Ordinal));
}
