using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Offproof.Vault;

/// <summary>How long a server that does not answer is waited for.</summary>
/// <param name="Attempts">All in all, at least 1.</param>
/// <param name="FirstDelay">Before the second attempt; doubled each time.</param>
/// <param name="MostDelay">Never longer than this, whatever a server's Retry-After asks for.</param>
public sealed record RestRetry(int Attempts, TimeSpan FirstDelay, TimeSpan MostDelay)
{
    /// <summary>Six attempts within about half a minute.</summary>
    public static RestRetry Default { get; } = new(6, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));
}

/// <summary>
/// A repository on a server that speaks restic's REST protocol, version 2 (vault.md §8.4). Opens no connections: it is handed an invoker, which sets time
/// limits and decides where it may go.
/// </summary>
/// <param name="invoker">Sends; not disposed here.</param>
/// <param name="baseUri">http or https, ending in <c>/</c>. Its user information is sent as Basic authorization and is in no message.</param>
/// <param name="retry">Null: <see cref="RestRetry.Default"/>.</param>
/// <param name="time">The clock of the delays.</param>
public sealed class RestStorage(HttpMessageInvoker invoker, Uri baseUri, RestRetry? retry = null, TimeProvider? time = null) : IVaultStorage
{
    const int MostListing = 64 << 20; // 600,000 packs: some ten terabytes
    // Bytes of a body that is announced first: a lock is not, a pack is.
    const int ExpectAbove = 64 << 10;
    const long MostSeconds = 253_402_300_800; // the year 10000
    const string ListingType = "application/vnd.x.restic.rest.v2";

    readonly RestRetry _retry = retry ?? RestRetry.Default;
    readonly TimeProvider _time = time ?? TimeProvider.System;
    readonly Uri _base = Place(baseUri);
    readonly AuthenticationHeaderValue? _authorization = Authorization(baseUri);

    static Uri Place(Uri uri)
    {
        if (!uri.IsAbsoluteUri || uri.Scheme is not ("http" or "https") || !uri.AbsolutePath.EndsWith('/'))
            throw new ArgumentException("a vault's address is absolute, http or https, and ends in '/'", nameof(uri));
        return new UriBuilder(uri) { UserName = "", Password = "", Query = "", Fragment = "" }.Uri;
    }

