using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>A token and when it dies (protocol.md §5), by the server's clock.</summary>
internal sealed record Token(string Text, DateTimeOffset Expires)
{
    /// <summary>How long it lives from when it was asked for. This, not <see cref="Expires"/>, is held against a clock here: the two clocks may be years apart.</summary>
    internal TimeSpan Life { get; init; } = TimeSpan.FromSeconds(Proof.DefaultSeconds);

    /// <summary>The receipt for the proof, where the server gave one: it returns the ledger's head.</summary>
    internal string? Receipt { get; init; }
}

/// <summary>What the server says it holds for an account (protocol.md §6). Nothing of it is believed before consent.md §4.</summary>
internal sealed record RecoveryAnswer(JsonElement Sheet, IReadOnlyList<string> Records, IReadOnlyList<string> Receipts, IReadOnlyList<StoredVault> Vaults);

/// <summary>One vault as the server counts it.</summary>
internal sealed record StoredVault(string Device, string Category, int Epoch, string State, long Objects, long Bytes);

/// <summary>One line of what the server refused in the account (protocol.md §13): said by the server, and believed as far as that goes.</summary>
internal sealed record RefusedRequest(DateTimeOffset Minute, long Count, string Problem, string Request, string By, string? Category, int? Epoch);

/// <summary>The device's side of protocol.md §1-§6, §13 and §17, one method per request.</summary>
internal sealed partial class ServerClient(HttpMessageInvoker gate, Uri server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const int MaximumAnswer = 64 * 1024 * 1024;
    private const int MaximumRefusals = 1000;

    internal async Task<VerifyingKey> GetKeyAsync(CancellationToken cancel) => (await DescribeAsync(cancel).ConfigureAwait(false)).Key;

    /// <returns>Its key, and whether an account needs an invitation (protocol.md §1).</returns>
    internal async Task<(VerifyingKey Key, bool InvitedOnly)> DescribeAsync(CancellationToken cancel)
    {
        using JsonDocument answer = await SendJsonAsync(HttpMethod.Get, "v1/server", null, null, cancel, new Purpose.Public()).ConfigureAwait(false);
        if (answer.RootElement.ValueKind != JsonValueKind.Object || !answer.RootElement.TryGetProperty("jwk", out JsonElement jwk) || !VerifyingKey.TryFromJwk(jwk, out VerifyingKey? key))
            throw new DeviceException(DeviceFault.Failure, $"{server} does not answer like an Offproof server", "check the URL");
        return (key, answer.RootElement.TryGetProperty("accounts", out JsonElement accounts) && accounts.ValueKind == JsonValueKind.String && accounts.GetString() == "invited");
    }

    internal async Task<string> NonceAsync(CancellationToken cancel)
    {
        using JsonDocument answer = await SendJsonAsync(HttpMethod.Post, "v1/nonces", null, null, cancel).ConfigureAwait(false);
        return UrlSafe(answer.RootElement, "nonce");
    }

    /// <returns>The receipt, and whether the server met the account for the first time (protocol.md §2).</returns>
    internal Task<(string Receipt, bool First)> OpenAccountAsync(byte[] request, CancellationToken cancel) =>
        SendTextAsync(HttpMethod.Post, "v1/accounts", new Body(request, "application/json"), cancel);

    /// <returns>The receipt, and whether the server met the record for the first time (protocol.md §3).</returns>
    internal Task<(string Receipt, bool First)> SendRecordAsync(SignedRecord record, CancellationToken cancel) =>
        SendTextAsync(HttpMethod.Post, "v1/records", new Body(Encoding.ASCII.GetBytes(record.Compact), "application/jose"), cancel);

    internal async Task<Token> TokenAsync(SignedRecord proof, CancellationToken cancel)
    {
        Body content = new(Encoding.ASCII.GetBytes(proof.Compact), "application/jose");
        using JsonDocument answer = await SendJsonAsync(HttpMethod.Post, "v1/tokens", content, null, cancel).ConfigureAwait(false);
        return Shaped(() => new Token(UrlSafe(answer.RootElement, "token"), DateTimeOffset.FromUnixTimeSeconds(answer.RootElement.GetProperty("expires").GetInt64()))
        {
            Receipt = answer.RootElement.TryGetProperty("receipt", out JsonElement receipt) ? receipt.GetString() : null,
        });
    }

    /// <summary>Ends a token before its time (protocol.md §5).</summary>
    internal async Task EndTokenAsync(Token token, CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Delete, "v1/tokens", null, token, new Purpose.ConsentRecords(), cancel).ConfigureAwait(false);
    }

    internal async Task<RecoveryAnswer> RecoveryAsync(Thumbprint account, Token token, CancellationToken cancel)
    {
        using JsonDocument answer = await SendJsonAsync(HttpMethod.Get, $"v1/recovery/{account}/", null, token, cancel).ConfigureAwait(false);
        JsonElement root = answer.RootElement;
        return Shaped(() => new RecoveryAnswer(
            root.GetProperty("sheet").Clone(),
            [.. root.GetProperty("records").EnumerateArray().Select(static r => r.GetString() ?? "")],
            [.. root.GetProperty("receipts").EnumerateArray().Select(static r => r.GetString() ?? "")],
            [.. root.GetProperty("vaults").EnumerateArray().Select(v => new StoredVault(
                Text(v, "device"), Text(v, "category"), v.GetProperty("epoch").GetInt32(), Text(v, "state"),
                v.GetProperty("objects").GetInt64(), v.GetProperty("bytes").GetInt64()))]));
    }

    internal async Task<IReadOnlyList<RefusedRequest>> RefusalsAsync(Thumbprint account, Token token, CancellationToken cancel)
    {
        using JsonDocument answer = await SendJsonAsync(HttpMethod.Get, $"v1/recovery/{account}/refusals", null, token, cancel).ConfigureAwait(false);
        return Shaped(() => (IReadOnlyList<RefusedRequest>)[.. answer.RootElement.GetProperty("refusals").EnumerateArray().Take(MaximumRefusals).Select(line => new RefusedRequest(
            DateTimeOffset.FromUnixTimeSeconds(line.GetProperty("minute").GetInt64()), line.GetProperty("count").GetInt64(),
            OneLine(Text(line, "problem")), OneLine(Text(line, "request")), OneLine(Text(line, "by")),
            line.TryGetProperty("category", out JsonElement category) ? OneLine(category.GetString() ?? "") : null,
            line.TryGetProperty("epoch", out JsonElement epoch) ? epoch.GetInt32() : null))]);
    }

    internal async Task<byte[]> GetSealedAsync(VaultAddress vault, Token token, CancellationToken cancel)
    {
        try
        {
            using HttpResponseMessage response = await SendAsync(HttpMethod.Get, vault.RecoveryPath, null, token, new Purpose.Recovery(), cancel).ConfigureAwait(false);
            return await ReadAsync(response, cancel).ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.Failure)
        {
            throw new DeviceException(DeviceFault.Forgery, $"the server does not give the vault's sealed password: {e.Message}",
                "nothing was opened or written; ask its operator for this file of the recovery folder", e);
        }
    }

    internal async Task PutSealedAsync(VaultAddress vault, Digest grant, byte[] sealedPassword, Token token, CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Put, vault.RecoveryPath, new Body(sealedPassword, "application/octet-stream"), token, new Purpose.Backup(vault.Category, grant), cancel).ConfigureAwait(false);
    }

    private async Task<JsonDocument> SendJsonAsync(HttpMethod method, string path, Body? content, Token? token, CancellationToken cancel, Purpose? because = null)
    {
        Purpose purpose = because ?? (token is null ? new Purpose.ConsentRecords() : new Purpose.Recovery());
        using HttpResponseMessage response = await SendAsync(method, path, content, token, purpose, cancel).ConfigureAwait(false);
        byte[] body = await ReadAsync(response, cancel).ConfigureAwait(false);
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException e)
        {
            throw new DeviceException(DeviceFault.Failure, $"{server} does not answer like an Offproof server", "check the URL", e);
        }
    }

    private async Task<(string Receipt, bool First)> SendTextAsync(HttpMethod method, string path, Body content, CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(method, path, content, null, new Purpose.ConsentRecords(), cancel).ConfigureAwait(false);
        string receipt = Encoding.ASCII.GetString(await ReadAsync(response, cancel).ConfigureAwait(false));
        // What is no signed record at all is no forged receipt: something else answers, like the page of a hotel's network.
        return SignedRecord.TryParse(receipt, out _)
            ? (receipt, response.StatusCode == HttpStatusCode.Created)
            : throw new DeviceException(DeviceFault.Failure, $"{server} does not answer like an Offproof server", "check the URL, and whether this network asks you to sign in first");
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, Body? content, Token? token, Purpose purpose, CancellationToken cancel)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        long begun = Stopwatch.GetTimestamp();
        try
        {
            while (true)
            {
                HttpResponseMessage response = await SendOnceAsync(method, path, content, token, purpose, patience.Token).ConfigureAwait(false);
                if (response.IsSuccessStatusCode) return response;
                using (response)
                {
                    // protocol.md §14: as long as the server says, within the one deadline.
                    TimeSpan wait = response.Headers.RetryAfter?.Delta ?? Patience;
                    if (response.StatusCode != HttpStatusCode.TooManyRequests || wait >= Patience - Stopwatch.GetElapsedTime(begun))
                        throw await RefusalAsync(response, patience.Token).ConfigureAwait(false);
                    await Task.Delay(wait, patience.Token).ConfigureAwait(false);
                }
            }
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new DeviceException(DeviceFault.Failure, $"{server} does not answer like an Offproof server: the answer has more than {MaximumAnswer >> 20} MiB", "nothing of it was read", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            // The runtime's own words point inside: what is wrong with the certificate is what whoever asked has to know.
            string why = Innermost(e).Message;
            throw e.InnerException is AuthenticationException && why.Contains("certificate", StringComparison.Ordinal)
                ? new DeviceException(DeviceFault.Unreachable, $"no answer from {server}: its certificate is not trusted: {why}", "nothing was lost; where the authority is your own (on Linux): SSL_CERT_FILE=chain.pem offproof ...", e)
                : new DeviceException(DeviceFault.Unreachable, $"no answer from {server}: no TLS connection: {why}", "nothing was lost; does the server speak https there?", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new DeviceException(DeviceFault.Unreachable, $"no answer from {server}{(e is OperationCanceledException ? $" within {Patience.TotalSeconds} s" : $": {e.Message}")}", "nothing was lost; try again when the server can be reached", e);
        }
    }

    private static Exception Innermost(Exception e)
    {
        while (e.Message.EndsWith("see inner exception.", StringComparison.Ordinal) && e.InnerException is { } inner) e = inner;
        return e;
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, string path, Body? content, Token? token, Purpose purpose, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(method, new Uri(server, path)) { Content = content?.ToContent() };
        request.Options.Set(Purpose.Key, purpose);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Text);
        HttpResponseMessage response = await gate.SendAsync(request, cancel).ConfigureAwait(false);
        try
        {
            // The body belongs to the same deadline: a server that drips must not hold up `off`.
            await response.Content.LoadIntoBufferAsync(MaximumAnswer, cancel).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<DeviceException> RefusalAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        (string name, string detail) = Problem(await ReadAsync(response, cancel).ConfigureAwait(false));
        string what = detail.Length > 0 ? detail : string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {response.ReasonPhrase}");
        DeviceFault fault = response.StatusCode switch
        {
            HttpStatusCode.Forbidden or HttpStatusCode.Gone or HttpStatusCode.Unauthorized => DeviceFault.Refused,
            HttpStatusCode.InsufficientStorage => DeviceFault.Full,
            _ => DeviceFault.Failure,
        };
        string? hint = name switch
        {
            "not-invited" => "ask its operator for an invitation, put it in a file and name it with --invite-file",
            "suspended" => "ask its operator why; what is stored can be restored for 30 days from then",
            "slow-down" => "try again in some minutes",
            _ => null,
        };
        return new DeviceException(fault, $"the server at {server} refused: {what}{(name.Length > 0 ? $" ({name})" : "")}", hint) { Problem = name };
    }

    /// <summary>The NAME of <c>urn:offproof:problem:NAME</c> and its words; empty where the body is no problem document.</summary>
    internal static (string Name, string Detail) Problem(byte[] body)
    {
        try
        {
            using JsonDocument problem = JsonDocument.Parse(body);
            string type = problem.RootElement.TryGetProperty("type", out JsonElement t) ? t.GetString() ?? "" : "";
            string detail = problem.RootElement.TryGetProperty("detail", out JsonElement d) ? d.GetString() ?? "" : "";
            return (OneLine(type[(type.LastIndexOf(':') + 1)..]), OneLine(detail));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return ("", ""); // not a problem document: the status line has to do
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        return await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>What is sent: it may have to be sent again.</summary>
    private sealed record Body(byte[] Bytes, string Type)
    {
        internal ByteArrayContent ToContent()
        {
            ByteArrayContent content = new(Bytes);
            content.Headers.ContentType = new MediaTypeHeaderValue(Type);
            return content;
        }
    }

    private string Text(JsonElement parent, string name) => Shaped(() => parent.GetProperty(name).GetString() ?? throw new FormatException(name));

    /// <summary>
    /// Tokens and nonces are letters, digits, - and _ only: they end up in headers, in records, and a token in the lines that `vault env` hands to a shell.
    /// </summary>
    private string UrlSafe(JsonElement parent, string name)
    {
        string text = Text(parent, name);
        return text.Length is > 0 and <= 512 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? text
            : throw new DeviceException(DeviceFault.Forgery, $"the server at {server} answers with a {name} that is not one", "nothing was done with it");
    }

    /// <summary>An answer of another shape than protocol.md says is a failure of the server, not of this program.</summary>
    private T Shaped<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or ArgumentOutOfRangeException)
        {
            throw new DeviceException(DeviceFault.Failure, $"{server} does not answer like an Offproof server", "check the URL", e);
        }
    }

    /// <summary>The server's own words, so that they cannot pass for ours: one line, no control characters, cut short.</summary>
    private static string OneLine(string words) =>
        string.Concat(words.Take(200).Select(static c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? ' ' : c));
}
