using System.Diagnostics;
using System.Text.Json;
using CsCheck;

namespace Offproof.Phone.Tests.Contacts;

/// <summary>What is exported as 3.0 is read by vobject, a program that we did not write, and compared with what was generated. Without the tool this fails.</summary>
public sealed class OtherReaderTests
{
    const string Reader = """
        import base64, json, sys, vobject
        out = []
        with open(sys.argv[1], encoding="utf-8", newline="") as f:
            for card in vobject.readComponents(f.read()):
                text = lambda v: v if isinstance(v, str) else ",".join(v)
                n, a = card.n.value, card.adr.value
                card.validate()
                out.append({
                    "uid": card.uid.value, "name": [text(v) for v in (n.family, n.given, n.additional, n.prefix, n.suffix)], "full": card.fn.value,
                    "phones": [[t.value, [p for p in t.params["TYPE"] if p.lower() != "pref"][0], any(p.lower() == "pref" for p in t.params["TYPE"])] for t in card.contents.get("tel", [])],
                    "emails": [e.value for e in card.email_list], "organization": card.org.value, "note": card.note.value,
                    "address": [text(v) for v in (a.box, a.extended, a.street, a.city, a.region, a.code, a.country)],
                    "label": card.label.value, "photo": base64.b64encode(card.photo.value).decode(), "birthday": card.bday.value, "geo": card.geo.value,
                    "group": [card.adr.group, card.contents["x-ablabel"][0].group, card.contents["x-ablabel"][0].value], "sort": card.contents["sort-string"][0].value})
        json.dump(out, sys.stdout)
        """;

    [Theory]
    [InlineData("2.1"), InlineData("3.0"), InlineData("4.0")]
    public void It_finds_every_value_that_was_generated(string version) => Contact.Generate.Array[60].Sample(
        contacts =>
        {
            using TempFolder folder = new();
            for (int index = 0; index < contacts.Length; index++) contacts[index] = contacts[index] with { Uid = $"test-{index:x4}" };
            string source = string.Concat(contacts.Select(contact => version is "2.1" ? contact.As21() : version is "3.0" ? contact.As3() : contact.As4()));
            using (Import import = Cards.ReadText(source)) Cards.Store(import, folder["tree"]);
            Assert.Equal(60, Cards.Write(folder["tree"], folder["out"], ContactFormat.VCard3).Entries);
            JsonElement[] read = Read(folder["out/contacts.vcf"]);
            Assert.Equal(60, read.Length);
            foreach (Contact contact in contacts)
            {
                JsonElement other = Assert.Single(read, one => one.GetProperty("uid").GetString() == contact.Uid);
                Assert.Equal(contact.Name, Strings(other, "name"));
                Assert.Equal(contact.Full, other.GetProperty("full").GetString());
                Assert.Equal(contact.Phones, other.GetProperty("phones").EnumerateArray().Select(phone => (phone[0].GetString()!, phone[1].GetString()!, phone[2].GetBoolean())));
                Assert.Equal(contact.Emails, Strings(other, "emails"));
                Assert.Equal(contact.Organization, Strings(other, "organization"));
                Assert.Equal(contact.Note, other.GetProperty("note").GetString());
                Assert.Equal(contact.Address, Strings(other, "address"));
                Assert.Equal(contact.Label, other.GetProperty("label").GetString());
                Assert.Equal(contact.Sort, other.GetProperty("sort").GetString());
                Assert.Equal(contact.Photo, other.GetProperty("photo").GetBytesFromBase64());
                Assert.Equal(contact.Birthday, other.GetProperty("birthday").GetString()!.Replace("-", "", StringComparison.Ordinal));
                Assert.Equal(["item1", "item1", "_$!<Other>!$_"], Strings(other, "group"));
            }
        },
        iter: 2, threads: 1);

    static string[] Strings(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(value => value.GetString()!)];

    static JsonElement[] Read(string path)
    {
        using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Reader, path]) { RedirectStandardOutput = true })!;
        string output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        Assert.Equal(0, python.ExitCode);
        return [.. JsonDocument.Parse(output).RootElement.EnumerateArray()];
    }
}
