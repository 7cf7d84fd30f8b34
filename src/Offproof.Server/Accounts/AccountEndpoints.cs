using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §2: an account is opened by a certificate that its sheet signed.</summary>
sealed class AccountEndpoints(AccountStore accounts, RecordStore records, Database database, Clerk clerk)
{
    const int MaxBody = 128 * 1024;

    internal void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/accounts", Answers.Route(OpenAsync));

    async Task<IResult> OpenAsync(HttpContext context)
    {
        byte[]? body = await Answers.ReadBodyAsync(context, MaxBody);
        if (body is null) return Answers.Refuse(Refusal.TooLarge);
        if (!TryRead(body, out var sheet, out var record)) return Answers.Refuse(Refusal.Malformed);
        if (!Certificate.TryVerify(record, sheet, sheet.Thumbprint, clerk.Server, out var certificate)) return Answers.Refuse(Refusal.NotAccepted);

        long now = clerk.Now;
        return database.InTransaction<(IResult Answer, bool Keep)>(
            () =>
            {
                if (records.Find(certificate.Account, record.Hash) is { } known) return (Answers.Record(records.NewestReceipt(known)!, first: false), false);
                // Also where the account exists: its first certificate was another.
                if (certificate.Device == certificate.Account || accounts.IsTaken(sheet) || accounts.IsTaken(certificate.DeviceKey))
                    return (Answers.Refuse(Refusal.NotAccepted), false);
                accounts.Open(sheet, certificate.DeviceKey, record.Hash);
                long number = records.Add(record, certificate.Account, certificate.Account, seq: null, now);
                return (Answers.Record(records.Acknowledge(number, ReceiptState.Account, due: null, now), first: true), true);
            },
            result => result.Keep).Answer;
    }

    static bool TryRead(byte[] body, out VerifyingKey sheet, out SignedRecord certificate)
    {
        (sheet, certificate) = (null!, null!);
        try
        {
            using var document = JsonDocument.Parse(body, new() { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("sheet", out var jwk) || !VerifyingKey.TryFromJwk(jwk, out var key)
                || !document.RootElement.TryGetProperty("certificate", out var compact) || compact.ValueKind != JsonValueKind.String
                || !SignedRecord.TryParse(compact.GetString(), out var record)) return false;
            (sheet, certificate) = (key, record);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that has no Unicode form.
            return false;
        }
    }
}
