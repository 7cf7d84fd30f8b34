namespace Offproof.Lab.Tests.Comparing;

/// <summary>compare.md §2, below the bytes: captures of the recorder, in which one byte of a frame was changed.</summary>
public sealed class LinkTraitsTests
{
    const int Live = 14 + 8, Service = 14 + 1, Window = 34 + 14;

    [Theory]
    [InlineData(Live, "times to live")]
    [InlineData(Service, "types of service")]
    [InlineData(Window, "connection 1: window and options of its SYN")]
    public void What_is_the_same_for_one_person_and_another_for_the_next_is_found(int at, string trait)
    {
        string folder = Directory.CreateTempSubdirectory("offproof-link-").FullName;
        string a = Write(folder, "a", 40000, 0, 0), control = Write(folder, "control", 40001, 0, 0), b = Write(folder, "b", 40002, at, 1), both = Write(folder, "both", 40003, at, 1);
        Assert.Equal(trait, Assert.Single(LinkTraits.Differences(a, b, control)).Place);
        Assert.Empty(LinkTraits.Differences(a, control, control));
        // What varies by itself says nothing.
        Assert.Empty(LinkTraits.Differences(a, b, both));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_port_that_follows_the_person_is_found_and_ports_that_do_not_are_not()
    {
        string folder = Directory.CreateTempSubdirectory("offproof-link-").FullName;
        string a = Write(folder, "a", 40000, 0, 0), same = Write(folder, "same", 40000, 0, 0), b = Write(folder, "b", 40002, 0, 0);
        Assert.Equal("connection 1: the phone's port", Assert.Single(LinkTraits.Differences(a, b, same)).Place);
        Directory.Delete(folder, recursive: true);
    }

    static string Write(string folder, string name, int port, int at, byte change)
    {
        string file = Path.Combine(folder, name + ".pcapng");
        using (RecordedFile recorded = new(file))
        {
            RecordedConnection connection = recorded.Open(port, 443);
            connection.Take(true, "GET / HTTP/1.1\r\n\r\n"u8);
            connection.End();
        }
        if (at == 0) return file;
        byte[] bytes = File.ReadAllBytes(file);
        Frame first = WireFile.Read(bytes).Frames[0];
        bytes[bytes.AsSpan().IndexOf(first.Bytes.Span) + at] ^= change;
        File.WriteAllBytes(file, bytes);
        return file;
    }
}
