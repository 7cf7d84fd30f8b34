namespace Offproof.Channel;

/// <summary>
/// The numbers that the specification leaves to the application (channel-tuf.md §3). A length that signed metadata give counts only below these: the keys
/// that name the snapshot are online, and a thief of one must not fill a phone.
/// </summary>
internal static class MetadataLimits
{
    internal const int Root = 512_000; // bytes, §5.3.3 W
    internal const int Timestamp = 16_384; // §5.4.1 X
    internal const int Snapshot = 2_000_000; // §5.5.1 Y
    internal const int Targets = 5_000_000; // §5.6.1 Z
    internal const int RootRotations = 256; // in one cycle, §5.3.3 Y
    internal const int Delegations = 32; // roles visited for one target, §5.6.7.1
    internal const int RoleName = 128; // characters

    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // for the head, between two pieces, and before the least rate applies
    internal const int LeastRate = 1_024; // bytes a second
    internal static readonly TimeSpan WholePoll = TimeSpan.FromMinutes(30); // of the device: at the least rate alone a poll could last for hours
}
