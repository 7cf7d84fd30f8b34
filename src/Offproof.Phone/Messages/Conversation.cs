using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Phone;

/// <summary>With whom a message was exchanged, and when (messages.md §1.1, §1.2).</summary>
static class Conversation
{
    const long LastMillisecond = 253402300799999; // 9999-12-31
    const long FirstMilliseconds = 100_000_000_000;
    const string OwnAddress = "insert-address-token";

    /// <summary>The addresses of the other side as exported, in the order of the source. Empty where the message names none.</summary>
    internal static List<string> Addresses(Message message)
    {
        ReadOnlySpan<byte> column = message.Columns["address"u8];
        if (!message.IsMms) return column.IsEmpty ? [] : [Text(column)];
        if (!column.IsEmpty) return [.. Text(column).Split('~', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        List<string> from = [];
        List<string> to = [];
        for (int index = 0; index < message.Addresses.Count; index++)
        {
            Row row = message.Addresses[index];
            string address = Text(row["address"u8]);
            if (address.Length == 0 || address == OwnAddress) continue;
            List<string> side = row["type"u8].SequenceEqual("137"u8) ? from : to;
            if (!side.Contains(address, StringComparer.Ordinal)) side.Add(address);
        }
        if (!message.Columns["msg_box"u8].SequenceEqual("1"u8)) return to.Count > 0 ? to : from;
        return to.Count <= 1 && from.Count > 0 ? from : [.. from.Union(to, StringComparer.Ordinal)];
    }

    /// <summary>The first half of SHA-256 of the addresses, sorted by their UTF-8 bytes, one a line.</summary>
    internal static UInt128 Id(Message message)
    {
        Span<byte> hash = stackalloc byte[32];
        if (!message.IsMms)
        {
            SHA256.HashData(message.Columns["address"u8], hash);
        }
        else
        {
            byte[][] sorted = [.. Addresses(message).Select(Bytes)];
            Array.Sort(sorted, (a, b) => a.AsSpan().SequenceCompareTo(b));
            using IncrementalHash all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (int index = 0; index < sorted.Length; index++)
            {
                if (index > 0) all.AppendData("\n"u8);
                all.AppendData(sorted[index]);
            }
            all.GetHashAndReset(hash);
        }
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    internal static string Name(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Milliseconds since 1970 of a date in milliseconds or seconds; null where there is none, or none that a calendar has.</summary>
    internal static long? Time(ReadOnlySpan<byte> date)
    {
        if (!TryNumber(date, out long value)) return null;
        if (value < FirstMilliseconds) value *= 1000;
        return value <= LastMillisecond ? value : null;
    }

    /// <summary>A date that counts seconds, in milliseconds; any other, and one that would then be taken for seconds (before 1973), as it is.</summary>
    internal static ReadOnlySpan<byte> InMilliseconds(ReadOnlySpan<byte> date) =>
        TryNumber(date, out long value) && value is < FirstMilliseconds and >= FirstMilliseconds / 1000 ? Digits(value * 1000) : date;

    /// <summary>A date that counts milliseconds, in seconds; any other, and one that would then be taken for milliseconds (after 5138), as it is.</summary>
    internal static ReadOnlySpan<byte> InSeconds(ReadOnlySpan<byte> date, out bool cut)
    {
        bool converts = TryNumber(date, out long value) && value is >= FirstMilliseconds and < FirstMilliseconds * 1000;
        cut = converts && value % 1000 != 0;
        return converts ? Digits(value / 1000) : date;
    }

    static byte[] Digits(long value) => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));

    static bool TryNumber(ReadOnlySpan<byte> digits, out long value) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    internal static long? Time(Message message) => Time(message.Columns["date"u8]);

    /// <summary>Year * 100 + month in UTC; 0 without a time.</summary>
    internal static int Month(long? time) => time is { } known && DateTimeOffset.FromUnixTimeMilliseconds(known) is var moment ? (moment.Year * 100) + moment.Month : 0;

    static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
