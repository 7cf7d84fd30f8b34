using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Offproof.Device;

/// <summary>The textual header of an age file: stanzas and a MAC. Read strictly: one byte form for one header.</summary>
internal sealed class AgeHeader
{
    private const int Columns = 64;
    private const int MaximumLength = 64 * 1024;

    private AgeHeader(IReadOnlyList<Stanza> stanzas, byte[] mac, int macInputLength, int length)
    {
        Stanzas = stanzas;
        Mac = mac;
        MacInputLength = macInputLength;
        Length = length;
    }

    internal sealed record Stanza(string[] Arguments, byte[] Body);

    internal IReadOnlyList<Stanza> Stanzas { get; }

    internal byte[] Mac { get; }

    /// <summary>The header up to and including <c>---</c>, without the space: what the MAC covers.</summary>
    internal int MacInputLength { get; }

    /// <summary>Where the payload's nonce begins.</summary>
    internal int Length { get; }

    internal static bool TryRead(ReadOnlySpan<byte> file, int maximumStanzas, [NotNullWhen(true)] out AgeHeader? header)
    {
        header = null;
        int at = 0;
        if (!TryLine(file, ref at, out string? line) || !line.Equals("age-encryption.org/v1", StringComparison.Ordinal)) return false;

        List<Stanza> stanzas = [];
        while (true)
        {
            int lineStart = at;
            if (!TryLine(file, ref at, out line)) return false;
            if (line.StartsWith("--- ", StringComparison.Ordinal))
            {
                if (stanzas.Count == 0 || !TryFromBase64(line[4..], out byte[]? mac) || mac.Length != 32) return false;
                header = new AgeHeader(stanzas, mac, lineStart + 3, at);
                return true;
            }
            if (stanzas.Count == maximumStanzas || !line.StartsWith("-> ", StringComparison.Ordinal)) return false;
            string[] arguments = line[3..].Split(' ');
            if (Array.Exists(arguments, static a => a.Length == 0)) return false;
            if (!TryBody(file, ref at, out byte[]? body)) return false;
            stanzas.Add(new Stanza(arguments, body));
        }
    }

    /// <summary>Lines of exactly 64 columns, then one shorter line, possibly empty, that ends the body.</summary>
    private static bool TryBody(ReadOnlySpan<byte> file, ref int at, [NotNullWhen(true)] out byte[]? body)
    {
        body = null;
        StringBuilder text = new();
        while (true)
        {
            if (!TryLine(file, ref at, out string? line) || line.Length > Columns) return false;
            text.Append(line);
            if (line.Length < Columns) return TryFromBase64(text.ToString(), out body);
        }
    }

    private static bool TryLine(ReadOnlySpan<byte> file, ref int at, [NotNullWhen(true)] out string? line)
    {
        line = null;
        ReadOnlySpan<byte> rest = file[at..];
        int end = rest.IndexOf((byte)'\n');
        if (end < 0 || at + end > MaximumLength) return false;
        if (rest[..end].ContainsAnyExceptInRange((byte)' ', (byte)'~')) return false;
        line = Encoding.ASCII.GetString(rest[..end]);
        at += end + 1;
        return true;
    }

    /// <summary>Canonical unpadded base64: no padding, no white space, no non-zero trailing bits.</summary>
    internal static bool TryFromBase64(string text, [NotNullWhen(true)] out byte[]? data)
    {
        data = null;
        if (text.Length % 4 == 1 || text.AsSpan().ContainsAny('=', ' ')) return false;
        try
        {
            byte[] bytes = Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
            if (!Convert.ToBase64String(bytes).TrimEnd('=').Equals(text, StringComparison.Ordinal)) return false;
            data = bytes;
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
