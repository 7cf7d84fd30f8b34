using System.Text;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Some record types: null for a record of another type, and for one that does not verify.</summary>
delegate Task<IResult?> Topic(Letter letter);

/// <summary>A record as it came, the key of ours that it names, and the head of the ledger that came with it.</summary>
sealed record Letter(HttpContext Context, SignedRecord Record, Signer Signer, LedgerHead? Ledger);

/// <summary>protocol.md §3: the record authenticates itself; its topic takes it.</summary>
sealed class RecordEndpoints(AccountStore accounts, SheetStore sheets, Clerk clerk, params IReadOnlyList<Topic> topics)
{
    // consent.md §1.1
    internal const int MaxRecord = 65_536;

    internal void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/records", Answers.Route(TakeAsync));

    async Task<IResult> TakeAsync(HttpContext context)
    {
        byte[]? body = await Answers.ReadBodyAsync(context, MaxRecord);
        if (body is null) return Answers.Refuse(Refusal.TooLarge);
        if (!SignedRecord.TryParse(Encoding.Latin1.GetString(body), out var record) || !Answers.TryReadLedger(context.Request, out var ledger))
            return Answers.Refuse(Refusal.Malformed);
        sheets.Settle(clerk.Now);
        if (accounts.FindSigner(record, clerk.Public) is not { } signer) return Answers.Refuse(Refusal.NotAccepted);
        Letter letter = new(context, record, signer, ledger);
        foreach (var topic in topics)
            if (await topic(letter) is { } answer) return answer;
        return Answers.Refuse(Refusal.NotAccepted);
    }
}
