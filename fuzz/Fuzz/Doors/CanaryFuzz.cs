using System.Text;
using Offproof.Auditor;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

/// <summary>Any bytes as somebody's persona.json, and any bytes searched. Throws when something of audit.md §4 or §5 does not hold.</summary>
static class CanaryFuzz
{
    static readonly Canary Anyone = new("test", "test", "");

    static readonly Form[] Forms = Made();

    static readonly Searcher Searcher = new(Forms);

    static Form[] Made()
    {
        const string persona = """{"schema":"offproof/v1/persona","identifiers":{"imei":"001017981670485","phone":"+447700900123","gps":{"lat":21.267143,"lon":-157.812482},"email":"jonas.fairweather.a652e3@example.org"},"contacts":[{"canary":"gasopatobanesobe"}]}""";
        return [.. Canaries.Read(new MemoryStream(Encoding.UTF8.GetBytes(persona)), null).Forms, new Form(Anyone, "any", [0, 0, 0, 0, 0, 0, 0, 0, 1, 2], 60)];
    }

    /// <summary>Returns how many forms of which kinds it makes; all of them must be met where they stand.</summary>
    internal static string Persona(byte[] input)
    {
        Canaries canaries;
        try
        {
            canaries = Canaries.Read(new MemoryStream(input, writable: false), null);
        }
        catch (PersonaException refused) // documented
        {
            return refused.Message.Split('(')[0];
        }
        foreach (Form form in canaries.Forms)
            Check(form is { Bits: >= Form.FewestBits and <= Form.MostBits, Bytes.Length: >= Form.ShortestBytes }, "a form that is no evidence");
        Searcher searcher = new(canaries.Forms);
        List<Hit> hits = [];
        foreach (Form form in canaries.Forms.Take(40))
        {
            hits.Clear();
            searcher.Search(form.Near is null ? form.Bytes : [.. form.Bytes, (byte)',', .. form.Near], hits);
            // Of several forms of one number the longest is reported; another's form may hold this one.
            Check(hits.Exists(hit => hit.Form == form || hit.Form.Canary == form.Canary || hit.Form.Bytes.Length >= form.Bytes.Length), "a form that is not met");
        }
        return string.Join(' ', canaries.Forms.GroupBy(f => f.Canary.Kind, StringComparer.Ordinal).Select(g => g.Key).Order(StringComparer.Ordinal)) + (canaries.TooShort.Count > 0 ? " and not searched" : "");
    }

    /// <summary>Returns the steps of what was met; each hit must say what stands there.</summary>
    internal static string Search(byte[] input)
    {
        List<Hit> hits = [];
        Searcher.Search(input, hits);
        foreach (Hit hit in hits)
        {
            Check(hit.Offset >= 0 && hit.Length > 0 && hit.Offset + hit.Length <= input.Length && hit.Bits <= Form.MostBits, "a hit outside of the bytes");
            ReadOnlySpan<byte> seen = input.AsSpan(hit.Offset, hit.Length);
            if (hit.Form.Near is not null || hit.Step is "hex" or "base64" or "utf-16" or "other digits") continue;
            byte[] undone = hit.Step switch
            {
                null when hit.Form.Bytes.All(b => char.IsAsciiDigit((char)b)) => [.. seen.ToArray().Where(b => char.IsAsciiDigit((char)b))],
                null => seen.ToArray(),
                "reversed" => [.. seen.ToArray().Reverse()],
                "other case" => [.. seen.ToArray().Select((b, i) => (b ^ hit.Form.Bytes[i]) == 0x20 ? hit.Form.Bytes[i] : b)],
                "rot13" => [.. seen.ToArray().Select(Rot13)],
                _ => [.. seen.ToArray().Select(b => (byte)(b ^ Convert.ToByte(hit.Step[^2..], 16)))],
            };
            Check(undone.AsSpan().SequenceEqual(hit.Form.Bytes), $"a hit that is none: {hit.Step}");
        }
        return string.Join(' ', hits.Select(hit => hit.Form.Name + " " + (hit.Step ?? "").Split("0x")[0]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(6));
    }

    static byte Rot13(byte b) => char.IsAsciiLetter((char)b) ? (byte)((b & 0x20) + 'A' + ((b & 0x1F) - 1 + 13) % 26) : b;
}
