using System.Net;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>Where <c>monitor</c> reads a channel: a folder, or the server that a person names - to it alone, by https or on loopback http, without anything of the user in the request.</summary>
internal sealed class ChannelDoor : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly string? _folder;
    private readonly Uri? _prefix;
    private readonly HttpMessageInvoker? _invoker;

    private ChannelDoor(string folder) => _folder = folder;

    private ChannelDoor(Uri prefix) => (_prefix, _invoker) = (prefix, new HttpMessageInvoker(Wire.To(prefix)));

    internal static ChannelDoor To(string place)
    {
        if (!Options.IsUrl(place))
            return Directory.Exists(place) ? new ChannelDoor(Path.GetFullPath(place)) : throw new DeviceException(DeviceFault.Failure, $"{place} is not there", "a folder with log/ in it, or https://.../channel/");
        Uri prefix = Options.ParsePlace(place);
        if (prefix.UserInfo.Length > 0 || prefix.Query.Length > 0) throw new DeviceException(DeviceFault.Usage, "a channel's address has neither a user nor a query");
        Options.RequireHttps(prefix);
        return new ChannelDoor(prefix);
    }

    public void Dispose() => _invoker?.Dispose();

    /// <summary>A file of the channel, as <c>LogMonitor</c> asks for it.</summary>
    internal Task<byte[]?> ReadAsync(string path, int most, CancellationToken cancel) => _folder is null ? FetchAsync(path, most, cancel) : ReadFileAsync(Path.Combine(_folder, path), path, most, cancel);

    private static async Task<byte[]?> ReadFileAsync(string file, string path, int most, CancellationToken cancel)
    {
        if (!File.Exists(file)) return null;
        await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, 4096, useAsync: true);
        return await CappedAsync(stream, path, most, cancel);
    }

    private async Task<byte[]?> FetchAsync(string path, int most, CancellationToken cancel)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Longest);
        Uri uri = new(_prefix!, path);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, uri);
            using HttpResponseMessage answer = await _invoker!.SendAsync(request, limit.Token);
            if (answer.StatusCode == HttpStatusCode.NotFound) return null;
            if (answer.StatusCode != HttpStatusCode.OK) throw new DeviceException(DeviceFault.Failure, $"{uri} is answered with {(int)answer.StatusCode}: this was no whole look at the log");
            await using Stream stream = await answer.Content.ReadAsStreamAsync(limit.Token);
            return await CappedAsync(stream, path, most, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new DeviceException(DeviceFault.Unreachable, $"no answer from {_prefix!.GetLeftPart(UriPartial.Authority)}{(e is OperationCanceledException ? $" within {Longest.TotalSeconds} s" : $": {e.Message}")}", "what is held was not changed", e);
        }
    }

    // One byte more than is allowed says that there was more.
    private static async Task<byte[]> CappedAsync(Stream stream, string path, int most, CancellationToken cancel)
    {
        using MemoryStream read = new();
        byte[] piece = new byte[64 * 1024];
        while (await stream.ReadAsync(piece, cancel) is > 0 and int count)
        {
            if (read.Length + count > most) throw new InvalidDataException($"{path} has more than {most} bytes");
            await read.WriteAsync(piece.AsMemory(0, count), cancel);
        }
        return read.ToArray();
    }
}
