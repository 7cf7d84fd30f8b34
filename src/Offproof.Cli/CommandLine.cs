using System.CommandLine;
using System.CommandLine.Parsing;
using Offproof.Device;
using Offproof.Vault;

namespace Offproof.Cli;

/// <summary>All verbs, and what an exception of any of them becomes: words on stderr and an exit code (cli.md §1.5, §3).</summary>
internal static class CommandLine
{
    internal static async Task<int> RunAsync(string[] args)
    {
        RootCommand root = new("A phone's cloud with an off switch that can be checked.")
        {
            Options.Home,
            Options.Json,
            DemoVerb.Create(),
            ServeVerb.Create(),
            InitVerb.Create(),
            SheetVerb.Create(),
            SourceVerb.Create(),
            StatusVerb.Create(),
            SwitchVerbs.On(),
            SwitchVerbs.Pause(),
            SwitchVerbs.Off(),
            BackupVerb.Create(),
            SnapshotsVerb.Create(),
            RestoreVerb.Create(),
            VaultVerb.Create(),
            PersonaVerb.Create(),
        };
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            // Of a word that is no verb, the parser also says that a verb is missing.
            if (parsed.UnmatchedTokens is [var unknown, ..]) Terminal.Error($"'{unknown}' is not understood here");
            else foreach (ParseError error in parsed.Errors) Terminal.Error(error.Message);
            string verb = string.Join(' ', Verb(parsed.CommandResult));
            Terminal.Hint($"offproof {verb}{(verb.Length > 0 ? " " : "")}--help");
            return ExitCode.Usage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
        }
        catch (DeviceException e)
        {
            return Report(e.Message, e.Hint, ExitCode.Of(e.Fault));
        }
        catch (VaultException e)
        {
            return Report(e.Message, null, ExitCode.Of(e));
        }
        catch (OperationCanceledException)
        {
            return Report("interrupted", "what was acknowledged is safe; the same command goes on from there", ExitCode.Interrupted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Report(e.Message, null, ExitCode.Of(e));
        }
    }

    private static int Report(string message, string? hint, int exitCode)
    {
        Terminal.Error(message);
        if (hint is not null) Terminal.Hint(hint);
        return exitCode;
    }

    private static Stack<string> Verb(CommandResult result)
    {
        Stack<string> names = new();
        for (SymbolResult? at = result; at is CommandResult { Command: not RootCommand } command; at = at.Parent) names.Push(command.Command.Name);
        return names;
    }
}
