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
        failures.AddRange(Faults(erasure, others, CountStored([First, .. Others.Except([Erased], StringComparer.Ordinal)])));
    }

    /// <summary>What is wrong with an erasure, from what was counted and answered; nothing where it held.</summary>
    /// <param name="seen">Of what was erased</param>
    /// <param name="others">Objects of the other categories before</param>
    /// <param name="othersAfter">... and after</param>
    internal static IEnumerable<string> Faults(DemoErasure seen, int others, int othersAfter)
    {
        if (seen.State != "erased" || !SignedRecord.TryParse(seen.Receipt, out SignedRecord? signed) || signed.Typ != RecordTyp.Receipt) yield return "there is no receipt that says erased";
        if (seen.ObjectsBefore == 0 || seen.ObjectsAfter != 0) yield return $"{Text(seen.ObjectsAfter)} objects of {seen.Category} are left at the server, of {Text(seen.ObjectsBefore)}";
        if (othersAfter != others) yield return $"erasing {seen.Category} took something else away";
        if (seen.RestoreExit != ExitCode.Refused) yield return $"a restore of what was erased ended with {Text(seen.RestoreExit)}, not {Text(ExitCode.Refused)}";
    }
}
