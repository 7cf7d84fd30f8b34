using System.Globalization;
using System.Security.Cryptography;

namespace Offproof.Messages;

/// <summary>An export of SMS Backup &amp; Restore as large as wished, the same bytes each time. All numbers are fictional.</summary>
static class Sample
{
    static readonly string[] Words = ["tomorrow", "the", "train", "is", "late", "again", "see", "you", "at", "noon", "&#55357;&#56832;", "Gr&#252;&#223;e", "kettle", "garden", "I", "will", "bring", "bread"];

    internal static void Write(string path, int count, int attachments, int attachmentSize)
    {
        using StreamWriter file = new(path);
        file.NewLine = "\n";
        file.WriteLine("<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>");
        file.WriteLine(Text($"<smses count=\"{count + attachments}\" backup_set=\"0c0ffee0-0000-4000-8000-000000000002\" backup_date=\"1722470400000\" type=\"full\">"));
        uint dice = 1;
        for (int number = 0; number < count; number++)
        {
            string body = string.Join(' ', Enumerable.Range(0, 5 + (int)(Roll() % 75)).Select(_ => Words[Roll() % (uint)Words.Length]));
            long date = 1_600_000_000_000 + (number * 600_000L);
            file.WriteLine(Text($"  <sms protocol=\"0\" address=\"+44770090{Roll() % 200:D4}\" date=\"{date}\" type=\"{1 + (Roll() % 2)}\" subject=\"null\" body=\"{body}\" toa=\"null\" sc_toa=\"null\" service_center=\"+447700900999\" read=\"1\" status=\"-1\" locked=\"0\" date_sent=\"{date - 900}\" sub_id=\"1\" readable_date=\"Sep 13, 2020 13:26:40\" contact_name=\"(Unknown)\" />"));
        }
        byte[] bytes = new byte[3 << 16];
        for (int number = 0; number < attachments; number++)
        {
            file.Write(Text($"  <mms date=\"{1_600_000_000_000 + (number * 60_000_000L)}\" msg_box=\"1\" m_type=\"132\" address=\"+447700900{number % 1000:D3}\" m_id=\"{number}\"><parts><part seq=\"0\" ct=\"video/mp4\" text=\"null\" data=\""));
            for (int left = attachmentSize; left > 0; left -= bytes.Length)
            {
                SHA256.HashData(BitConverter.GetBytes(Roll())).CopyTo(bytes, (int)(Roll() % 1000));
                file.Write(Convert.ToBase64String(bytes, 0, Math.Min(left, bytes.Length)));
            }
            file.WriteLine("\" /></parts><addrs><addr address=\"+447700900001\" type=\"137\" charset=\"106\" /></addrs></mms>");
        }
        file.WriteLine("</smses>");

        uint Roll()
        {
            dice = unchecked((dice * 1664525) + 1013904223);
            return dice >> 8;
        }

        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }
}
