using System.Globalization;
using System.Text;

namespace Offproof.PhoneData;

/// <summary>Texts of the kinds that phones export. Numbers are of the range that is never assigned to anyone (+44 7700 900000 to 900999).</summary>
sealed class Words
{
    static readonly string[] Syllables =
        ["ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo", "zu", "an", "er", "in", "on", "us", "th", "st", "ch", "ly"];

    readonly Dice _dice;
    readonly string[] _words = new string[6000];

    internal Words(Dice dice)
    {
        _dice = dice;
        for (int i = 0; i < _words.Length; i++)
        {
            string word = "";
            for (int k = 1 + (i > 30 ? 1 : 0) + (i > 800 ? dice.Below(3) : 0); k >= 0; k--) word += Syllables[dice.Below(Syllables.Length)];
            _words[i] = word;
        }
    }

    /// <summary>Few words often, many words seldom: the cube of a fraction is close enough to how people write.</summary>
    StringBuilder Say(StringBuilder text, int words)
    {
        for (int i = 0; i < words; i++)
        {
            double at = _dice.Fraction();
            if (i > 0) text.Append(' ');
            text.Append(_words[(int)(at * at * at * _words.Length)]);
        }
        return text.Append(_dice.Below(8) == 0 ? '?' : '.');
    }

    string Number() => string.Create(CultureInfo.InvariantCulture, $"+447700900{_dice.Below(300):d3}");

    internal StringBuilder MessagesXml(int length)
    {
        StringBuilder text = new("<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses>\n", length + 1000);
        long time = 1_740_800_000_000;
        while (text.Length < length)
        {
            time += _dice.Below(900_000);
            text.Append(CultureInfo.InvariantCulture, $"  <sms protocol=\"0\" address=\"{Number()}\" date=\"{time}\" type=\"{1 + _dice.Below(2)}\" subject=\"null\" body=\"");
            Say(text, 2 + _dice.Below(24));
            text.Append(CultureInfo.InvariantCulture, $"\" toa=\"null\" sc_toa=\"null\" service_center=\"null\" read=\"1\" status=\"-1\" locked=\"0\" date_sent=\"{time - 900}\" sub_id=\"1\" contact_name=\"(Unknown)\" />\n");
        }
        return text.Append("</smses>\n");
    }

    internal StringBuilder Contact(int number)
    {
        StringBuilder text = new();
        string name = _words[_dice.Below(_words.Length)], family = _words[_dice.Below(_words.Length)];
        text.Append(CultureInfo.InvariantCulture, $"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{number:x8}\r\nN:{family};{name};;;\r\nFN:{name} {family}\r\nTEL;TYPE=CELL:{Number()}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"EMAIL:{name}.{family}@example.org\r\nNOTE:");
        Say(text, _dice.Below(30)).Append("\r\n");
        if (_dice.Below(4) == 0)
        {
            byte[] portrait = new byte[3000 + _dice.Below(9000)];
            _dice.Fill(portrait);
            text.Append("PHOTO;ENCODING=b;TYPE=JPEG:").Append(Convert.ToBase64String(portrait)).Append("\r\n");
        }
        return text.Append("END:VCARD\r\n");
    }

    internal StringBuilder Note()
    {
        StringBuilder text = new("# ");
        Say(text, 3).Append("\n\n");
        for (int i = _dice.Below(40); i >= 0; i--) Say(text, 4 + _dice.Below(30)).Append(i % 5 == 0 ? "\n\n" : " ");
        return text;
    }

    internal StringBuilder Conversation()
    {
        StringBuilder text = new();
        string address = Number();
        long time = 1_740_800_000_000;
        int messages = 4 + _dice.Below(60) + (_dice.Below(10) == 0 ? _dice.Below(1500) : 0);
        for (int i = 0; i < messages; i++)
        {
            time += _dice.Below(4_000_000);
            text.Append(CultureInfo.InvariantCulture, $"{{\"kind\":\"sms\",\"address\":\"{address}\",\"date\":\"{time}\",\"type\":\"{1 + _dice.Below(2)}\",\"body\":\"");
            Say(text, 1 + _dice.Below(25)).Append("\",\"read\":\"1\",\"status\":\"-1\",\"locked\":\"0\"}\n");
        }
        return text;
    }
}
