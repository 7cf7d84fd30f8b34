using System.Diagnostics;

namespace Offproof.Channel.Tests;

/// <summary>greetings.md §1.</summary>
public sealed class TextFoldTests
{
    [Theory]
    [InlineData("Crème Brûlée", "creme brulee")]
    [InlineData("cre\u0300me", "creme")] // typed in parts
    [InlineData("ŁÓDŹ, Straße & Ærø", "lodz strasse aero")]
    [InlineData("DOĞUM GÜNÜN İÇİN ışık", "dogum gunun icin isik")]
    [InlineData("Ёлка и й, и\u0306", "елка и й й")] // й is a letter of its own
    [InlineData("ΧΡΌΝΙΑ ΠΟΛΛΆΣ", "χρονια πολλασ")]
    [InlineData("عِيدٌ مُبَارَكٌ", "عيد مبارك")]
    [InlineData("إلى الأُمّـــة", "الي الامه")]
    [InlineData("شَبَّت شָלוֹם", "شبت شלום")] // vowel points, Hebrew ones too
    [InlineData("ज़िन्दगी।ख़ुशी", "जिन्दगी खुशी")]
    [InlineData("चाँद", "चांद")]
    [InlineData("दीपावली", "दीपावली")] // vowel signs are letters' worth
    [InlineData("ＨＡＰＰＹ　２０２６", "happy 2026")]
    [InlineData("ﾒﾘｰｸﾘｽﾏｽ ｶﾞﾊﾟ", "めりーくりすます がぱ")]
    [InlineData("メリー", "めりー")]
    [InlineData("か\u3099は\u309Aう\u3099", "がぱゔ")]
    [InlineData("\u1112\u1161\u11AB\u1100\u1173\u11AF", "한글")]
    [InlineData("春节快乐！恭喜發財", "春节快乐 恭喜發財")]
    [InlineData("don't l'année—ici", "don t l annee ici")]
    [InlineData("ni\u200Cño\u00AD!?", "nino")]
    [InlineData("  \n…  ", "")]
    [InlineData("🎂 x", "🎂 x")]
    public void Text_and_what_is_typed_for_it_are_one(string text, string folded)
    {
        Assert.Equal(folded, TextFold.Fold(text));
        Assert.Equal(folded, TextFold.Fold(folded));
    }

    [Fact]
    public async Task The_table_is_what_its_maker_prints()
    {
        using Process maker = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(ContentVectors.Root, "tools", "fold-table")]) { RedirectStandardOutput = true, StandardOutputEncoding = new System.Text.UTF8Encoding(false) })!;
        string printed = await maker.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await maker.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(ContentVectors.Root, "src", "Offproof.Channel", "Search", "fold.txt"), TestContext.Current.CancellationToken), printed);
    }
}
