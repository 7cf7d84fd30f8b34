using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Offproof.Server.Tests;

/// <summary>channel.md §1: static files, the same for everybody.</summary>
public sealed class ChannelTests : IAsyncLifetime
{
    readonly string folder = Directory.CreateTempSubdirectory("offproof-channel-").FullName;
    readonly List<FileStream> writers = [];
    Bench bench = null!;

    string Channel => Path.Combine(folder, "channel");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(Channel, "log", "tile"));
        await File.WriteAllTextAsync(Path.Combine(Channel, "timestamp.json"), "{\"a\":1}");
        await File.WriteAllBytesAsync(Path.Combine(Channel, "7.snapshot.json"), [1, 2, 3, 4, 5, 6, 7]);
        await File.WriteAllTextAsync(Path.Combine(Channel, "log", "checkpoint"), "log");
        await File.WriteAllTextAsync(Path.Combine(Channel, ".hidden"), "key");
        await File.WriteAllTextAsync(Path.Combine(folder, "targets.key"), "key");
        bench = await Bench.StartAsync(change: options => options with { ChannelDirectory = Channel });
    }

    public async ValueTask DisposeAsync()
    {
        await bench.DisposeAsync();
        foreach (FileStream writer in writers) await writer.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_answer_holds_nothing_that_tells_one_caller_or_one_moment_from_another()
    {
        string head = await RawAsync("GET /channel/timestamp.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        string[] names = [.. head.Split("\r\n\r\n")[0].Split("\r\n").Skip(1).Select(static line => line.Split(':')[0])];
        Assert.Equal(["Content-Length", "Connection", "Content-Type", "Date", "Cache-Control"], names);
        Assert.EndsWith("\r\n\r\n{\"a\":1}", head, StringComparison.Ordinal);
    }

    [Fact] // channel.md §5: the names of payloads.
    public async Task Every_name_that_a_payload_may_have_is_served()
    {
        string name = "targets/payloads/acme-one/2.0/0123.fw+1_a-b.img";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Channel, name))!);
        await File.WriteAllTextAsync(Path.Combine(Channel, name), "new");
        Assert.Equal("new", await bench.Http.GetStringAsync("channel/" + name));
    }

    [Fact] // A condition or a cookie is a way to know a caller again: it changes nothing.
    public async Task Conditions_are_not_looked_at()
    {
        string plain = await RawAsync("GET /channel/timestamp.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        string asked = await RawAsync("GET /channel/timestamp.json HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\nIf-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\nCookie: a=b\r\nConnection: close\r\n\r\n");
        Assert.Equal(WithoutDate(plain), WithoutDate(asked));
    }

    [Fact]
    public async Task A_file_that_was_replaced_is_served_anew()
    {
        Assert.Equal("{\"a\":1}", await bench.Http.GetStringAsync("channel/timestamp.json"));
        string next = Path.Combine(folder, "next");
        await File.WriteAllTextAsync(next, "{\"a\":2}"); // as long as the one before
        File.SetLastWriteTimeUtc(next, File.GetLastWriteTimeUtc(next).AddSeconds(1));
        File.Move(next, Path.Combine(Channel, "timestamp.json"), overwrite: true);
        Assert.Equal("{\"a\":2}", await bench.Http.GetStringAsync("channel/timestamp.json"));
        File.Delete(Path.Combine(Channel, "timestamp.json"));
        using var gone = await bench.Http.GetAsync("channel/timestamp.json");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Theory]
    [InlineData("/channel/../targets.key")]
    [InlineData("/channel/%2e%2e/targets.key")]
    [InlineData("/channel/..%2ftargets.key")]
    [InlineData("/channel/log/..%5c..%5ctargets.key")]
    [InlineData("/channel/.hidden")]
    [InlineData("/channel//etc/passwd")]
    [InlineData("/channel/log")]
    [InlineData("/channel/log/")]
    [InlineData("/channel/")]
    [InlineData("/channel/nothing.json")]
    public async Task Nothing_but_files_of_the_folder_is_served(string path)
    {
        string answer = await RawAsync($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("key", answer, StringComparison.Ordinal);
    }

    [Fact] // Whoever publishes writes the folder, and is not the server's operator.
    public async Task Nothing_is_served_through_a_link()
    {
        File.CreateSymbolicLink(Path.Combine(Channel, "linked.json"), Path.Combine(folder, "targets.key"));
        Directory.CreateSymbolicLink(Path.Combine(Channel, "targets"), bench.Folder);
        Directory.CreateSymbolicLink(Path.Combine(Channel, "log", "up"), Channel);
        foreach (string path in (string[])["linked.json", "targets/server.key", "log/up/timestamp.json"])
        {
            using var answer = await bench.Http.GetAsync("channel/" + path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact] // A look before the opening is not enough: what is opened is looked at.
    public async Task Nothing_is_served_through_a_link_that_comes_and_goes()
    {
        string place = Path.Combine(Channel, "moving.json"), plain = Path.Combine(folder, "plain"), link = Path.Combine(folder, "link");
        using CancellationTokenSource stop = new();
        Task moving = Task.Run(() =>
        {
            for (int n = 0; !stop.IsCancellationRequested; n++)
            {
                File.WriteAllText(plain, $"{n}"); // never what was kept
                File.Move(plain, place, overwrite: true);
                File.CreateSymbolicLink(link, Path.Combine(folder, "targets.key"));
                File.Move(link, place, overwrite: true);
            }
        });
        int served = 0;
        for (int n = 0; n < 4000; n++)
        {
            using var answer = await bench.Http.GetAsync("channel/moving.json");
            string content = answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : "";
            Assert.NotEqual("key", content);
            if (content.Length > 0) served++;
        }
        await stop.CancelAsync();
        await moving;
        Assert.NotEqual(0, served);
    }

    [Fact] // A pipe that nobody writes would hold a thread for each who asks.
    public async Task What_is_no_file_is_not_waited_for()
    {
        using (Process made = Process.Start("mkfifo", [Path.Combine(Channel, "pipe.json"), Path.Combine(Channel, "trust.json")])) await made.WaitForExitAsync();
        try
        {
            HttpStatusCode[] answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(async n =>
            {
                using HttpRequestMessage request = new(n % 3 == 0 ? HttpMethod.Head : HttpMethod.Get, n % 2 == 0 ? "channel/pipe.json" : "channel/trust.json");
                if (n % 5 == 0) request.Headers.Range = new RangeHeaderValue(0, 3);
                using var answer = await bench.Http.SendAsync(request);
                return answer.StatusCode;
            })).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.NotFound, answer));
        }
        finally
        {
            // Whoever does wait for a writer gets one now, and the server can end.
            foreach (string pipe in (string[])["pipe.json", "trust.json"]) writers.Add(new FileStream(Path.Combine(Channel, pipe), FileMode.Open, FileAccess.ReadWrite));
        }
        Assert.Equal("{\"a\":1}", await bench.Http.GetStringAsync("channel/timestamp.json"));
    }

    [Theory]
    [InlineData("bytes=0-2", "bytes 0-2/7", new byte[] { 1, 2, 3 })]
    [InlineData("bytes=5-99", "bytes 5-6/7", new byte[] { 6, 7 })]
    public async Task A_range_is_served(string range, string is_, byte[] bytes)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "channel/7.snapshot.json");
        request.Headers.Range = RangeHeaderValue.Parse(range);
        using var answer = await bench.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(is_, answer.Content.Headers.ContentRange!.ToString());
        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("bytes=7-8")]
    [InlineData("bytes=3-2")]
    [InlineData("bytes=-2")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("lines=0-1")]
    [InlineData("bytes=99999999999999999999-0")]
    public async Task A_range_that_cannot_be_met_is_416(string range)
    {
        string answer = await RawAsync($"GET /channel/7.snapshot.json HTTP/1.1\r\nHost: x\r\nRange: {range}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 416", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Range: bytes */7", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_read_only()
    {
        using var answer = await bench.Http.PutAsync("channel/timestamp.json", new StringContent("x"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal("{\"a\":1}", await File.ReadAllTextAsync(Path.Combine(Channel, "timestamp.json")));
        using HttpRequestMessage head = new(HttpMethod.Head, "channel/timestamp.json");
        using var length = await bench.Http.SendAsync(head);
        Assert.Equal(7, length.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Without_a_folder_there_is_no_channel()
    {
        await using Bench none = await Bench.StartAsync();
        using var answer = await none.Http.GetAsync("channel/timestamp.json");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    static string WithoutDate(string answer) => string.Join("\r\n", answer.Split("\r\n").Where(static line => !line.StartsWith("Date:", StringComparison.Ordinal)));

    async Task<string> RawAsync(string request)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, bench.Server.Url.Port);
        await using NetworkStream stream = new(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using StreamReader reader = new(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync();
    }
}
