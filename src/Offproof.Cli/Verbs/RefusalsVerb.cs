using System.CommandLine;
using System.Globalization;
using Offproof.Device;

namespace Offproof.Cli;

internal static class RefusalsVerb
{
    internal static Command Create()
    {
        Command verb = new("refusals", "What the server refused in this account, to any of its devices or to the sheet");
        verb.SetAction(async (parsed, cancel) =>
        {
            using DeviceHome home = parsed.OpenHome();
            IReadOnlyList<RefusalReport> refusals = await home.RefusalsAsync(cancel);
            if (parsed.GetValue(Options.Json)) Terminal.Json(new RefusalsJson("offproof/v1/refusals", refusals), OutputJson.Default.RefusalsJson);
            else if (refusals.Count == 0) Terminal.Say("The server refused nothing in this account.");
            else foreach (RefusalReport refusal in refusals) Terminal.Say(Row(refusal, home.Account));
            return ExitCode.Ok;
        });
        return verb;
    }

    private static string Row(RefusalReport refusal, string account)
    {
        string who = refusal.Own ? "this device" : refusal.By == account ? "the sheet" : $"device {refusal.By}";
        string what = refusal.Category is { } category ? string.Create(CultureInfo.InvariantCulture, $", {category} {refusal.Epoch}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Terminal.Time(refusal.Minute)}  {refusal.Count,5} x {refusal.Problem,-13} {refusal.Request}  ({who}{what})");
    }
}
