using System.Text;

namespace Offproof.Auditor.Tests;

/// <summary>audit.md §4: names and addresses as vCards, tables, shells and web pages have them.</summary>
public sealed class SpellingTests
{
    private const string Persona = """
        {"schema":"offproof/v1/persona","identifiers":{"mac":"00:00:5e:00:53:af","phone":"+447700900028","androidId":"8c3e9d0f71b25a46","email":"zoe.weiss-284971@öl-mühle.example"},
         "contacts":[{"displayName":"Zoë Bjørnsdóttir-Weiß","name":{"family":"Bjørnsdóttir-Weiß","given":"Zoë"},"organization":"Öl & Ähren Molkerei","phones":[{"value":"+447700900123"}]}]}
        """;

    [Theory]
    [InlineData("N:Bjørnsdóttir-Weiß;Zoë;;;", "contact-name")]
    [InlineData("\"Zoë\",\"Bjørnsdóttir-Weiß\",", "contact-name")]
    [InlineData("Bjørnsdóttir-Weiß\tZoë", "contact-name")]
    [InlineData("Zoë\u00a0Bjørnsdóttir-Weiß", "contact-name")]
    [InlineData("ZOË BJØRNSDÓTTIR-WEISS", "contact-name")]
    [InlineData("zoë.bjørnsdóttir-weiß", "contact-name")]
    [InlineData("Zoë BJØRNSDÓTTIR-WEISS", "contact-name")]
    [InlineData("BJØRNSDÓTTIR-WEISS Zoë", "contact-name")]
    [InlineData("<p>Zo&euml; Bj&oslash;rnsd&oacute;ttir-Wei&szlig;</p>", "contact-name")]
    [InlineData("ÖL & ÄHREN MOLKEREI", "contact-organization")]
    [InlineData("০৭৭০০৯০০১২৩", "contact-phone")]
    [InlineData("၀၇၇၀၀၉၀၀၁၂၃", "contact-phone")]
    [InlineData("mac=0:0:5e:0:53:af", "mac")]
    [InlineData("mac=00 00 5E 00 53 AF", "mac")]
    [InlineData("mac=[0, 0, 94, 0, 83, 175]", "mac")]
    [InlineData("mac=0.0.94.0.83.175", "mac")]
    [InlineData("mac=AABeAFOv", "mac")]
    [InlineData("fe80::200:5eff:fe00:53af", "mac")]
    [InlineData("Zoë  Bjørnsdóttir-Weiß", "contact-name")]
    [InlineData("{\"id\":{\"hi\":2352913679,\"lo\":1907513926}}", "android-id")]
    [InlineData("{\"id\":[-1942053617,1907513926]}", "android-id")]
    [InlineData("id_low=1907513926&id_high=2352913679", "android-id")]
    [InlineData("to=zoe.weiss-284971@xn--l-mhle-vxa5c.example", "email")]
    public void It_is_found_as_programs_write_it(string text, string kind)
    {
        using MemoryStream persona = new(Encoding.UTF8.GetBytes(Persona));
        CanaryExaminer examiner = new(new Searcher(Canaries.Read(persona, null).Forms), null);
        Assert.Equal(0, examiner.Examine(Disguises.ChainTests.Body(), Encoding.UTF8.GetBytes(text)));
        Assert.Contains(examiner.Findings, finding => finding.Form.Canary.Kind == kind);
    }
}
