using System.CommandLine;
using Offproof.Device;

namespace Offproof.Cli;

internal static class SheetVerb
{
    internal static Command Create()
    {
        Option<string> sheet = Options.RequiredFile("--sheet", "The sheet's file, as it was kept");
        Command confirm = new("confirm", "Prove that the written sheet opens what this device seals. No category turns on before.") { sheet };
        confirm.SetAction(async (parsed, cancel) =>
        {
            using DeviceHome home = parsed.OpenHome();
            ConfirmReport report = await home.ConfirmSheetAsync(parsed.GetRequiredValue(sheet), cancel);
            Terminal.Say("The sheet opens what this device seals and signs for this account.");
            if (report.Due is { } due) Terminal.Say($"It becomes the account's on {ErasureWords.Day(due)}, unless the old one cancels that.");
            if (report.Inside is { } inside)
                Terminal.Talk($"note: it lies in {inside.Path}, from which {inside.Category} is read: while that is on, the sheet is backed up too. Move it elsewhere.");
            return ExitCode.Ok;
        });
        return new Command("sheet", "The recovery sheet") { confirm, SheetChangeVerbs.Rotate(), SheetChangeVerbs.Replace() };
    }
}
