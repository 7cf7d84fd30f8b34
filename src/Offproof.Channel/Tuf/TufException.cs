using System.Globalization;
using System.Net;

namespace Offproof.Channel;

/// <summary>What an update was refused for: the attacks of TUF 1.0.34 §1.5.2 by their names, and what is no attack (channel-tuf.md §5).</summary>
public enum Refusal
{
    /// <summary>Signatures of fewer than the threshold of trusted keys, or a target whose bytes are not those that were signed for.</summary>
    ArbitrarySoftware,

    /// <summary>Something older than what was trusted before.</summary>
    Rollback,

    /// <summary>Expired at the time the update began: somebody may be holding news back, or the clock is wrong.</summary>
    Freeze,

    /// <summary>A file that is not the one which the file before it names.</summary>
    MixAndMatch,

    /// <summary>More bytes than a file of its kind may have, or was said to have.</summary>
    EndlessData,

    /// <summary>Slower than the least rate.</summary>
    SlowRetrieval,

    /// <summary>Not of the form of TUF 1.0.34 §4.</summary>
    Malformed,

    /// <summary>The server does not give what it must have, or does not answer.</summary>
    Unavailable,

    /// <summary>The repository is sound, and has no target of this name.</summary>
    NoSuchTarget,
}

/// <summary>An update that was refused. What was trusted before is as it was; the next update starts from it.</summary>
public sealed class TufException : Exception
{
    internal TufException(Refusal refusal, string clause, string what, Exception? inner = null)
        : base(Printable($"{NameOf(refusal)} (TUF {clause}): {what}"), inner) => (Refusal, Clause) = (refusal, clause);

    /// <summary>Why.</summary>
    public Refusal Refusal { get; }

    /// <summary>The clause of the specification that was not met, for example <c>5.4.3.1</c>.</summary>
    public string Clause { get; }

    /// <summary>What the server answered in the place of the file; null where that is not why.</summary>
    public HttpStatusCode? Answer { get; internal init; }

    /// <summary>An answer that is not the file: which, and to what.</summary>
    internal static TufException Answered(HttpStatusCode answer, Uri address, string clause) => new(Refusal.Unavailable, clause, string.Create(CultureInfo.InvariantCulture, $"the server answers {(int)answer} to {address.AbsolutePath}{answer switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.Gone => ": it has no such file, or does not give it",
        >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => " and sends elsewhere, where nothing is asked",
        _ => "",
    }}")) { Answer = answer };

    /// <summary>No answer at all. A connection that does not come about in time - a TLS handshake that stalls - ends like what its caller stopped, and is not that.</summary>
    internal static TufException NotReached(Uri address, string clause, Exception e) => new(Refusal.Unavailable, clause, $"{address.AbsolutePath}: {(e is OperationCanceledException
        ? $"no {(address.Scheme == Uri.UriSchemeHttps ? "TLS " : "")}connection came about in time"
        : Reason(e))}", e);

    // The runtime's own words point inside: a certificate that is not trusted is what whoever asked has to know.
    private static string Reason(Exception e)
    {
        Exception last = e;
        while (last.Message.EndsWith("see inner exception.", StringComparison.Ordinal) && last.InnerException is { } inner) last = inner;
        return last == e ? e.Message : $"{(e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } ? "no TLS connection: " : "")}{last.Message}";
    }

    /// <summary>The name as it stands in docs and messages, for example <c>mix-and-match</c>.</summary>
    public static string NameOf(Refusal refusal) => refusal switch
    {
        Refusal.ArbitrarySoftware => "arbitrary software",
        Refusal.Rollback => "rollback",
        Refusal.Freeze => "freeze",
        Refusal.MixAndMatch => "mix-and-match",
        Refusal.EndlessData => "endless data",
        Refusal.SlowRetrieval => "slow retrieval",
        Refusal.Malformed => "malformed metadata",
        Refusal.Unavailable => "unavailable",
        Refusal.NoSuchTarget => "no such target",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal)),
    };

    // Names come from the server: no sequence for a terminal, no letters that turn a line around, no megabyte.
    static string Printable(string text)
    {
        const int longest = 400;
        string cut = text.Length <= longest ? text : text[..longest] + "...";
        return string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c)
            || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? '\uFFFD' : c));
    }
}
