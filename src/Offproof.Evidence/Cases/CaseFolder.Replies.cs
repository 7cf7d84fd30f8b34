using System.Globalization;

namespace Offproof.Evidence;

/// <summary>A signed file that came from outside, and where it is.</summary>
/// <param name="Text">The reply or comment</param>
/// <param name="Signature">Its .minisig</param>
/// <param name="Key">The key that it is said to be signed with; of a reply, null means the party's</param>
public sealed record SignedFile(string Text, string Signature, string? Key);

public sealed partial class CaseFolder
{
    /// <summary>The longest reply or comment.</summary>
    public const int MostReply = 65_536;

    const int MostName = 80;

    /// <summary>Takes in a reply of those concerned (case.md §5), and returns its id.</summary>
    /// <exception cref="EvidenceException">Not signed by the recorded key, or no text: nothing was kept.</exception>
    public string Reply(string party, SignedFile came)
    {
        Dossier dossier = Read();
        Placed from = dossier.Find(party) is { } found && found.Entry.Kind.Name == "party" ? found : throw new EvidenceException(EvidenceFault.Failure, $"the case has no party '{party}'", "offproof case add DIR party --id ID --name NAME --key FILE --obtained HOW records one first");
        if (from["key"] is not { } recorded) throw new EvidenceException(EvidenceFault.Refused, $"no key of '{party}' was recorded: anybody could speak in its name", "offproof case add DIR party --corrects ID --because WHY --key FILE --obtained HOW");
        MinisignKey key = KeyFile(Path.Combine(root, recorded)).Key;
        if (came.Key is not null && !KeyFile(came.Key).Key.IsSame(key)) throw new EvidenceException(EvidenceFault.Forgery, $"{came.Key} is not the key that was recorded for '{party}': nothing was kept", "was it exchanged? case add DIR party --corrects records a new one, with how it was had");
        return TakeIn(dossier, "reply", FreeId(dossier, party), key, came, new(StringComparer.Ordinal) { ["from"] = [party] });
    }

    /// <summary>Takes in a comment, which is held, and returns its id.</summary>
    /// <exception cref="EvidenceException">Not signed by that key, or no text: nothing was kept.</exception>
    public string Comment(string name, SignedFile came)
    {
        if (!PlainText.IsLine(name, MostName)) throw new EvidenceException(EvidenceFault.Refused, string.Create(CultureInfo.InvariantCulture, $"a name is one line of at most {MostName} characters"));
        Dossier dossier = Read();
        if (PenName.Objection(name, dossier) is { } objection) throw new EvidenceException(EvidenceFault.Refused, $"a comment is not shown as '{PlainText.Visible(name)}': {objection}; nothing was kept", "let them choose another name; a party speaks under its own key (--from ID)");
        (MinisignKey key, byte[] bytes) = KeyFile(came.Key ?? throw new EvidenceException(EvidenceFault.Usage, "a comment comes with the key of whoever wrote it", "--key FILE"));
        string id = FreeId(dossier, "comment");
        return TakeIn(dossier, "comment", id, key, came, new(StringComparer.Ordinal) { ["name"] = [name], ["key"] = [$"keys/{id}.pub"] }, ($"keys/{id}.pub", bytes));
    }

    /// <summary>Takes back a reply, by a statement that is signed under its own key (case.md §5), and returns the statement's id.</summary>
    /// <exception cref="EvidenceException">Signed by another, or of something else: nothing was kept, what came before stays.</exception>
    public string Retract(string id, SignedFile came)
    {
        Dossier dossier = Read();
        Placed of = dossier.Find(id) is { } found && found.Entry.Kind.Name == "reply" ? found : throw new EvidenceException(EvidenceFault.Failure, $"there is no reply '{id}' to take back");
        MinisignKey key = KeyOf(dossier, of);
        if (came.Key is not null && !KeyFile(came.Key).Key.IsSame(key)) throw new EvidenceException(EvidenceFault.Forgery, $"{came.Key} is not the key under which '{id}' came: nothing was kept");
        return TakeIn(dossier, "retraction", FreeId(dossier, "retraction"), key, came, new(StringComparer.Ordinal) { ["of"] = [id] });
    }

    // Any other text under this key would do otherwise: the next reply, or one about another page.
    static void RequireTakesBack(string file, string text, Placed of)
    {
        if (text.Split('\n')[0].TrimEnd('\r') != $"withdrawn: {of["text-sha256"]}")
            throw new EvidenceException(EvidenceFault.Refused, $"{file} does not take back '{of.Id}': its first line is not \"withdrawn: \" and the SHA-256 of that text", $"withdrawn: {of["text-sha256"]}");
    }

    /// <summary>Decides about a comment: with a reason it is refused, without it is accepted.</summary>
    /// <exception cref="EvidenceException">There is no such comment.</exception>
    public void Moderate(string comment, string? reason)
    {
        Dossier dossier = Read();
        if (dossier.Find(comment)?.Entry.Kind.Name != "comment") throw new EvidenceException(EvidenceFault.Failure, $"the case has no comment '{comment}'");
        Dictionary<string, IReadOnlyList<string>> values = new(StringComparer.Ordinal) { ["of"] = [comment], ["decision"] = [reason is null ? "accepted" : "refused"] };
        if (reason is not null) values["reason"] = [reason];
        string id = FreeId(dossier, "moderation");
        Enter(dossier, Entry.Create(CaseKind.Find("moderation")!, id, Entry.Time(clock.GetUtcNow()), null, values, id), []);
    }

