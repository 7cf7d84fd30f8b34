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
        if (!TryRead(body, out var sheet, out var record) || !Answers.TryReadLedger(context.Request, out var ledger)) return Answers.Refuse(Refusal.Malformed);
        if (!Certificate.TryVerify(record, sheet, clerk.Server, out var certificate)) return Answers.Refuse(Refusal.NotAccepted);

        var receipt = clerk.Receipt(record, certificate.Account, certificate.Account, ReceiptState.Account, ledger);
        return database.InTransaction<(IResult Answer, bool Keep)>(
            () =>
            {
                if (records.FindReceipt(certificate.Account, certificate.Device, record.Hash) is { } first) return (Answers.Record(first, first: false), false);
                if (accounts.FindSheet(certificate.Account) is not null) return (Answers.Refuse(Refusal.NotAccepted), false);
                accounts.Add(sheet, certificate.DeviceKey);
                records.Add(certificate.Account, certificate.Device, seq: 0, record, receipt);
                return (Answers.Record(receipt.Compact, first: true), true);
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
