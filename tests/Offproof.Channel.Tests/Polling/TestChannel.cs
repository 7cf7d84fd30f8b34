using System.Globalization;
using System.Net;

namespace Offproof.Channel.Tests.Polling;

/// <summary>A publisher with all its keys at hand, and its folder; whoever tampers writes into the folder, or signs what no publisher would.</summary>
internal sealed class TestChannel : IDisposable
{
    private readonly DirectoryInfo own = Directory.CreateTempSubdirectory("offproof-publisher-");
    private readonly SigningKey root = SigningKey.Generate();
    private readonly NoteSigner logKey = NoteSigner.Create("log.example.org/offproof", NoteKeyKind.Log);
    private readonly List<NoteSigner> witnesses = [.. Enumerable.Range(1, 2).Select(static n => NoteSigner.Create($"witness.example.org/w{n}", NoteKeyKind.Witness))];
    private readonly List<ReadOnlyMemory<byte>> roots = [];
    private LogWriter log;
    private long snapshotVersion, targetsVersion, timestampVersion;

    internal TestChannel(DateTimeOffset now, int quorum = 1)
    {
        Now = now;
        log = LogWriter.Open(Path.Combine(Folder, "log"), Path.Combine(own.FullName, "own"), logKey);
        AddRoot();
        Trust = ChannelTrust.Read(ChannelTrust.Write(roots[0].Span, new TrustPolicy(logKey.Key, [.. witnesses.Select(static w => w.Key)], quorum)));
        File.WriteAllBytes(Path.Combine(Folder, ChannelTrust.Name), Trust.Bytes.ToArray());
    }

    internal DateTimeOffset Now { get; set; }

    internal string Folder => Path.Combine(own.FullName, "channel");

    internal ChannelTrust Trust { get; }

    internal SigningKey Online { get; private set; } = SigningKey.Generate();

    internal SigningKey Targets { get; } = SigningKey.Generate();

    internal int Cosigners { get; set; } = 2;

    internal Dictionary<string, byte[]> Bundles { get; } = new(StringComparer.Ordinal)
    {
        [GreetingList.Target] = Greetings("Happy New Year!"),
        [NoticeList.Target] = NoticeList.Seal(NoticeList.Write([])),
    };

    internal Dictionary<string, byte[]> Payloads { get; } = new(StringComparer.Ordinal);

    internal static byte[] Greetings(params string[] texts) =>
        GreetingList.Seal(GreetingList.Write(texts.Select(static text => new Greeting(Greeting.IdOf("en", text), text, "greeting", "en", "CC0-1.0"))));

    /// <summary>Another root, with new online keys where they were stolen.</summary>
    internal void AddRoot(bool newOnlineKeys = false)
    {
        if (newOnlineKeys) Online = SigningKey.Generate();
        RoleKeys Of(SigningKey key) => new([key.Public], 1);
        RootMetadata next = new(roots.Count + 1, Now.AddYears(1), ConsistentSnapshot: true, new Dictionary<string, RoleKeys>(StringComparer.Ordinal)
        {
            ["root"] = Of(root), ["timestamp"] = Of(Online), ["snapshot"] = Of(Online), ["targets"] = Of(Targets),
        });
        roots.Add(SignedFile.Write(next.ToJson(), [root]));
        Write($"{roots.Count}.root.json", roots[^1].Span);
        Write(RootChain.Name, RootChain.Write(roots));
    }

