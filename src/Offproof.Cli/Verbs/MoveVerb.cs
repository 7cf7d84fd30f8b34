using System.CommandLine;
using Offproof.Consent;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>move: the account goes to another address, of its server or of another one (protocol.md §18).</summary>
internal static class MoveVerb
{
    // 64 bits: a key made to begin with the same digits is out of reach (decision 0004).
    private const int FewestDigits = 16;

    internal static Command Create()
    {
        Option<string> sheet = Options.RequiredFile("--sheet", "The sheet's file; its lines about the server are changed");
        Option<string> to = new("--to") { Description = "The new URL, of the same server or of another one", Required = true, HelpName = "URL" };
        Option<string?> key = new("--server-key") { Description = "Of another server: its key, as its operator tells it, at least its first 16 digits", HelpName = "KEY" };
        Option<string?> invite = new("--invite-file") { Description = "Of another server: its operator's invitation stands in the first line; - is stdin", HelpName = "FILE" };
        Option<string?> trust = PinnedChannel.Option();
        Option<bool> yes = Options.Yes();
        Command verb = new("move", "Go to another address with this device and the sheet: of the same server, or of another one") { sheet, to, key, invite, trust, yes };
        verb.SetAction(async (parsed, cancel) =>
        {
            string file = parsed.GetRequiredValue(sheet);
            string? given = parsed.GetValue(key) is { } words ? Digits(words) : null;
            string? invitation = InitVerb.ReadInvitation(parsed.GetValue(invite));
            using ServerMove move = await ServerMove.PlanAsync(file, Options.ParseUrl(parsed.GetRequiredValue(to)), parsed.HomeFolder(),
                shown => CompareAsync(shown, given, cancel), invitation is not null, TimeProvider.System, null, cancel);
            if (given is not null) Compare(move.Plan.ServerKey, given);
            if (move.Plan.DeviceMoves || move.Plan.Switches.Count > 0)
            {
                Terminal.RequireSomebodyToAsk(parsed.GetValue(yes));
                Disclose(move.Plan, file);
                await Terminal.RequireYesAsync(parsed.GetValue(yes), move.Plan.DeviceMoves ? $"Leave {move.Plan.From} for {move.Plan.To}?" : $"Turn that on at {move.Plan.To}?", cancel);
            }
            MoveReport report = await move.RunAsync(invitation, cancel);
            if (move.Plan.DeviceMoves) Terminal.Talk((await PinnedChannel.PinAsync(parsed.HomeFolder(), parsed.GetValue(trust), cancel)).Words);
            if (parsed.GetValue(Options.Json)) Terminal.Json(MoveJson.Of(report), OutputJson.Default.MoveJson);
            else Show(report, file);
            return ExitCode.Ok;
        });
        return verb;
    }

