using System.Globalization;
using Offproof.Consent;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>What a receipt of an erasure shows, and no more than that.</summary>
internal static class ErasureWords
{
    private const string Shows = "That receipt shows that the server signed this, not that no copy exists: what keeps a copy closed is the key, and your sheet.";

    internal static string Day(DateTimeOffset? time) => time is { } known ? known.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "";

    internal static void Say(ErasureReport report)
    {
        Terminal.Say(report.ServerTold ? Sentence(report.Epoch) : NotTold(report.Epoch));
        if (report.ReceiptFile is { } file) Terminal.Say($"Receipt: {file}");
    }

    private static string NotTold(EpochReport epoch)
    {
        string category = epoch.Category.Name();
        return $"The erasure of {category} (epoch {epoch.Epoch}) is signed on this device, and closed here; the server is not yet told. The next `offproof erase {category}`, `off`, `on` or `backup` tells it:"
            + $" from then on it is closed there too, and deleted after 14 days. In that time the sheet can take it back: offproof erase {category} --cancel --sheet FILE";
    }

    internal static void SayWhatReceiptsShow() => Terminal.Say(Shows);

    internal static string Sentence(EpochReport epoch)
    {
        string what = $"{epoch.Category.Name()} (epoch {epoch.Epoch})";
        return epoch.State switch
        {
            SwitchState.Erased => epoch.Due is { } when ? $"{what} is erased: the server signed on {Day(when)} that it deleted it." : $"{what} is erased.",
            SwitchState.Closed when epoch.Due is { } due => $"{what} is closed until {Day(due)}: nobody can read it any more, and on that day the server deletes it."
                + $" Until then the sheet can cancel that: offproof erase {epoch.Category.Name()} --cancel --sheet FILE",
            SwitchState.Closed => $"{what} will be closed as soon as the server is told, and deleted 14 days after.",
            _ => $"{what} is kept: its erasure was cancelled with the sheet, or the server did not take it. To ask again: offproof erase {epoch.Category.Name()}",
        };
    }
}
