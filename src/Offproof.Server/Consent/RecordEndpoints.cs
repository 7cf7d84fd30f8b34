using System.Text;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Some record types: null for a record of another type, and for one that does not verify.</summary>
delegate Task<IResult?> Topic(SignedRecord record, Signer signer);

/// <summary>protocol.md §3: the record authenticates itself; its topic takes it.</summary>
sealed class RecordEndpoints(AccountStore accounts, SheetStore sheets, Clerk clerk, params IReadOnlyList<Topic> topics)
{
    // protocol.md §3: less than consent.md §1.1 allows. The largest that any signer has a use for is a rotation, about 9,000.
    internal const int MaxRecord = 16 * 1024;

    internal void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/records", Answers.Route(TakeAsync));

    async Task<IResult> TakeAsync(HttpContext context)
    {
        byte[]? body = await Answers.ReadBodyAsync(context, MaxRecord);
        if (body is null) return Answers.Refuse(Refusal.TooLarge);
        if (!SignedRecord.TryParse(Encoding.Latin1.GetString(body), out var record)) return Answers.Refuse(Refusal.Malformed);
        sheets.Settle(clerk.Now);
        if (accounts.FindSigner(record.Kid) is not { } signer) return Answers.Refuse(Refusal.NotAccepted);
        foreach (var topic in topics)
            if (await topic(record, signer) is { } answer) return answer;
        return Answers.Refuse(Refusal.NotAccepted);
    }
}
