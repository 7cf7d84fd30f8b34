namespace Offproof.Evidence.Tests;

/// <summary>A temporary folder, and a small bundle in it.</summary>
sealed class Scratch : IDisposable
{
    internal Scratch() => Folder = Directory.CreateTempSubdirectory("offproof-evidence-").FullName;

    internal string Folder { get; }

    internal MinisignSecretKey Key { get; } = MinisignSecretKey.Create();

    internal string PathOf(string name) => Path.Combine(Folder, name);

    internal string Write(string name, ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    internal static string Persona => Path.Combine(Repository.Root, "vectors", "phone", "persona.json");

    internal static string Report => Path.Combine(Repository.Vectors, "bundle", "reports", "report.json");

    internal static PackTool Tool => new("offproof", Surroundings.Version, []);

    internal PackRequest Request(params PackInput[] inputs) => new(PathOf("bundle"), inputs, Key, Tool) { Title = "A test", Planted = true };

    /// <summary>A bundle of four small files, packed.</summary>
    internal string Pack()
    {
        EvidenceBundle.Pack(Request(
            new PackInput(PackRole.Capture, Write("one.pcap", "first capture"u8)), new PackInput(PackRole.Capture, Write("two.pcap", "other capture"u8)),
            new PackInput(PackRole.Scenario, Write("steps.txt", "1. turn it on\n"u8)), new PackInput(PackRole.Report, Write("report.json", """{"schema":"offproof/v1/audit","verdict":"INCONCLUSIVE","reasons":["3 bytes could not be read"],"budget":{"most":3}}"""u8))), TimeProvider.System);
        return PathOf("bundle");
    }

    internal VerifyReport Verify() => EvidenceBundle.Verify(PathOf("bundle"), Key.PublicKey);

    public void Dispose()
    {
        Key.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
