using System.Net;
using System.Net.Sockets;

namespace Offproof.Device.Tests.Channel;

/// <summary>Takes the first record that a caller says over TLS, and hangs up.</summary>
internal sealed class ClientHello : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    internal ClientHello() => listener.Start();

    internal Uri Url => new($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    internal async Task<byte[]> ReadAsync(CancellationToken cancel)
    {
        using Socket caller = await listener.AcceptSocketAsync(cancel);
        await using NetworkStream stream = new(caller);
        byte[] head = new byte[5];
        await stream.ReadExactlyAsync(head, cancel);
        byte[] record = [.. head, .. new byte[(head[3] << 8) | head[4]]];
        await stream.ReadExactlyAsync(record.AsMemory(5), cancel);
        return record;
    }

    /// <summary>RFC 8446 §4.1.2: without random, session id and the key of the key share.</summary>
    internal static byte[] Masked(byte[] record)
    {
        byte[] hello = [.. record];
        const int Random = 5 + 4 + 2, RandomSize = 32;
        Array.Clear(hello, Random, RandomSize);
        int at = Random + RandomSize;
        Array.Clear(hello, at + 1, hello[at]);
        at += 1 + hello[at];
        at += 2 + Number(hello, at); // cipher suites
        at += 1 + hello[at]; // compression
        int end = at + 2 + Number(hello, at);
        for (at += 2; at + 4 <= end; at += 4 + Number(hello, at + 2))
        {
            if (Number(hello, at) != 51) continue;
            for (int share = at + 6; share + 4 <= at + 4 + Number(hello, at + 2); share += 4 + Number(hello, share + 2)) Array.Clear(hello, share + 4, Number(hello, share + 2));
        }
        return hello;
    }

    private static int Number(byte[] bytes, int at) => (bytes[at] << 8) | bytes[at + 1];

    public void Dispose() => listener.Dispose();
}
