using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Cli;

internal sealed partial class Play
{
    private const string Erased = "photos";
    private DemoErasure? erasure;

    /// <summary>The last scene: what the sheet erases is gone from the server's folder, the server signs that it did, and nobody reads it any more.</summary>
    private async Task EraseAsync(CancellationToken cancel)
    {
        Scene("Photos erased with the sheet; the rest stays");
        int before = CountStored([Erased]), others = CountStored([First, .. Others.Except([Erased], StringComparer.Ordinal)]);
        JsonElement answer = await DoAsync(cancel, "erase", Erased, "--sheet", stage["sheet.txt"], "--yes");
        JsonElement done = answer.GetProperty("erasures")[0];
        string state = done.GetProperty("state").GetString() ?? "", receipt = done.GetProperty("receipt").GetString() ?? "";
        int after = CountStored([Erased]);
        int exit = (await stage.OffproofAsync(["restore", Erased, "--to", stage["again"], "--sheet", stage["sheet.txt"]], cancel)).Exit;
        erasure = new DemoErasure(Erased, state, before, after, exit, receipt);
        stage.Say($"  Objects of photos at the server: {Text(before)} before, {Text(after)} after. The server's receipt says: {state}. A restore is refused, exit {Text(exit)}.");
        if (state != "erased" || !SignedRecord.TryParse(receipt, out SignedRecord? signed) || signed.Typ != RecordTyp.Receipt) failures.Add("there is no receipt that says erased");
        if (before == 0 || after != 0) failures.Add($"{Text(after)} objects of photos are left at the server, of {Text(before)}");
        if (CountStored([First, .. Others.Except([Erased], StringComparer.Ordinal)]) != others) failures.Add("erasing photos took something else away");
        if (exit != ExitCode.Refused) failures.Add($"a restore of what was erased ended with {Text(exit)}, not {Text(ExitCode.Refused)}");
    }
}
