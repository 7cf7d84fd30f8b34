using System.Globalization;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What a server had acknowledged and met again as if for the first time (protocol.md §3): it was set back. What is said of it is what was seen.</summary>
/// <param name="own">This device: what is another's is said to be that one's</param>
internal sealed class ForgottenRecords(Thumbprint own)
{
    private const int MostNamed = 8;
    private readonly List<SignedRecord> records = [];
    private bool account;

    internal int Count => records.Count + (account ? 1 : 0);

    /// <summary>The account itself, with its first device.</summary>
    internal void AddAccount() => account = true;

    internal void Add(SignedRecord record) => records.Add(record);

    /// <summary>How many there were, which, and what was open until they were taken again.</summary>
    internal string Sentence()
    {
        List<string> taken = [.. account ? ["the account"] : Array.Empty<string>(), .. records.Select(static r => RecordWords.Of(r).Text)];
        string[] open = [.. Open().Distinct(StringComparer.Ordinal)];
        return string.Create(CultureInfo.InvariantCulture, $"it had forgotten {Count} {(Count == 1 ? "record" : "records")} that it had acknowledged. It took again: {Named(taken)}")
            + (open.Length == 0 ? "." : $". Until then {Named(open)}.");
    }

    /// <summary>True where something that was over was on or could be read at the server meanwhile.</summary>
    internal bool WasOpen => Open().Any();

    internal string Notice() => string.Create(CultureInfo.InvariantCulture, $"the server had forgotten {Count} {(Count == 1 ? "record" : "records")} that it had acknowledged: it was set back to an older state. ")
        + Sentence()[(Sentence().IndexOf("It took again", StringComparison.Ordinal))..] + " Ask its operator what happened";

    internal static string Named(IReadOnlyList<string> words) => string.Join(", ", words.Take(MostNamed))
        + (words.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {words.Count - MostNamed} more") : "");

    /// <summary>What a record had ended, and the server held to be so again: only where it had not forgotten the beginning as well.</summary>
    private IEnumerable<string> Open()
    {
        HashSet<string> forgotten = [.. records.Select(static r => r.Hash.Text)];
        HashSet<string> joinedAgain = [.. records.Where(static r => r.Typ is RecordTyp.Certificate or RecordTyp.Admission).Select(static r => RecordWords.Of(r).Device ?? "")];
        HashSet<string> revoked = [.. records.Where(static r => r.Typ == RecordTyp.Revocation).Select(static r => RecordWords.Of(r).Grant ?? "")];
        foreach (SignedRecord record in records)
        {
            RecordWords words = RecordWords.Of(record);
            string vault = words.Text[(words.Text.IndexOf(" of ", StringComparison.Ordinal) + 4)..] + (words.Device == own.Text[..8] ? "" : $" of the device {words.Device}");
            if (record.Typ == RecordTyp.Revocation && !forgotten.Contains(words.Grant ?? "")) yield return $"{vault} was on there again";
            if (record.Typ == RecordTyp.Erasure && !forgotten.Contains(words.Grant ?? "") && !revoked.Contains(words.Grant ?? "")) yield return $"{vault} could be read there again";
            if (record.Typ == RecordTyp.Removal && !joinedAgain.Contains(words.Device ?? "")) yield return $"the device {words.Device} belonged to the account again";
            if (record.Typ is RecordTyp.Rotation) yield return "an earlier sheet was the account's again";
        }
    }
}

/// <summary>In <c>account.json</c>: what this device last noticed of a server that was set back.</summary>
/// <param name="Noticed">When</param>
/// <param name="What">In words</param>
/// <param name="IsBehind">True while the server does not show all that it had shown or acknowledged</param>
/// <param name="WasOpen">True where something that was over was on or could be read there meanwhile</param>
internal sealed record SetBackNote(DateTimeOffset Noticed, string What, bool IsBehind, bool WasOpen = false)
{
    private const int Most = 8;
    private static readonly TimeSpan Said = TimeSpan.FromDays(30);

    /// <summary>What is kept after this one: the worst first, so that a later harmless one takes nothing from sight.</summary>
    internal IReadOnlyList<SetBackNote> Before(IEnumerable<SetBackNote> earlier, DateTimeOffset now) =>
        Worst([this, .. earlier.Where(e => !(e.IsBehind && IsBehind) && e.What != What && e.IsNewsAt(now))]);

    internal static IReadOnlyList<SetBackNote> Worst(IEnumerable<SetBackNote> notes) =>
        [.. notes.OrderByDescending(static n => n.IsBehind || n.WasOpen).ThenByDescending(static n => n.Noticed).Take(Most)];

    internal bool IsNewsAt(DateTimeOffset now) => IsBehind || (now - Noticed).Duration() < Said;
}
