using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Offproof.Interop.Kills;

/// <summary>protocol.md §9: the real server, killed while it erases. Whatever was left then, it finishes before it listens again; nobody reads a part of it, and what it signs is true.</summary>
public sealed class KilledErasures
{
    const int Wanted = 20, Packs = 60;

    /// <summary>Where a kill landed, by what it left.</summary>
    enum Moment
    {
        /// <summary>Everything is there.</summary>
        Before,
        /// <summary>The sealed password is gone, and all else there.</summary>
        Sealed,
        /// <summary>Some files are gone.</summary>
        Files,
        /// <summary>All files are gone; the command had no answer.</summary>
        Unsigned,
        /// <summary>The command had its answer.</summary>
        Answered,
    }

    [Fact]
    public async Task Twenty_SIGKILLs_of_the_server_during_an_erasure_are_finished_and_leave_nothing_readable()
    {
        ulong seed = Seeded.Choose();
        Seeded random = new(seed);
        Stopwatch watch = Stopwatch.StartNew();
        SortedDictionary<Moment, int> landed = [];
        await using Scratch scratch = new();
        await using OwnServer server = await OwnServer.StartAsync(scratch);
        await File.WriteAllBytesAsync(Path.Combine(server.Photos, "IMG_1.jpg"), random.Bytes(100_000), TestContext.Current.CancellationToken);
        using Erasing erasing = await Erasing.BeginAsync(scratch, server, random);
        int kills = Killing.Times(Wanted);
        // The first one is not killed: how long it takes is what the kills are drawn over, each a little later than the one before.
        (_, TimeSpan usual) = await erasing.KillAsync(null);
        await erasing.AssertAllOrNothingAsync(Moment.Answered);
        for (int kill = 0; kill < kills; kill++)
        {
            (Moment moment, _) = await erasing.KillAsync(usual * (kill + random.Fraction()) / kills * 1.2);
            landed[moment] = landed.GetValueOrDefault(moment) + 1;
            await erasing.AssertAllOrNothingAsync(moment);
        }
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"OFFPROOF_SEED={seed}, `erase photos --sheet`, {usual.TotalMilliseconds:f0} ms from the first file to the last: {kills} kills of the server in {watch.Elapsed.TotalSeconds:f0} s: {string.Join(", ", landed.Select(static l => $"{l.Value} {l.Key}"))}");
        Assert.True(landed.GetValueOrDefault(Moment.Sealed) + landed.GetValueOrDefault(Moment.Files) >= kills / 4, "too few kills landed in the middle");
    }

    /// <summary>One vault with a backup in it, that is erased again and again: before each time server and files are as they were.</summary>
    sealed class Erasing(Scratch scratch, OwnServer server) : IDisposable
    {
        readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
        ConcurrentQueue<int> _statuses = new();
        Uri _vault = server.Url;
        string _folder = "";
        string[] _files = [];

        string Sealed => _folder.Replace("/vaults/", "/recovery/", StringComparison.Ordinal) + ".age";

        string[] Left() => [.. Directory.Exists(_folder) ? Directory.GetFiles(_folder, "*", SearchOption.AllDirectories) : [], .. File.Exists(Sealed) ? [Sealed] : Array.Empty<string>()];

        /// <summary>A backup, and so many packs besides that deleting takes a while.</summary>
        internal static async Task<Erasing> BeginAsync(Scratch scratch, OwnServer server, Seeded random)
        {
            Erasing erasing = new(scratch, server);
            await server.GoodAsync("backup", "photos");
            erasing._vault = new Uri((await server.VaultAsync(write: true)).Place["rest:".Length..]);
            erasing._client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(erasing._vault.UserInfo))));
            for (int i = 0; i < Packs; i++)
            {
                byte[] content = random.Bytes(1000);
                using HttpResponseMessage answer = await erasing._client.PostAsync(new Uri(erasing._vault, $"data/{Convert.ToHexStringLower(SHA256.HashData(content))}"), new ByteArrayContent(content), TestContext.Current.CancellationToken);
                Assert.Equal(200, (int)answer.StatusCode);
            }
            erasing._folder = server.StoredVault;
            erasing._files = erasing.Left();
            Assert.True(erasing._files.Length > Packs + 5);
            Assert.Equal(0, await server.StopAsync());
            (await Processes.ShellAsync(scratch.Root, "mv server before")).Is(0);
            return erasing;
        }

        async Task<ProcessStartInfo> SheetAsync(params string[] verb) => await ProgramUnderTest.StartInfoAsync([.. verb, "--sheet", scratch["sheet"], "--home", scratch["nobody"]]);

        /// <param name="after">How long after the sealed password is gone, which goes first; null for no kill.</param>
        internal async Task<(Moment Moment, TimeSpan Took)> KillAsync(TimeSpan? after)
        {
            if (Directory.Exists(server.Data)) await server.KillAsync();
            (await Processes.ShellAsync(scratch.Root, "rm -rf server; cp -a before server")).Is(0);
            await server.UpAsync();
            _statuses = new();
            using CancellationTokenSource stop = new();
            Task asking = AskAsync(stop.Token);
            Task<Ended> command = Processes.RunAsync(await SheetAsync("erase", "photos", "--yes"));
            while (!command.IsCompleted && File.Exists(Sealed)) await Task.Yield();
            Stopwatch watch = Stopwatch.StartNew();
            Moment moment = Moment.Answered;
            if (after is null)
            {
                while (!command.IsCompleted && Left().Length > 0) await Task.Yield();
                watch.Stop();
                (await command).Is(0);
            }
            else
            {
                while (!command.IsCompleted && watch.Elapsed < after) await Task.Yield();
                await server.KillAsync();
                string[] left = Left();
                Ended ended = await command;
                moment = ended.Exit == 0 ? Moment.Answered
                    : left.Length == _files.Length ? Moment.Before
                    : left.Length == _files.Length - 1 && !left.Contains(Sealed) ? Moment.Sealed
                    : left.Length > 0 ? Moment.Files
                    : Moment.Unsigned;
                if (moment != Moment.Answered) ended.Is(7);
                Assert.False(left.Length < _files.Length && left.Contains(Sealed), "something else was deleted before the sealed password");
                await server.UpAsync();
                // It listens: whatever was begun is finished by now.
                if (moment != Moment.Before) Assert.Empty(Left());
            }
            await stop.CancelAsync();
#pragma warning disable VSTHRD003 // it was begun above
            await asking;
#pragma warning restore VSTHRD003
            return (moment, watch.Elapsed);
        }

        /// <summary>With a token from before: what is answered all along, also right after the start.</summary>
        async Task AskAsync(CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    _statuses.Enqueue(await StatusAsync());
                }
                catch (HttpRequestException)
                {
                    // killed, and not yet back
                }
                await Task.Delay(2, CancellationToken.None);
            }
        }

        async Task<int> StatusAsync()
        {
            using HttpResponseMessage answer = await _client.GetAsync(new Uri(_vault, "config"), CancellationToken.None);
            return (int)answer.StatusCode;
        }

        internal async Task AssertAllOrNothingAsync(Moment moment)
        {
            List<int> statuses = [.. _statuses, await StatusAsync()];
            Assert.All(statuses, static status => Assert.True(status is 200 or 410, $"{status}"));
            int closed = statuses.IndexOf(410);
            if (closed >= 0) Assert.DoesNotContain(200, statuses[closed..]);
            if (Left() is { Length: > 0 } left)
            {
                // The kill came before the record was taken: then it is whole, and the command again erases it.
                Assert.Equal((Moment.Before, _files.Length, 200), (moment, left.Length, statuses[^1]));
                (await Processes.RunAsync(await SheetAsync("restore", "photos", "--to", scratch["whole"]))).Is(0);
                await scratch.ForgetAsync("whole");
                (await Processes.RunAsync(await SheetAsync("erase", "photos", "--yes"))).Is(0);
            }
            Assert.Empty(Left());
            Assert.Equal(410, await StatusAsync());
            (await Processes.RunAsync(await SheetAsync("restore", "photos", "--to", scratch["gone"]))).Is(5);
            Assert.False(Directory.Exists(scratch["gone"]));
            await AssertReceiptAsync();
        }

        /// <summary>The one erasure among the records, and the one receipt of it: it says erased, and is signed by the key that the device pinned at `init`.</summary>
        async Task AssertReceiptAsync()
        {
            const string read = """
                import json, sqlite3
                rows = sqlite3.connect("file:server/offproof.db?mode=ro", uri=True).execute("SELECT r.compact, q.compact FROM records r JOIN receipts q ON q.record = r.number ORDER BY q.number")
                print(json.dumps([list(row) for row in rows]))
                """;
            ProcessStartInfo start = Processes.StartInfo("/usr/bin/python3", "-c", read);
            start.WorkingDirectory = scratch.Root;
            string[][] rows = JsonSerializer.Deserialize<string[][]>((await Processes.RunAsync(start)).Is(0).Output)!;
            string[] erasure = rows.Single(static row => Part(row[0], 0).GetProperty("typ").GetString() == "offproof-erasure+jwt");
            string record = erasure[0], receipt = erasure[1];
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(record[..record.LastIndexOf('.')]))), Part(receipt, 1).GetProperty("record").GetString());
            Assert.Equal("erased", Part(receipt, 1).GetProperty("state").GetString());
            using JsonDocument account = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(scratch["home"], "account.json"), TestContext.Current.CancellationToken));
            JsonElement jwk = account.RootElement.GetProperty("serverKey");
            ECPoint point = new() { X = Base64Url.DecodeFromChars(jwk.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(jwk.GetProperty("y").GetString()) };
            using ECDsa key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
            Assert.True(key.VerifyData(Encoding.ASCII.GetBytes(receipt[..receipt.LastIndexOf('.')]), Base64Url.DecodeFromChars(receipt.Split('.')[2]), HashAlgorithmName.SHA256));
        }

        public void Dispose() => _client.Dispose();

        static JsonElement Part(string compact, int number) => JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(compact.Split('.')[number]));
    }
}
