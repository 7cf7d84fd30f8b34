using CsCheck;

namespace Offproof.Auditor.Tests;

internal static class Choice
{
    internal static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
