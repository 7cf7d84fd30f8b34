using System.CommandLine;
using Offproof.Device;

namespace Offproof.Cli;

internal static class SourceVerb
{
    internal static Command Create()
    {
        Argument<string> category = Options.Category();
        Argument<string> path = new("PATH") { Description = "A folder; for contacts, messages and notes also a file. It is not read now, not even listed" };
        Option<string?> password = new("--password-file") { Description = "For messages: the file that holds the password of encrypted exports, read with them", HelpName = "FILE" };
        Command add = new("add", "Name a folder or file that a category is read from") { category, path, password };
        add.SetAction(parsed =>
        {
            using DeviceHome home = parsed.OpenHome();
            Source source = home.AddSource(Options.ParseCategory(parsed.GetRequiredValue(category)), parsed.GetRequiredValue(path), parsed.GetValue(password));
            Terminal.Say($"{source.Category} will be read from {Terminal.OneLine(source.Path)} when it is on. Nothing was read now.");
            return ExitCode.Ok;
        });
        Argument<string> from = Options.Category();
        Argument<string> which = new("PATH|NAME") { Description = "Its path, or its name in `source list`" };
        Command remove = new("remove", "Take a folder or file off the list; what was stored of it stays") { from, which };
        remove.SetAction(parsed =>
        {
            using DeviceHome home = parsed.OpenHome();
            Source source = home.RemoveSource(Options.ParseCategory(parsed.GetRequiredValue(from)), parsed.GetRequiredValue(which));
            Terminal.Say($"{source.Category} will not be read from {Terminal.OneLine(source.Path)} any more. What was stored of it stays.");
            return ExitCode.Ok;
        });
        Command list = new("list", "List the folders");
        list.SetAction(parsed =>
        {
            using DeviceHome home = parsed.OpenHome();
            if (parsed.GetValue(Options.Json)) Terminal.Json(new SourcesJson("offproof/v1/sources", home.Sources()), OutputJson.Default.SourcesJson);
            else foreach (Source source in home.Sources()) Terminal.Say($"{source.Category,-9} {source.Name,-20} {Terminal.OneLine(source.Path)}");
            return ExitCode.Ok;
        });
        return new Command("source", "The folders that categories are read from") { add, remove, list };
    }
}
