using System.CommandLine;
using System.Security.Cryptography;
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
        return new Command("sheet", "The recovery sheet") { confirm, Print(), SheetChangeVerbs.Rotate(), SheetChangeVerbs.Replace() };
    }

    private static Command Print()
    {
        Option<string> sheet = Options.RequiredFile("--sheet", "The sheet's file");
        Option<string> to = Options.RequiredFile("--to", "The page to write (HTML), mode 600, never over a file; - for stdout");
        Command print = new("print", "A page to print and to keep where the passport is: in plain words, with a QR code") { sheet, to };
        print.SetAction(async (parsed, cancel) =>
        {
            string file = parsed.GetRequiredValue(sheet), target = parsed.GetRequiredValue(to);
            if (target == "-")
            {
                byte[] page = SheetPage.Render(file);
                await using Stream output = Console.OpenStandardOutput();
                await output.WriteAsync(page, cancel);
                CryptographicOperations.ZeroMemory(page);
                return ExitCode.Ok;
            }
            SheetPage.WriteNew(file, target);
            Terminal.Talk($"{target} is the sheet: print it, then delete it. Whoever has it can read every backup of this account.");
            return ExitCode.Ok;
        });
        return print;
    }
}
