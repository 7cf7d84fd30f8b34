using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §2: an account is opened by a certificate that its sheet signed, and, where the server says so, an invitation (§11).</summary>
sealed class AccountEndpoints(AccountStore accounts, InvitationStore invitations, RecordStore records, Database database, Clerk clerk, bool invitedOnly)
{
    const int MaxBody = 128 * 1024;

    internal void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/accounts", Answers.Route(OpenAsync));

    async Task<IResult> OpenAsync(HttpContext context)
    {
        byte[]? body = await Answers.ReadBodyAsync(context, MaxBody);
        if (body is null) return Answers.Refuse(Refusal.TooLarge);
        if (!TryRead(body, out var sheet, out var record, out var vouchers) || !Answers.TryReadLedger(context.Request, out var ledger)) return Answers.Refuse(Refusal.Malformed);
        if (!Certificate.TryVerify(record, sheet, sheet.Thumbprint, clerk.Server, out var certificate)) return Answers.Refuse(Refusal.NotAccepted);

        long now = clerk.Now;
        return database.InTransaction<(IResult Answer, bool Keep)>(
            () =>
            {
                if (records.Find(certificate.Account, record.Hash) is { } known) return (Answers.Record(records.NewestReceipt(known)!, first: false), false);
                // Also where the account exists: its first certificate was another.
                if (certificate.Device == certificate.Account || accounts.IsTaken(sheet) || accounts.IsTaken(certificate.DeviceKey))
                    return (Answers.Refuse(Refusal.NotAccepted), false);
                if (!IsInvited(certificate.Account, record, vouchers, out long? quota)) return (Answers.Refuse(Refusal.NotInvited), false);
                accounts.Open(sheet, certificate.DeviceKey, record.Hash, quota);
                long number = records.Add(record, certificate.Account, certificate.Account, seq: null, now);
                return (Answers.Record(records.Acknowledge(number, new(ReceiptState.Account, now, Due: null, ledger)), first: true), true);
            },
            result => result.Keep).Answer;
    }

    // What speaks for a new account, beside its certificate: both may be absent.
    sealed record Vouchers(string? Invitation, string? Receipt);

    // protocol.md §11.2, §11.3: a receipt of our own shows that this certificate was taken before the server was set back.
    bool IsInvited(Thumbprint account, SignedRecord certificate, Vouchers vouchers, out long? quota)
    {
        quota = null;
        if (WasTaken(account, certificate, vouchers.Receipt)) return true;
        return vouchers.Invitation is { } code ? invitations.TryUse(code, account.Text, clerk.Now, out quota) : !invitedOnly;
    }

    bool WasTaken(Thumbprint account, SignedRecord certificate, string? receipt) => SignedRecord.TryParse(receipt, out var signed)
        && Receipt.TryVerify(signed, clerk.Public, account, out var verified)
        && verified.Record == certificate.Hash && verified.Account == account && verified.State == ReceiptState.Account;

    static bool TryRead(byte[] body, out VerifyingKey sheet, out SignedRecord certificate, out Vouchers vouchers)
    {
        (sheet, certificate, vouchers) = (null!, null!, new(null, null));
        try
        {
            using var document = JsonDocument.Parse(body, new() { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("sheet", out var jwk) || !VerifyingKey.TryFromJwk(jwk, out var key)
                || !document.RootElement.TryGetProperty("certificate", out var compact) || compact.ValueKind != JsonValueKind.String
                || !SignedRecord.TryParse(compact.GetString(), out var record)) return false;
            if (!TryText(document.RootElement, "invitation", out string? invitation) || !TryText(document.RootElement, "receipt", out string? receipt)) return false;
            (sheet, certificate, vouchers) = (key, record, new(invitation, receipt));
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that has no Unicode form.
            return false;
        }
    }

    static bool TryText(JsonElement body, string name, out string? text)
    {
        text = null;
        if (!body.TryGetProperty(name, out var value)) return true;
        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null;
    }
}
