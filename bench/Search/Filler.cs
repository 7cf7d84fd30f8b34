using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Offproof.Search;

/// <summary>Bytes to search in, the same every time.</summary>
static class Filler
{
    static readonly string[] Keys = ["event", "timestamp", "session", "device", "locale", "value", "items", "status", "message", "duration", "version", "id", "user_agent", "position", "network"];

    static readonly string[] Words = ["the", "update", "was", "installed", "and", "a", "new", "version", "is", "ready", "for", "your", "phone", "please", "restart", "later", "song", "weather", "today", "cloudy", "with",
        "some", "rain", "in", "evening", "train", "from", "platform", "nine", "leaves", "at", "half", "past", "seven", "order", "number", "will", "arrive", "tomorrow", "thank", "you", "gallery", "opened", "screen"];

    internal static byte[] Json(int length)
    {
        ulong state = 1;
        StringBuilder text = new(length + 1024);
        while (text.Length < length)
        {
            text.Append("{\"ts\":").Append(1_700_000_000_000 + (long)(Next(ref state) % 60_000_000_000));
            for (int i = 0; i < 6; i++)
            {
                text.Append(",\"").Append(Keys[Next(ref state) % (uint)Keys.Length]).Append("\":");
                switch (Next(ref state) % 5)
                {
                    case 0: text.Append(Next(ref state) % 100_000); break;
                    case 1: text.Append(CultureInfo.InvariantCulture, $"{(Next(ref state) % 1_000_000) / 1000.0}"); break;
                    case 2: text.Append(CultureInfo.InvariantCulture, $"\"{Next(ref state):x16}\""); break;
                    case 3: text.Append(CultureInfo.InvariantCulture, $"\"2025-{Next(ref state) % 12 + 1:00}-{Next(ref state) % 28 + 1:00}T10:{Next(ref state) % 60:00}:00.{Next(ref state) % 1000:000}Z\""); break;
                    default:
                        text.Append('"');
                        for (int w = 0; w < 8; w++) text.Append(Words[Next(ref state) % (uint)Words.Length]).Append(' ');
                        text.Append('"');
                        break;
                }
            }
            text.Append("}\n");
        }
        return Encoding.UTF8.GetBytes(text.ToString(0, length));
    }

    internal static byte[] Random(int length)
    {
        ulong state = 2;
        byte[] bytes = new byte[length];
        for (int i = 0; i + 8 <= length; i += 8) BitConverter.TryWriteBytes(bytes.AsSpan(i), Next(ref state));
        return bytes;
    }

    internal static byte[] Base64(int length)
    {
        byte[] text = new byte[Base64Url.GetEncodedLength(length)];
        System.Buffers.Text.Base64.EncodeToUtf8(Random(length / 4 * 3), text, out _, out int written);
        return text[..written];
    }

    // SplitMix64.
    static ulong Next(ref ulong state)
    {
        unchecked
        {
            ulong z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
