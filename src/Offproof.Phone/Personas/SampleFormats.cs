using System.Text;

namespace Offproof.Phone;

/// <summary>The folder formats of a persona: the same contacts, messages and notes in every format of persona.md §10.</summary>
static class SampleFormats
{
    static readonly string Readme = $"""
        The contacts, messages and notes of this sample phone, once more in each format that phones export.
        ../persona.json says what they hold; docs/persona.md §10 of Offproof says how. Everything in here is invented.

        contacts/vcard-2.1/                      as Android writes it; the same file as ../contacts
        contacts/vcard-3.0/                      as iOS writes it
        contacts/vcard-4.0/                      RFC 6350
        messages/sms-backup-restore/             the same file as ../messages
        messages/sms-import-export-2/            ZIP
        messages/sms-import-export-1/            JSON
        messages/sms-import-export-encrypted/    the ZIP, encrypted; the password is: {SampleSeal.Password}
        notes/markdown/                          the same files as ../notes
        notes/keep/                              Google Takeout
        notes/xiaomi/                            Xiaomi's cloud; labels and archived are not in it

        SMS Import/Export keeps no list of a conversation's addresses: received group messages name this phone's own
        number among the recipients.

        """.ReplaceLineEndings("\n");

    internal static void Write(string root, ulong seed, string own, SampleContact[] contacts, SampleMessages messages, IEnumerable<SampleNote> notes, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(root, "formats");
        PersonaFiles.Write(Path.Combine(folder, "contacts", "vcard-2.1"), PersonaFiles.ContactsName, output => SampleAndroidCards.Write(output, contacts));
        PersonaFiles.Write(Path.Combine(folder, "contacts", "vcard-3.0"), PersonaFiles.ContactsName, output => SampleUtf8Cards.Write(output, contacts, four: false));
        PersonaFiles.Write(Path.Combine(folder, "contacts", "vcard-4.0"), PersonaFiles.ContactsName, output => SampleUtf8Cards.Write(output, contacts, four: true));
        cancellationToken.ThrowIfCancellationRequested();

        string talks = Path.Combine(folder, "messages");
        SampleImportExport export = new(messages, own);
        PersonaFiles.Write(Path.Combine(talks, "sms-backup-restore"), PersonaFiles.MessagesName, output => SampleBackupXml.Write(output, messages, seed, own));
        cancellationToken.ThrowIfCancellationRequested();
        PersonaFiles.Write(Path.Combine(talks, "sms-import-export-2"), "messages.zip", export.WriteZip);
        cancellationToken.ThrowIfCancellationRequested();
        PersonaFiles.Write(Path.Combine(talks, "sms-import-export-1"), "messages.json", export.WriteArray);
        cancellationToken.ThrowIfCancellationRequested();
        PersonaFiles.Write(Path.Combine(talks, "sms-import-export-encrypted"), "messages.zip", output =>
        {
            using FileStream plain = File.OpenRead(Path.Combine(talks, "sms-import-export-2", "messages.zip"));
            SampleSeal.Write(plain, output, new SeededBits(seed, 4_000_001));
        });
        cancellationToken.ThrowIfCancellationRequested();

        foreach (string kind in (string[])["markdown", "keep", "xiaomi"]) Directory.CreateDirectory(Path.Combine(folder, "notes", kind));
        foreach (SampleNote note in notes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SampleMarkdown.Write(Path.Combine(folder, "notes", "markdown"), note);
            SampleNoteJson.WriteKeep(Path.Combine(folder, "notes", "keep"), note);
            SampleNoteJson.WriteXiaomi(Path.Combine(folder, "notes", "xiaomi"), note);
        }
        PersonaFiles.Write(folder, "README.txt", output => output.Write(Encoding.UTF8.GetBytes(Readme)));
    }
}
