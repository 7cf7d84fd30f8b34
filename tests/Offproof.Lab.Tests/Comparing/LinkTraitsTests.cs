using System.Diagnostics;

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

    [Fact]
    public void A_comparison_says_what_the_link_says()
    {
        string folder = Directory.CreateTempSubdirectory("offproof-link-").FullName;
        string a = Write(folder, "a", 40000, 0, 0), control = Write(folder, "control", 40001, 0, 0), b = Write(folder, "b", 40002, Live, 1);
        ComparisonReport report = Compare(a, b, control);
        Assert.Equal("LEAK", report.Verdict);
        Assert.Contains(report.Differences, static difference => difference is { Class: "unexplained", Place: "times to live" });
        Assert.DoesNotContain(report.Power.Notes, NotRead);
        Directory.Delete(folder, recursive: true);
    }

    [Fact] // who opened it again would wait for a second writer
    public async Task A_pipe_is_not_opened_for_its_link_and_that_is_said()
    {
        string folder = Directory.CreateTempSubdirectory("offproof-link-").FullName;
        string a = Write(folder, "a", 40000, 0, 0), control = Write(folder, "control", 40001, 0, 0), b = Write(folder, "b", 40002, Live, 1), pipe = Path.Combine(folder, "pipe"), link = Path.Combine(folder, "link");
        using (Process made = Process.Start("mkfifo", [pipe])) await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(link, pipe);
        foreach (string path in (string[])[pipe, link])
        {
            Task<ComparisonReport> compared = Task.Run(() => Compare(a, path, control), TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(pipe, await File.ReadAllBytesAsync(b, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
            ComparisonReport report = await compared.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.DoesNotContain(report.Differences, static difference => difference.Place == "times to live");
            Assert.StartsWith("B: no regular file", Assert.Single(report.Power.Notes, NotRead), StringComparison.Ordinal);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(0, true), InlineData(4, false)]
    public void A_capture_of_more_than_256_MiB_is_not_read_for_its_link(int more, bool isRead)
    {
        string folder = Directory.CreateTempSubdirectory("offproof-link-").FullName;
        string a = Write(folder, "a", 40000, 0, 0), control = Write(folder, "control", 40001, 0, 0), b = Write(folder, "b", 40002, Live, 1);
        // A block of a kind that no reader knows, and that takes no room on the disk.
        using (FileStream file = new(b, FileMode.Open))
        {
            int rest = (256 << 20) + more - (int)file.Length;
            file.Position = file.Length;
            file.Write([0xAD, 0x0B, 0, 0, .. BitConverter.GetBytes(rest)]);
            file.SetLength((256 << 20) + more);
        }
        Assert.Equal(isRead, LinkTraits.IsRead(b));
        Assert.Equal(isRead ? 1 : 0, LinkTraits.Differences(a, b, control).Count());
        Directory.Delete(folder, recursive: true);
    }

    static bool NotRead(string note) => note.Contains("was not compared", StringComparison.Ordinal);

    static ComparisonReport Compare(string a, string b, string control) => Comparison.Run(new CompareRequest(a, b, control, Vectors.Persona(0), Vectors.Persona(1), []));

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
