using System.CommandLine;
using Offproof.Device;
using Offproof.Lab;

namespace Offproof.Cli;

internal static class SabotageVerb
{
    internal static Command Create() => new("sabotage", "Programs that betray their owner, and which check catches each") { List(), Run() };

    private static Command List()
    {
        Command verb = new("list", "The programs, and by what each betrays");
        verb.SetAction(static parsed =>
        {
            SaboteurListJson list = new([.. Saboteur.All.Select(static one => new SaboteurJson(one.Name, one.Mechanism, one.Does))]);
            if (parsed.GetValue(Options.Json)) Terminal.Json(list, OutputJson.Default.SaboteurListJson);
            else foreach (SaboteurJson one in list.Saboteurs) Terminal.Say($"{one.Name,-24} {one.Mechanism}");
            return ExitCode.Ok;
        });
        return verb;
    }

    private static Command Run()
    {
        Argument<string[]> names = new("NAME") { Description = "Which (sabotage list); all of them where none is named: about a quarter of an hour", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> keep = new("--keep") { Description = "Keep all runs in this folder: captures, keys, ledgers, traces", HelpName = "DIR" };
        Option<string?> page = new("--page") { Description = "Write the table as Markdown into this file", HelpName = "FILE" };
        Command verb = new("run", "Runs each three times in the lab, with personas drawn for it, and says what caught it; needs Linux and root") { names, keep, page };
        verb.SetAction((parsed, cancel) => RunAsync(parsed, parsed.GetValue(names) ?? [], parsed.GetValue(keep), parsed.GetValue(page), cancel));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string[] names, string? keep, string? page, CancellationToken cancel)
    {
        if (!OperatingSystem.IsLinux()) throw new DeviceException(DeviceFault.Failure, "the lab needs Linux: it works in network namespaces", "offproof sabotage list works anywhere");
        if (names.FirstOrDefault(static name => Saboteur.All.All(one => one.Name != name)) is { } none) throw new DeviceException(DeviceFault.Usage, $"there is no saboteur '{none}'", "offproof sabotage list names them");
        SabotageReport report;
        try
        {
            report = await Sabotage.RunAsync(new SabotageRequest(Environment.ProcessPath!, names, keep, Terminal.Talk), cancel);
        }
        catch (LabException e)
        {
            throw new DeviceException(DeviceFault.Failure, e.Message, e.Hint);
        }
        if (page is not null) await File.WriteAllLinesAsync(page, SabotageText.Page(report), cancel);
        if (parsed.GetValue(Options.Json)) Terminal.Json(report, OutputJson.Default.SabotageReport);
        else foreach (string line in SabotageText.Lines(report)) Terminal.Say(line);
        return report.Ok ? ExitCode.Ok : ExitCode.Failure;
    }
}
