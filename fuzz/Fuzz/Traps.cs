namespace Offproof.Fuzz;

/// <summary>Readers with a fault each: the search must find it, or it finds nothing.</summary>
static class Traps
{
    static readonly byte[] Word = [.. "!trap"u8];

    internal static readonly IReadOnlyList<Reader> All =
    [
        Trap("trap-exception", () => throw new InvalidOperationException("sprung")),
        Trap("trap-hang", () =>
        {
            while (true) Thread.SpinWait(100);
        }),
        Trap("trap-memory", () =>
        {
            for (List<byte[]> held = []; ; held.Add(new byte[1 << 20])) held.ForEach(bytes => bytes[^1] = 1);
        }),
        Trap("trap-stack", () => Deeper(0)),
    ];

    static Reader Trap(string name, Action fault) => new(name, "", bytes =>
    {
        if (bytes.AsSpan().IndexOf(Word) >= 0) fault();
        return "";
    }, null, ["fuzz/README.md"], ["!trap"]);

    static int Deeper(int depth) => depth < 0 ? 0 : Deeper(depth + 1) + depth;
}
