namespace Offproof.Phone;

/// <summary>
/// What the sample phone's people are called and write, in one script. Given and family names are ordinary ones, mixed at random; places are invented.
/// </summary>
/// <param name="Name">The script.</param>
/// <param name="Blank">Between two sentences.</param>
/// <param name="NameOrder">How a display name is put together: 0 the family name, 1 the given one.</param>
/// <param name="Given">Given names.</param>
/// <param name="Family">Family names.</param>
/// <param name="Sentences">Whole sentences.</param>
/// <param name="Titles">Of notes.</param>
/// <param name="Items">Of checklists.</param>
/// <param name="Labels">Of notes.</param>
/// <param name="Towns">Invented.</param>
/// <param name="Streets">Without a number.</param>
sealed record Tongue(string Name, string Blank, string NameOrder, string[] Given, string[] Family, string[] Sentences, string[] Titles, string[] Items,
    string[] Labels, string[] Towns, string[] Streets)
{
    /// <summary>Each script once, in the order in which contacts take turns.</summary>
    internal static readonly Tongue[] All =
    [
        LatinWords.Table, CyrillicWords.Table, GreekWords.Table, ArabicWords.Table, HebrewWords.Table, DevanagariWords.Table, ChineseWords.Table,
        JapaneseWords.Table, KoreanWords.Table,
    ];
}
