using System.Net;

namespace Offproof.Channel;

/// <summary>Answers a poll from a published tree on this disk.</summary>
internal sealed class FolderHandler(string folder) : HttpMessageHandler
{
    private const string Prefix = "/channel/";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Paths come from our own poll, whose names are numbers, hashes and our words.
        string file = Path.Combine(folder, request.RequestUri!.AbsolutePath[Prefix.Length..]);
        return File.Exists(file)
            ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false)) }
            : new HttpResponseMessage(HttpStatusCode.NotFound);
    }
}
