namespace Offproof.Auditor;

/// <summary>Where decoded bytes come from: how many decoders made them, and which captured bytes the outermost of these read.</summary>
/// <param name="Depth">0 for the captured bytes themselves.</param>
/// <param name="Start">In the examined bytes; at depth 0 where this piece of them begins.</param>
/// <param name="Length">Of the captured bytes.</param>
internal readonly record struct Layer(int Depth, int Start, int Length)
{
    /// <summary>A piece of this layer, not decoded.</summary>
    internal Layer Slice(int at, int length) => Depth == 0 ? new Layer(0, Start + at, length) : this;

    /// <summary>What a decoder makes of a piece of this layer.</summary>
    internal Layer Inside(int at, int length) => Depth == 0 ? new Layer(1, Start + at, length) : new Layer(Depth + 1, Start, Length);
}
