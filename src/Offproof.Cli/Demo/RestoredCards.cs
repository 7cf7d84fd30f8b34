using System.Text;

namespace Offproof.Cli;

/// <summary>Reads the contacts.vcf that a restore wrote (vCard 3.0, RFC 2426), with nothing of what wrote it.</summary>
internal static class RestoredCards
{
    private const string Nickname = "vnd.android.cursor.item/nickname";

    internal static IReadOnlyList<Facts> Read(string file)
    {
        List<Facts> contacts = [];
        List<Line> card = [];
        foreach (string line in Unfolded(File.ReadAllText(file)))
        {
            if (line.Equals("BEGIN:VCARD", StringComparison.OrdinalIgnoreCase)) card = [];
            else if (line.Equals("END:VCARD", StringComparison.OrdinalIgnoreCase)) contacts.Add(Contact(card));
            else if (line.Length > 0) card.Add(Line.Parse(line));
        }
        return contacts;
    }

    private static Facts Contact(List<Line> card)
    {
        FactSheet sheet = new();
        foreach (Line line in card)
        {
            string[] parts = line.Components();
            switch (line.Name)
            {
                case "N": sheet.Add("name", string.Join('|', Enumerable.Range(0, 5).Select(i => At(parts, i)))); break;
                case "FN": sheet.Add("displayName", parts[0]); break;
                case "TEL": sheet.Add("phone", $"{parts[0]} {Type(line)}"); break;
                case "EMAIL": sheet.Add("email", $"{parts[0]} {Type(line)}"); break;
                case "ADR": sheet.Add("address", string.Join('|', At(parts, 2), At(parts, 3), At(parts, 4), At(parts, 5), At(parts, 6), Type(line))); break;
                case "ORG": sheet.Add("organization", At(parts, 0)); sheet.Add("department", At(parts, 1)); break;
                case "TITLE": sheet.Add("title", parts[0]); break;
                case "BDAY": sheet.Add("birthday", Birthday(line)); break;
                case "URL": sheet.Add("url", line.Value); break;
                case "NOTE": sheet.Add("note", parts[0]); break;
                case "NICKNAME": sheet.Add("nickname", parts[0]); break;
                case "X-ANDROID-CUSTOM" when parts[0] == Nickname: sheet.Add("nickname", At(parts, 1)); break;
                case "PHOTO": sheet.Add("photo", FactSheet.Hash(Convert.FromBase64String(line.Value))); break;
                case "VERSION": break;
                default: sheet.Add("unexpected", line.Name); break;
            }
        }
        return sheet.As(card.Find(static l => l.Name == "TEL")?.Value ?? "");
    }

    /// <summary>What iOS writes where a birthday has no year: a date of the year that the parameter names.</summary>
    private static string Birthday(Line line) =>
        line.OmittedYear is { Length: > 0 } year && line.Value.StartsWith(year + "-", StringComparison.Ordinal) ? "--" + line.Value[(year.Length + 1)..] : line.Value;

    private static string At(string[] parts, int index) => index < parts.Length ? parts[index] : "";

    private static string Type(Line line) => line.Types.FirstOrDefault(static t => !t.Equals("PREF", StringComparison.OrdinalIgnoreCase)) switch
    {
        { } cell when cell.Equals("CELL", StringComparison.OrdinalIgnoreCase) => "mobile",
        { } custom when custom.StartsWith("X-", StringComparison.OrdinalIgnoreCase) => custom[2..],
        { } type => type.ToLowerInvariant(),
        null => "",
    };

    private static IEnumerable<string> Unfolded(string text)
    {
        StringBuilder line = new();
        foreach (string piece in text.Split("\r\n"))
        {
            if (piece.StartsWith(' '))
            {
                line.Append(piece, 1, piece.Length - 1);
                continue;
            }
            yield return line.ToString();
            line.Clear().Append(piece);
        }
        yield return line.ToString();
    }

    /// <summary>A content line: name, TYPE parameters, the year that stands for none, value.</summary>
    private sealed record Line(string Name, IReadOnlyList<string> Types, string? OmittedYear, string Value)
    {
        private const string OmitYear = "X-APPLE-OMIT-YEAR=";

        internal static Line Parse(string line)
        {
            string head = line[..line.IndexOf(':', StringComparison.Ordinal)];
            string[] pieces = head.Split(';');
            string name = pieces[0][(pieces[0].LastIndexOf('.') + 1)..].ToUpperInvariant();
            return new Line(name, [.. pieces.Skip(1).Where(static p => p.StartsWith("TYPE=", StringComparison.OrdinalIgnoreCase)).SelectMany(static p => p[5..].Split(','))], pieces.FirstOrDefault(static p => p.StartsWith(OmitYear, StringComparison.OrdinalIgnoreCase))?[OmitYear.Length..], line[(head.Length + 1)..]);
        }

        /// <summary>The value's parts between semicolons, unescaped.</summary>
        internal string[] Components()
        {
            List<string> parts = [];
            StringBuilder part = new();
            for (int i = 0; i < Value.Length; i++)
            {
                if (Value[i] == ';')
                {
                    parts.Add(part.ToString());
                    part.Clear();
                }
                else if (Value[i] == '\\' && i + 1 < Value.Length)
                {
                    part.Append(Value[++i] is 'n' or 'N' ? '\n' : Value[i]);
                }
                else
                {
                    part.Append(Value[i]);
                }
            }
            parts.Add(part.ToString());
            return [.. parts];
        }
    }
}
