using Offproof.Phone;

namespace Offproof.Device;

/// <summary>What to restore.</summary>
/// <param name="Target">The folder that <c>CATEGORY/</c> is written into</param>
/// <param name="Snapshot">A snapshot's id or an unambiguous beginning of it; the newest where null</param>
/// <param name="Epoch">Which epoch; the newest where null</param>
/// <param name="Format">What to write; what the phone's usual app imports where null</param>
/// <param name="Selection">Which entries; all where null</param>
/// <param name="Device">With the sheet: of the device whose DEVICE begins so; of the one that turned the category on last where null</param>
public sealed record RestoreRequest(string Target, string? Snapshot = null, int? Epoch = null, RestoreFormat? Format = null, Selection? Selection = null, string? Device = null);

/// <summary>What a restore did.</summary>
/// <param name="Snapshot">The snapshot's id</param>
/// <param name="Epoch">Its epoch</param>
/// <param name="Entries">Contacts, messages or notes written; null where the vault's files were restored as they are</param>
/// <param name="Files">Files written</param>
/// <param name="Bytes">Bytes written</param>
/// <param name="AlreadyThere">Files that were already there with the same bytes</param>
/// <param name="Problems">Files that could not be restored, each with the reason; the rest was</param>
/// <param name="Remarks">What the format cannot hold</param>
/// <param name="Notices">Damage in the vault that cost time, not files</param>
public sealed record RestoreReport(
    string Snapshot, int Epoch, long? Entries, long Files, long Bytes, long AlreadyThere, IReadOnlyList<SkippedItem> Problems,
    IReadOnlyList<string> Remarks, IReadOnlyList<string> Notices)
{
    /// <summary>Of <see cref="Entries"/>: files that stood beside notes.</summary>
    public long OtherFiles { get; init; }
}
