using System.CommandLine;
using System.Text.Json;
using Offproof.Consent;
using Offproof.Device;

namespace Offproof.Cli;

internal static class RunVerb
{
    internal static Command Create()
    {
        Option<Duration> every = Options.Duration("--every", "From one backup of a category to the next: 30s, 10m, 6h, 1d", TimeSpan.FromHours(6));
        Option<bool> once = new("--once") { Description = "One round of backups, now, and no more" };
        Option<Uri?> proxy = PollVerb.Proxy();
        Option<bool> noPoll = new("--no-poll") { Description = "Do not fetch the public data" };
        Command verb = new("run", "Back up what is on, and fetch the public data, again and again, until it is stopped") { every, once, noPoll, proxy };
        verb.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield(); // a signal before the first wait would end the program with the signal's code
            string home = parsed.HomeFolder();
            bool json = parsed.GetValue(Options.Json);
            BackupWorker worker = new(home) { Proxy = parsed.GetValue(proxy) };
            using DeviceRun run = new(home, parsed.GetValue(every).Time, TimeProvider.System, worker.RunAsync, e => Show(e, json, parsed.GetValue(once)), parsed.GetValue(noPoll) ? null : worker.PollAsync);
            if (parsed.GetValue(once)) return await run.OnceAsync(cancel);
            try
            {
                await run.RunAsync(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // Being stopped is how it ends.
            }
            return ExitCode.Ok;
        });
        return verb;
    }

    private static void Show(RunEvent e, bool json, bool once)
    {
        string? category = e.Category?.Name();
        if (json)
        {
            RunJson line = new("offproof/v1/run", e.Time, JsonNamingPolicy.CamelCase.ConvertName(e.Kind.ToString()), category, e.Snapshot, e.Exit, e.Why, e.Since, e.Next);
            Console.Out.WriteLine(JsonSerializer.Serialize(line, LinesJson.Default.RunJson));
        }
        string? words = e.Kind switch
        {
            RunEventKind.Started => $"{category}: backing up",
            RunEventKind.Done => $"{category}: snapshot {e.Snapshot![..8]}",
            RunEventKind.Failed => once ? $"{category}: failed, {e.Why}" : null, // what is waited for says it
            RunEventKind.Stopped => $"{category}: stopped, {e.Why}",
            RunEventKind.Waiting => e.Since is null ? $"{category}: {e.Why}" : $"{category}: waiting, {e.Why}",
            RunEventKind.Off => once ? "everything is off: nothing was read or sent" : "everything is off: nothing of yours is read or sent until a category is turned on",
            RunEventKind.Polled => "the public data were fetched",
            RunEventKind.NotPolled => $"the public data were not fetched: {e.Why}",
            _ => null,
        };
        if (words is not null && !json) Terminal.Say(words);
        if (e.Kind == RunEventKind.Alarm) Terminal.Talk(Terminal.Overdue(category!, e.Since!.Value, e.Why));
    }
}
