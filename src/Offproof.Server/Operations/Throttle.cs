using System.Globalization;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>
/// protocol.md §14: who asks too much is told to slow down, before anything is looked at. By address, where it is known, and by account, where a signature
/// says which. Addresses are kept in memory only, and only while their bucket is not full.
/// </summary>
sealed class Throttle(ServerLimits limits, bool addressKnown) : IDisposable
{
    readonly PartitionedRateLimiter<string> accounts = Limiter(limits.Accounts);
    readonly PartitionedRateLimiter<string> requests = Limiter(limits.Requests);
    readonly PartitionedRateLimiter<string> failures = Limiter(limits.Failures);
    readonly PartitionedRateLimiter<string> grants = Limiter(limits.Grants);
    readonly PartitionedRateLimiter<string> tokens = Limiter(limits.Tokens);

    // What an address may still ask; null where it may.
    internal IResult? Admit(HttpContext context, Func<HttpRequest, bool> hasToken)
    {
        if (Address(context) is not { } address) return null;
        var counted = context.Request.Path.Value switch
        {
            "/v1/accounts" => accounts,
            "/v1/records" or "/v1/nonces" or "/v1/tokens" => requests,
            { } path when path.StartsWith("/v1/joins", StringComparison.Ordinal) => requests,
            _ => null,
        };
        if (counted is not null && Take(context, counted, address) is { } slow) return slow;
        return failures.GetStatistics(address) is { CurrentAvailablePermits: 0 } && !hasToken(context.Request) ? SlowDown(context, limits.Failures.Every) : null;
    }

    // After an answer that says that nothing vouched for the caller.
    internal void Failed(HttpContext context)
    {
        if (Address(context) is { } address) failures.AttemptAcquire(address).Dispose();
    }

    internal IResult? TakeGrant(HttpContext context, Thumbprint account) => Take(context, grants, account.Text);

    internal IResult? TakeToken(HttpContext context, Thumbprint account) => Take(context, tokens, account.Text);

    internal static IResult SlowDown(HttpContext context, TimeSpan wait)
    {
        long seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Answers.Refuse(Refusal.SlowDown);
    }

    static IResult? Take(HttpContext context, PartitionedRateLimiter<string> limiter, string key)
    {
        using var lease = limiter.AttemptAcquire(key);
        if (lease.IsAcquired) return null;
        return SlowDown(context, lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1));
    }

    // One subscriber has 2^64 addresses of IPv6: they count as one.
    string? Address(HttpContext context)
    {
        if (!addressKnown || context.Connection.RemoteIpAddress is not { } address) return null;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }

    static PartitionedRateLimiter<string> Limiter(Pace pace) => PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new()
    {
        TokenLimit = pace.Burst,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = pace.Every,
        QueueLimit = 0,
        AutoReplenishment = false, // the partitioned limiter has one timer for all
    }));

    public void Dispose()
    {
        foreach (var limiter in (PartitionedRateLimiter<string>[])[accounts, requests, failures, grants, tokens]) limiter.Dispose();
    }
}
