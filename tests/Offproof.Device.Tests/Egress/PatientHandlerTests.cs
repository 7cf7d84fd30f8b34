using System.Net;
using System.Net.Sockets;

namespace Offproof.Device.Tests;

/// <summary>Whatever a connection does, a storage meets one of the two exceptions that it counts as an attempt.</summary>
public sealed class PatientHandlerTests
{
    [Fact] // A server that is killed as it accepts: the runtime asks the new socket for its peer, and lets that error out as it is.
    public async Task A_connection_that_ends_as_it_begins_is_a_failed_request()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        using CancellationTokenSource over = new();
        Task resetting = ResetAsync(listener, over.Token);
        using SocketsHttpHandler sockets = new() { UseProxy = false };
        using HttpMessageInvoker invoker = new(new PatientHandler(sockets, TimeProvider.System));
        for (int i = 0; i < 500; i++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/"));
            await Assert.ThrowsAsync<HttpRequestException>(() => invoker.SendAsync(request, TestContext.Current.CancellationToken));
        }
        await over.CancelAsync();
        await resetting;
    }

    [Fact]
    public async Task A_bare_socket_error_is_a_failed_request()
    {
        using HttpMessageInvoker invoker = new(new PatientHandler(new NotConnected(), TimeProvider.System));
        using HttpRequestMessage request = new(HttpMethod.Get, "http://127.0.0.1:1/");
        HttpRequestException e = await Assert.ThrowsAsync<HttpRequestException>(() => invoker.SendAsync(request, TestContext.Current.CancellationToken));
        Assert.IsType<SocketException>(e.InnerException);
    }

    private static async Task ResetAsync(Socket listener, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                using Socket accepted = await listener.AcceptAsync(cancel);
                accepted.LingerState = new LingerOption(true, 0);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private sealed class NotConnected : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromException<HttpResponseMessage>(new SocketException((int)SocketError.NotConnected));
    }
}
