using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Lab.Tests;

/// <summary>A ledger (ledger.md §2) of lines that are made here, chained.</summary>
sealed class LedgerLines
{
    readonly StringBuilder _file = new();
    string _previous = new('0', 64);
    int _lines;

    internal void Add(DateTimeOffset from, DateTimeOffset to, string host, string purpose, string method, string path, long sent, long received)
    {
        int begun = Line($"\"time\":\"{Time(from)}\",\"host\":\"{host}\",\"purpose\":\"{purpose}\",\"method\":\"{method}\",\"path\":\"{path}\"");
        Line($"\"time\":\"{Time(to)}\",\"of\":{begun},\"sent\":{sent},\"received\":{received},\"status\":200");
    }

    internal byte[] File => Encoding.UTF8.GetBytes(_file.ToString());

    int Line(string members)
    {
        string line = $$"""{"seq":{{++_lines}},{{members}},"prev":"{{_previous}}"}""";
        _file.Append(line).Append('\n');
        _previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));
        return _lines;
    }

    static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
