using Offproof.Fuzz;

namespace Offproof.Phone.Tests.Contacts;

/// <summary>Damaged, cut and crossed files of cards: whatever is read obeys docs/contacts.md (<see cref="ContactFuzz"/> throws where it does not).</summary>
public sealed class FuzzTests
{
    static readonly byte[][] Seeds = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "vectors", "phone", "contacts"), "*.vcf", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    static readonly string[] Splinters = ["BEGIN:VCARD\r\n", "END:VCARD\r\n", "VERSION:2.1\r\n", "VERSION:4.0\r\n", "VERSION:9\r\n", "\r\n", "\n", "\r", "\r\r\n", "\r\n ", "\n\t", "=\r\n", "=\r\n ", "=", "=3D", "=0A", "=E4",
        ";ENCODING=QUOTED-PRINTABLE", ";QUOTED-PRINTABLE:", ";ENCODING=b", ";BASE64:", ";CHARSET=SHIFT_JIS", ";CHARSET=x", ";CHARSET=UTF-16", ";TYPE=pref", ";PREF=1", ";PREF=2", "\"", ":", ";", ",", "\\", "\\n", ".", "#",
        "AGENT:\r\n", "N:a;b\r\n", "FN:x\r\n", "\r\nFN:x\r\n", "\r\nUID:con\r\n", "\r\nUID:", "\r\nREV:2024-01-01\r\n", "\r\nLABEL:a\\nb\r\n", "\r\nADR;LABEL=\"x\":;;;;;;\r\n", "\r\nSORT-STRING:s\r\n", "\r\nN;SORT-AS=a,b:c\r\n",
        "\r\nBDAY:1990-01-02\r\n", "\r\nBDAY:--0102\r\n", "\r\nGEO:1;2\r\n", "\r\nTZ:-05:00\r\n", "\r\nX-SIP:1\r\n", "\r\nPHOTO:data:image/png;base64,AAAA\r\n", "\r\nPHOTO;VALUE=uri;TYPE=PNG:x\r\n", "\r\nTEL:tel:1;a\r\n",
        "\r\nSOUND:a;b\r\n", "\r\nX;VALUE=uri:data:a/b;base64,AA==\r\n", "END;QUOTED-PRINTABLE:VCARD", "END:VCARDBEGIN:VCARD\r\n", "\r\nTEL;X-CUSTOM(a,b):1\r\n", ";X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D7=A0)", "item1.", "\r\nX-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;a;1;\r\n", "\0", "\uFEFF", "\u00E9", "\U0001F600", "^'", "^n"];

    [Fact]
    public void Every_vector_passes() => Assert.All(Seeds, ContactFuzz.Run);

    [Fact]
    public void Mangled_vectors_pass() => new Mangled(Seeds, Splinters).Show(ContactFuzz.Run, inputs: 150, threads: 2);

    [Fact]
    public void Every_beginning_of_a_file_passes()
    {
        byte[] android = File.ReadAllBytes(Path.Combine(Repository.Root, "vectors", "phone", "contacts", "sources", "android.vcf"));
        for (int length = 0; length < android.Length; length += 13) ContactFuzz.Run(android[..length]);
    }
}
