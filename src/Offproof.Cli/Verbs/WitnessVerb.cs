using System.CommandLine;
using System.Net;
using Offproof.Channel;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>witness: cosigns the checkpoints of logs (channel-log.md §7).</summary>
internal static class WitnessVerb
{
    internal static Command Create()
    {
        Option<string> data = OperatorVerbs.Data("The witness's folder; created where absent, with a key of its own");
        Option<string[]> log = new("--log") { Description = "The verifier key of a log that it cosigns for; several times for several logs", HelpName = "KEY", Required = true };
        Option<string> listen = new("--listen") { Description = "http on loopback; a proxy gives it a name and TLS", DefaultValueFactory = static _ => "http://127.0.0.1:8751", HelpName = "URL" };
        Option<string?> name = new("--name") { Description = "Of its key, where it is made: the address by which others know it, without https://", HelpName = "NAME" };
        Command verb = new("witness", "Cosign checkpoints of a channel's log, each only if it is how the last one went on") { Key() };
        foreach (Option option in (Option[])[data, log, listen, name]) verb.Options.Add(option);
        verb.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield(); // as in serve: a signal before the first wait
            NoteKey[] logs = [.. parsed.GetRequiredValue(log).Select(ParseLog)];
            IPEndPoint endpoint = WitnessHost.Endpoint(Options.ParseUrl(parsed.GetRequiredValue(listen)));
            using Witness witness = Open(parsed.GetRequiredValue(data), parsed.GetValue(name), logs);
            Terminal.Talk($"witness key {witness.Key}");
            await WitnessHost.RunAsync(witness, endpoint, cancel);
            return ExitCode.Ok;
        });
        return verb;
    }

    private static Command Key()
    {
        Option<string> data = OperatorVerbs.Data("The witness's folder");
        Command verb = new("key", "Print the witness's verifier key, also while it runs") { data };
        verb.SetAction(parsed =>
        {
            Terminal.Say(InWords(() => Witness.ReadKey(parsed.GetRequiredValue(data))).ToString());
            return ExitCode.Ok;
        });
        return verb;
    }

    private static NoteKey ParseLog(string text) => NoteKey.TryParse(text, out NoteKey? key) && key.Kind == NoteKeyKind.Log
        ? key
        : throw new DeviceException(DeviceFault.Usage, $"'{text}' is not the verifier key of a log", "NAME+ID+KEY, as the member log of trust.json has it");

    private static Witness Open(string folder, string? name, NoteKey[] logs)
    {
        try
        {
            return InWords(() => Witness.Open(folder, name, logs, TimeProvider.System));
        }
        catch (ArgumentException e)
        {
            throw new DeviceException(DeviceFault.Usage, e.Message.Split(" (Parameter", 2)[0], null, e);
        }
    }

    private static T InWords<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (WitnessFolderException e)
        {
            throw new DeviceException(DeviceFault.Refused, e.Message, "nothing in the folder was changed", e);
        }
    }
}
