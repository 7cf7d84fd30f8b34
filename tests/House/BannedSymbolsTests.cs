using System.Text.RegularExpressions;

namespace Offproof.House;

/// <summary>The compiler refuses connections outside the egress gate: shown on a small copy of the device's project with the repository's own settings.</summary>
public sealed class BannedSymbolsTests : IDisposable
{
    // One way out of the device a line; each must be an error of its own.
    static readonly string[] WaysOut =
    [
        "object HttpClient() => new System.Net.Http.HttpClient();",
        "object Sockets() => new System.Net.Http.SocketsHttpHandler();",
        "object Handler() => new System.Net.Http.HttpClientHandler();",
        "object Socket() => new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);",
        "object Tcp() => new System.Net.Sockets.TcpClient();",
        "object Udp() => new System.Net.Sockets.UdpClient();",
        "object Listener() => new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);",
        "object Unix() => new System.Net.Sockets.UnixDomainSocketEndPoint(\"/run/x\");",
        "object Name() => System.Net.Dns.GetHostName();",
        "object Web() => System.Net.WebRequest.Create(\"https://example.org/\");",
        "object WebClient() => new System.Net.WebClient();",
        "object Proxy() => new System.Net.WebProxy();",
        "object Http() => new System.Net.HttpListener();",
        "object WebSocket() => new System.Net.WebSockets.ClientWebSocket();",
        "object Tls(System.IO.Stream s) => new System.Net.Security.SslStream(s);",
        "object Quic() => System.Net.Quic.QuicConnection.IsSupported;",
        "object Mail() => new System.Net.Mail.SmtpClient();",
        "object Ping() => new System.Net.NetworkInformation.Ping();",
        "object Mac() => System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces();",
        "object Pipe() => new System.IO.Pipes.NamedPipeClientStream(\"other-machine\", \"x\");",
        "object Program() => System.Diagnostics.Process.Start(\"curl\", \"https://example.org/\");",
        "object Library() => System.Runtime.InteropServices.NativeLibrary.Load(\"libc\");",
        "object Chain() => new System.Security.Cryptography.X509Certificates.X509Chain();",
        "object Resolver() => new System.Xml.XmlUrlResolver();",
        "object Xml() => System.Xml.XmlReader.Create(\"https://example.org/\");",
        "object Linq() => System.Xml.Linq.XDocument.Load(\"https://example.org/\");",
        "object Document() => new System.Xml.XmlDocument();",
        "[System.Runtime.InteropServices.DllImport(\"libc\")] internal static extern int connect(int socket, byte[] address, int length);",
    ];

    // The first line of a way out in what is compiled.
    const int FirstLine = 5;

    static string Connects(string name) => $$"""
        namespace Offproof.Device;

        internal static class {{name}}
        {
        {{string.Concat(WaysOut.Select(way => way.StartsWith('[') ? way + "\n" : "    internal static " + way + "\n"))}}
            internal static object Now(System.TimeProvider time) => time.GetUtcNow();
        }
        """;

    readonly string folder = Directory.CreateTempSubdirectory("offproof-banned-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact] // README: "connections leave through one gate"
    public async Task The_compiler_refuses_connections_outside_the_egress_gate()
    {
        Write("src/Offproof.Device/Outside.cs", Connects("Outside"));
        Write("src/Offproof.Device/Egress/Gate.cs", Connects("Gate"));
        var build = await BuildAsync();

        Assert.NotEqual(0, build.ExitCode);
        var errors = Regex.Matches(build.Output, @"(?<file>\w+\.cs)\((?<line>\d+),\d+\): error RS0030", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))
            .Select(m => (File: m.Groups["file"].Value, Line: int.Parse(m.Groups["line"].Value, System.Globalization.CultureInfo.InvariantCulture))).Distinct().ToList();
        Assert.All(errors, e => Assert.Equal("Outside.cs", e.File));
        var lines = errors.Select(e => e.Line).ToHashSet();
        Assert.Empty(WaysOut.Where((_, i) => !lines.Contains(FirstLine + i)));
        Assert.Equal(WaysOut.Length, lines.Count);
    }

    [Fact] // the same copy without a connection compiles: the errors above are not the copy's own
    public async Task The_egress_gate_compiles()
    {
        Write("src/Offproof.Device/Egress/Gate.cs", "namespace Offproof.Device;\n\ninternal static class Gate\n{\n    internal static object Client() => new System.Net.Http.HttpClient();\n}\n");
        Write("src/Offproof.Device/Outside.cs", "namespace Offproof.Device;\n\ninternal static class Outside\n{\n    internal static object Now(System.TimeProvider time) => time.GetUtcNow();\n}\n");
        var build = await BuildAsync();
        Assert.True(build.ExitCode == 0, build.Output);
    }

