using System.Globalization;
using System.Text;
using System.Text.Json;
using Offproof.Channel;

namespace Offproof.Interop;

/// <summary>Logs and witnesses of ours before golang.org/x/mod/sumdb, curl and the vectors' own generator (channel-log.md).</summary>
public sealed class LogPeers
{
    static string Vectors => Path.Combine(ProgramUnderTest.Root, "vectors", "channel", "log");

    [Fact]
    public async Task A_log_that_real_witnesses_cosigned_is_verified_by_the_packages_that_the_formats_come_from()
    {
        await using Scratch scratch = new();
        using NoteSigner signer = NoteSigner.Create("log.example.org/interop", NoteKeyKind.Log);
        await using WitnessProcess first = await WitnessProcess.StartAsync(scratch["w1"], signer.Key), second = await WitnessProcess.StartAsync(scratch["w2"], signer.Key);
        List<string> held = [];
        foreach (int size in (int[])[1, 2, 255, 256, 257, 513, 66000])
        {
            using LogWriter log = LogWriter.Open(scratch["log"], scratch["own"], signer);
            int before = log.Size;
            log.Append([.. Enumerable.Range(before, size - before).Select(Entry)]);
            Assert.True(log.Publish(new TrustPolicy(signer.Key, [first.Key, second.Key], 2), [await CosignAsync(log, first, before), await CosignAsync(log, second, 0)]).IsAccepted);

            string proofs = scratch["proofs"];
            await File.WriteAllLinesAsync(proofs, Sizes(size).SelectMany(at => (string[])
            [
                $"consistency {at} {size} {string.Join(' ', log.Tree.ConsistencyProof(at, size))}", $"inclusion {at - 1} {size} {string.Join(' ', log.Tree.InclusionProof(at - 1, size))}",
            ]), TestContext.Current.CancellationToken);
            Ended verified = await GoVerifier.RunAsync(scratch["log"], signer.Key, [first.Key, second.Key], [.. held.SelectMany(file => (string[])["held", file]), "proofs", proofs]);
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{size} entries, {Sizes(size).Count() * 2} proofs, 0 complaints\n"), verified.Is(0).Output);
            held.Add(scratch[string.Create(CultureInfo.InvariantCulture, $"held.{size}")]);
            File.Copy(Path.Combine(scratch["log"], "checkpoint"), held[^1]);
        }
        // And another log of that key is refused by both sides.
        using LogWriter other = LogWriter.Open(scratch["other"], scratch["other-own"], signer);
        other.Append([Entry(7), Entry(8)]);
        using HttpMessageInvoker invoker = new(new SocketsHttpHandler());
        Assert.Equal(CosigningOutcome.HoldsAnotherLog, (await new WitnessClient(invoker, first.Url, first.Key).CosignAsync(other.Signed!, other.Tree, 0, TestContext.Current.CancellationToken)).Outcome);
        Assert.True(other.Publish(new TrustPolicy(signer.Key, [], 0), []).IsAccepted);
        (await GoVerifier.RunAsync(scratch["other"], signer.Key, [], "held", held[0])).Is(1);
    }

