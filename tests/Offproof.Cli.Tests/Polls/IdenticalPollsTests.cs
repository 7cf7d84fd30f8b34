using Offproof.Device.Tests.Channel;

namespace Offproof.Cli.Tests.Polls;

/// <summary>
/// channel.md §6.1 shown with the program itself: what its processes say through a relay that writes it down. One phone is in Germany's language and Nepal's time, has photos and notes on, backs them
/// up every second and was started long before its later polls; the other speaks nothing, has all off, and polls by hand. Culture data are not loaded in the program, so its environment is the
/// one way by which a language or a time zone could reach a request.
/// </summary>
public sealed class IdenticalPollsTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly PublishedChannel channel = new();
    private readonly PhoneProcess busy, idle;
    private RecordingRelay relay = null!;

    public IdenticalPollsTests()
    {
        busy = new PhoneProcess(channel["busy"], new Dictionary<string, string>(StringComparer.Ordinal) { ["LANG"] = "de_DE.UTF-8", ["LANGUAGE"] = "de:en", ["LC_ALL"] = "de_DE.UTF-8", ["TZ"] = "Asia/Kathmandu" });
        idle = new PhoneProcess(channel["idle"], new Dictionary<string, string>(StringComparer.Ordinal) { ["LANG"] = "C", ["TZ"] = "America/St_Johns" });
    }

    public async ValueTask InitializeAsync()
    {
        await channel.StartAsync([1, 2, 3]);
        relay = new RecordingRelay(channel.Url);
        await InitAsync(busy);
        await InitAsync(idle);
    }

    [Fact]
    public async Task Phones_that_differ_in_all_they_can_say_the_same()
    {
        foreach (string category in (string[])["photos", "notes"])
        {
            Directory.CreateDirectory(channel[category]);
            await File.WriteAllTextAsync(Path.Combine(channel[category], category is "photos" ? "IMG_0001.jpg" : "milk.md"), "milk, and bread", None);
            await busy.GoodAsync("source", "add", category, channel[category]);
            await busy.GoodAsync("on", category, "--yes");
        }
        using PhoneProcess.LongRun run = busy.Run();
        relay.Take();

        await run.PollAsync();
        string fresh = Poll();
        await UseAsync(busy, "acme-one", "1.0", "new year");
        await idle.GoodAsync("poll");
        Assert.Equal(fresh, Poll());
        Assert.Equal(8, Count(fresh));

        await UseAsync(idle, "other-two", "7", "happy");
        await channel.PublishAsync("Happy New Year!", "Season's greetings!");
        await run.PollAsync();
        string previous = Poll();
        await UseAsync(busy, "acme-one", "1.5", "season");
        await idle.GoodAsync("poll");
        Assert.Equal(previous, Poll());
        Assert.Equal(7, Count(previous)); // the notices are held

        await run.PollAsync();
        string nothing = Poll();
        await idle.GoodAsync("poll");
        Assert.Equal(nothing, Poll());
        Assert.Equal(string.Concat(((string[])["timestamp.json", "roots.bin.zst", "log/checkpoint"]).Select(name => $"GET /channel/{name} HTTP/1.1\r\nHost: {relay.Url.Authority}\r\n\r\n")), nothing);
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(channel["server"], "vaults"), "*", SearchOption.AllDirectories)); // backups were made meanwhile
    }

    [Fact]
    public async Task Their_ClientHellos_are_the_same_but_for_what_is_drawn_for_each()
    {
        byte[] first = await HelloAsync(busy), second = await HelloAsync(idle);
        Assert.NotEqual(first, second);
        Assert.Equal(ClientHello.Masked(first), ClientHello.Masked(second));
    }

    /// <summary>Each verb that reads what polls brought, as somebody uses it. One that comes has its line here.</summary>
    private static async Task UseAsync(PhoneProcess phone, string model, string installed, string words)
    {
        await phone.GoodAsync("greetings", words);
        await phone.GoodAsync("greetings", words, "--send", "+44 7700 900123");
        await phone.GoodAsync("greetings", "--next", "--region", "IN");
        string id = (await phone.SayAsync("greetings", words)).Said.Split(' ')[0];
        await phone.GoodAsync("greetings", "--favourite", id);
        await phone.GoodAsync("updates", "--model", model, "--installed", installed, "--language", "de");
        await phone.GoodAsync("status");
    }

    private async Task InitAsync(PhoneProcess phone)
    {
        await phone.GoodAsync("init", "--server", relay.Url.AbsoluteUri, "--sheet", phone.Home + ".txt");
        await phone.GoodAsync("sheet", "confirm", "--sheet", phone.Home + ".txt");
    }

    /// <summary>What one poll said: one connection, and on no other a word of the channel.</summary>
    private string Poll()
    {
        ILookup<bool, string> said = relay.Take().Connections.ToLookup(static connection => connection.StartsWith("GET /channel/", StringComparison.Ordinal));
        Assert.All(said[false], static other => Assert.DoesNotContain(" /channel/", other, StringComparison.Ordinal));
        return Assert.Single(said[true]);
    }

    private static int Count(string poll) => poll.Split("GET ").Length - 1;

    /// <summary>The phone's server is from now on one that hangs up behind the ClientHello.</summary>
    private async Task<byte[]> HelloAsync(PhoneProcess phone)
    {
        using ClientHello listener = new();
        await phone.MoveAsync(relay.Url, listener.Url);
        Task<(int Exit, string Said)> polling = phone.SayAsync("poll");
        byte[] hello = await listener.ReadAsync(None);
        Assert.Equal(ExitCode.Unreachable, (await polling).Exit);
        return hello;
    }

    public async ValueTask DisposeAsync()
    {
        await relay.DisposeAsync();
        await channel.DisposeAsync();
    }
}