    /// <summary>The key comes from the operator, by another way than this connection; one that is shown here would only be copied.</summary>
    private static async Task CompareAsync(string shown, string? given, CancellationToken cancel)
    {
        if (given is not null)
        {
            Compare(shown, given);
            return;
        }
        if (!Terminal.CanAsk)
            throw new DeviceException(DeviceFault.Usage, "this is another server than the account's, and there is no terminal to ask for its key on", "--server-key KEY, as its operator tells it: `serve` says it when it starts");
        await Console.Error.WriteAsync($"This is another server than the account's. Its key, as its operator tells it (the first {FewestDigits} digits): ");
        Compare(shown, Digits(await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancel) ?? ""));
    }

    private static void Compare(string shown, string given)
    {
        if (!shown.StartsWith(given, StringComparison.Ordinal))
            throw new DeviceException(DeviceFault.Forgery, "the server there has another key than the one that you were told: it is another server, or somebody stands between", "nothing was changed, and nothing of the account was shown to it");
    }

    private static string Digits(string words)
    {
        string digits = string.Concat(words.Where(static c => c is not (' ' or '-'))).ToLowerInvariant();
        return digits.Length is >= FewestDigits and <= 64 && digits.All(char.IsAsciiHexDigitLower)
            ? digits
            : throw new DeviceException(DeviceFault.Usage, $"a server's key is named by the first {FewestDigits} to 64 of its hexadecimal digits", "its operator knows it: `serve` says it when it starts");
    }

    private static void Disclose(MovePlan plan, string file)
    {
        if (plan.DeviceMoves) Terminal.Talk($"This device leaves {plan.From} for {plan.To}, which is another server ({plan.ServerKey[..FewestDigits]}).");
        foreach (MovingSwitch one in plan.Switches)
        {
            string last = one.Items is { } items ? $"; the last backup held {Terminal.Count(items, "file")}, {Terminal.Size(one.Bytes ?? 0)}" : "";
            Terminal.Talk($"  {one.Category.Name()}: epoch {one.Next} begins there{(one.Paused ? ", and stays paused" : "")}{last}");
        }
        if (plan.Switches.Count > 0)
        {
            Terminal.Talk($"""
                Everything of that is uploaded again, with the next backup: new keys are made, and nothing goes from one server to the other.
                It is encrypted here and stored at {plan.To}, that is at {plan.To.IdnHost}, port {plan.To.Port}{(plan.To.IsLoopback ? ", which is this machine" : "")}.
                """);
        }
        if (plan.DeviceMoves) DiscloseWhatStays(plan, file);
        if (plan.Switches.Count == 0) return;
        Terminal.Talk("");
        Terminal.Talk(Policy.Text);
    }

    private static void DiscloseWhatStays(MovePlan plan, string file)
    {
        Terminal.Talk($"{plan.From} keeps what it holds. Nothing more goes there, and this device destroys its keys for it: until a backup at the new server has ended, the newest copy is there, and the sheet alone opens it.");
        if (plan.Stays is null) Terminal.Talk($"It could not be asked what that is ({plan.WhyUnknown}).");
        foreach (StayingVault stays in plan.Stays ?? []) Terminal.Talk($"  {stays.Category} (epoch {stays.Epoch}) of the device {Terminal.OneLine(stays.Device)[..Math.Min(8, stays.Device.Length)]}: {Terminal.Size(stays.Bytes)}");
        Terminal.Talk($"""
            From there: offproof restore CATEGORY --to DIR --sheet {file} --server {plan.From}
            When you need it no more: offproof erase CATEGORY --sheet {file} --server {plan.From}
            """);
        if (plan.OtherDevices.Count > 0)
            Terminal.Talk($"{Terminal.Count(plan.OtherDevices.Count, "other device")} of the account stay{(plan.OtherDevices.Count == 1 ? "s" : "")} there until the same is run on it: {string.Join(", ", plan.OtherDevices.Select(static d => d[..8]))}");
    }

    private static void Show(MoveReport report, string file)
    {
        Terminal.Say($"{file} names {report.To} now{(report.HasDevice ? ", and so does this device" : "")}.{(report.AnotherServer ? "" : " It is the same server: its key is the one on the sheet.")}");
        foreach (SwitchReport one in report.Switches) Terminal.Say($"{one.Category.Name()} is {(one.State == SwitchState.Paused ? "paused" : "on")} there (epoch {one.Epoch}).");
        foreach (EarlierStatus earlier in report.Earlier)
            Terminal.Say($"What this device was at {earlier.Server} lies in {earlier.Folder}{(earlier.ServerTold ? "; that server acknowledged that all is off" : "; that server does not know yet that all is off: the same command again tells it")}.");
        if (report.WhyNotTold is { } why) Terminal.Talk(why);
        if (report.Switches.Any(static s => s.State == SwitchState.On)) Terminal.Say("Next: offproof backup");
        Terminal.Say(report.AnotherServer
            ? $"Print the sheet anew: offproof sheet print --sheet {file} --to FILE.html. Copies that were made before lead to the old server only, and open what is there."
            : $"Write the new address on printed copies; until then they work with --server {report.To}");
    }
}