    string TakeIn(Dossier dossier, string kind, string id, MinisignKey key, SignedFile came, Dictionary<string, IReadOnlyList<string>> values, params (string File, byte[] Bytes)[] beside)
    {
        if (!File.Exists(came.Text)) throw new EvidenceException(EvidenceFault.Failure, $"{came.Text} is not there, or no file");
        byte[] text = FileKind.TryReadAll(came.Text, MostReply) ?? throw new EvidenceException(EvidenceFault.Refused, $"{came.Text} is no ordinary file, or longer than {MostReply} bytes: nothing was kept", "copy the text to a file");
        byte[] signature = FileKind.TryReadAll(came.Signature, MinisignSignature.FileLimit) ?? throw new EvidenceException(EvidenceFault.Failure, $"{came.Signature} is not there, or no signature");
        // Who signed is asked before what was signed is looked at.
        string comment = Require(came.Text, key, text, signature);
        if (PlainText.Objection(text, out string said) is { } objection) throw new EvidenceException(EvidenceFault.Refused, $"{came.Text} is not published as text: {objection}; nothing was kept");
        if (kind == "retraction") RequireTakesBack(came.Text, said, dossier.Need(values["of"][0]));
        string hash = Checksums.Of(text);
        if (dossier.All.FirstOrDefault(placed => placed["text-sha256"] == hash) is { } twin) throw new EvidenceException(EvidenceFault.Refused, $"{came.Text} came before: it is '{twin.Id}'");
        values["text-sha256"] = [hash];
        values["signature-sha256"] = [Checksums.Of(signature)];
        values["key-id"] = [key.Id];
        if (comment.Length > 0) values["trusted-comment"] = [comment[..Math.Min(comment.Length, Entry.MostLine)].Replace('\t', ' ')];
        Enter(dossier, Entry.Create(CaseKind.Find(kind)!, id, Entry.Time(clock.GetUtcNow()), null, values, id), [.. beside, ($"replies/{id}.txt", text), ($"replies/{id}.txt.minisig", signature)]);
        return id;
    }

    static string Require(string file, MinisignKey key, byte[] text, byte[] signature)
    {
        if (!MinisignSignature.TryParse(signature, out MinisignSignature? read, out string? why)) throw new EvidenceException(EvidenceFault.Forgery, $"{file}: {why}: it is no minisign signature; nothing was kept");
        return read.Verify(key, text) switch
        {
            SignatureCheck.Good => read.TrustedComment,
            SignatureCheck.ForeignKey => throw new EvidenceException(EvidenceFault.Forgery, $"{file} is signed by the key {read.KeyId}, not by {key.Id}: nothing was kept"),
            SignatureCheck.OtherComment => throw new EvidenceException(EvidenceFault.Forgery, $"{file}: the trusted comment is not the one that was signed; nothing was kept"),
            _ => throw new EvidenceException(EvidenceFault.Forgery, $"{file} is not what {key.Id} signed: nothing was kept"),
        };
    }

    // Also of those that were not published yet: whoever edits a case does not edit what others wrote.
    void RequireSignatures(Dossier dossier)
    {
        foreach (Placed placed in dossier.All.Where(static placed => placed.Entry.Kind.Name is "reply" or "comment" or "retraction"))
        {
            string text = $"replies/{placed.Id}.txt";
            byte[] bytes = Inside(text, MostReply) ?? throw Changed(text, "is gone");
            byte[] signature = Inside(text + ".minisig", MinisignSignature.FileLimit) ?? throw Changed(text + ".minisig", "is gone");
            if (Checksums.Of(bytes) != placed["text-sha256"] || Checksums.Of(signature) != placed["signature-sha256"]) throw Changed(text, "is not as it came");
            Require(text, KeyOf(dossier, placed), bytes, signature);
            if (PlainText.Objection(bytes, out string said) is { } objection) throw new EvidenceException(EvidenceFault.Refused, $"{text}: {objection}");
            if (placed.Entry.Kind.Name == "retraction") RequireTakesBack(text, said, dossier.All.First(reply => reply.Id == placed["of"]));
        }
    }

    // The key that stood when it came: a party that exchanged it since did sign with the old one.
    internal MinisignKey KeyOf(Dossier dossier, Placed signed) => KeyFile(Path.Combine(root, KeyPath(dossier, signed))).Key;

    internal static string KeyPath(Dossier dossier, Placed signed) => signed["key"]
        ?? (signed["of"] is { } of ? KeyPath(dossier, dossier.All.First(came => came.Id == of)) : null)
        ?? dossier.All.Last(placed => placed.Number < signed.Number && placed.Entry.Kind.Name == "party" && placed.Id == signed["from"])["key"]
        ?? throw new EvidenceException(EvidenceFault.Failure, $"{signed.File}: no key was recorded before it came");
}
