using System.Net.Sockets;

namespace Offproof.Device;

/// <summary>
/// Waits for an answer, and for each part of its body, as long as a slow connection may take and no longer: a server that falls silent, or drips for ever,
/// is an <see cref="HttpRequestException"/> or an <see cref="IOException"/>, which a storage counts as one of its attempts.
/// </summary>
/// <param name="inner">Sends; disposed with this</param>
/// <param name="time">The clock</param>
/// <param name="patience">How far an answer may fall behind the slowest connection that is waited for; a minute where null</param>
public sealed class PatientHandler(HttpMessageHandler inner, TimeProvider time, TimeSpan? patience = null) : DelegatingHandler(inner)
{
    private readonly TimeSpan patience = patience ?? TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(patience + TimeSpan.FromSeconds((request.Content?.Headers.ContentLength ?? 0) / PatientStream.SlowestBytesPerSecond), time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            HttpResponseMessage response = await base.SendAsync(request, either.Token).ConfigureAwait(false);
            await ReadOnlyBody.PutBeforeAsync(response, body => new PatientStream(body, patience, time), either.Token).ConfigureAwait(false);
            return response;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException("no answer in time", e);
        }
        catch (SocketException e)
        {
            // The runtime asks a new connection for its peer; where the server was killed in between, that error comes out as it is.
            throw new HttpRequestException("the connection ended as it began", e);
        }
    }
}

/// <summary>The body of an answer, that may be slow but not endless. Only the time spent waiting for the server counts, not what the reader does between two reads.</summary>
/// <param name="body">Disposed with this</param>
/// <param name="patience">How far an answer may fall behind the slowest connection that is waited for</param>
/// <param name="time">The clock</param>
internal sealed class PatientStream(Stream body, TimeSpan patience, TimeProvider time) : ReadOnlyBody(body)
{
    internal const long SlowestBytesPerSecond = 16 * 1024;
    private TimeSpan waited;
    private long received;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        TimeSpan left = patience + TimeSpan.FromSeconds(received / SlowestBytesPerSecond) - waited;
        using CancellationTokenSource late = new(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        long start = time.GetTimestamp();
        try
        {
            int read = await Body.ReadAsync(buffer, either.Token).ConfigureAwait(false);
            received += read;
            return read;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("the answer began and then came too slowly", e);
        }
        finally
        {
            waited += time.GetElapsedTime(start);
        }
    }
}