    // What of System.Net and System.Net.Http opens nothing: what a message is made of, who is handed one, an address, and what is read of them.
    static readonly string[] Harmless =
    [
        "System.Net.Http.ByteArrayContent", "System.Net.Http.DelegatingHandler", "System.Net.Http.FormUrlEncodedContent", "System.Net.Http.HttpContent", "System.Net.Http.HttpMessageHandler",
        "System.Net.Http.HttpMessageInvoker", "System.Net.Http.HttpMethod", "System.Net.Http.HttpRequestMessage", "System.Net.Http.HttpRequestOptions", "System.Net.Http.HttpResponseMessage",
        "System.Net.Http.MessageProcessingHandler", "System.Net.Http.MultipartContent", "System.Net.Http.MultipartFormDataContent", "System.Net.Http.ReadOnlyMemoryContent",
        "System.Net.Http.StreamContent", "System.Net.Http.StringContent", "System.Net.Http.SocketsHttpPlaintextStreamFilterContext", "System.Net.Http.SocketsHttpConnectionContext",
        "System.Net.Authorization", "System.Net.Cookie", "System.Net.CookieCollection", "System.Net.CookieContainer", "System.Net.CredentialCache", "System.Net.DnsEndPoint", "System.Net.EndPoint",
        "System.Net.FileWebResponse", "System.Net.FtpWebResponse", "System.Net.GlobalProxySelection", "System.Net.HttpListenerBasicIdentity", "System.Net.HttpListenerContext",
        "System.Net.HttpListenerPrefixCollection", "System.Net.HttpListenerRequest", "System.Net.HttpListenerResponse", "System.Net.HttpListenerTimeoutManager", "System.Net.HttpVersion",
        "System.Net.HttpWebResponse", "System.Net.IPAddress", "System.Net.IPEndPoint", "System.Net.IPHostEntry", "System.Net.NetworkCredential", "System.Net.PathList", "System.Net.SocketAddress",
        "System.Net.TransportContext", "System.Net.WebHeaderCollection", "System.Net.WebRequestMethods", "System.Net.WebResponse", "System.Net.WebUtility",
    ];

    [Fact] // so that the next version of the runtime, with a new way out, fails here
    public void Every_class_of_the_runtime_that_has_to_do_with_the_network_is_banned_or_opens_nothing()
    {
        string[] banned = [.. Repository.Files.Single(f => f.Path is "BannedSymbols.Network.txt").Text.Split('\n').Select(line => line.Split(';')[0])];
        var classes = Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System.Net*.dll").Append("System.IO.Pipes")
            .Select(file => System.Reflection.Assembly.Load(Path.GetFileNameWithoutExtension(file) is var name && name.EndsWith("Pipes", StringComparison.Ordinal) ? "System.IO.Pipes" : Path.GetFileNameWithoutExtension(file)))
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => type.IsClass && !type.IsNested && !typeof(Exception).IsAssignableFrom(type) && !typeof(EventArgs).IsAssignableFrom(type) && !typeof(Delegate).IsAssignableFrom(type))
            .ToList();
        Assert.True(classes.Count > 150, $"only {classes.Count} classes were found");
        Assert.Empty(classes.Where(type => !banned.Contains("T:" + type.FullName, StringComparer.Ordinal) && !banned.Contains("N:" + type.Namespace, StringComparer.Ordinal)
                && !Harmless.Contains(type.FullName, StringComparer.Ordinal) && !IsOfMessages(type))
            .Select(type => type.FullName));

