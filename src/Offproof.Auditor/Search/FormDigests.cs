namespace Offproof.Auditor;

internal sealed class FormDigests(IReadOnlyList<Form> forms) : Digests
{
    internal IReadOnlyList<Form> Forms => forms;
    internal override void Find(ReadOnlySpan<byte> value, List<Hit> hits) { }
    internal override void FindWithin(ReadOnlySpan<byte> bytes, List<Hit> hits) { }
    internal override void FindShort(ReadOnlySpan<byte> text, List<Hit> hits) { }
    internal override void FindSalted(ReadOnlySpan<byte> value, IReadOnlyList<byte[]> salts, List<Hit> hits) { }
}
