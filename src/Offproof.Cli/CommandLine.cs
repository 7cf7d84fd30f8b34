using System.CommandLine;
using System.CommandLine.Parsing;
using Offproof.Channel;
using Offproof.Device;
using Offproof.Evidence;
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
            OperatorVerbs.Invite(),
            OperatorVerbs.Account(),
            InitVerb.Create(),
            JoinVerb.Create(),
            DevicesVerb.Create(),
            SheetVerb.Create(),
            SourceVerb.Create(),
            StatusVerb.Create(),
            SwitchVerbs.On(),
            SwitchVerbs.Pause(),
            SwitchVerbs.Off(),
            EraseVerb.Create(),
            MoveVerb.Create(),
            BackupVerb.Create(),
            RunVerb.Create(),
            PollVerb.Create(),
            GreetingsVerb.Create(),
            UpdatesVerb.Create(),
            SnapshotsVerb.Create(),
            RestoreVerb.Create(),
            PruneVerb.Create(),
            DrillVerb.Create(),
            VaultVerb.Create(),
            RefusalsVerb.Create(),
            PublishVerb.Create(),
            LedgerVerb.Create(),
            PersonaVerb.Create(),
            AuditVerb.Create(),
            CaseVerb.Create(),
            CompareVerb.Create(),
            EvidenceVerb.Create(),
            LabVerb.Create(),
            SabotageVerb.Create(),
            MonitorVerb.Create(),
            WitnessVerb.Create(),
        };
        if (args.Length == 0)
        {
            await root.Parse(["--help"]).InvokeAsync(new InvocationConfiguration { Output = Console.Error }).ConfigureAwait(false);
            return ExitCode.Usage;
        }
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            // Of a word that is no verb, the parser also says that a verb is missing.
            if (parsed.UnmatchedTokens is [var unknown, ..]) Terminal.Error($"'{Terminal.OneLine(unknown)}' is not understood here");
            else foreach (ParseError error in parsed.Errors) Terminal.Error(Terminal.Sentence(error.Message));
            string verb = string.Join(' ', Verb(parsed.CommandResult));
            Terminal.Hint($"offproof {verb}{(verb.Length > 0 ? " " : "")}--help");
            return ExitCode.Usage;
        }
        if (EmptyWord(parsed.CommandResult) is { } empty)
        {
            Terminal.Error($"{empty} is empty");
            Terminal.Hint("is a variable of your shell not set?");
            return ExitCode.Usage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // What has a process or a folder of its own to put away gets the time for it.
                ProcessTerminationTimeout = TimeSpan.FromSeconds(parsed.CommandResult.Command.Name is "run" or "drill" ? 20 : 2),
            }).ConfigureAwait(false);
        }
        catch (DeviceException e)
        {
            return Report(e.Message, e.Hint, ExitCode.Of(e));
        }
        catch (VaultException e)
        {
            return Report(e.Message, PathWords.Of(e).Hint, ExitCode.Of(e));
        }
        catch (PublishingException e)
        {
            return Report(e.Message, e.Hint, ExitCode.Of(e));
        }
        catch (EvidenceException e)
        {
            return Report(e.Message, e.Hint, ExitCode.Of(e));
        }
        catch (InterruptedException e)
        {
            return Report(e.Message, e.Hint, ExitCode.Interrupted);
        }
        catch (OperationCanceledException)
        {
            return Report("interrupted", "what was acknowledged is safe; the same command goes on from there", ExitCode.Interrupted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            (string message, string? hint) = PathWords.Of(e);
            return Report(message, hint, ExitCode.Of(e));
        }
#pragma warning disable CA1031 // the last line of defence: whatever it is, a person gets words and a script an exit code
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (Environment.GetEnvironmentVariable("OFFPROOF_DEBUG") is { Length: > 0 }) Terminal.Talk(e.ToString());
            return Report($"{e.GetType().Name}: {e.Message}", "this is a mistake of the program; OFFPROOF_DEBUG=1 shows where", ExitCode.Failure);
        }
    }

    /// <summary>The first option or argument that was given as an empty word, which no verb of ours can mean: it would be the current folder, or nothing.</summary>
    private static string? EmptyWord(CommandResult? command)
    {
        for (; command is not null; command = command.Parent as CommandResult)
        {
            foreach (SymbolResult part in command.Children)
            {
                string? name = part switch { OptionResult option => option.Option.Name, ArgumentResult argument => argument.Argument.Name, _ => null };
                if (name is not null && part.Tokens.Any(static token => token.Value.Length == 0)) return name;
            }
        }
        return null;
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

/// <summary>Ctrl-C where it is known what holds then.</summary>
internal sealed class InterruptedException(string message, string? hint) : OperationCanceledException(message)
{
    internal string? Hint { get; } = hint;
}
