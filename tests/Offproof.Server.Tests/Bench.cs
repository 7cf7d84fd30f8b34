using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>A real server on a free loopback port, its folder, its clock and a client. One for each test.</summary>
sealed class Bench : IAsyncDisposable
{
    static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);

    readonly ServerOptions options;

    Bench(ServerOptions options, FakeTimeProvider time) => (this.options, Time) = (options, time);

    internal FakeTimeProvider Time { get; }

    internal string Folder => options.DataDirectory;

    internal RunningServer Server { get; private set; } = null!;

    internal HttpClient Http { get; private set; } = null!;

    internal StringWriter Log { get; } = new();

    internal static async Task<Bench> StartAsync(long? quota = null, string? folder = null, bool verbose = false, FakeTimeProvider? clock = null, Action<string>? erasing = null)
    {
        var time = clock ?? new(Start);
        ServerOptions chosen = new()
        {
            DataDirectory = folder ?? Path.Combine(Directory.CreateTempSubdirectory("offproof-server-").FullName, "data"),
            Listen = new("http://127.0.0.1:0"),
            QuotaBytes = quota,
            Verbose = verbose,
            TimeProvider = time,
            BeforeErasing = erasing,
        };
        Bench bench = new(chosen, time);
        await bench.UpAsync();
        return bench;
    }

    internal Task RestartAsync() => WhileDownAsync(() => { });

    internal async Task WhileDownAsync(Action change)
    {
        await DownAsync();
        change();
        await UpAsync();
    }

    // Changes what no request of this version can, while the server is down.
    internal Task WithDatabaseAsync(Action<Database> change) => WhileDownAsync(() =>
    {
        using Database database = new(Path.Combine(Folder, "offproof.db"));
        change(database);
    });

    internal long Now => Time.GetUtcNow().ToUnixTimeSeconds();

    // Every file under DIR that holds what callers sent, with its size: what "nothing stored" is about.
    internal SortedDictionary<string, long> Stored()
    {
        var files = Published();
        // The server may take a file away between its listing and the question for its length: then it is not stored.
        foreach (var file in new DirectoryInfo(Path.Combine(Folder, "tmp")).EnumerateFiles("*", SearchOption.AllDirectories))
            if (LengthOf(file) is { } length) files.Add(Path.GetRelativePath(Folder, file.FullName), length);
        return files;
    }

    // Those of them that a caller can see: they stay.
    internal SortedDictionary<string, long> Published()
    {
        SortedDictionary<string, long> files = new(StringComparer.Ordinal);
        foreach (string room in (string[])["vaults", "recovery"])
        {
            foreach (var file in new DirectoryInfo(Path.Combine(Folder, room)).EnumerateFiles("*", SearchOption.AllDirectories))
                files.Add(Path.GetRelativePath(Folder, file.FullName), file.Length);
        }

        return files;
    }

    private static long? LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    internal async Task<Answer> SendAsync(HttpMethod method, string path, byte[]? body = null, string? token = null, Action<HttpRequestMessage>? adjust = null)
    {
        using HttpRequestMessage request = new(method, new Uri(Http.BaseAddress!, path));
        if (body is not null) request.Content = new ByteArrayContent(body);
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        adjust?.Invoke(request);
        using var response = await Http.SendAsync(request);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync();
        return new(response.StatusCode, response.Content.Headers, bytes);
    }

    internal Task<Answer> PostAsync(string path, SignedRecord record) => SendAsync(HttpMethod.Post, path, Encoding.ASCII.GetBytes(record.Compact));

    public async ValueTask DisposeAsync()
    {
        await DownAsync();
        Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
    }

    async Task UpAsync()
    {
        Server = await ServerHost.StartAsync(options, Log, CancellationToken.None);
        Http = new() { BaseAddress = Server.Url };
    }

    async Task DownAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>What came back.</summary>
sealed record Answer(HttpStatusCode Status, HttpContentHeaders Headers, byte[] Body)
{
    internal string Text => Encoding.UTF8.GetString(Body);

    internal JsonElement Json => JsonElement.Parse(Body);

