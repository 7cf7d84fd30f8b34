using System.Text.Json;

namespace Offproof.Channel.Tests;

/// <summary>vectors/channel/content/, made without this program.</summary>
static class ContentVectors
{
    internal static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    internal static string Path(string name) => System.IO.Path.Combine(Root, "vectors", "channel", "content", name);

    internal static byte[] Bytes(string name) => File.ReadAllBytes(Path(name));

    internal static JsonElement Expect { get; } = JsonDocument.Parse(Bytes("expect.json")).RootElement;

    internal static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    static string FindRoot(string start)
    {
        for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
            if (File.Exists(System.IO.Path.Combine(at.FullName, "Offproof.slnx"))) return at.FullName;
        throw new DirectoryNotFoundException("the repository");
    }
}
