namespace Offproof.Evidence;

/// <summary>What a file is in a bundle (evidence.md §2).</summary>
public enum PackRole
{
    /// <summary>Recorded traffic.</summary>
    Capture,

    /// <summary>Secrets of TLS connections.</summary>
    Keys,

    /// <summary>A device's ledger.</summary>
    Ledger,

    /// <summary>persona.json.</summary>
    Persona,

    /// <summary>A signed record of a server.</summary>
    Receipt,

    /// <summary>What an audit or a comparison said.</summary>
    Report,

    /// <summary>What was done, in which order.</summary>
    Scenario,
}

/// <summary>A file to be packed.</summary>
/// <param name="File">Its path; an ordinary file.</param>
public sealed record PackInput(PackRole Role, string File);

/// <summary>The program that packs.</summary>
/// <param name="Files">Those that it consists of; their hashes stand in the bundle.</param>
public sealed record PackTool(string Name, string Version, IReadOnlyList<string> Files);

/// <summary>What is to be packed.</summary>
/// <param name="Folder">Made, or empty.</param>
/// <param name="Key">Signs; stays the caller's.</param>
public sealed record PackRequest(string Folder, IReadOnlyList<PackInput> Inputs, MinisignSecretKey Key, PackTool Tool)
{
    /// <summary>One line; null for none.</summary>
    public string? Title { get; init; }

    /// <summary>The packer's own words; null for none.</summary>
    public string? Note { get; init; }

    /// <summary>Captures are never packed, only their hashes.</summary>
    public bool HashOnly { get; init; }

    /// <summary>The packer states that nobody's real traffic is in the captures.</summary>
    public bool Planted { get; init; }

    /// <summary>Key logs may be packed, and captures that may be real people's.</summary>
    public bool IncludeKeys { get; init; }
}

/// <summary>What was packed.</summary>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="SumsSha256">Of SHA256SUMS: this, told to somebody, fixes the whole.</param>
/// <param name="Bytes">Of all files.</param>
/// <param name="LeftOut">What is in it as a hash alone, with the reason.</param>
/// <param name="Opens">What its secrets open; empty where it has none.</param>
public sealed record PackResult(string Folder, string Id, string KeyId, string Key, string SumsSha256, int Files, long Bytes, IReadOnlyList<string> LeftOut, IReadOnlyList<string> Opens);
