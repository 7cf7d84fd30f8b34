using System.Text;
using PhoneNumbers;

namespace Offproof.Auditor;

/// <summary>The normal forms of telephone numbers (audit.md §4.2). The one place that knows the numbering plans: libphonenumber.</summary>
internal static class Phones
{
    static readonly PhoneNumberUtil Plans = PhoneNumberUtil.GetInstance();

    /// <summary>The country of a number in international form ("GB"); null when it has none.</summary>
    internal static string? Region(string? number)
    {
        PhoneNumber? parsed = Parse(number, null);
        return parsed is null ? null : Plans.GetRegionCodeForNumber(parsed) ?? Plans.GetRegionCodeForCountryCode(parsed.CountryCode);
    }

    internal static void Add(FormList forms, Canary canary, string number, string? region)
    {
        if (Parse(number, region) is not { } parsed)
        {
            string digits = Numbers.DigitsOf(number);
            if (digits.Length >= Form.ShortestBytes && digits.Length * 2 >= number.Length) forms.Add(canary, "as-written", digits, digits.Length * Entropy.Digit);
            else forms.Add(canary, "as-written", number, Entropy.OfText(number));
            return;
        }
        string country = parsed.CountryCode.ToString(System.Globalization.CultureInfo.InvariantCulture), significant = Plans.GetNationalSignificantNumber(parsed);
        double own = significant.Length * Entropy.Digit, whole = own + country.Length * Entropy.KnownDigit;
        Digits("international", country + significant, whole);
        Digits("international-00", "00" + country + significant, whole);
        string trunk = Trunk(parsed);
        if (trunk.Length > 0 && trunk != country)
        {
            Digits("international-trunk", country + trunk + significant, whole);
            Digits("national", trunk + significant, own);
        }
        Digits("significant", significant, own);
        int area = Plans.GetLengthOfGeographicalAreaCode(parsed);
        if (area > 0 && significant.Length - area >= Form.ShortestBytes) Digits("local", significant[area..], (significant.Length - area) * Entropy.Digit);
        Numbers.Binary(forms, canary, "", country + significant, whole);

        void Digits(string name, string digits, double bits)
        {
            if (digits.Length >= Form.ShortestBytes) forms.Add(canary, name, Encoding.ASCII.GetBytes(digits), bits);
        }
    }

    /// <summary>Country code and number; null where no plan knows it.</summary>
    internal static string? International(string number, string? region) =>
        Parse(number, region) is { } parsed ? parsed.CountryCode.ToString(System.Globalization.CultureInfo.InvariantCulture) + Plans.GetNationalSignificantNumber(parsed) : null;

    /// <summary>As people write it before they hash it: in the two groupings of its country.</summary>
    internal static IEnumerable<string> Groupings(string international)
    {
        if (Parse("+" + international, null) is not { } parsed) yield break;
        yield return Plans.Format(parsed, PhoneNumberFormat.INTERNATIONAL);
        yield return Plans.Format(parsed, PhoneNumberFormat.NATIONAL);
        yield return Plans.Format(parsed, PhoneNumberFormat.RFC3966);
    }

    static string Trunk(PhoneNumber number)
    {
        string? region = Plans.GetRegionCodeForNumber(number) ?? Plans.GetRegionCodeForCountryCode(number.CountryCode);
        return region is null ? "" : Plans.GetNddPrefixForRegion(region, true) ?? "";
    }

    static PhoneNumber? Parse(string? number, string? region)
    {
        if (number is null || number.Length > 40) return null;
        try
        {
            PhoneNumber parsed = Plans.Parse(number, region);
            return Plans.IsPossibleNumber(parsed) ? parsed : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }
}
