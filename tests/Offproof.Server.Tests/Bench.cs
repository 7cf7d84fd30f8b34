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

    internal static async Task<Bench> StartAsync(
        long? quota = null, string? folder = null, bool verbose = false, FakeTimeProvider? clock = null, Func<ServerOptions, ServerOptions>? change = null)
    {
        var time = clock ?? new(Start);
        ServerOptions chosen = new()
        {
            DataDirectory = folder ?? Path.Combine(Directory.CreateTempSubdirectory("offproof-server-").FullName, "data"),
            Listen = new("http://127.0.0.1:0"),
            QuotaBytes = quota,
            Verbose = verbose,
            TimeProvider = time,
        };
        Bench bench = new(change?.Invoke(chosen) ?? chosen, time);
        await bench.UpAsync();
        return bench;
    }

    internal async Task RestartAsync()
    {
        await DownAsync();
        await UpAsync();
    }

    // Changes what no request of this version can, while the server is down.
    internal async Task WithDatabaseAsync(Action<Database> change)
    {
        await DownAsync();
        using (Database database = new(Path.Combine(Folder, "offproof.db"))) change(database);
        await UpAsync();
    }

    // What the operator's verbs do: another connection, while the server runs.
    internal T AsOperator<T>(Func<ServerOperator, T> work)
    {
        using var server = ServerOperator.Open(Folder, Time);
        return work(server);
    }

    internal async Task<bool> DatabaseHoldsAsync(string text)
    {
        byte[] needle = Encoding.ASCII.GetBytes(text);
        foreach (string path in Directory.GetFiles(Folder, "offproof.db*"))
        {
            await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[file.Length];
            await file.ReadExactlyAsync(bytes);
            if (bytes.AsSpan().IndexOf(needle) >= 0) return true;
        }

        return false;
    }

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
        Sheet = SigningKey.Generate();
        Account = Sheet.Thumbprint;
        Device = SigningKey.Generate();
        Certificate = SignCertificate(Device);
        Last = Certificate.Hash;
    }

    // The one in force, as far as this owner knows.
    internal SigningKey Sheet { get; private set; }

    internal SigningKey Device { get; }

    internal SignedRecord Certificate { get; }

    internal Thumbprint Account { get; }

    internal long Seq { get; private set; }

    internal Digest Last { get; private set; }

    internal static async Task<Owner> OpenAsync(Bench bench, string? invitation = null)
    {
        Owner owner = new(bench);
        (await owner.PostAccountAsync(invitation: invitation)).Is(HttpStatusCode.Created);
        return owner;
    }

    internal Task<Answer> PostAccountAsync(SigningKey? sheet = null, SignedRecord? certificate = null, string? invitation = null, string? receipt = null)
    {
        string jwk = Answers.JsonText((sheet ?? Sheet).Public.WriteJwk);
        string invited = invitation is null ? "" : $",\"invitation\":{System.Text.Json.JsonSerializer.Serialize(invitation)}";
        string taken = receipt is null ? "" : $",\"receipt\":\"{receipt}\"";
        return bench.SendAsync(HttpMethod.Post, "v1/accounts", Encoding.UTF8.GetBytes($$"""{"sheet":{{jwk}},"certificate":"{{(certificate ?? Certificate).Compact}}"{{invited}}{{taken}}}"""));
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
            Signer = signer == Device ? Device.Thumbprint : signer == Sheet || oldSheets.Contains(signer) ? Account : signer.Thumbprint,
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
        Sheet.Dispose();
        Device.Dispose();
        foreach (var old in oldSheets) old.Dispose();
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

    internal Category Category { get; private init; }

    internal int Epoch { get; private init; }

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
        string token = await vault.AddTokenAsync();
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Sealed, token)).Is(HttpStatusCode.Created);
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "?create=true", [], token)).Is(HttpStatusCode.OK);
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "config", vault.Config, token)).Is(HttpStatusCode.OK);
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "keys/" + vault.Hashes.Key, vault.KeyFile, token)).Is(HttpStatusCode.OK);
        return vault;
    }

    internal Task<Answer> AddAsync(Bench bench, byte[] bytes, string token, string type = "data") =>
        bench.SendAsync(HttpMethod.Post, Path + type + "/" + Digest.Of(bytes), bytes, token);

    internal SignedRecord SignRevocation() => Owner.SignRevocation(Grant.Hash, Category, Epoch);
}
