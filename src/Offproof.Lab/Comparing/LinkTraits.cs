using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Offproof.Lab;

/// <summary>What lies below the bytes that a reader hands on, and is a system's constant or drawn at random (compare.md §4): of captures that the lab made, whose ends are known.</summary>
internal static class LinkTraits
{
    private const int MostBytes = 256 << 20;
    private const byte Tcp = 6, Syn = 2, Ack = 16, Timestamps = 8;

    /// <summary>The same in both runs of A and another in B: neither a constant nor chance.</summary>
    internal static IEnumerable<Difference> Differences(string a, string b, string control)
    {
        if (Of(a) is not { } own || Of(b) is not { } other || Of(control) is not { } again) yield break;
        foreach ((string trait, string value) in own)
        {
            if (again.GetValueOrDefault(trait) != value || !other.TryGetValue(trait, out string? there) || there == value) continue;
            yield return new Difference(Class.Unexplained, trait, "the same in both runs of A, another in B: it is a system's constant, or random", Field(trait, value), Field(trait, there), Field(trait, value));
        }
    }

    /// <summary>False of what is no regular file, of an empty one, and of one of more than 256 MiB.</summary>
    internal static bool IsRead(string path)
    {
        try
        {
            // A pipe has no length: it was read to its end already, and to open it again is to wait for another writer.
            return (new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) ?? new FileInfo(path)) is FileInfo { Length: > 0 and <= MostBytes };
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static Field Field(string trait, string value) => new(trait, null, trait, Role.Content, true, 0, 0, 0, Encoding.ASCII.GetBytes(value), value.Length);

    // Null where it is no capture of the lab's form.
    private static Dictionary<string, string>? Of(string path)
    {
        if (!IsRead(path)) return null;
        WireFile wire;
        try
        {
            wire = WireFile.Read(File.ReadAllBytes(path));
        }
        catch (WireException)
        {
            return null;
        }
        Dictionary<string, string> traits = new(StringComparer.Ordinal);
        SortedSet<byte> lives = [], services = [];
        int connections = 0;
        foreach (Frame frame in wire.Frames.Where(static frame => frame.IsFromDevice && frame.IsInternet))
        {
            ReadOnlySpan<byte> ip = frame.Payload.Span;
            lives.Add(ip[8]);
            services.Add(ip[1]);
            int header = (ip[0] & 15) * 4;
            if (ip[9] != Tcp || ip.Length < header + 20) continue;
            ReadOnlySpan<byte> tcp = ip[header..];
            if ((tcp[13] & (Syn | Ack)) != Syn) continue;
            string number = (++connections).ToString(CultureInfo.InvariantCulture);
            traits[$"connection {number}: the phone's port"] = BinaryPrimitives.ReadUInt16BigEndian(tcp).ToString(CultureInfo.InvariantCulture);
            traits[$"connection {number}: window and options of its SYN"] = $"{BinaryPrimitives.ReadUInt16BigEndian(tcp[14..])} {Options(tcp[20..Math.Min(tcp.Length, (tcp[12] >> 4) * 4)])}";
        }
        traits["times to live"] = string.Join(' ', lives);
        traits["types of service"] = string.Join(' ', services);
        return traits;
    }

    // Without the clock that is in them.
    private static string Options(ReadOnlySpan<byte> options)
    {
        StringBuilder text = new();
        while (options.Length > 0)
        {
            int length = options[0] < 2 ? 1 : options.Length > 1 ? Math.Clamp(options[1], (byte)2, (byte)options.Length) : options.Length;
            text.Append(Convert.ToHexStringLower(options[0] == Timestamps ? options[..1] : options[..length])).Append(' ');
            options = options[length..];
        }
        return text.ToString();
    }
}
