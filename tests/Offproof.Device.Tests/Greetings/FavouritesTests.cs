using Offproof.Channel;

namespace Offproof.Device.Tests;

/// <summary>greetings.md §5.</summary>
public sealed class FavouritesTests
{
    private static Greeting Entry(string id) => new(id, $"text of {id}", "greeting", "en", "CC0-1.0");

    [Fact]
    public async Task Favourites_are_kept_whole_in_order_and_once()
    {
        await using Rig rig = await Rig.StartAsync();
        using DeviceHome home = rig.Open();
        string file = Path.Combine(rig.Home, "favourites.json");
        Assert.Empty(home.Favourites());
        Assert.False(home.DropFavourite("b"));
        Assert.False(File.Exists(file));
        foreach (string id in (string[])["b", "a", "b"]) home.KeepFavourite(Entry(id));
        Assert.Equal([Entry("b"), Entry("a")], home.Favourites());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.True(home.DropFavourite("b"));
        Assert.Equal([Entry("a")], home.Favourites());
    }

    [Fact]
    public async Task There_is_an_end_to_them()
    {
        await using Rig rig = await Rig.StartAsync();
        using DeviceHome home = rig.Open();
        FavouritesFile.Write(new HomeFolder(rig.Home), [.. Enumerable.Range(0, FavouritesFile.Most).Select(i => Entry($"e{i}"))]);
        home.KeepFavourite(Entry("e7"));
        Assert.Equal(DeviceFault.Refused, Assert.Throws<DeviceException>(() => home.KeepFavourite(Entry("one-more"))).Fault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"schema\":\"offproof/v1/favourites\",\"greetings\":[{\"id\":\"a\"}]}")]
    [InlineData("{\"schema\":\"offproof/v1/favourites\",\"greetings\":[{\"id\":\"A B\",\"text\":\"x\",\"kind\":\"joke\",\"language\":\"en\",\"licence\":\"x\"}]}")]
    [InlineData("{\"schema\":\"offproof/v2/favourites\",\"greetings\":[]}")]
    [InlineData("{\"schema\":\"offproof/v1/favourites\",\"greetings\":[null]}")]
    public async Task A_damaged_file_is_said_and_left(string content)
    {
        await using Rig rig = await Rig.StartAsync();
        using DeviceHome home = rig.Open();
        string file = Path.Combine(rig.Home, "favourites.json");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        Assert.Contains(file, Assert.Throws<DeviceException>(home.Favourites).Message, StringComparison.Ordinal);
        Assert.Throws<DeviceException>(() => home.KeepFavourite(Entry("a")));
        Assert.Equal(content, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }
}
