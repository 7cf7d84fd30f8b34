using System.Diagnostics;
using CsCheck;

namespace Offproof.Device.Tests;

/// <summary>Device and server together: whatever happens in whatever order, "no grant" is "no stored byte", "erased" is "not readable", and what is kept opens with the sheet.</summary>
public sealed class InterleavingTests
{
    private static int Orders => Environment.GetEnvironmentVariable("OFFPROOF_SOAK") is "1" ? 1000 : 10;

    /// <summary>A failure names its order and its seed; OFFPROOF_SEED=SEED begins with that one.</summary>
    [Fact]
    public async Task What_was_promised_holds_in_any_order()
    {
        Stopwatch watch = Stopwatch.StartNew();
        int deeds = 0;
        await Deed.Any.Array[5, 20].SampleAsync(
            async order =>
            {
                deeds += order.Length;
                await Interleaving.HappensAsync(order);
            },
            seed: Environment.GetEnvironmentVariable("OFFPROOF_SEED"), iter: Orders, threads: 1, print: static order => string.Join(' ', order));
        TestContext.Current.TestOutputHelper!.WriteLine($"{Orders} orders, {deeds} deeds in {watch.Elapsed.TotalSeconds:f0} s");
    }
}