    static AuthenticationHeaderValue? Authorization(Uri uri) =>
        uri.UserInfo.Length == 0 ? null : new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Join(':', uri.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString)) + (uri.UserInfo.Contains(':', StringComparison.Ordinal) ? "" : ":"))));

    /// <inheritdoc/>
    public async Task CreateAsync(CancellationToken ct = default)
    {
        using HttpResponseMessage response = await SendAsync("create", () => Request(HttpMethod.Post, "?create=true"), ct).ConfigureAwait(false);
        Accept(response, "create");
    }

    /// <inheritdoc/>
    public async Task<long?> FindAsync(VaultFile file, CancellationToken ct = default)
    {
        using HttpResponseMessage response = await SendAsync(file.ToString(), () => Request(HttpMethod.Head, PathOf(file)), ct).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        Accept(response, file.ToString());
        return response.Content.Headers.ContentLength ?? throw new StorageRefusedException($"{file}: the server does not tell its size");
    }

    /// <inheritdoc/>
    public Task<byte[]> ReadAsync(VaultFile file, int most, CancellationToken ct = default) => GetAsync(file.ToString(), PathOf(file), accept: null, most, ct);

    async Task<byte[]> GetAsync(string what, string path, string? accept, int most, CancellationToken ct)
    {
        return await RetryAsync(what, async () =>
        {
            using HttpRequestMessage request = Request(HttpMethod.Get, path);
            if (accept is not null) request.Headers.Accept.ParseAdd(accept);
            using HttpResponseMessage response = await invoker.SendAsync(request, ct).ConfigureAwait(false);
            if (IsTransient(response)) throw new TransientException(response);
            Accept(response, what);
            if (response.Content.Headers.ContentLength > most) throw new CorruptVaultException($"{what} has more than {most} bytes");
            Stream body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                using MemoryStream content = new((int)(response.Content.Headers.ContentLength ?? 0));
                byte[] buffer = new byte[32 * 1024];
                for (int n = await body.ReadAsync(buffer, ct).ConfigureAwait(false); n > 0; n = await body.ReadAsync(buffer, ct).ConfigureAwait(false))
                {
                    if (content.Length + n > most) throw new CorruptVaultException($"{what} has more than {most} bytes");
                    await content.WriteAsync(buffer.AsMemory(0, n), ct).ConfigureAwait(false);
                }
                return content.ToArray();
            }
        }, ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task ReadRangeAsync(VaultFile file, long offset, Memory<byte> destination, CancellationToken ct = default)
    {
        if (destination.IsEmpty) return;
        await RetryAsync(file.ToString(), async () =>
        {
            using HttpRequestMessage request = Request(HttpMethod.Get, PathOf(file));
            request.Headers.Range = new RangeHeaderValue(offset, offset + destination.Length - 1);
            using HttpResponseMessage response = await invoker.SendAsync(request, ct).ConfigureAwait(false);
            if (IsTransient(response)) throw new TransientException(response);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) throw new CorruptVaultException($"{file} is shorter than it should be");
            Accept(response, file.ToString());
            // A server may answer a range with the whole file: what lies before is read and dropped.
            long skip = response.StatusCode == HttpStatusCode.PartialContent ? 0 : offset;
            if (response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From is { } from && from != offset)
                throw new StorageRefusedException($"{file}: the server sent another range than it was asked for", (int)response.StatusCode);
            Stream body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                byte[] dropped = new byte[skip > 0 ? 32 * 1024 : 0];
                while (skip > 0)
                {
                    int n = await body.ReadAsync(dropped.AsMemory(0, (int)Math.Min(dropped.Length, skip)), ct).ConfigureAwait(false);
                    if (n == 0) throw new CorruptVaultException($"{file} is shorter than it should be");
                    skip -= n;
                }
                int filled = await body.ReadAtLeastAsync(destination, destination.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false);
                if (filled < destination.Length) throw new CorruptVaultException($"{file} is shorter than it should be");
            }
            return true;
        }, ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task WriteAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken ct = default)
    {
        using HttpResponseMessage response = await SendAsync(file.ToString(), () =>
        {
            HttpRequestMessage request = Request(HttpMethod.Post, PathOf(file));
            // A refusal comes before the body, and is not lost in a connection that the server ends under it.
            request.Headers.ExpectContinue = content.Length > ExpectAbove;
            request.Content = new ReadOnlyMemoryContent(content);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            request.Content.Headers.ContentLength = content.Length;
            return request;
        }, ct).ConfigureAwait(false);
        if (response.IsSuccessStatusCode) return;
        // Write-once servers answer an existing name with 403 (or 409): after a lost answer, or a repeated run, it may be this very content.
        if (response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Conflict && await IsThereAsync(file, content, ct).ConfigureAwait(false)) return;
        Accept(response, file.ToString());
    }

    async Task<bool> IsThereAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        long? size;
        try
        {
            size = await FindAsync(file, ct).ConfigureAwait(false);
        }
        catch (StorageRefusedException)
        {
            return false;
        }
        if (size is null) return false;
        byte[]? there = size == content.Length ? await ReadAsync(file, content.Length, ct).ConfigureAwait(false) : null;
        if (there is not null && there.AsSpan().SequenceEqual(content.Span)) return true;
        throw new StorageRefusedException($"{file} already exists with another content and is never overwritten", 403);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<VaultEntry>> ListAsync(VaultFileKind kind, CancellationToken ct = default)
    {
        if (kind == VaultFileKind.Config) throw new ArgumentException("the config is not listed", nameof(kind));
        string name = FolderStorage.NameOf(kind);
        byte[] json;
        try
        {
            json = await GetAsync($"list of {name}", name + "/", ListingType, MostListing, ct).ConfigureAwait(false);
        }
        catch (StorageFileMissingException)
        {
            return [];
        }
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            List<VaultEntry> entries = [];
            HashSet<ContentId> seen = [];
            if (document.RootElement.ValueKind == JsonValueKind.Null) return entries;
            foreach (JsonElement element in document.RootElement.EnumerateArray())
            {
                // Version 1 of the protocol lists bare names: sizes are then asked for one by one.
                bool bare = element.ValueKind == JsonValueKind.String;
                string? file = bare ? element.GetString() : element.GetProperty("name").GetString();
                if (!ContentId.TryParse(file, out ContentId id) || !seen.Add(id)) continue;
                long size = bare ? await FindAsync(new VaultFile(kind, file!), ct).ConfigureAwait(false) ?? 0 : element.GetProperty("size").GetInt64();
                entries.Add(new VaultEntry(file!, size) { Received = bare ? null : ReceivedAt(element) });
            }
            return entries;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new StorageRefusedException($"the server's list of {name} is not readable: it does not speak restic's REST protocol", inner: e);
        }
    }

    // protocol.md §7: our server's own member; others have none.
    static DateTimeOffset? ReceivedAt(JsonElement element) =>
        element.TryGetProperty("received", out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long seconds) && seconds is >= 0 and < MostSeconds
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    /// <inheritdoc/>
    public async Task RemoveAsync(VaultFile file, CancellationToken ct = default)
    {
        if (file.Kind == VaultFileKind.Config) throw new ArgumentException("the config is never removed", nameof(file));
        using HttpResponseMessage response = await SendAsync(file.ToString(), () => Request(HttpMethod.Delete, PathOf(file)), ct).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.NotFound) Accept(response, file.ToString());
    }

    HttpRequestMessage Request(HttpMethod method, string path)
    {
        HttpRequestMessage request = new(method, new Uri(_base, path));
        request.Headers.Authorization = _authorization;
        return request;
    }

    static string PathOf(VaultFile file) => file.Kind == VaultFileKind.Config ? "config"
        : ContentId.TryParse(file.Name, out _) ? $"{FolderStorage.NameOf(file.Kind)}/{file.Name}"
        : throw new ArgumentException("a name is 64 lower-case hexadecimal digits", nameof(file));

    Task<HttpResponseMessage> SendAsync(string what, Func<HttpRequestMessage> make, CancellationToken ct) => RetryAsync(what, async () =>
    {
        using HttpRequestMessage request = make();
        HttpResponseMessage response = await invoker.SendAsync(request, ct).ConfigureAwait(false);
        if (!IsTransient(response)) return response;
        using (response) throw new TransientException(response);
    }, ct);

    static bool IsTransient(HttpResponseMessage response) =>
        (int)response.StatusCode >= 500 && response.StatusCode is not (HttpStatusCode.InsufficientStorage or HttpStatusCode.NotImplemented)
        || response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout;

    async Task<T> RetryAsync<T>(string what, Func<Task<T>> attempt, CancellationToken ct)
    {
        TimeSpan delay = _retry.FirstDelay;
        for (int number = 1; ; number++)
        {
            ct.ThrowIfCancellationRequested();
            TimeSpan asked = TimeSpan.Zero;
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TransientException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                if (number >= _retry.Attempts) throw new StorageUnreachableException($"{what}: the server did not answer usefully in {number} attempts ({e.Message})", e);
                asked = (e as TransientException)?.RetryAfter ?? TimeSpan.Zero;
            }
            TimeSpan wait = asked > delay ? asked : delay;
            await Task.Delay(wait < _retry.MostDelay ? wait : _retry.MostDelay, _time, ct).ConfigureAwait(false);
            delay *= 2;
        }
    }

    static void Accept(HttpResponseMessage response, string what)
    {
        if (response.IsSuccessStatusCode) return;
        int status = (int)response.StatusCode;
        throw status switch
        {
            404 => new StorageFileMissingException($"{what} does not exist"),
            410 => new StorageRefusedException($"{what}: the server says that this vault was erased", status),
            413 or 507 => new StorageFullException($"{what}: the server's disk is full or the quota is reached"),
            423 => new VaultLockedException("the server keeps this vault closed for maintenance; nothing was done, try again later"),
            401 or 403 => new StorageRefusedException($"{what}: the server refused ({status})", status),
            _ => new StorageRefusedException($"{what}: the server answered {status}", status),
        };
    }

    sealed class TransientException(HttpResponseMessage response) : Exception($"status {(int)response.StatusCode}")
    {
        internal TimeSpan RetryAfter { get; } = response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
    }
}
