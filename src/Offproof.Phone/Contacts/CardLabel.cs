using System.Text;

namespace Offproof.Phone;

/// <summary>Texts that are a property's value in 3.0 and a parameter in 4.0: LABEL and SORT-AS.</summary>
static class CardLabel
{
    /// <summary>RFC 6350 writes breaks as \n, RFC 6868 quotes as ^'.</summary>
    internal static string ToParameter(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("^", "^^", StringComparison.Ordinal).Replace("\"", "^'", StringComparison.Ordinal);

    internal static string FromParameter(string value)
    {
        StringBuilder text = new(value.Length);
        for (int at = 0; at < value.Length; at++)
        {
            (string? plain, int length) = (value[at], at + 1 < value.Length ? value[at + 1] : '\0') switch
            {
                ('\\', 'n' or 'N') or ('^', 'n') => ("\n", 1),
                ('\\', '\\') => ("\\", 1),
                ('\\', ',' or ';') => (value[at + 1].ToString(), 1),
                ('^', '^') => ("^", 1),
                ('^', '\'') => ("\"", 1),
                _ => (null, 0),
            };
            if (plain is null) text.Append(value[at]);
            else text.Append(plain);
            at += length;
        }
        return text.ToString();
    }

    /// <summary>The same types and the same preference, in any order.</summary>
    internal static bool SameKind(CardProperty a, CardProperty b) =>
        Kind(a).SetEquals(Kind(b));

    static HashSet<string> Kind(CardProperty property) => new(property.All("TYPE").Concat(property.All("PREF").Select(pref => "pref=" + pref)), StringComparer.OrdinalIgnoreCase);
}
