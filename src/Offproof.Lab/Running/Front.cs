using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Offproof.Lab;

/// <summary>What listens on the server's side: TLS with logged keys before the scenario's server, and sinks (lab.md §1, §4).</summary>
[SupportedOSPlatform("linux")]
internal sealed class Front : IAsyncDisposable
{
    internal const int Port = 443, Behind = 8750, ControlPort = 7;

    private readonly Sealed within;
    private readonly X509Certificate2 certificate;
    private readonly CancellationTokenSource end = new();
    private readonly List<Task> work = [];
    private readonly List<Socket> listeners = [];
    private readonly Dictionary<int, IPEndPoint> heard = [];
    private RecordedFile? recording;
    private bool isEnded;

    private Front(Sealed within, X509Certificate2 certificate, string authority) => (this.within, this.certificate, Authority) = (within, certificate, authority);

    /// <summary>Where programs find it.</summary>
    internal string Url => within.IsSealed ? $"https://{Sealed.Name}" : heard.TryGetValue(Port, out IPEndPoint? here) ? $"https://localhost:{here.Port}" : "";

    /// <summary>Without namespaces: the ports at which it listens, all that is recorded.</summary>
    internal IEnumerable<int> Ports => heard.Values.Select(static end => end.Port);

    /// <summary>Without namespaces there is no link to capture: what comes to the front is recorded as it comes.</summary>
    internal void Record(string file) => recording = new RecordedFile(file);

    /// <summary>The authority's certificate, PEM: the device's side believes it.</summary>
    internal string Authority { get; }

    /// <summary>Where this process logs the keys of its TLS sessions; the runtime reads the variable once.</summary>
    internal static string KeyLog { get; } = LogKeys();

    internal static Front Make(Sealed within)
    {
        _ = KeyLog;
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        // RSA: its signatures have one length, so that certificates do not differ in theirs from run to run, and runs can be compared.
        using RSA authorityKey = RSA.Create(2048), key = RSA.Create(2048);
        CertificateRequest asked = new("CN=A lab's authority", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        asked.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        asked.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        asked.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(asked.PublicKey, critical: false));
        // A scenario may set the clock forward by years.
        using X509Certificate2 authority = asked.CreateSelfSigned(now.AddDays(-1), now.AddDays(4000));
        CertificateRequest server = new($"CN={Sealed.Name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(Sealed.Name);
        names.AddIpAddress(IPAddress.Parse(Sealed.ServerAddress));
        if (!within.IsSealed) names.AddDnsName("localhost");
        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using X509Certificate2 signed = server.Create(authority, now.AddDays(-1), now.AddDays(4000), [1, .. RandomNumberGenerator.GetBytes(7)]);
        using X509Certificate2 whole = signed.CopyWithPrivateKey(key);
        return new Front(within, X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null), authority.ExportCertificatePem());
    }

    /// <summary>Passes what comes through TLS to the scenario's server.</summary>
    internal Task ServeAsync() => ListenAsync(Port, async stream =>
    {
        using Socket server = await within.SocketAsync(isDevice: false).ConfigureAwait(false);
        await server.ConnectAsync(IPAddress.Loopback, Behind, end.Token).ConfigureAwait(false);
        await using NetworkStream behind = new(server);
        await Task.WhenAny(stream.CopyToAsync(behind, end.Token), behind.CopyToAsync(stream, end.Token)).ConfigureAwait(false);
    }, isTls: true);

    /// <summary>Answers each request with 204.</summary>
    internal Task SinkAsync(int port, bool isTls) => ListenAsync(port, stream => AnswerAsync(stream, end.Token), isTls);

