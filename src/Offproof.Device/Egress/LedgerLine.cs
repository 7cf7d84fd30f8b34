using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>One line of the ledger (ledger.md §2). A member that its kind does not have is null; a line that cannot be read has its number alone.</summary>
/// <param name="Seq">Its number, from 1</param>
/// <param name="Time">When it was written, by the device's clock</param>
/// <param name="Host">Request, handed out: <c>NAME:PORT</c></param>
/// <param name="Purpose">Request, handed out: public, consent, recovery, or a category</param>
/// <param name="Grant">Request, handed out, with a category: the record hash of its grant</param>
/// <param name="Method">Request</param>
/// <param name="Path">Request: without names of accounts and devices</param>
/// <param name="Via">Request: the proxy it goes through, <c>NAME:PORT</c>, where one was named</param>
/// <param name="Of">Outcome: the number of its request</param>
/// <param name="Sent">Outcome: bytes, below TLS</param>
/// <param name="Received">Outcome: bytes, below TLS</param>
/// <param name="Status">Outcome: the answer's, where one began</param>
/// <param name="Failure">Outcome: failed, stopped or cut</param>
/// <param name="Handed">Handed out: read or add</param>
/// <param name="Until">Handed out: when the token dies</param>
/// <param name="Torn">Torn: the number of the first line that is not whole</param>
/// <param name="Gap">Gap: the head that does not fit the file any more</param>
public sealed record LedgerLine(
    long Seq, DateTimeOffset? Time = null, string? Host = null, string? Purpose = null, string? Grant = null, string? Method = null, string? Path = null,
    string? Via = null, long? Of = null, long? Sent = null, long? Received = null, int? Status = null, string? Failure = null, string? Handed = null, DateTimeOffset? Until = null,
    long? Torn = null, string? Gap = null)
{
    /// <summary>ledger.md §2: of a line, without its line feed.</summary>
    internal const int MostBytes = 8192;

    private const long MostNumber = 999_999_999_999_999; // 15 digits, as in a head
    private const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    // Paths stay readable; nothing of a line ends up in HTML.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    internal static string NoLineBefore { get; } = new('0', 64);

    /// <summary>The hash of the line before it, as the line has it.</summary>
    internal string Prev { get; init; } = "";

    /// <summary>Its bytes, without a line feed.</summary>
    internal byte[] ToBytes()
    {
        ArrayBufferWriter<byte> buffer = new(512);
        using (Utf8JsonWriter json = new(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteNumber("seq", Seq);
            Write(json, "time", Time);
            Write(json, "of", Of);
            Write(json, "host", Host);
            Write(json, "purpose", Purpose);
            Write(json, "grant", Grant);
            Write(json, "method", Method);
            Write(json, "path", Path);
            Write(json, "via", Via);
            Write(json, "sent", Sent);
            Write(json, "received", Received);
            Write(json, "status", Status);
            Write(json, "failure", Failure);
            Write(json, "handed", Handed);
            Write(json, "until", Until);
            Write(json, "torn", Torn);
            Write(json, "gap", Gap);
            json.WriteString("prev", Prev);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>True for a line of one of the five kinds with all that it must have; the chain is not looked at.</summary>
    internal static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out LedgerLine? line)
    {
        line = null;
        if (bytes.Length > MostBytes) return false;
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, Strict);
            JsonElement json = document.RootElement;
            if (json.ValueKind != JsonValueKind.Object) return false;
            LedgerLine read = new(
                Number(json, "seq") ?? 0, Moment(json, "time"), Text(json, "host"), Text(json, "purpose"), Text(json, "grant"), Text(json, "method"), Text(json, "path"), Text(json, "via"),
                Number(json, "of"), Number(json, "sent"), Number(json, "received"), (int?)Number(json, "status"), Text(json, "failure"),
                Text(json, "handed"), Moment(json, "until"), Number(json, "torn"), Text(json, "gap")) { Prev = Text(json, "prev") ?? "" };
            if (!read.IsWhole) return false;
            line = read;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            return false; // bytes of anything; InvalidOperationException: text that has no Unicode form
        }
    }

    private bool IsWhole => Seq >= 1 && Time is not null && Digest.TryParse(Prev, out _) && (Grant is null || Digest.TryParse(Grant, out _)) && this switch
    {
        { Method: not null, Of: null, Handed: null, Torn: null, Gap: null } => Host is not null && Purpose is not null && Path is not null,
        { Method: null, Of: not null, Handed: null, Torn: null, Gap: null } =>
            Sent is not null && Received is not null && Failure is null or "failed" or "stopped" or "cut" && (Status ?? 0) is >= 0 and <= 999 && (Status is not null || Failure is not null),
        { Method: null, Of: null, Handed: "read" or "add", Torn: null, Gap: null } => Host is not null && Purpose is not null && Grant is not null && Until is not null,
        { Method: null, Of: null, Handed: null, Torn: not null, Gap: null } => Torn < Seq,
        { Method: null, Of: null, Handed: null, Torn: null, Gap: not null } => LedgerHead.TryParse(Gap, out _),
        _ => false,
    };

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    private static void Write(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
    }

    private static void Write(Utf8JsonWriter json, string name, DateTimeOffset? value) =>
        Write(json, name, value?.ToUniversalTime().ToString(TimeForm, CultureInfo.InvariantCulture));

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? throw new FormatException(name) : null;

    private static long? Number(JsonElement json, string name) => !json.TryGetProperty(name, out JsonElement value) ? null
        : value.GetInt64() is var number and >= 0 and <= MostNumber ? number
        : throw new FormatException(name);

    private static DateTimeOffset? Moment(JsonElement json, string name) =>
        Text(json, name) is { } text ? DateTimeOffset.ParseExact(text, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;
}
