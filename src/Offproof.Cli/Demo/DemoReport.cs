using System.Text.Json.Serialization;

namespace Offproof.Cli;

// cli.md §5. Every number is counted from files and answers after the fact; sections that are not built are absent.
internal sealed record DemoReport(
    string Schema,
    bool Ok,
    double Seconds,
    IReadOnlyList<string> Failures,
    DemoPersona? Persona,
    DemoOff? Off,
    DemoFirstOn? FirstOn,
    IReadOnlyList<DemoBackup> Backups,
    IReadOnlyList<string> Wiped,
    IReadOnlyList<DemoRestored> Restored,
    IReadOnlyList<DemoPeer> Peers,
    DemoLedger? Ledger,
    DemoOffAgain? OffAgain,
    DemoErasure? Erasure,
    DemoChannel? Channel,
    DemoAudit? Audit,
    DemoComparison? Comparison,
    DemoSaboteur? Saboteur,
    DemoLab? Lab,
    DemoBundle? Bundle);

internal sealed record DemoPersona(long Seed, int Contacts, int Messages, int Notes, int Photos, long Bytes);

/// <summary>What a forged upload met while everything was off. Status is the HTTP status; objects are files below the server's vaults and recovery folders.</summary>
internal sealed record DemoOff(int Status, int ObjectsBefore, int ObjectsAfter, int Passwords);

/// <summary>What forged uploads to the other categories met while one was on, and what of them the server and the device held.</summary>
internal sealed record DemoFirstOn(string Category, int Status, int OtherObjects, int OtherPasswords);

internal sealed record DemoBackup(string Category, int Epoch, long Items, long Bytes, string Snapshot, long Read, long Kept, long OtherFiles);

internal sealed record DemoRestored(string Category, int Expected, int Equal, int Different, int Missing, int Extra);

/// <summary>What `ledger verify` said of the device's ledger before the device was lost.</summary>
internal sealed record DemoLedger(long Lines, long Anchored, bool Verified);

/// <summary>What the sheet erased: files below the server's vaults and recovery folders before and after, what a restore ended with then, and the server's receipt.</summary>
internal sealed record DemoErasure(string Category, string State, int ObjectsBefore, int ObjectsAfter, int RestoreExit, string Receipt);

/// <summary>What was on, backed up, and turned off: what an upload with a token from before met, what a backup ended with, files at the server before and after, and passwords on the device.</summary>
internal sealed record DemoOffAgain(string Category, int StatusBefore, int Status, int BackupExit, int ObjectsBefore, int ObjectsAfter, int Passwords);

/// <summary>The public data, polled with everything off: greetings and notices that came, the notice that is offered, and what a poll ended with where one bit had been changed on the way; objects are files below the server's vaults and recovery folders.</summary>
internal sealed record DemoChannel(int Greetings, int Notices, long Release, string Assurance, string? Offered, int Requests, int ForgedExit, int Objects);

/// <summary>A phone with everything off, recorded and audited: the verdict, every byte by what was made of it, at most how many bytes can have left unseen, and the ledger held against the recording.</summary>
internal sealed record DemoAudit(string Verdict, DemoCoverage Coverage, long AtMost, int Requests, int Matched, long UnmatchedBytes);

internal sealed record DemoCoverage(long Total, long Decoded, long Structural, long Opaque, long Missing);

/// <summary>Two phones of one owner and one of another: places that were laid side by side, how many differ without an explanation, and how many bits were allowed.</summary>
internal sealed record DemoComparison(string Verdict, int Compared, int Unexplained, double Bits);

/// <summary>A program that betrays its owner in the same steps: which checks caught it, and what the audit undid to read it.</summary>
internal sealed record DemoSaboteur(string Name, IReadOnlyList<string> CaughtBy, IReadOnlyList<string> Found, IReadOnlyList<string> Chain, string Receiver);

/// <summary>The same steps in a sealed network (lab.md): what came of the run, its ledger against the wire, each section with what came from the device, and saboteurs with the checks that caught them.</summary>
internal sealed record DemoLab(string Result, string Isolation, int Requests, int Matched, long UnmatchedBytes, IReadOnlyList<DemoSection> Sections, IReadOnlyList<DemoCaught> Saboteurs, bool SaboteursHeld);

internal sealed record DemoSection(string Name, long Packets, string? Verdict);

internal sealed record DemoCaught(string Name, IReadOnlyList<string> CaughtBy);

/// <summary>The bundle of evidence: its file where the demo is kept, its SHA-256, whether it is as its key signed it, and what an altered copy was answered with.</summary>
internal sealed record DemoBundle(string? Path, string Sha256, bool Verified, bool SignerKnown, int Files, int AlteredExit);

internal sealed record DemoPeer(
    string Tool,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Version,
    bool Ran,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Exit);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n",
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DemoReport))]
internal sealed partial class DemoJson : JsonSerializerContext;
