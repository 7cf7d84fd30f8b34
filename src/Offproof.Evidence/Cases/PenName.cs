using System.Globalization;
using System.Text;

namespace Offproof.Evidence;

/// <summary>The names of comments (case.md §5): anybody may choose one, and nobody that of a party, nor one that looks like it.</summary>
static class PenName
{
    // Written out: the program carries no tables of Unicode's own (InvariantGlobalization), and normalises nothing.
    static string[] Accented =>
    [
        "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ", "bƀḃḅḇ", "cçćĉċčḉ", "dďđḋḍḏḑḓ", "eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
        "fḟ", "gĝğġģǧǵḡ", "hĥħȟḣḥḧḩḫẖ", "iìíîïĩīĭįıǐȉȋḭḯỉị", "jĵǰ",
        "kķǩḱḳḵ", "lĺļľłḷḹḻḽ", "mḿṁṃ", "nñńņňǹṅṇṉṋ", "oòóôõöøōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ",
        "pṕṗ", "rŕŗřȑȓṙṛṝṟ", "sśŝşšſșṡṣṥṧṩẛ", "tţťŧțṫṭṯṱẗ", "uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
        "vṽṿ", "wŵẁẃẅẇẉẘ", "xẋẍ", "yýÿŷȳẏẙỳỵỷỹ", "zźżžẑẓẕ",
    ];

    // What looks like a Latin letter, folded: Cyrillic, Greek, and digits. Each line: the letter, then those that are taken for it.
    static readonly Dictionary<int, char> Alike = new[] { "aаαɑ", "bьвβ", "cсϲ", "dԁ", "eеєεё", "gɡ", "hһнη", "iіιӏl1|ıј", "jʝ", "kкκ", "mм", "nпν", "oоο0σө", "pрρ", "qԛ", "rгяᴦ", "sѕ5", "tтτ", "uυцս", "vѵ", "wԝωш", "xхχ", "yуγүч", "zз" }
        .Concat(Accented).SelectMany(static line => line.EnumerateRunes().Skip(1).Select(rune => (Rune: rune.Value, Letter: line[0]))).DistinctBy(static pair => pair.Rune).ToDictionary(static pair => pair.Rune, static pair => pair.Letter);

    /// <summary>What is against this name, or null.</summary>
    internal static string? Objection(string name, Dossier dossier)
    {
        if (PlainText.Hides(name)) return "it holds what nobody sees";
        if (name.EnumerateRunes().Any(IsDressed)) return "it holds letters of phonetics, mathematics or in circles, which look like others";
        string[] scripts = [.. name.EnumerateRunes().Select(Narrow).Where(Rune.IsLetter).Select(ScriptOf).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (scripts.Length > 1) return $"it mixes letters of {string.Join(" and ", scripts)}, which look alike";
        string[] words = Words(name);
        foreach (Placed party in dossier.All.Where(static placed => placed.Entry.Kind.Name == "party"))
        {
            if (Holds(words, Words(party["name"]!)) || string.Concat(words) == string.Concat(Words(party.Id))) return $"it could be taken for the party '{party["name"]}'";
        }
        return Holds(words, Words(dossier.Head.Publisher)) ? "it could be taken for the publisher" : null;
    }

    // Also within a longer name - "Example Phones, Support" - and with its words run together.
    static bool Holds(string[] words, string[] name)
    {
        if (name.Length == 0) return false;
        string whole = string.Concat(name);
        for (int from = 0; from < words.Length; from++)
        {
            string at = "";
            for (int i = from; i < words.Length && at.Length < whole.Length; i++) at += words[i];
            if (at == whole) return true;
        }
        return false;
    }

    // Folded to one shape: without case, accents, signs, and with every look-alike as the letter that it looks like.
    static string[] Words(string name)
    {
        StringBuilder folded = new();
        foreach (Rune rune in name.EnumerateRunes().Select(Narrow))
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format) continue;
            Rune lower = Rune.ToLowerInvariant(rune);
            if (Alike.TryGetValue(lower.Value, out char letter)) folded.Append(letter);
            else if (Rune.IsLetterOrDigit(lower)) folded.Append(lower);
            else folded.Append(' ');
        }
        return folded.Replace("rn", "m").Replace("vv", "w").ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    // The wide letters of Chinese and Japanese writing.
    static Rune Narrow(Rune rune) => rune.Value is >= 0xFF01 and <= 0xFF5E ? new Rune(rune.Value - 0xFEE0) : rune;

    static bool IsDressed(Rune rune) => rune.Value is (>= 0x250 and <= 0x2FF) or (>= 0x1D00 and <= 0x1DBF) or (>= 0x2070 and <= 0x209F) or (>= 0x2100 and <= 0x218F) or (>= 0x2460 and <= 0x24FF) or (>= 0x2C60 and <= 0x2C7F)
        or (>= 0xA720 and <= 0xA7FF) or (>= 0xAB30 and <= 0xAB6F) or (>= 0x1D400 and <= 0x1D7FF) or (>= 0x1F100 and <= 0x1F1FF);

    static string? ScriptOf(Rune letter) => letter.Value switch
    {
        < 0x250 or (>= 0x1E00 and <= 0x1EFF) => "Latin",
        >= 0x370 and <= 0x3FF or (>= 0x1F00 and <= 0x1FFF) => "Greek",
        >= 0x400 and <= 0x52F or (>= 0x1C80 and <= 0x1C8F) or (>= 0xA640 and <= 0xA69F) => "Cyrillic",
        >= 0x530 and <= 0x58F => "Armenian",
        >= 0x10A0 and <= 0x10FF => "Georgian",
        >= 0x13A0 and <= 0x13FF or (>= 0xAB70 and <= 0xABBF) => "Cherokee",
        >= 0xA4D0 and <= 0xA4FF => "Lisu",
        _ => null,
    };
}
