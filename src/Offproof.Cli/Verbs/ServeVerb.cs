using System.CommandLine;
using System.Data.Common;
using Offproof.Device;
using Offproof.Server;

namespace Offproof.Cli;

internal static class ServeVerb
{
    internal static Command Create()
    {
        Option<string> data = OperatorVerbs.Data("The server's folder; created where absent");
        Option<string> listen = new("--listen") { Description = "http on loopback, https anywhere", DefaultValueFactory = static _ => "http://127.0.0.1:8750", HelpName = "URL" };
        Option<long?> quota = Options.Bytes("--quota", "How many bytes an account without a quota of its own may store; no limit where not given");
        Option<bool> invited = new("--invited-only") { Description = "Who opens an account needs an invitation; always so off loopback" };
        Option<string?> certificate = new("--certificate") { Description = "For https: the certificate and the chain below it", HelpName = "PEM" };
        Option<string?> key = new("--certificate-key") { Description = "For https: its private key, not encrypted", HelpName = "PEM" };
        Option<string?> proxy = new("--behind-proxy") { Description = "A proxy on this machine has the certificate: the https URL that devices use", HelpName = "URL" };
        Option<string?> channel = new("--channel") { Description = "The folder that is served as /channel/, as `offproof publish` made it; where not given, a channel of its own with keys in DATA", HelpName = "DIR" };
        Command verb = new("serve", "Run the server: it stores opaque bytes and refuses what no grant covers") { data, listen, quota, invited, certificate, key, proxy, channel };
        verb.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield(); // a signal before the first wait would end the program with the signal's code, however well the server stops
            OwnChannel? own = parsed.GetValue(channel) is null ? new OwnChannel(parsed.GetRequiredValue(data)) : null;
            ServerOptions options = new()
            {
                DataDirectory = parsed.GetRequiredValue(data),
                Listen = Options.ParseUrl(parsed.GetRequiredValue(listen)),
                QuotaBytes = parsed.GetValue(quota),
                InvitedOnly = parsed.GetValue(invited),
                Certificate = parsed.GetValue(certificate),
                CertificateKey = parsed.GetValue(key),
                ChannelDirectory = parsed.GetValue(channel) ?? own!.PublicFolder,
                BeforeListening = own is null ? null : own.BeginAsync,
                BehindProxy = parsed.GetValue(proxy) is { } url ? Options.ParseUrl(url) : null,
            };
            try
            {
                using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                Task signing = own?.KeepSignedAsync(ended.Token) ?? Task.CompletedTask;
                await ServerHost.RunAsync(options, Console.Error, cancel);
                await ended.CancelAsync();
                await signing;
            }
            catch (ArgumentException e)
            {
                throw new DeviceException(DeviceFault.Usage, e.Message.Split(" (Parameter", 2)[0]);
            }
            catch (ListenException e)
            {
                throw new DeviceException(DeviceFault.Failure, e.Message, e.Hint, e);
            }
            catch (ForeignFolderException e)
            {
                throw new DeviceException(DeviceFault.Refused, e.Message, "name an empty folder, or one that is not there yet");
            }
            catch (Exception e) when (e is InvalidOperationException or DbException)
            {
                throw OperatorVerbs.Unusable(e, options.DataDirectory);
            }
            return ExitCode.Ok;
        });
        return verb;
    }
}
