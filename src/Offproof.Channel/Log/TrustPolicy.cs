using System.Text.Json;

namespace Offproof.Channel;

/// <summary>Whose signatures a log's checkpoint needs (channel-log.md §6): pinned once, never learnt from the server.</summary>
public sealed class TrustPolicy
{
    const int MostWitnesses = 16;
    const int MostBytes = 1 << 20;

    /// <summary>Throws <see cref="ArgumentException"/> where one public key stands twice - it would count twice -, a key is of the wrong kind, or the quorum cannot be met.</summary>
    public TrustPolicy(NoteKey log, IReadOnlyList<NoteKey> witnesses, int quorum)
    {
        if (log.Kind != NoteKeyKind.Log) throw new ArgumentException($"{log.Name} is no key of a log", nameof(log));
        if (witnesses.Count > MostWitnesses) throw new ArgumentException("more than 16 witnesses", nameof(witnesses));
        if (witnesses.FirstOrDefault(static witness => witness.Kind != NoteKeyKind.Witness) is { } other) throw new ArgumentException($"{other.Name} is no key of a witness", nameof(witnesses));
        // By the key alone: what a witness signs does not hold its name, so that one key under two names would be two witnesses.
        if (witnesses.Append(log).Select(static key => Convert.ToHexString(key.PublicKey)).Distinct(StringComparer.Ordinal).Count() <= witnesses.Count) throw new ArgumentException("one key stands there twice", nameof(witnesses));
        if (quorum < 0 || quorum > witnesses.Count) throw new ArgumentException($"a quorum of {quorum} of {witnesses.Count} witnesses", nameof(quorum));
        (Log, Witnesses, Quorum) = (log, [.. witnesses], quorum);
    }

    /// <summary>The log's key; its name is the log's.</summary>
    public NoteKey Log { get; }

    /// <summary>Those whose cosignatures count.</summary>
    public IReadOnlyList<NoteKey> Witnesses { get; }

    /// <summary>How many of them must have signed. 0: genuine, not shown to be the same for all.</summary>
    public int Quorum { get; }

    /// <summary>The same keys, with another quorum.</summary>
    internal TrustPolicy WithQuorum(int quorum) => new(Log, Witnesses, quorum);

    /// <summary>Reads <c>trust.json</c> (its members <c>log</c>, <c>witnesses</c>, <c>quorum</c>). Throws <see cref="FormatException"/> with what is wrong with it.</summary>
    public static TrustPolicy Read(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MostBytes) throw new FormatException("it is larger than 1 MiB");
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            JsonElement trust = document.RootElement;
            if (trust.ValueKind != JsonValueKind.Object) throw new FormatException("it is no JSON object");
            if (!trust.TryGetProperty("witnesses", out JsonElement witnesses) || witnesses.ValueKind != JsonValueKind.Array) throw new FormatException("it has no list witnesses");
            if (!trust.TryGetProperty("quorum", out JsonElement quorum) || quorum.ValueKind != JsonValueKind.Number || !quorum.TryGetInt32(out int number)) throw new FormatException("it has no number quorum");
            if (!trust.TryGetProperty("log", out JsonElement log)) throw new FormatException("it names no log");
            return new TrustPolicy(Key(log), [.. witnesses.EnumerateArray().Select(Key)], number);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the second: a text that is no UTF-8, or half a surrogate, which is found only when it is read
        {
            throw new FormatException("it is no JSON", e);
        }
        catch (ArgumentException e)
        {
            throw new FormatException(e.Message.Split(" (Parameter", 2)[0], e);
        }
    }

    static NoteKey Key(JsonElement element) => element.ValueKind == JsonValueKind.String && NoteKey.TryParse(element.GetString()!, out NoteKey? key) ? key : throw new FormatException("a key in it is not of the form NAME+ID+KEY");
}
