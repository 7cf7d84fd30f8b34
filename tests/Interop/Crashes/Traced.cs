using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Interop.Crashes;

/// <summary>The real binary under strace: temporary file, fsync, rename, fsync of the folder, and only then the answer.</summary>
public sealed class Traced
{
    static readonly string[] Strace = ["strace", "-f", "-qq", "-y", "-s", "40", "--seccomp-bpf", "-e",
        "trace=open,openat,creat,rename,renameat,renameat2,link,linkat,mkdir,mkdirat,fsync,fdatasync,write,pwrite64,pwritev,writev,ftruncate,sendmsg,sendto", "-o"];

    [Fact] // vault.md §8.1, §8.3
    public async Task A_backup_into_a_folder_makes_everything_durable_before_what_names_it()
    {
        await using Scratch scratch = new();
        string source = scratch.Folder("in"), repo = scratch["repo"], password = scratch["password"];
        await File.WriteAllTextAsync(password, "geheim\n");
        Seeded random = new(9);
        for (int i = 0; i < 10; i++) await File.WriteAllBytesAsync(Path.Combine(source, $"{i}.bin"), random.Bytes(2_500_000));
        List<string> trace = [];
        foreach (string[] verb in (string[][])[["init"], ["backup", source], ["backup", source]])
        {
            ProcessStartInfo program = await ProgramUnderTest.StartInfoAsync(["vault", .. verb, "--repository", repo, "--password-file", password]);
            ProcessStartInfo traced = Processes.StartInfo(Strace[0], [.. Strace[1..], scratch["trace"], program.FileName, .. program.ArgumentList]);
            traced.Environment["DOTNET_ROOT"] = program.Environment["DOTNET_ROOT"];
            (await Processes.RunAsync(traced)).Is(0);
            trace.AddRange(await File.ReadAllLinesAsync(scratch["trace"], Encoding.Latin1));
            await File.AppendAllTextAsync(Path.Combine(source, "1.bin"), "more");
        }
        WriteOrder order = WriteOrder.Of(scratch.Root, trace);
        Tell("a folder", trace, order);
        Assert.Empty(order.Faults);
        Assert.Equal((1, 1, 2, 2, 2), (order.Published["config"], order.Published["keys"], order.Published["locks"], order.Published["index"], order.Published["snapshots"]));
        Assert.InRange(order.Published["data"], 4, 8);
        AssertFaultsAreFound(scratch.Root, trace, "/data/");
    }

    [Fact] // protocol.md §7.2
    public async Task The_server_answers_200_after_the_file_and_its_name_are_on_the_disk()
    {
        await using Scratch scratch = new();
        await using OwnServer server = await OwnServer.StartUnderAsync(scratch, [.. Strace, scratch["trace"]]);
        await server.TurnOnAsync();
        Uri vault = new((await server.VaultAsync(write: true)).Place["rest:".Length..]);
        Seeded random = new(10);
        Dictionary<string, int> sent = new(StringComparer.Ordinal);
        // One connection, one request after the other: each answer belongs to the upload before it.
        using (HttpClient client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }))
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(vault.UserInfo))));
            foreach (string type in (string[])["data", "data", "data", "index", "snapshots", "locks", "data", "snapshots"])
            {
                byte[] content = random.Bytes(1 + random.Below(type is "data" ? 3_000_000 : 5000));
                using HttpResponseMessage answer = await client.PostAsync(new Uri(vault, $"{type}/{Convert.ToHexStringLower(SHA256.HashData(content))}"), new ByteArrayContent(content));
                Assert.Equal(200, (int)answer.StatusCode);
                sent[type] = sent.GetValueOrDefault(type) + 1;
            }
        }
        string child = (await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{server.Id}/task/{server.Id}/children"))).Trim();
        Assert.Equal(0, await server.StopAsync(int.Parse(child, CultureInfo.InvariantCulture)));
        string[] trace = await File.ReadAllLinesAsync(scratch["trace"], Encoding.Latin1);
        WriteOrder order = WriteOrder.Of(server.Data, trace.Where(line => !line.Contains("/offproof.db", StringComparison.Ordinal)));
        Tell("the server", trace, order);
        Assert.Empty(order.Faults);
        // Those above; and what turning photos on stored: sealed password, config, key.
        Assert.Equal((1, 1, 1), (order.Published["1.age"], order.Published["config"], order.Published["keys"]));
        foreach ((string type, int count) in sent) Assert.Equal(count, order.Published[type]);
        Assert.True(order.Answers >= 3 + sent.Values.Sum(), $"{order.Answers} answers were seen");
        AssertFaultsAreFound(server.Data, [.. trace.Where(line => !line.Contains("/offproof.db", StringComparison.Ordinal))], "/data/");
    }

    static void Tell(string who, IReadOnlyCollection<string> trace, WriteOrder order) => TestContext.Current.TestOutputHelper!.WriteLine(
        $"{who}: {trace.Count} calls; published {string.Join(", ", order.Published.Select(static p => $"{p.Value} {p.Key}"))}; {order.Answers} answers; {order.Faults.Count} faults");

    /// <summary>The reading can fail: the same trace with a sync taken out, or moved behind what must wait for it.</summary>
    static void AssertFaultsAreFound(string root, List<string> trace, string sort)
    {
        int rename = -1;
        for (int i = 0; i < trace.Count && rename < 0; i++)
            if (trace[i].Contains(" rename(", StringComparison.Ordinal) && trace[i].Contains(sort, StringComparison.Ordinal)) rename = i;
        string temporary = trace[rename].Split('"')[1], folder = Path.GetDirectoryName(trace[rename].Split('"')[3])!;
        Assert.Contains(WriteOrder.Of(root, trace.Where(line => !(line.Contains(" fsync(", StringComparison.Ordinal) && line.Contains(temporary, StringComparison.Ordinal)))).Faults, static f => f.Contains("before its bytes were synced", StringComparison.Ordinal));
        Assert.Contains(WriteOrder.Of(root, trace.Where(line => !(line.Contains(" fsync(", StringComparison.Ordinal) && line.Contains(folder + ">", StringComparison.Ordinal)))).Faults, static f => f.Contains("was not synced after", StringComparison.Ordinal));
        string above = Path.GetDirectoryName(folder)!;
        Assert.Contains(WriteOrder.Of(root, trace.Where(line => !(line.Contains(" fsync(", StringComparison.Ordinal) && line.Contains(above + ">", StringComparison.Ordinal)))).Faults, static f => f.Contains("was not synced after", StringComparison.Ordinal));
        // A sync that began before the rename does not cover it.
        int sync = -1;
        for (int i = rename; i < trace.Count && sync < 0; i++)
            if (trace[i].Contains(" fsync(", StringComparison.Ordinal) && trace[i].Contains(folder + ">", StringComparison.Ordinal)) sync = i;
        List<string> moved = [.. trace];
        moved.RemoveAt(sync);
        moved.Insert(rename, trace[sync]);
        Assert.NotEmpty(WriteOrder.Of(root, moved).Faults);
    }
}
