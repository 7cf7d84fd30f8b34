using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>A token and when it dies (protocol.md §5).</summary>
internal sealed record Token(string Text, DateTimeOffset Expires);

/// <summary>What the server says it holds for an account (protocol.md §6). Nothing of it is believed before consent.md §4.</summary>
internal sealed record RecoveryAnswer(JsonElement Sheet, IReadOnlyList<string> Records, IReadOnlyList<string> Receipts, IReadOnlyList<StoredVault> Vaults);

/// <summary>One vault as the server counts it.</summary>
internal sealed record StoredVault(string Device, string Category, int Epoch, string State, long Objects, long Bytes);

/// <summary>The device's side of protocol.md §1-§6 and §11, one method per request.</summary>
internal sealed partial class ServerClient(HttpMessageInvoker gate, Uri server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const int MaximumAnswer = 64 * 1024 * 1024;

    internal async Task<VerifyingKey> GetKeyAsync(CancellationToken cancel)
    {
        using JsonDocument answer = await SendJsonAsync(HttpMethod.Get, "v1/server", null, null, cancel).ConfigureAwait(false);
        if (answer.RootElement.ValueKind != JsonValueKind.Object || !answer.RootElement.TryGetProperty("jwk", out JsonElement jwk) || !VerifyingKey.TryFromJwk(jwk, out VerifyingKey? key))
            throw new DeviceException(DeviceFault.Failure, $"{server} does not answer like an Offproof server", "check the URL");
        return key;
    }

    internal async Task<string> NonceAsync(CancellationToken cancel)
    {
        using JsonDocument answer = await SendJsonAsync(HttpMethod.Post, "v1/nonces", null, null, cancel).ConfigureAwait(false);
        return UrlSafe(answer.RootElement, "nonce");
    }

    /// <returns>The receipt, and whether the server met the account for the first time (protocol.md §2).</returns>
    internal Task<(string Receipt, bool First)> OpenAccountAsync(byte[] request, CancellationToken cancel) =>
        SendTextAsync(HttpMethod.Post, "v1/accounts", Content(request, "application/json"), cancel);

    /// <returns>The receipt, and whether the server met the record for the first time (protocol.md §3).</returns>
    internal Task<(string Receipt, bool First)> SendRecordAsync(SignedRecord record, CancellationToken cancel) =>
        SendTextAsync(HttpMethod.Post, "v1/records", Content(Encoding.ASCII.GetBytes(record.Compact), "application/jose"), cancel);

    internal async Task<Token> TokenAsync(SignedRecord proof, CancellationToken cancel)
    {
        ByteArrayContent content = Content(Encoding.ASCII.GetBytes(proof.Compact), "application/jose");
        using JsonDocument answer = await SendJsonAsync(HttpMethod.Post, "v1/tokens", content, null, cancel).ConfigureAwait(false);
        return Shaped(() => new Token(
            UrlSafe(answer.RootElement, "token"), DateTimeOffset.FromUnixTimeSeconds(answer.RootElement.GetProperty("expires").GetInt64())));
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

    internal async Task PutSealedAsync(VaultAddress vault, byte[] sealedPassword, Token token, CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Put, vault.RecoveryPath, Content(sealedPassword, "application/octet-stream"), token, new Purpose.Backup(vault.Category), cancel).ConfigureAwait(false);
    }

    private async Task<JsonDocument> SendJsonAsync(HttpMethod method, string path, HttpContent? content, Token? token, CancellationToken cancel)
    {
        Purpose purpose = token is null ? new Purpose.ConsentRecords() : new Purpose.Recovery();
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

    private async Task<(string Receipt, bool First)> SendTextAsync(HttpMethod method, string path, HttpContent content, CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(method, path, content, null, new Purpose.ConsentRecords(), cancel).ConfigureAwait(false);
        return (Encoding.ASCII.GetString(await ReadAsync(response, cancel).ConfigureAwait(false)), response.StatusCode == HttpStatusCode.Created);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, Token? token, Purpose purpose, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(method, new Uri(server, path)) { Content = content };
        request.Options.Set(Purpose.Key, purpose);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Text);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        HttpResponseMessage response;
        try
        {
            response = await gate.SendAsync(request, patience.Token).ConfigureAwait(false);
            // The body belongs to the same deadline: a server that drips must not hold up `off`.
            await response.Content.LoadIntoBufferAsync(MaximumAnswer, patience.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new DeviceException(DeviceFault.Failure, $"{server} does not answer like an Offproof server: the answer has more than {MaximumAnswer >> 20} MiB", "nothing of it was read", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new DeviceException(DeviceFault.Unreachable, $"no answer from {server}{(e is OperationCanceledException ? $" within {Patience.TotalSeconds} s" : $": {e.Message}")}", "nothing was lost; try again when the server can be reached", e);
        }
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await RefusalAsync(response, cancel).ConfigureAwait(false);
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
        return new DeviceException(fault, $"the server at {server} refused: {what}{(name.Length > 0 ? $" ({name})" : "")}") { Problem = name };
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

    private static ByteArrayContent Content(byte[] body, string type)
    {
        ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
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
