using System.CommandLine;
using System.Data.Common;
using Offproof.Device;
using Offproof.Server;

namespace Offproof.Cli;

internal static class ServeVerb
{
    internal static Command Create()
    {
        Option<string> data = new("--data") { Description = "The server's folder; created where absent", Required = true, HelpName = "DIR" };
        Option<string> listen = new("--listen") { Description = "Loopback only, for now", DefaultValueFactory = static _ => "http://127.0.0.1:8750", HelpName = "URL" };
        Option<long?> quota = Options.Number("--quota", "How many bytes one account may store; no limit where not given", "BYTES", 0, long.MaxValue);
        Command verb = new("serve", "Run the server: it stores opaque bytes and refuses what no grant covers") { data, listen, quota };
        verb.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield(); // a signal before the first wait would end the program with the signal's code, however well the server stops
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
                throw new DeviceException(DeviceFault.Usage, e.Message.Split(" (Parameter", 2)[0]);
            }
            catch (ForeignFolderException e)
            {
                throw new DeviceException(DeviceFault.Refused, e.Message, "name an empty folder, or one that is not there yet");
            }
            catch (InvalidOperationException e)
            {
                throw new DeviceException(DeviceFault.Failure, e.Message, "nothing in the folder was changed");
            }
            catch (DbException e)
            {
                throw new DeviceException(DeviceFault.Failure, $"the database in {options.DataDirectory} cannot be used: {e.Message}", "vaults/ and recovery/ beside it are untouched");
            }
            return ExitCode.Ok;
        });
        return verb;
    }
}
