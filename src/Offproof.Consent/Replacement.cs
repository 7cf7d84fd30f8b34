using System.Diagnostics.CodeAnalysis;

namespace Offproof.Consent;

/// <summary>The sheet is lost: a device puts a new one in its place, after 14 days (consent.md §3.11).</summary>
public sealed record Replacement
{
    /// <summary><c>iss</c>: DEVICE.</summary>
    public required Thumbprint Device { get; init; }

    /// <summary><c>sub</c>: ACCOUNT.</summary>
    public required Thumbprint Account { get; init; }

    /// <summary><c>aud</c>: SERVER.</summary>
    public required Thumbprint Server { get; init; }

    /// <summary><c>iat</c>: seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary><c>seq</c> and <c>prev</c> in the device's chain.</summary>
    public required ChainPlace Place { get; init; }

    /// <summary><c>succession</c> and <c>succeeds</c>.</summary>
    public required Succession Succession { get; init; }

    /// <summary>The new sheet.</summary>
    public required NewSheet Sheet { get; init; }

    /// <summary>Signs with the device's key. Throws <see cref="ArgumentException"/> unless the content names it.</summary>
    public static SignedRecord Sign(SigningKey device, Replacement content) => SignedRecord.Sign(device, RecordTyp.Replacement, writer =>
    {
        Opening.Write(writer, device, content.Device, content.Account, content.Server, content.IssuedAt, content.Place);
        content.Succession.Write(writer, content.Account);
        writer.WriteStartObject("sheet");
        content.Sheet.Write(writer);
        writer.WriteEndObject();
    });

    /// <summary>True if it is a replacement for this audience (SERVER), signed by this device.</summary>
    public static bool TryVerify(SignedRecord record, VerifyingKey device, Thumbprint expectedAudience, [NotNullWhen(true)] out Replacement? replacement)
    {
        replacement = null;
        if (!record.TryOpen(RecordTyp.Replacement, device, expectedAudience, out var members)) return false;
        var sheet = members.Object("sheet");
        if (!NewSheet.TryRead(sheet, out var next)) return false;
        var account = members.Thumbprint("sub");
        if (!members.Good) return false;
        Replacement read = new()
        {
            Device = device.Thumbprint,
            Account = account,
            Server = expectedAudience,
            IssuedAt = members.Seconds("iat"),
            Place = new(Chain.Seq(members), members.Digest("prev")),
            Succession = Succession.Read(members, account),
            Sheet = next,
        };
        if (!members.Good || !sheet.Good) return false;
        replacement = read;
        return true;
    }
}