    /// <summary>A whole release.</summary>
    internal void Release(bool isLogged = true, bool changesTargets = true)
    {
        if (changesTargets || targetsVersion == 0) targetsVersion++;
        snapshotVersion++;
        Dictionary<string, TargetFile> targets = new(StringComparer.Ordinal);
        foreach (var (name, bytes) in Bundles.Concat(Payloads))
        {
            targets[name] = TargetFile.Of(bytes);
            int slash = name.LastIndexOf('/');
            Write($"targets/{name[..(slash + 1)]}{targets[name].Hashes.Known}.{name[(slash + 1)..]}", bytes);
        }
        byte[] targetsFile = SignedFile.Write(new TargetsMetadata(targetsVersion, Now.AddYears(1), targets, []).ToJson(), [Targets]);
        Write(Name(targetsVersion, "targets"), targetsFile);
        byte[] snapshot = SignedFile.Write(new SnapshotMetadata(snapshotVersion, Now.AddDays(14), new Dictionary<string, MetaFile>(StringComparer.Ordinal)
        {
            ["targets.json"] = MetaFile.Of(targetsVersion, targetsFile),
        }).ToJson(), [Online]);
        Write(Name(snapshotVersion, "snapshot"), snapshot);
        ReleaseEntry entry = new(snapshotVersion, new(roots.Count, Sha256(roots[^1].Span)), new(snapshotVersion, Sha256(snapshot)), new(targetsVersion, Sha256(targetsFile)),
            Hash(GreetingList.Target), Hash(NoticeList.Target));
        if (isLogged) Log(entry.ToBytes());
        Timestamp(snapshot);

        string? Hash(string name) => targets.TryGetValue(name, out TargetFile? target) ? target.Hashes.Known : null;
    }

    internal void Log(byte[] entry)
    {
        log.Append(entry);
        Cosign();
    }

    /// <summary>The checkpoint again, by as many witnesses as there are now.</summary>
    internal void Cosign() => log.Publish(new TrustPolicy(logKey.Key, [.. witnesses.Select(static w => w.Key)], quorum: 0), [.. witnesses.Take(Cosigners).Select(witness => witness.Sign(log.Signed!.Text, Now))]);

    internal void Timestamp(byte[]? snapshot = null)
    {
        snapshot ??= File.ReadAllBytes(Path.Combine(Folder, Name(snapshotVersion, "snapshot")));
        timestampVersion++;
        Write("timestamp.json", SignedFile.Write(new TimestampMetadata(timestampVersion, Now.AddDays(3), MetaFile.Of(snapshotVersion, snapshot)).ToJson(), [Online]));
    }

    /// <summary>A second history: the log forgets what it had, with the same key.</summary>
    internal void ForgetLog()
    {
        log.Dispose();
        Directory.Delete(Path.Combine(Folder, "log"), recursive: true);
        log = LogWriter.Open(Path.Combine(Folder, "log"), Path.Combine(own.FullName, "other"), logKey);
    }

    internal void Write(string path, ReadOnlySpan<byte> bytes)
    {
        string file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
    }

    public void Dispose()
    {
        log.Dispose();
        foreach (NoteSigner witness in witnesses) witness.Dispose();
        logKey.Dispose();
        root.Dispose();
        own.Delete(recursive: true);
    }

    internal static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    private static string Name(long version, string role) => string.Create(CultureInfo.InvariantCulture, $"{version}.{role}.json");
}

/// <summary>Answers from a folder, and writes down what it was asked.</summary>
internal sealed class FolderServer(string folder) : HttpMessageHandler
{
    internal List<string> Asked { get; } = [];

    /// <summary>What is answered in the place of a file.</summary>
    internal Dictionary<string, byte[]> Instead { get; } = new(StringComparer.Ordinal);

    /// <summary>Called before an answer.</summary>
    internal Action<string>? Before { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath["/channel/".Length..];
        Asked.Add(request.Headers.Any() ? $"{path} {request.Headers.ToString().Trim()}" : path);
        Before?.Invoke(path);
        string file = Path.Combine(folder, path);
        byte[]? content = Instead.GetValueOrDefault(path) ?? (File.Exists(file) ? await File.ReadAllBytesAsync(file, cancellationToken) : null);
        if (content is null) return new HttpResponseMessage(HttpStatusCode.NotFound);
        if (request.Headers.Range is not { } asked) return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(content) };
        var range = asked.Ranges.Single();
        byte[] part = content[(int)range.From!..(int)(Math.Min(range.To!.Value, content.Length - 1) + 1)];
        HttpResponseMessage partial = new(HttpStatusCode.PartialContent) { Content = new ByteArrayContent(part) };
        partial.Content.Headers.ContentRange = new(range.From.Value, range.From.Value + part.Length - 1, content.Length);
        return partial;
    }
}
