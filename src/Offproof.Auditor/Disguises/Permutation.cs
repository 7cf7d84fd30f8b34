namespace Offproof.Auditor;

/// <summary>Puts other characters in the place of those of a token, one for one: undone, it is a token again.</summary>
/// <param name="Name">As in a chain.</param>
/// <param name="Map">What each character stands for; null for the whole token backwards.</param>
internal sealed record Permutation(string Name, byte[]? Map)
{
    // The one fixed alphabet that was published, with the detector that knows it (audit.md §6.3). Another cannot be known.
    internal const string CustomMap = "custom map";

    private const string Plain = "kibp8A4EWRMKHa7gvyz1dOPt6UI5xYD3nqhVwZBXfCcFeJmrLN20lS9QGsjTuo";
    private const string Mapped = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    internal static Permutation Custom { get; } = new(CustomMap, Table(Mapped, Plain));

    internal static Permutation[] Maps { get; } = [Custom, new(CustomMap + " twice", Twice())];

    internal static Permutation[] All { get; } =
    [
        .. Maps,
        new("reversed", null),
        new("rot13", Table("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm")),
    ];

    /// <summary>
    /// The forms, and each again as the custom map writes it, for the searcher: so that the map costs no pass of its own over what is searched. A form that
    /// was found so is known by its name.
    /// </summary>
    internal static IReadOnlyList<Form> WithMapped(IReadOnlyList<Form> forms)
    {
        byte[] map = Table(Plain, Mapped);
        List<Form> all = [.. forms];
        foreach (Form form in forms)
        {
            Form mapped = form;
            // The phone's own identifiers also where the map was used again on its result: that is what the detector tries.
            for (int times = form.Canary.IsOwn ? 3 : 1; times > 0; times--)
            {
                mapped = mapped with { Name = CustomMap + ": " + mapped.Name, Bytes = [.. mapped.Bytes.Select(b => map[b])] };
                if (!mapped.Bytes.AsSpan().SequenceEqual(form.Bytes)) all.Add(mapped);
            }
        }
        return all;
    }

    /// <summary>Whether a form is one of those, and which it was before.</summary>
    internal static bool IsMapped(ref Form form)
    {
        if (!form.Name.StartsWith(CustomMap, StringComparison.Ordinal)) return false;
        form = form with { Name = form.Name[(CustomMap.Length + 2)..] };
        return true;
    }

    /// <summary>False where nothing changes.</summary>
    internal bool Apply(ReadOnlySpan<byte> token, Output output)
    {
        Span<byte> room = output.Room(token.Length)[..token.Length];
        if (Map is null)
        {
            token.CopyTo(room);
            room.Reverse();
        }
        else
        {
            for (int i = 0; i < token.Length; i++) room[i] = Map[token[i]];
        }
        output.Count += token.Length;
        return !room.SequenceEqual(token);
    }

    private static byte[] Twice()
    {
        byte[] once = Table(Mapped, Plain);
        return [.. once.Select(b => once[b])];
    }

    private static byte[] Table(string from, string to)
    {
        byte[] table = new byte[256];
        for (int i = 0; i < table.Length; i++) table[i] = (byte)i;
        for (int i = 0; i < from.Length; i++) table[from[i]] = (byte)to[i];
        return table;
    }
}
