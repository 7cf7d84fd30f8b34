using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Offproof.Phone.Tests.Personas;

/// <summary>Programs that we did not write read a persona's files: Python's standard library and libsodium (read.py), xmllint, unzip, jq. A missing one is a failure.</summary>
public sealed class IndependentReaderTests(FullPersona persona) : IClassFixture<FullPersona>
{
    static readonly string Reader = Path.Combine(Repository.Root, "tests", "Offproof.Phone.Tests", "Personas", "read.py");

    [Fact] // docs/persona.md §7 to §10
    public void Python_and_libsodium_read_in_every_format_what_persona_json_says() => Assert.Equal("", Read(persona.FullPath));

    [Fact]
    public void They_read_the_vector_too()
    {
        using SamplePersona sample = new();
        Assert.Equal("", Read(sample.FullPath));
    }

    [Theory] // a check that finds nothing wrong is shown something that is
    [InlineData("contacts/contacts.vcf"), InlineData("formats/contacts/vcard-2.1/contacts.vcf"), InlineData("formats/contacts/vcard-3.0/contacts.vcf")]
    [InlineData("formats/contacts/vcard-4.0/contacts.vcf"), InlineData("messages/sms-20251231200000.xml"), InlineData("notes/note-0001.md")]
    [InlineData("formats/messages/sms-backup-restore/sms-20251231200000.xml"), InlineData("formats/messages/sms-import-export-1/messages.json")]
    [InlineData("formats/messages/sms-import-export-2/messages.zip"), InlineData("formats/messages/sms-import-export-encrypted/messages.zip")]
    [InlineData("formats/notes/keep/note-0001.json"), InlineData("formats/notes/markdown/note-0001.md"), InlineData("formats/notes/xiaomi/note-0001.json")]
    public void One_altered_letter_is_found(string path)
    {
        using TempFolder folder = new();
        PersonaSummary made = Persona.Create(folder["p"], new PersonaOptions { Photos = 0, Contacts = 3, Messages = 8, Notes = 3, AllFormats = true }, CancellationToken.None);
        string file = folder["p/" + path];
        byte[] bytes = File.ReadAllBytes(file);
        string[] canaries = [.. FullCanaries(made.JsonPath)];
        int at = canaries.Select(canary => bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(canary))).Where(at => at >= 0).DefaultIfEmpty(bytes.Length / 2).First();
        bytes[at] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.NotEqual("", Read(folder["p"]));
    }

    [Fact]
    public void Xmllint_unzip_and_jq_count_the_messages()
    {
        using TempFolder work = new();
        // xmllint complains about the halves of emoji and goes on.
        work.Shell($"""
            cd '{persona.FullPath}'
            test "$(xmllint --recover messages/sms-20251231200000.xml 2>/dev/null | grep -cE '^ *<(sms|mms) ')" = 5000
            cd formats/messages
            unzip -tqq sms-import-export-2/messages.zip
            unzip -p sms-import-export-2/messages.zip messages.ndjson | jq -e -s 'length == 5000' >/dev/null
            jq -e 'length == 5000' sms-import-export-1/messages.json >/dev/null
            """);
    }

    static IEnumerable<string> FullCanaries(string json)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(json));
        foreach (string kind in (string[])["contacts", "messages", "notes"])
        {
            foreach (JsonElement item in document.RootElement.GetProperty(kind).EnumerateArray())
            {
                if (item.GetProperty("canary").GetString() is { } canary) yield return canary;
            }
        }
    }

    static string Read(string folder)
    {
        ProcessStartInfo start = new("/usr/bin/python3", ["-B", Reader, folder]) { RedirectStandardOutput = true };
        using Process python = Process.Start(start)!;
        string said = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        return python.ExitCode == 0 ? said.Trim() : $"{python.ExitCode}: {said}";
    }
}
