using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Offproof.Server;

/// <summary>
/// What surrounds every request: who asks too much is held up, failures become refusals, refusals are counted, those of known callers are kept for their
/// account, and, when asked for, one line is logged: method, route pattern, status, duration. Never an account, a path, an address (protocol.md §8).
/// </summary>
sealed class RequestFrame(Throttle throttle, TokenStore tokens, RefusalLog refusals, RefusalCounters counters, TextWriter? log)
{
    internal async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        long start = Stopwatch.GetTimestamp();
        // Before the answer leaves, so that whoever has it finds it counted.
        context.Response.OnStarting(() =>
        {
            Count(context);
            return Task.CompletedTask;
        });
        try
        {
            if (throttle.Admit(context, request => tokens.Find(request) is not null) is { } slow) await slow.ExecuteAsync(context);
            else await next(context);
            if (!context.Response.HasStarted && !context.Items.ContainsKey(typeof(Refusal)) && ForStatus(context.Response.StatusCode) is { } unmatched)
                await Problem.Of(unmatched).ExecuteAsync(context);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            await FailAsync(context, e);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone: there is nobody to answer, and whoever held a file has removed it on the way here.
            context.Abort();
        }

        Count(context);
        log?.WriteLine($"{context.Request.Method} {Pattern(context)} {context.Response.StatusCode} {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
    }

    void Count(HttpContext context)
    {
        if (!context.Items.TryGetValue(typeof(Refusal), out object? refusal) || !context.Items.TryAdd(typeof(RefusalCounters), counters)) return;
        var why = (Refusal)refusal!;
        counters.Add(why);
        if (Caller.Of(context) is { } caller) refusals.Add(caller, why, $"{context.Request.Method} {Pattern(context)}");
        else if (why is Refusal.NotAccepted or Refusal.NotInvited or Refusal.Malformed) throttle.Failed(context);
    }

    async Task FailAsync(HttpContext context, Exception e)
    {
        // The message of an I/O error has a path in it, so only its kind is logged.
        var why = Classify(e);
        if (why == Refusal.Failed) log?.WriteLine($"failed: {e.GetType().Name} 0x{e.HResult:x8} in {Pattern(context)}");
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        await Problem.Of(why).ExecuteAsync(context);
    }

    internal static Refusal Classify(Exception e) => e switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Refusal.TooLarge,
        BadHttpRequestException => Refusal.Malformed,
        FileNotFoundException or DirectoryNotFoundException => Refusal.NotFound,
        IOException { HResult: 28 or 122 or unchecked((int)0x80070070) or unchecked((int)0x80070027) } => Refusal.Full, // ENOSPC, EDQUOT, and Windows' two
        SqliteException { SqliteErrorCode: 13 } => Refusal.Full, // SQLITE_FULL
        _ => Refusal.Failed,
    };

    static Refusal? ForStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => Refusal.NotFound,
        StatusCodes.Status405MethodNotAllowed => Refusal.Method,
        StatusCodes.Status416RangeNotSatisfiable => Refusal.Range,
        _ => null,
    };

    static string Pattern(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "-";
}
