using System.Text;

namespace Offproof.Auditor;

/// <summary>What people hash of a form (audit.md §5.3): itself, with the usual words before it, in one case.</summary>
internal static class Hashed
{
    internal static IEnumerable<(Form Form, byte[] Value)> Of(IReadOnlyList<Form> forms)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (Form form in forms)
        {
            if (!IsHashed(form)) continue;
            foreach (string value in Spellings(form))
                if (seen.Add(value)) yield return (form, Encoding.UTF8.GetBytes(value));
        }
    }

    /// <summary>Only the spellings that are ordinarily salted, those of the phone's own identifiers first.</summary>
    internal static IEnumerable<(Form Form, byte[] Value)> Canonical(IReadOnlyList<Form> forms)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (Form form in forms.Where(f => IsHashed(f) && f.Name is "international" or "national" or "significant" or "digits" or "without-check-digit" or "as-written" or "colons" or "bare"
            && f.Canary.Kind is "imei" or "imsi" or "iccid" or "android-id" or "mac" or "serial" or "email" or "phone" or "contact-phone" or "contact-email" or "message-number")
            .OrderBy(f => f.Canary.IsOwn ? 0 : 1))
        {
            string value = Encoding.UTF8.GetString(form.Bytes);
            foreach (string spelling in form.Name is "international" ? ["+" + value, value] : form.Canary.Kind is "mac" ? [value, value.ToUpperInvariant()] : (string[])[value])
                if (seen.Add(spelling)) yield return (form, Encoding.UTF8.GetBytes(spelling));
        }
    }

    internal static bool IsFileHash(Form form) => form.Name is "sha256" or "sha1" or "md5";

    static bool IsHashed(Form form) => form.Near is null && !IsFileHash(form) && form.Name is not ("fragment" or "block") && !form.Name.Contains("int64", StringComparison.Ordinal)
        && !form.Name.Contains("bcd", StringComparison.Ordinal) && !form.Name.Contains("varint", StringComparison.Ordinal)
        && !form.Name.EndsWith("zigzag", StringComparison.Ordinal) && !form.Name.EndsWith("hexadecimal", StringComparison.Ordinal) && form.Name is not "other-spelling" && form.Canary.Kind is not ("gps" or "photo-gps");

    /// <summary>Of numbers, e-mails and identifiers every hash is made; of names and texts only the usual ones, since they are many.</summary>
    internal static bool IsIdentifying(Form form) => form.Canary.Kind is "imei" or "imsi" or "iccid" or "android-id" or "mac" or "serial" or "email" or "phone" or "contact-phone" or "contact-email" or "message-number" or "identifier";

    static IEnumerable<string> Spellings(Form form)
    {
        string value = Encoding.UTF8.GetString(form.Bytes), kind = form.Canary.Kind;
        yield return value;
        if (form.Name is "text" or "canary-word" or "international-00" or "international-trunk" or "local") yield break;
        yield return value + "\n";
        if (form.Name is "international")
        {
            yield return "+" + value;
            yield return "tel:+" + value;
            foreach (string grouping in Phones.Groupings(value)) yield return grouping;
        }
        else if (PatternSet.IsDigits(form))
        {
            string word = kind is "imei" or "imsi" or "iccid" ? kind : "tel";
            yield return word + ":" + value;
            if (word is not "tel") yield return word.ToUpperInvariant() + ":" + value;
        }
        else
        {
            string lower = value.ToLowerInvariant();
            yield return lower;
            yield return value.ToUpperInvariant();
            if (kind is "email" or "contact-email") yield return "mailto:" + lower;
            if (kind is "mac" or "serial" or "android-id") yield return kind + ":" + value;
        }
    }
}