    // The NAME of urn:offproof:problem:NAME.
    internal string Problem => Json.GetProperty("type").GetString()!["urn:offproof:problem:".Length..];

    internal Answer Is(HttpStatusCode status)
    {
        Assert.True(Status == status, $"expected {(int)status}, got {(int)Status}: {Text}");
        return this;
    }

    internal void Refuses(int status, string problem)
    {
        Assert.True((int)Status == status, $"expected {status} {problem}, got {(int)Status}: {Text}");
        Assert.Equal("application/problem+json", Headers.ContentType?.MediaType);
        Assert.Equal(problem, Problem);
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(Json.GetProperty("title").GetString()));
        Assert.False(string.IsNullOrEmpty(Json.GetProperty("detail").GetString()));
    }
}

/// <summary>The owner's side, as small as it can be: a sheet, a device, the chain of its records.</summary>
sealed partial class Owner : IDisposable
{
    readonly Bench bench;

    internal Owner(Bench bench)
    {
        this.bench = bench;
        sheets = new();
        Account = Sheet.Thumbprint;
        Device = SigningKey.Generate();
        Certificate = SignCertificate(Device);
        Last = Certificate.Hash;
    }

    // The one in force, as far as its owner knows.
    internal SigningKey Sheet => sheets.Now;

    internal SigningKey Device { get; }

    internal SignedRecord Certificate { get; }

    internal Thumbprint Account { get; }

    internal long Seq { get; private set; }

    internal Digest Last { get; private set; }

    internal static async Task<Owner> OpenAsync(Bench bench)
    {
        Owner owner = new(bench);
        (await owner.PostAccountAsync()).Is(HttpStatusCode.Created);
        return owner;
    }

    internal Task<Answer> PostAccountAsync(SigningKey? sheet = null, SignedRecord? certificate = null)
    {
        string jwk = Answers.JsonText((sheet ?? Sheet).Public.WriteJwk);
        return bench.SendAsync(HttpMethod.Post, "v1/accounts", Encoding.UTF8.GetBytes($$"""{"sheet":{{jwk}},"certificate":"{{(certificate ?? Certificate).Compact}}"}"""));
    }

    internal SignedRecord SignGrant(VaultHashes hashes, Category category = Category.Photos, int epoch = 1, Func<Grant, Grant>? change = null)
    {
        Grant grant = new()
        {
            Device = Device.Thumbprint,
            Account = Account,
            Server = bench.Server.Key,
            IssuedAt = bench.Now,
            Seq = Seq + 1,
            Prev = Last,
            Category = category,
            Epoch = new(epoch),
            Vault = hashes,
            Policy = Policy.Sha256,
            Consent = GrantConsent.For(category, bench.Server.Url.AbsoluteUri, Guid.NewGuid(), bench.Time.GetUtcNow()),
        };
        return Grant.Sign(Device, change?.Invoke(grant) ?? grant);
    }

    internal SignedRecord SignRevocation(Digest grant, Category category = Category.Photos, int epoch = 1, Func<Revocation, Revocation>? change = null)
    {
        Revocation revocation = new()
        {
            Device = Device.Thumbprint,
            Account = Account,
            Server = bench.Server.Key,
            IssuedAt = bench.Now,
            Seq = Seq + 1,
            Prev = Last,
            Category = category,
            Epoch = new(epoch),
            Grant = grant,
            RecordId = Guid.NewGuid(),
            EventTime = bench.Time.GetUtcNow(),
        };
        return Revocation.Sign(Device, change?.Invoke(revocation) ?? revocation);
    }

    // Posts the next link of the chain, which must be taken.
    internal async Task<Answer> TakeAsync(SignedRecord record)
    {
        var answer = (await bench.PostAsync("v1/records", record)).Is(HttpStatusCode.Created);
        (Seq, Last) = (Seq + 1, record.Hash);
        return answer;
    }