        // Headers, JSON bodies, forms of mail and events: text.
        static bool IsOfMessages(Type type) => type.Namespace is "System.Net.Http.Headers" or "System.Net.Http.Json" or "System.Net.Http.Metrics" or "System.Net.Mime" or "System.Net.ServerSentEvents" or "System.Net.Cache"
            || type.Namespace!.StartsWith("System.Security.Authentication", StringComparison.Ordinal) || type.Namespace.StartsWith("Microsoft.Win32", StringComparison.Ordinal);
    }

    [Fact]
    public void Every_room_of_the_device_has_the_list()
    {
        string props = Repository.Files.Single(f => f.Path is "Directory.Build.props").Text;
        string condition = props.Split('\n').Single(line => line.Contains("'Offproof.Device'", StringComparison.Ordinal));
        foreach (var project in Repository.Projects.Where(p => p.Name is not ("Offproof.Cli" or "Offproof.Server" or "Offproof.Evidence" or "Offproof.Lab" or "Offproof.Console")))
            Assert.Contains($"'$(MSBuildProjectName)' == '{project.Name}'", condition, StringComparison.Ordinal);
        // The one exception for a folder; beside it, single functions say at their place why they are.
        Assert.Equal(1, Regex.Count(Repository.Files.Single(f => f.Path is ".editorconfig").Text, "RS0030"));
        Assert.Empty(Repository.Sources.Where(f => f.Text.Contains("RS0030", StringComparison.Ordinal) && f.Name is not ("DirectorySync.cs" or "SpecialFile.cs" or "FileFacts.cs" or "PartFiles.cs")).Select(f => f.Path));
    }

    // The program's own files that can open a connection: the demo's server of its own, a repository or a channel that a person names, the witnesses that a publisher set, and registries, after --online.
    static readonly string[] Doors = ["Play.cs", "Play.OffAgain.cs", "Play.Watch.cs", "StorageAccess.cs", "RegistryDoor.cs", "ChannelDoor.cs", "WitnessDoor.cs"];

    [Fact] // README of the auditor, receivers.md §5: "nothing is looked up unless --online is given"
    public void The_program_opens_connections_in_these_files_alone_and_to_registries_only_after_online()
    {
        var cli = Repository.Sources.Where(f => f.Path.StartsWith("src/Offproof.Cli/", StringComparison.Ordinal) && f.Path.EndsWith(".cs", StringComparison.Ordinal)).ToList();
        Assert.Equal(Doors.Order(StringComparer.Ordinal), cli.Where(f => Regex.IsMatch(f.Text, @"\b(?:HttpClient|HttpMessageInvoker|SocketsHttpHandler|HttpClientHandler|Socket|TcpClient|UdpClient|Dns|WebRequest|ClientWebSocket)\b", RegexOptions.None, TimeSpan.FromSeconds(5)))
            .Select(f => f.Name).Order(StringComparer.Ordinal));
        var asked = Assert.Single(cli, f => f.Text.Contains("new RegistryDoor", StringComparison.Ordinal));
        Assert.Contains("isOnline ? new RegistryDoor() : null", asked.Text, StringComparison.Ordinal);
    }

    [Fact] // lab.md §1: what is recorded is judged by code that can reach nothing
    public void The_lab_opens_sockets_and_starts_programs_in_its_runner_and_its_recorder_alone()
    {
        var lab = Repository.Sources.Where(f => f.Path.StartsWith("src/Offproof.Lab/", StringComparison.Ordinal) && f.Path.EndsWith(".cs", StringComparison.Ordinal)
            && Regex.IsMatch(f.Text, @"\b(?:HttpClient|SocketsHttpHandler|Socket|TcpClient|UdpClient|Dns|SslStream|Process|ProcessStartInfo|LibraryImport)\b", RegexOptions.None, TimeSpan.FromSeconds(5))).ToList();
        Assert.Contains(lab, f => f.Name is "Sealed.cs");
        Assert.All(lab, f => Assert.True(f.Path.StartsWith("src/Offproof.Lab/Running/", StringComparison.Ordinal) || f.Path is "src/Offproof.Lab/Recording/Recorder.cs", f.Path));
    }

    async Task<ProgramResult> BuildAsync()
    {
        foreach (var file in Repository.Files.Where(f => !f.Path.Contains('/', StringComparison.Ordinal)
            && (f.Path is ".editorconfig" or "global.json" || f.Path.StartsWith("Directory.", StringComparison.Ordinal) || f.Path.StartsWith("Banned", StringComparison.Ordinal))))
            Write(file.Path, file.Text);
        Write("src/Offproof.Device/Offproof.Device.csproj", """<Project Sdk="Microsoft.NET.Sdk" />""");
        Directory.CreateDirectory(Path.Combine(folder, "no-packages"));
        // From an empty source: the analyzers are in the packages folder since the solution was restored, so the network is not asked.
        return await Programs.RunAsync(
            folder,
            Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root ? Path.Combine(root, "dotnet") : "dotnet",
            ["build", "src/Offproof.Device", "--nologo", "-tl:off", "--source", Path.Combine(folder, "no-packages"), "-nodeReuse:false", "-p:UseSharedCompilation=false",
             "-p:NuGetAudit=false", "-p:RestoreLockedMode=false", "-clp:NoSummary"],
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0", ["DOTNET_NOLOGO"] = "1" });
    }

    void Write(string path, string text)
    {
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
