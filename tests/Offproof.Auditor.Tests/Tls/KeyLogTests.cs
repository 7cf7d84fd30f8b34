using System.Text;

namespace Offproof.Auditor.Tests.Tls;

public sealed class KeyLogTests
{
    static readonly string Random = new('a', 64), Secret32 = new('1', 64), Secret48 = new('2', 96);

    static KeyLog Read(string text)
    {
        KeyLog log = new();
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(text));
        log.Add(stream);
        KeyLog block = new();
        block.Add(Encoding.UTF8.GetBytes(text));
        Assert.Equal((block.Count, block.BadLines, block.LeftOut), (log.Count, log.BadLines, log.LeftOut));
        return log;
    }

    public static TheoryData<string, int, long> Lines => new()
    {
        { $"CLIENT_RANDOM {Random} {Secret48}", 1, 0 },
        { $"CLIENT_RANDOM {Random.ToUpperInvariant()} {Secret48}\r\n", 1, 0 },
        { $"CLIENT_RANDOM {Random} {Secret48}\\\n", 1, 0 },
        { $"  CLIENT_RANDOM  {Random}  {Secret48}  ", 1, 0 },
        { $"\uFEFF# a comment\n\n \t\r\nCLIENT_RANDOM {Random} {Secret48}\n", 1, 0 },
        { $"RSA Session-ID:{Random} Master-Key:{Secret48}", 1, 0 },
        { $"RSA Session-ID:ab Master-Key:{Secret48}", 1, 0 },
        { $"RSA 0123456789abcdef {Secret48}", 1, 0 },
        { $"PMS_CLIENT_RANDOM {Random} {new string('3', 512)}", 1, 0 },
        { $"CLIENT_EARLY_TRAFFIC_SECRET {Random} {Secret32}\nCLIENT_HANDSHAKE_TRAFFIC_SECRET {Random} {Secret32}\nSERVER_HANDSHAKE_TRAFFIC_SECRET {Random} {Secret48}\nCLIENT_TRAFFIC_SECRET_0 {Random} {Secret48}\nSERVER_TRAFFIC_SECRET_0 {Random} {Secret32}", 5, 0 },
        { $"EXPORTER_SECRET {Random} {Secret32}\nEARLY_EXPORTER_SECRET {Random} {Secret32}\nECH_SECRET {Random} {Secret32}", 0, 0 },
        { $"CLIENT_RANDOM {Random} {Secret48}\nCLIENT_RANDOM {Random} {Secret48}", 1, 0 },
        { $"CLIENT_RANDOM {Random} {Secret32}", 0, 1 },
        { $"CLIENT_RANDOM {Random[1..]} {Secret48}", 0, 1 },
        { $"CLIENT_RANDOM {Random}", 0, 1 },
        { $"CLIENT_RANDOM {Random} {Secret48[1..]}x", 0, 1 },
        { $"CLIENT_RANDOM {Random}é {Secret48}", 0, 1 },
        { $"RSA Session-ID:{Random} Master-Key {Secret48}", 0, 1 },
        { $"RSA Session-ID: Master-Key:{Secret48}", 0, 1 },
        { $"RSA 0123456789abcd {Secret48}", 0, 1 },
        { $"CLIENT_TRAFFIC_SECRET_0 {Random} {new string('1', 80)}", 0, 1 },
        { "this is not a key log\nat all\n", 0, 2 },
        { "EXPORTER_SECRET x y", 0, 1 },
        { new string('x', 200_000) + "\n" + $"CLIENT_RANDOM {Random} {Secret48}\n" + new string('y', 100_000), 1, 2 },
        { "", 0, 0 },
    };

    [Theory, MemberData(nameof(Lines))]
    public void A_line_is_a_secret_or_bad_or_nothing(string text, int secrets, long bad)
    {
        KeyLog log = Read(text);
        Assert.Equal((secrets, bad), (log.Count, log.BadLines));
    }

    [Fact]
    public void A_secret_that_is_found_is_matched_once()
    {
        KeyLog log = Read($"CLIENT_RANDOM {Random} {Secret48}\nCLIENT_TRAFFIC_SECRET_0 {Random} {Secret32}\n");
        Assert.Equal(0, log.Matched);
        Assert.Null(log.Find(Secret.Master, Convert.FromHexString(new string('b', 64))));
        Assert.Null(log.Find(Secret.ServerTraffic, Convert.FromHexString(Random)));
        Assert.Equal(0, log.Matched);
        Assert.Equal(Convert.FromHexString(Secret48), log.Find(Secret.Master, Convert.FromHexString(Random)));
        Assert.Equal(Convert.FromHexString(Secret48), log.Find(Secret.Master, Convert.FromHexString(Random)));
        Assert.Equal(1, log.Matched);
    }

    [Fact]
    public void A_log_without_end_keeps_so_many_secrets_and_counts_the_others()
    {
        using Repeated stream = new(KeyLog.MostSecrets + 1000);
        KeyLog log = new();
        log.Add(stream);
        Assert.Equal((KeyLog.MostSecrets, 1000L, 0L), (log.Count, log.LeftOut, log.BadLines));
    }

    // So many different lines, made as they are read.
    sealed class Repeated(int lines) : MemoryStream
    {
        int _line;
        byte[] _rest = [];

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_rest.Length == 0 && _line < lines) _rest = Encoding.ASCII.GetBytes($"CLIENT_RANDOM {_line++:x64} {Secret48}\n");
            int taken = Math.Min(count, _rest.Length);
            _rest.AsSpan(0, taken).CopyTo(buffer.AsSpan(offset));
            _rest = _rest[taken..];
            return taken;
        }
    }
}