    /// <summary>Whether the scenario's server answers yet.</summary>
    internal async Task<bool> IsBehindAsync()
    {
        using Socket socket = await within.SocketAsync(isDevice: false).ConfigureAwait(false);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Behind, end.Token).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends the control from the device's side through TLS, and says how many bytes that were below it.</summary>
    internal async Task<(long Sent, long Received)> ControlAsync(string datum, CancellationToken cancel)
    {
        using Socket socket = await within.SocketAsync(isDevice: true).ConfigureAwait(false);
        await socket.ConnectAsync(heard[ControlPort], cancel).ConfigureAwait(false);
        Counted counted = new(new NetworkStream(socket));
        await using (counted.ConfigureAwait(false))
        {
            SslStream tls = new(counted, leaveInnerStreamOpen: false, (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString());
            await using (tls.ConfigureAwait(false))
            {
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = Sealed.Name, AllowTlsResume = false }, cancel).ConfigureAwait(false);
                await tls.WriteAsync(Encoding.ASCII.GetBytes($"POST /control HTTP/1.1\r\nHost: {Sealed.Name}\r\nContent-Type: text/plain\r\nContent-Length: {datum.Length}\r\n\r\n{datum}"), cancel).ConfigureAwait(false);
                byte[] answer = new byte[4096];
                while (await tls.ReadAsync(answer, cancel).ConfigureAwait(false) > 0) { }
                await tls.ShutdownAsync().ConfigureAwait(false);
            }
        }
        return (counted.Sent, counted.Received);
    }

    public async ValueTask DisposeAsync()
    {
        if (isEnded) return;
        isEnded = true;
        await end.CancelAsync().ConfigureAwait(false);
        foreach (Socket listener in listeners) listener.Dispose();
        Task[] left;
        lock (work) left = [.. work];
        await Task.WhenAll(left).ConfigureAwait(false);
        end.Dispose();
        certificate.Dispose();
        recording?.Dispose();
    }

    private async Task ListenAsync(int port, Func<Stream, Task> serve, bool isTls)
    {
        Socket listener = await within.SocketAsync(isDevice: false).ConfigureAwait(false);
        listeners.Add(listener);
        // On the link alone: what is behind listens on loopback.
        if (within.IsSealed) listener.Bind(new IPEndPoint(IPAddress.Parse(Sealed.ServerAddress), port));
        else if (port is Port or ControlPort) listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        else if (port >= 1024) listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        else throw new LabException($"sink {port}: without privileges the lab listens at ports from 1024 on");
        heard[port] = (IPEndPoint)listener.LocalEndPoint!;
        listener.Listen();
        Task accepting = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                try
                {
                    Socket socket = await listener.AcceptAsync(end.Token).ConfigureAwait(false);
                    lock (work) work.Add(OneAsync(socket, serve, isTls));
                }
                catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        });
        lock (work) work.Add(accepting);
    }

    // Whoever connects may do what it likes; the capture has it.
    private async Task OneAsync(Socket socket, Func<Stream, Task> serve, bool isTls)
    {
        try
        {
            socket.NoDelay = true;
            int client = ((IPEndPoint)socket.RemoteEndPoint!).Port, server = ((IPEndPoint)socket.LocalEndPoint!).Port;
            await using Counted plain = new(new NetworkStream(socket, ownsSocket: true), recording?.Open(client, server));
            if (!isTls)
            {
                await serve(plain).ConfigureAwait(false);
                return;
            }
            SslStream tls = new(plain);
            await using (tls.ConfigureAwait(false))
            {
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, AllowTlsResume = false, ApplicationProtocols = [SslApplicationProtocol.Http11] }, end.Token).ConfigureAwait(false);
                await serve(tls).ConfigureAwait(false);
                await tls.ShutdownAsync().ConfigureAwait(false);
                // To its end: what was not read was not recorded.
                byte[] rest = new byte[4096];
                while (await plain.ReadAsync(rest, end.Token).ConfigureAwait(false) > 0) { }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
        }
    }

    private static async Task AnswerAsync(Stream stream, CancellationToken cancel)
    {
        byte[] buffer = new byte[65536];
        int held = 0;
        long left = -1;
        while (left != 0)
        {
            int read = await stream.ReadAsync(left < 0 ? buffer.AsMemory(held) : buffer, cancel).ConfigureAwait(false);
            if (read == 0) return;
            if (left > 0)
            {
                left = Math.Max(0, left - read);
                continue;
            }
            held += read;
            int head = buffer.AsSpan(0, held).IndexOf("\r\n\r\n"u8);
            if (head >= 0) left = Math.Max(0, Length(Encoding.Latin1.GetString(buffer, 0, head)) - (held - head - 4));
            else if (held == buffer.Length) return;
        }
        await stream.WriteAsync("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray(), cancel).ConfigureAwait(false);
    }

    private static long Length(string head) =>
        head.Split("\r\n").Select(static line => line.Split(':', 2)).FirstOrDefault(static parts => parts is [var name, _] && name.Equals("content-length", StringComparison.OrdinalIgnoreCase)) is [_, var value]
        && long.TryParse(value.Trim(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long length) ? length : 0;

    private static string LogKeys()
    {
        AppContext.SetSwitch("System.Net.EnableSslKeyLogging", isEnabled: true);
        string folder = Directory.CreateTempSubdirectory("offproof-lab-keys-").FullName; // mode 700
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string file = Path.Combine(folder, "keys.txt");
        Environment.SetEnvironmentVariable("SSLKEYLOGFILE", file);
        return file;
    }

    /// <summary>Counts what goes through, below TLS; and records it, where it is the server's end.</summary>
    private sealed class Counted(Stream inner, RecordedConnection? recorded = null) : Stream
    {
        private bool isEnded;

        internal long Sent { get; private set; }

        internal long Received { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Received += read;
            for (int at = 0; at < read; at += RecordedConnection.MostSegment) recorded?.Take(true, buffer.Span[at..Math.Min(read, at + RecordedConnection.MostSegment)]);
            return read;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (int at = 0; at < buffer.Length; at += RecordedConnection.MostSegment) recorded?.Take(false, buffer.Span[at..Math.Min(buffer.Length, at + RecordedConnection.MostSegment)]);
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            Sent += buffer.Length;
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !isEnded)
            {
                isEnded = true;
                recorded?.End();
                inner.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
