using System.CommandLine;
using System.Globalization;
using Offproof.Channel;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>poll: the public data (channel.md §6), whatever is on or off.</summary>
internal static class PollVerb
{
    internal static Option<Uri?> Proxy() => new("--proxy")
    {
        Description = "A SOCKS5 proxy, as Tor is one; for the channel alone",
        HelpName = "socks5://HOST:PORT",
        CustomParser = static result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out Uri? url) && url is { Scheme: "socks5", Port: > 0, UserInfo: "", PathAndQuery: "/" or "" }) return url;
            result.AddError($"--proxy is socks5://HOST:PORT, not '{result.Tokens[0].Value}'");
            return null;
        },
    };

    internal static Command Create()
    {
        Option<string?> trust = new("--trust") { Description = "The publisher's trust.json, for a device that has no channel pinned yet", HelpName = "FILE" };
        Option<Uri?> proxy = Proxy();
        Command verb = new("poll", "Fetch the public data, by requests that do not tell devices apart") { trust, proxy };
        verb.SetAction(async (parsed, cancel) =>
        {
            using DeviceHome home = parsed.OpenHome();
            PollOutcome outcome = await home.PollAsync(parsed.GetValue(trust), parsed.GetValue(proxy), cancel);
            int greetings = home.Greetings().Count;
            if (outcome.Connections > 1) Terminal.Talk(string.Create(CultureInfo.InvariantCulture, $"note: the server ended the connection between two answers: the poll took {outcome.Connections} connections"));
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new PollJson("offproof/v1/poll", outcome.IsNew, outcome.Release, outcome.Assurance, outcome.Until, outcome.Requests, outcome.Connections, greetings), OutputJson.Default.PollJson);
                return ExitCode.Ok;
            }
            Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"release {outcome.Release}{(outcome.IsNew ? "" : ", as before")}: {Terminal.Count(greetings, "greeting")}; {outcome.Assurance}"));
            if (outcome.IsNew) Terminal.Say("What it announces: offproof updates");
            return ExitCode.Ok;
        });
        return verb;
    }
}

internal sealed record PollJson(string Schema, bool IsNew, long Release, string Assurance, DateTimeOffset Until, int Requests, int Connections, int Greetings);
