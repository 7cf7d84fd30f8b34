using System.CommandLine;
using Offproof.Device;
using Offproof.Server;

namespace Offproof.Cli;

internal static class ServeVerb
{
    internal static Command Create()
    {
        Option<string> data = new("--data") { Description = "The server's folder; created where absent", Required = true, HelpName = "DIR" };
        Option<string> listen = new("--listen") { Description = "Loopback only, for now", DefaultValueFactory = static _ => "http://127.0.0.1:8750", HelpName = "URL" };
        Option<long?> quota = new("--quota") { Description = "How many bytes one account may store; no limit where not given", HelpName = "BYTES" };
        Command verb = new("serve", "Run the server: it stores opaque bytes and refuses what no grant covers") { data, listen, quota };
        verb.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(quota) is < 0) throw new DeviceException(DeviceFault.Usage, "--quota is not negative");
            ServerOptions options = new()
            {
                DataDirectory = parsed.GetRequiredValue(data),
                Listen = Options.ParseUrl(parsed.GetRequiredValue(listen)),
                QuotaBytes = parsed.GetValue(quota),
            };
            try
            {
                await ServerHost.RunAsync(options, Console.Error, cancel);
            }
            catch (ArgumentException e)
            {
                throw new DeviceException(DeviceFault.Usage, e.Message);
            }
            return ExitCode.Ok;
        });
        return verb;
    }
}
