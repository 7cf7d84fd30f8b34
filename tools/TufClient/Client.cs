using Offproof.Channel;

namespace Offproof.TufClient;

internal static class Client
{
    internal static async Task RunAsync(Arguments arguments)
    {
        MetadataStore store = new(arguments.MetadataFolder);
        if (arguments.TrustedRoot is { } root)
        {
            store.Pin(await File.ReadAllBytesAsync(root));
            return;
        }

        // The requests of a device: no cookies, no redirects, no proxy, no trace of the caller.
        using SocketsHttpHandler handler = new() { UseCookies = false, AllowAutoRedirect = false, UseProxy = false, ActivityHeadersPropagator = null };
        using HttpMessageInvoker http = new(handler);
        TufUpdater updater = new(store, http, arguments.MetadataAddress!, TimeProvider.System);
        await updater.RefreshAsync(CancellationToken.None);
        foreach (string target in arguments.Targets)
        {
            Directory.CreateDirectory(arguments.TargetsFolder!);
            string file = Path.Combine(arguments.TargetsFolder!, TufUpdater.FileName(target));
            bool isNew = await updater.DownloadAsync(target, arguments.TargetsAddress!, file, CancellationToken.None);
            await Console.Error.WriteLineAsync($"tuf-client: {target}: {(isNew ? "downloaded" : "is there already")}: {file}");
        }
    }
}
