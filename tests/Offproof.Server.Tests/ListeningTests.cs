using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §15. Nothing here listens off loopback: what would, is only asked.</summary>
public sealed class ListeningTests
{
    [Theory]
    [InlineData("https://0.0.0.0:8750", true)]
    [InlineData("https://[::]:8750", true)]
    [InlineData("https://192.0.2.1:8750", true)]
    [InlineData("https://127.0.0.1:8750", false)]
    [InlineData("https://localhost:8750", false)]
    [InlineData("https://[::1]:8750", false)]
    public void Off_loopback_it_is_https_and_by_invitation(string listen, bool invited)
    {
        var listening = Listening.Of(Options(listen) with { Certificate = "c", CertificateKey = "k" });
        Assert.True(listening.Tls);
        Assert.Equal((invited, 8750), (listening.InvitedOnly, listening.Endpoint.Port));
        Assert.Equal(!invited, IPAddress.IsLoopback(listening.Endpoint.Address));
        Assert.True(Listening.Of(Options(listen) with { Certificate = "c", CertificateKey = "k", InvitedOnly = true }).InvitedOnly);
    }

    [Fact]
    public void On_loopback_and_behind_a_proxy_it_is_http()
    {
        Assert.False(Listening.Of(Options("http://127.0.0.1:1")).InvitedOnly);
        Assert.True(Listening.Of(Options("http://127.0.0.1:1") with { InvitedOnly = true }).InvitedOnly);
        Assert.True(Listening.Of(Options("http://127.0.0.1:1") with { BehindProxy = new("https://example.org/") }).InvitedOnly);
    }

    [Theory]
    [InlineData("http://0.0.0.0:1", null, null, null)]
    [InlineData("http://192.0.2.1:1", null, null, "https://example.org/")]
    [InlineData("http://0.0.0.0:1", "c", "k", null)]
    [InlineData("http://127.0.0.1:1", "c", "k", null)]
    [InlineData("https://0.0.0.0:1", null, null, null)]
    [InlineData("https://0.0.0.0:1", "c", null, null)]
    [InlineData("https://0.0.0.0:1", null, "k", null)]
    [InlineData("https://127.0.0.1:1", "c", "k", "https://example.org/")]
    [InlineData("http://127.0.0.1:1", null, null, "http://example.org/")]
    [InlineData("https://example.org:1", "c", "k", null)]
    [InlineData("https://127.0.0.1:1/path", "c", "k", null)]
    [InlineData("https://user@127.0.0.1:1", "c", "k", null)]
    [InlineData("ftp://127.0.0.1:1", null, null, null)]
    public void Anything_else_is_refused(string listen, string? certificate, string? key, string? proxy) => Assert.Throws<ArgumentException>(() =>
        Listening.Of(Options(listen) with { Certificate = certificate, CertificateKey = key, BehindProxy = proxy is null ? null : new(proxy) }));