    [Theory] // the verifier can fail
    [InlineData("flip checkpoint 40", ""), InlineData("flip tile/0/001.p/44 100", ""), InlineData("flip tile/0/000 100", ""), InlineData("flip tile/1/000.p/1 5", ""), InlineData("flip tile/entries/000 20", ""),
     InlineData("rm tile/entries/001.p/44", ""), InlineData("", "consistency 5 300 {0}"), InlineData("", "inclusion 5 300 {0}"), InlineData("key", "")]
    public async Task A_log_that_is_not_as_it_should_be_is_noticed(string damage, string proof)
    {
        await using Scratch scratch = new();
        using NoteSigner signer = NoteSigner.Create("log.example.org/interop", NoteKeyKind.Log), witness = NoteSigner.Create("w", NoteKeyKind.Witness), other = NoteSigner.Create("w", NoteKeyKind.Witness);
        using LogWriter log = LogWriter.Open(scratch["log"], scratch["own"], signer);
        log.Append([.. Enumerable.Range(0, 300).Select(Entry)]);
        Assert.True(log.Publish(new TrustPolicy(signer.Key, [witness.Key], 1), [witness.Sign(log.Signed!.Text, DateTimeOffset.UnixEpoch.AddDays(1))]).IsAccepted);
        (await GoVerifier.RunAsync(scratch["log"], signer.Key, [witness.Key])).Is(0);

        if (damage.Split(' ') is ["flip", var file, var at])
        {
            byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(scratch["log"], file), TestContext.Current.CancellationToken);
            bytes[int.Parse(at, CultureInfo.InvariantCulture)] ^= 1;
            await File.WriteAllBytesAsync(Path.Combine(scratch["log"], file), bytes, TestContext.Current.CancellationToken);
        }
        if (damage.Split(' ') is ["rm", var gone]) File.Delete(Path.Combine(scratch["log"], gone));
        string proofs = scratch["proofs"];
        if (proof.Length > 0) await File.WriteAllTextAsync(proofs, string.Format(CultureInfo.InvariantCulture, proof, string.Join(' ', log.Tree.ConsistencyProof(6, 300))), TestContext.Current.CancellationToken);
        (await GoVerifier.RunAsync(scratch["log"], signer.Key, [damage is "key" ? other.Key : witness.Key], proof.Length > 0 ? ["proofs", proofs] : Array.Empty<string>())).Is(1);
    }

    [Fact]
    public async Task The_vectors_are_verified_by_them_too_and_come_again_from_their_generator()
    {
        JsonElement trust = Json("trust.json");
        NoteKey[] keys = [.. trust.GetProperty("witnesses").EnumerateArray().Prepend(trust.GetProperty("log")).Select(key => NoteKey.TryParse(key.GetString()!, out NoteKey? read) ? read : throw new InvalidDataException())];
        Ended verified = await GoVerifier.RunAsync(Vectors, keys[0], keys[1..], "held", Path.Combine(Vectors, "checkpoint.1"), "held", Path.Combine(Vectors, "checkpoint.2"));
        Assert.Equal("3 entries, 0 proofs, 0 complaints\n", verified.Is(0).Output);

        await using Scratch scratch = new();
        (await Processes.RunAsync("/usr/bin/python3", Path.Combine(Vectors, "make.py"), scratch.Folder("again"))).Is(0);
        Assert.Equal("", (await Processes.RunAsync("diff", "-r", "--exclude=make.py", "--exclude=README.md", Vectors, scratch["again"])).Is(0).Output);
    }

    [Fact] // the conversation of the vectors, as curl has it with the real program
    public async Task Curl_gets_the_answers_of_the_specification()
    {
        await using Scratch scratch = new();
        Directory.CreateDirectory(scratch["w"]);
        await File.WriteAllTextAsync(Path.Combine(scratch["w"], "lock"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(scratch["w"], "key"), Json("keys.json").GetProperty("witnesses")[0].GetProperty("signer").GetString(), TestContext.Current.CancellationToken);
        Assert.True(NoteKey.TryParse(Json("trust.json").GetProperty("log").GetString()!, out NoteKey? log));
        await using WitnessProcess witness = await WitnessProcess.StartAsync(scratch["w"], log);
        foreach (JsonElement step in Json("witness.json").EnumerateArray())
        {
            await File.WriteAllTextAsync(scratch["request"], step.GetProperty("request").GetString(), TestContext.Current.CancellationToken);
            string said = (await Processes.RunAsync("curl", "-s", "-o", scratch["answer"], "-w", "%{http_code} %{content_type}", "--data-binary", "@" + scratch["request"], new Uri(witness.Url, "add-checkpoint").AbsoluteUri)).Is(0).Output;
            int status = step.GetProperty("status").GetInt32();
            Assert.Equal((step.GetProperty("name").GetString(), $"{status} {(status == 409 ? "text/x.tlog.size" : "text/plain; charset=utf-8")}"), (step.GetProperty("name").GetString(), said));
            string answer = await File.ReadAllTextAsync(scratch["answer"], TestContext.Current.CancellationToken), expected = step.GetProperty("body").GetString()!;
            if (status == 409) Assert.Equal(expected, answer);
            if (status == 200) Assert.StartsWith(expected[..expected.LastIndexOf(' ')], answer, StringComparison.Ordinal); // the same key; another time
        }
        string latest = (await Processes.RunAsync("curl", "-s", "-f", $"{witness.Url}{Witness.OriginHash(log.Name)}/checkpoint")).Is(0).Output;
        await File.WriteAllTextAsync(Path.Combine(scratch.Folder("log"), "checkpoint"), latest, TestContext.Current.CancellationToken);
        foreach (string tile in (string[])["tile/0/000.p/3", "tile/entries/000.p/3"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(scratch["log"], tile))!);
            File.Copy(Path.Combine(Vectors, tile), Path.Combine(scratch["log"], tile));
        }
        (await GoVerifier.RunAsync(scratch["log"], log, [witness.Key])).Is(0);
        await File.WriteAllBytesAsync(scratch["long"], new byte[140_000], TestContext.Current.CancellationToken);
        foreach (string path in (string[])["", "add-checkpoint", new string('0', 64) + "/checkpoint", "..%2fkey/checkpoint"])
            Assert.NotEqual("200", (await Processes.RunAsync("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", witness.Url + path)).Is(0).Output);
        Assert.Equal("413", (await Processes.RunAsync("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--data-binary", "@" + scratch["long"], $"{witness.Url}add-checkpoint")).Is(0).Output);
    }

    [Fact] // killed at any moment, and started again, it contradicts nothing that it ever gave out
    public async Task Killed_while_it_signs_a_witness_never_gives_out_two_histories()
    {
        await using Scratch scratch = new();
        Seeded seed = new(Seeded.Choose());
        using NoteSigner signer = NoteSigner.Create("log.example.org/interop", NoteKeyKind.Log);
        // Forks that part at 3, 6, 9 ... entries.
        MerkleTree[] forks = [.. Enumerable.Range(0, 4).Select(fork => new MerkleTree(Enumerable.Range(0, 60).Select(at => TreeHash.OfLeaf(Entry(at >= 3 * (fork + 1) ? (1000 * fork) + at : at)))))];
        using HttpMessageInvoker invoker = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) });
        List<(int Size, TreeHash Root)> given = [];
        int kills = Environment.GetEnvironmentVariable("OFFPROOF_SOAK") is "1" ? 60 : 8, cut = 0, answers = 0;
        for (int round = 0; round < kills; round++)
        {
            await using WitnessProcess witness = await WitnessProcess.StartAsync(scratch["w"], signer.Key);
            Task[] asking = [.. forks.Select(fork => Task.Run(async () =>
            {
                for (int size = 1; size <= fork.Size; size++)
                {
                    Checkpoint checkpoint = new(signer.Key.Name, size, fork.RootAt(size));
                    Cosigning answer = await new WitnessClient(invoker, witness.Url, witness.Key).CosignAsync(new SignedNote(checkpoint.Text, [signer.Sign(checkpoint.Text, default)]), fork, size - 1, CancellationToken.None);
                    if (answer.Outcome == CosigningOutcome.Unreachable) Interlocked.Increment(ref cut);
                    if (answer.Outcome == CosigningOutcome.Unreachable) return;
                    if (answer.Outcome != CosigningOutcome.Cosigned) continue;
                    lock (given) given.Add((size, checkpoint.Root));
                    Interlocked.Increment(ref answers);
                }
            }))];
            int before = given.Count;
            for (int wait = 0; wait < 2000 && Volatile.Read(ref answers) == before; wait++) await Task.Delay(5, TestContext.Current.CancellationToken);
            await Task.Delay(seed.Below(60), TestContext.Current.CancellationToken);
            await witness.KillAsync();
            await Task.WhenAll(asking);
        }
        TestContext.Current.SendDiagnosticMessage($"{given.Count} cosignatures before and after {kills} kills, {cut} requests cut");
        Assert.NotEmpty(given);
        Assert.True(cut > 0, "no request was running when the witness was killed");
        Assert.All(given.GroupBy(one => one.Size), size => Assert.Single(size.Select(one => one.Root).Distinct()));
        // One history has them all.
        Assert.Contains(forks, fork => given.TrueForAll(one => fork.RootAt(one.Size) == one.Root));
    }

    static async Task<NoteSignature> CosignAsync(LogWriter log, WitnessProcess witness, int thought)
    {
        using HttpMessageInvoker invoker = new(new SocketsHttpHandler());
        Cosigning answer = await new WitnessClient(invoker, witness.Url, witness.Key).CosignAsync(log.Signed!, log.Tree, thought, TestContext.Current.CancellationToken);
        Assert.Equal((CosigningOutcome.Cosigned, ""), (answer.Outcome, answer.Detail));
        return answer.Cosignature!;
    }

    static IEnumerable<int> Sizes(int size) => new[] { 1, 2, 3, 100, 255, 256, 257, 500, 512, 513, 40000, 65535, 65536, 65537, 65999, 66000 }.Where(one => one <= size);

    static byte[] Entry(int number) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"entry {number}"));

    static JsonElement Json(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Vectors, name))).RootElement;
}
