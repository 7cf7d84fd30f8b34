using System.Collections.Frozen;
using System.Text;

namespace Offproof.Server;

/// <summary>Why a request is refused (protocol.md §10). Each has one constant body, so that a refusal tells nothing but its name.</summary>
enum Refusal
{
    Malformed,
    Hash,
    NotAccepted,
    NotInvited,
    Revoked,
    Removed,
    Suspended,
    ReadOnly,
    TooYoung,
    Maintenance,
    Exists,
    NotFound,
    Method,
    NotNext,
    Epoch,
    Devices,
    SealedFirst,
    Erased,
    TooLarge,
    Range,
    SlowDown,
    Full,
    Failed,
}

/// <summary>A refusal as an answer: problem details of RFC 9457.</summary>
sealed class Problem : IResult
{
    static readonly FrozenDictionary<Refusal, Problem> All = new Problem[]
    {
        new(Refusal.Malformed, 400, "malformed", "The request is malformed", "It breaks a rule of form; repeating it will not help."),
        new(Refusal.Hash, 400, "hash", "The bytes are not the named ones", "Their SHA-256 is not the name, or not the one in the grant. Nothing was stored."),
        new(Refusal.NotAccepted, 403, "not-accepted", "Not accepted", "No valid grant, record or token covers this request. Nothing was stored."),
        new(Refusal.NotInvited, 403, "not-invited", "Not invited", "An account needs an invitation that is good: the operator gives one. None was used up, no account was opened."),
        new(Refusal.Revoked, 403, "revoked", "The category is off", "The grant was revoked. Nothing was stored."),
        new(Refusal.Removed, 403, "removed", "This device was removed", "Its account has cut it off. Nothing was changed; what it had stored is kept."),
        new(Refusal.Suspended, 403, "suspended", "The account is suspended", "The operator suspended it: for 30 days it can be read. Nothing was stored, and nothing is deleted."),
        new(Refusal.ReadOnly, 403, "read-only", "This token cannot do that", "It reads, and sets and removes its holder's own locks. Nothing was changed."),
        new(Refusal.TooYoung, 403, "too-young", "It came lately", "What came within the last 90 days is not removed by a prune. Nothing was changed."),
        new(Refusal.Exists, 403, "exists", "The name exists", "Objects are written once and never replaced. What was there is unchanged."),
        new(Refusal.NotFound, 404, "not-found", "Not found", "There is nothing under this name."),
        new(Refusal.Method, 405, "method", "The method is not allowed here", "See the Allow header."),
        new(Refusal.NotNext, 409, "not-next", "Not the next record", "It does not follow the last record of this device's chain. Nothing was changed."),
        new(Refusal.Epoch, 409, "epoch", "Not the epoch that can follow", "A grant opens the next epoch after one that is over, a revocation ends the one that is on, a device erases what is kept, and only what is still to come is cancelled."),
        new(Refusal.Devices, 409, "devices", "Not a device of the account, or one too many", "A device is removed once; an account has at most 32, removed ones counted. Nothing was changed."),
        new(Refusal.SealedFirst, 409, "sealed-first", "The sealed password comes first", "Without it a backup could never be opened. Nothing was stored."),
        new(Refusal.Erased, 410, "erased", "Erased", "The owner erased this."),
        new(Refusal.TooLarge, 413, "too-large", "Too large", "Nothing was stored."),
        new(Refusal.Range, 416, "range", "The range cannot be met", "It begins past the end."),
        new(Refusal.Maintenance, 423, "maintenance", "In maintenance", "The vault is being pruned with the sheet; try again later. Nothing was stored."),
        new(Refusal.SlowDown, 429, "slow-down", "Too many at once", "Again after as many seconds as Retry-After says. Nothing was stored."),
        new(Refusal.Full, 507, "full", "No room", "The quota or the disk is full. Nothing of this request was stored; what was stored before is unchanged."),
        new(Refusal.Failed, 500, "failed", "The server failed", "The request may be repeated."),
    }.ToFrozenDictionary(problem => problem.Why);

    readonly byte[] body;

    Problem(Refusal why, int status, string name, string title, string detail)
    {
        (Why, Status, Name) = (why, status, name);
        body = Encoding.UTF8.GetBytes($$"""{"type":"urn:offproof:problem:{{name}}","title":"{{title}}","status":{{status}},"detail":"{{detail}}"}""");
    }

    internal Refusal Why { get; }

    internal int Status { get; }

    internal string Name { get; }

    internal static Problem Of(Refusal why) => All[why];

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Items[typeof(Refusal)] = Why;
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = "application/problem+json";
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method)) await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}

/// <summary>How often each refusal was given since the start: counters, not rows, so that refusals of strangers fill no disk.</summary>
sealed class RefusalCounters
{
    readonly long[] counts = new long[Enum.GetValues<Refusal>().Length];

    internal void Add(Refusal why) => Interlocked.Increment(ref counts[(int)why]);

    internal long this[Refusal why] => Interlocked.Read(ref counts[(int)why]);
}