    [Fact]
    public async Task It_answers_over_tls_to_who_trusts_its_authority_and_follows_its_certificate()
    {
        using Authority authority = new();
        using Authority other = new();
        authority.Write("first");
        await using var bench = await Bench.StartAsync(change: options => options with { Listen = new("https://127.0.0.1:0"), Certificate = authority.Certificate, CertificateKey = authority.Key });
        Assert.Equal("https", bench.Server.Url.Scheme);
        string first = await SerialAsync(bench.Server.Url, authority);
        await Assert.ThrowsAsync<HttpRequestException>(() => SerialAsync(bench.Server.Url, other));
        Assert.Equal(0, await CurlAsync("--cacert", authority.File, new Uri(bench.Server.Url, "v1/server").AbsoluteUri));
        Assert.Equal(60, await CurlAsync("--cacert", other.File, new Uri(bench.Server.Url, "v1/server").AbsoluteUri));
        Assert.Equal(52, await CurlAsync($"http://127.0.0.1:{bench.Server.Url.Port}/v1/server")); // http on the port of https: closed without an answer

        // Renewed: the next handshakes show the new one. Damaged: the one before stays, and the log says so.
        authority.Write("second");
        string second = await UntilAsync(serial => serial != first);
        await File.WriteAllTextAsync(authority.Certificate, "damaged");
        await Task.Delay(TimeSpan.FromSeconds(1.2));
        Assert.Equal(second, await SerialAsync(bench.Server.Url, authority));
        Assert.Contains("the one before stays", bench.Log.ToString(), StringComparison.Ordinal);
        authority.Write("third");
        await UntilAsync(serial => serial != second);

        async Task<string> UntilAsync(Func<string, bool> holds)
        {
            for (int tries = 0; ; tries++)
            {
                string serial = await SerialAsync(bench.Server.Url, authority);
                if (holds(serial)) return serial;
                Assert.True(tries < 100, "the certificate on the disk was not taken");
                await Task.Delay(50);
            }
        }
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("damaged")]
    [InlineData("of another key")]
    public async Task A_pair_that_cannot_be_used_is_no_start(string how)
    {
        using Authority authority = new();
        using Authority other = new();
        authority.Write("a");
        other.Write("b");
        string folder = Path.Combine(Directory.CreateTempSubdirectory("offproof-tls-").FullName, "data");
        if (how is "damaged") await File.WriteAllTextAsync(authority.Certificate, "damaged");
        ServerOptions options = Options("https://127.0.0.1:0") with
        {
            DataDirectory = folder,
            Certificate = how is "missing" ? authority.Certificate + "x" : authority.Certificate,
            CertificateKey = how is "of another key" ? other.Key : authority.Key,
        };
        await Assert.ThrowsAsync<InvalidOperationException>(() => ServerHost.StartAsync(options, TextWriter.Null, CancellationToken.None));
        await using (await ServerHost.StartAsync(options with { Listen = new("http://127.0.0.1:0"), Certificate = null, CertificateKey = null }, TextWriter.Null, CancellationToken.None)) { } // the folder is free again
    }

    static ServerOptions Options(string listen) => new() { DataDirectory = "/nowhere", Listen = new(listen) };

    static async Task<string> SerialAsync(Uri server, Authority trusted)
    {
        string serial = "";
        using SocketsHttpHandler handler = new()
        {
            SslOptions = new()
            {
                CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { trusted.Root }, RevocationMode = X509RevocationMode.NoCheck },
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    serial = ((X509Certificate2)certificate!).SerialNumber;
                    return errors == SslPolicyErrors.None;
                },
            },
        };
        using HttpClient http = new(handler);
        using var answer = await http.GetAsync(new Uri(server, "v1/server"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return serial;
    }

    static async Task<int> CurlAsync(params string[] arguments)
    {
        using var curl = Process.Start(new ProcessStartInfo("curl", ["-s", "-o", "/dev/null", .. arguments]))!;
        await curl.WaitForExitAsync(TestContext.Current.CancellationToken);
        return curl.ExitCode;
    }

    // A private authority, and what it issued for 127.0.0.1 in two PEM files.
    sealed class Authority : IDisposable
    {
        readonly string folder = Directory.CreateTempSubdirectory("offproof-ca-").FullName;
        readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        internal Authority()
        {
            CertificateRequest request = new($"CN=Authority {Guid.NewGuid():N}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
            Root = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
            System.IO.File.WriteAllText(File, Root.ExportCertificatePem());
        }

        internal X509Certificate2 Root { get; }

        internal string File => Path.Combine(folder, "ca.pem");

        internal string Certificate => Path.Combine(folder, "server.pem");

        internal string Key => Path.Combine(folder, "server.key.pem");

        internal void Write(string name)
        {
            using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            CertificateRequest request = new($"CN={name}", leafKey, HashAlgorithmName.SHA256);
            SubjectAlternativeNameBuilder names = new();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            using var leaf = request.Create(Root, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddHours(1), RandomNumberGenerator.GetBytes(12));
            System.IO.File.WriteAllText(Key, leafKey.ExportPkcs8PrivateKeyPem());
            System.IO.File.WriteAllText(Certificate, leaf.ExportCertificatePem());
        }

        public void Dispose()
        {
            Root.Dispose();
            key.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