    internal async Task<SignedRecord> SignProofAsync(SigningKey signer, VaultAsk? vault, int? seconds = null, Func<Proof, Proof>? change = null)
    {
        var nonce = (await bench.SendAsync(HttpMethod.Post, "v1/nonces")).Is(HttpStatusCode.OK);
        Proof proof = new()
        {
            Signer = signer == Device ? Device.Thumbprint : signer == Sheet || sheets.Old.Contains(signer) ? Account : signer.Thumbprint,
            Account = Account,
            Server = bench.Server.Key,
            IssuedAt = bench.Now,
            Nonce = nonce.Json.GetProperty("nonce").GetString()!,
            Vault = vault,
            Seconds = seconds,
        };
        return Proof.Sign(signer, change?.Invoke(proof) ?? proof);
    }

    internal async Task<string> TokenAsync(SigningKey signer, VaultAsk? vault, int? seconds = null) =>
        (await bench.PostAsync("v1/tokens", await SignProofAsync(signer, vault, seconds))).Is(HttpStatusCode.OK).Json.GetProperty("token").GetString()!;

    public void Dispose()
    {
        Device.Dispose();
        if (!joined) sheets.Dispose();
    }
}

/// <summary>A category that is on: its grant, the three files that the grant names, and tokens. The files are noise: the server cannot tell.</summary>
sealed class OpenVault
{
    internal byte[] Config { get; } = RandomNumberGenerator.GetBytes(155);

    internal byte[] KeyFile { get; } = RandomNumberGenerator.GetBytes(460);

    internal byte[] Sealed { get; } = RandomNumberGenerator.GetBytes(300);

    internal VaultHashes Hashes => new(Digest.Of(Config), Digest.Of(KeyFile), Digest.Of(Sealed));

    internal Owner Owner { get; private set; } = null!;

    internal SignedRecord Grant { get; private set; } = null!;

    internal Category Category { get; init; }

    internal int Epoch { get; init; } = 1;

    internal string Path => $"v1/vaults/{Owner.Account}/{Owner.Device.Thumbprint}/{Category.Name()}/{Epoch}/";

    internal string SealedPath => $"v1/recovery/{Owner.Account}/{Owner.Device.Thumbprint}/{Category.Name()}/{Epoch}";

    internal VaultAsk Ask(VaultMode mode) => new(Owner.Device.Thumbprint, Category, new(Epoch), mode);

    internal Task<string> AddTokenAsync() => Owner.TokenAsync(Owner.Device, Ask(VaultMode.Add));

    // Granted; nothing is stored yet.
    internal static async Task<OpenVault> GrantAsync(Owner owner, Category category = Category.Photos, int epoch = 1)
    {
        OpenVault vault = new() { Category = category, Epoch = epoch };
        vault.Owner = owner;
        vault.Grant = owner.SignGrant(vault.Hashes, category, epoch);
        await owner.TakeAsync(vault.Grant);
        return vault;
    }

    // Granted, and sealed password, config and key are stored.
    internal static async Task<OpenVault> FilledAsync(Bench bench, Owner owner, Category category = Category.Photos, int epoch = 1)
    {
        var vault = await GrantAsync(owner, category, epoch);
        await vault.FillAsync(bench);
        return vault;
    }

    internal async Task FillAsync(Bench bench)
    {
        string token = await AddTokenAsync();
        (await bench.SendAsync(HttpMethod.Put, SealedPath, Sealed, token)).Is(HttpStatusCode.Created);
        (await bench.SendAsync(HttpMethod.Post, Path + "?create=true", [], token)).Is(HttpStatusCode.OK);
        (await bench.SendAsync(HttpMethod.Post, Path + "config", Config, token)).Is(HttpStatusCode.OK);
        (await bench.SendAsync(HttpMethod.Post, Path + "keys/" + Hashes.Key, KeyFile, token)).Is(HttpStatusCode.OK);
    }

    internal void Of(Owner owner, SignedRecord grant) => (Owner, Grant) = (owner, grant);

    internal Task<Answer> AddAsync(Bench bench, byte[] bytes, string token, string type = "data") =>
        bench.SendAsync(HttpMethod.Post, Path + type + "/" + Digest.Of(bytes), bytes, token);

    internal SignedRecord SignRevocation() => Owner.SignRevocation(Grant.Hash, Category, Epoch);
}
