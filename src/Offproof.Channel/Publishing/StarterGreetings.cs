using System.Security.Cryptography;
using System.Text;

namespace Offproof.Channel;

/// <summary>What a server publishes for which nobody publishes (channel.md §9.6).</summary>
/// <param name="Version">Tells one collection from another without reading an entry; no space in it</param>
/// <param name="Read">Its entries</param>
public sealed record StarterGreetings(string Version, Func<IReadOnlyList<Greeting>> Read)
{
    private const string Folder = "greetings/";

    /// <summary>greetings/ of this project, in twelve languages, as it was when the program was built.</summary>
    public static StarterGreetings OfProgram { get; } = new(
        Convert.ToHexStringLower(SHA256.HashData([.. Files.SelectMany(static file => SHA256.HashData(Bytes(file)))])),
        static () => [.. Files.SelectMany(static file => GreetingFiles.JsonLines(file, Encoding.UTF8.GetString(Bytes(file))))]);

    private static IEnumerable<string> Files =>
        typeof(StarterGreetings).Assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static byte[] Bytes(string file)
    {
        using Stream stream = typeof(StarterGreetings).Assembly.GetManifestResourceStream(file)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
