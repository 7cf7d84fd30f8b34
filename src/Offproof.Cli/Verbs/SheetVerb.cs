using System.CommandLine;
using Offproof.Device;

namespace Offproof.Cli;

internal static class SheetVerb
{
    internal static Command Create()
    {
        Option<string> sheet = Options.RequiredFile("--sheet", "The sheet's file, as it was kept");
        Command confirm = new("confirm", "Prove that the written sheet opens what this device seals. No category turns on before.") { sheet };
        confirm.SetAction(parsed =>
        {
            using DeviceHome home = parsed.OpenHome();
            Source? inside = home.ConfirmSheet(parsed.GetRequiredValue(sheet));
            Terminal.Say("The sheet opens what this device seals and signs for this account.");
            if (inside is not null)
                Terminal.Talk($"note: it lies in {inside.Path}, from which {inside.Category} is read: while that is on, the sheet is backed up too. Move it elsewhere.");
            return ExitCode.Ok;
        });
        return new Command("sheet", "The recovery sheet") { confirm };
    }
}
