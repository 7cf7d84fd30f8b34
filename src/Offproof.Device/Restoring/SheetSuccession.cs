using Offproof.Consent;

namespace Offproof.Device;

/// <summary>One change of an account's sheet that took effect, or a replacement that may.</summary>
/// <param name="Record">The rotation or replacement</param>
/// <param name="Place"><c>succession</c> and <c>succeeds</c></param>
/// <param name="Before">The key of the sheet that it ends; a rotation is signed with it</param>
/// <param name="Sheet">The sheet that begins</param>
/// <param name="Identity">Of a rotation: the sheet before, sealed to the one that begins; null of a replacement</param>
/// <param name="By">Of a replacement: the device that signed it; null of a rotation</param>
/// <param name="IssuedAt">What the signer's clock said, seconds since 1970</param>
internal sealed record SheetChange(
    SignedRecord Record, Succession Place, VerifyingKey Before, NewSheet Sheet, ReadOnlyMemory<byte>? Identity, Thumbprint? By, long IssuedAt)
{
    internal bool IsReplacement => By is not null;
}

/// <summary>
/// The sheets of an account in their order (consent.md §3.10, §3.11, §4): which key a sheet's record has to verify with. A replacement is believed to have taken effect where
/// the server signed that it has, or a later record rests on it: only the server knows whether its 14 days have passed.
/// </summary>
internal sealed class SheetSuccession(VerifyingKey first, Thumbprint account)
{
    private readonly List<SheetChange> changes = [];

    /// <summary>Those that took effect, in order.</summary>
    internal IReadOnlyList<SheetChange> Changes => changes;

    /// <summary>A replacement that has not taken effect and was not cancelled.</summary>
    internal SheetChange? Pending { get; private set; }

    /// <summary>The key of the sheet that is the account's.</summary>
    internal VerifyingKey Key => changes.Count == 0 ? first : changes[^1].Sheet.Key;

    /// <summary>What the next change has to carry.</summary>
    internal Succession Next => changes.Count == 0 ? Succession.First(account) : changes[^1].Place.After(changes[^1].Record.Hash);

    /// <summary>The key that a record of this signer has to verify with; null where no sheet of now has that thumbprint.</summary>
    internal VerifyingKey? KeyOf(Thumbprint kid)
    {
        if (Pending is not null && kid == Pending.Sheet.Key.Thumbprint) TakeEffect();
        return kid == Key.Thumbprint ? Key : null;
    }

    /// <returns>False where it is not the next change.</returns>
    internal bool TryRotate(SignedRecord record, Rotation rotation)
    {
        if (rotation.Succession != Next) return false;
        Pending = null;
        changes.Add(new SheetChange(record, rotation.Succession, Key, rotation.Sheet, rotation.Identity, null, rotation.IssuedAt));
        return true;
    }

    /// <returns>False where it is not the next change, or another one is pending.</returns>
    internal bool TryReplace(SignedRecord record, Replacement replacement)
    {
        if (Pending is not null && replacement.Succession == Pending.Place.After(Pending.Record.Hash)) TakeEffect();
        if (Pending is not null || replacement.Succession != Next) return false;
        Pending = new SheetChange(record, replacement.Succession, Key, replacement.Sheet, null, replacement.Device, replacement.IssuedAt);
        return true;
    }

    /// <returns>False where it is not the one that is pending.</returns>
    internal bool TryCancel(Digest replacement)
    {
        if (Pending?.Record.Hash != replacement) return false;
        Pending = null;
        return true;
    }

    internal void TakeEffect()
    {
        changes.Add(Pending!);
        Pending = null;
    }
}
