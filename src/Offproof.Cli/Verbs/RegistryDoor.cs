using System.Net;
using System.Net.Http.Headers;
using Offproof.Auditor;

namespace Offproof.Cli;

/// <summary>
/// The one way out of <c>audit</c>, made only where <c>--online</c> is given (receivers.md §5): the auditor has none of its own. A GET over HTTPS that carries nothing of the user - no cookies, no credentials,
/// no redirects, no name of this program's version - and reads 1 MiB at most.
/// </summary>
internal sealed class RegistryDoor : IDisposable
{
    private const int MostBytes = 1 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        MaxResponseHeadersLength = 64,
        PreAuthenticate = false,
    });

    internal Online Online => new(Fetch, Terminal.Talk, static (time, cancel) => cancel.WaitHandle.WaitOne(time), TimeProvider.System);

    public void Dispose() => _invoker.Dispose();

    private Fetched Fetch(Uri uri, CancellationToken cancel)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Longest);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, uri);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/rdap+json"));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json", 0.9));
            using HttpResponseMessage answer = _invoker.Send(request, limit.Token);
            Uri? location = answer.Headers.Location is { } next ? new Uri(uri, next) : null;
            byte[] body = [];
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                using Stream stream = answer.Content.ReadAsStream(limit.Token);
                // A server may send a byte now and then: reading that waits does not ask the token, but ends when what it reads is closed.
                using CancellationTokenRegistration cut = limit.Token.Register(static open => ((IDisposable)open!).Dispose(), answer);
                body = Read(stream);
                if (limit.IsCancellationRequested) throw new OperationCanceledException(cancel);
            }
            return new Fetched((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType?.ToLowerInvariant(), location, body);
        }
        catch (Exception e) when (limit.IsCancellationRequested && e is OperationCanceledException or HttpRequestException or IOException or ObjectDisposedException)
        {
            cancel.ThrowIfCancellationRequested();
            return new Fetched(0, null, null, default, "it did not answer in 20 seconds");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException)
        {
            return new Fetched(0, null, null, default, e.InnerException?.Message ?? e.Message);
        }
    }

    // One byte more than is allowed says that there was more.
    private static byte[] Read(Stream stream)
    {
        byte[] bytes = new byte[MostBytes + 1];
        int length = 0;
        while (length < bytes.Length && stream.Read(bytes, length, bytes.Length - length) is > 0 and int count) length += count;
        return bytes[..length];
    }
}
