using CsCheck;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §3, §9: whatever happens in whatever order, "no grant" is "no stored byte", "erased" is "not readable", and an old sheet is nobody.</summary>
public sealed class ObedienceTests
{
    static readonly Gen<Deed> AnyDeed = Gen.Select(Gen.Enum<DeedKind>(), Gen.Int[0, 1000], Gen.Int[0, 1000], (kind, who, which) => new Deed(kind, who, which));

    // What must be there before much else can happen: half of all deeds turn something on or let time pass.
    static readonly Gen<Deed> LikelyDeed = Gen.Select(
        Gen.OneOf(DeedKind.Grant, DeedKind.Revoke, DeedKind.Erase, DeedKind.Add, DeedKind.Wait, DeedKind.Replace), Gen.Int[0, 1000], Gen.Int[0, 1000], (kind, who, which) => new Deed(kind, who, which));

    [Fact]
    public Task The_server_obeys_in_any_order() => Gen.OneOf(AnyDeed, LikelyDeed).Array[1, 40].SampleAsync(HappensAsync, iter: 25, threads: 1, print: deeds => string.Join(' ', deeds));

    // Orders that matter, whether or not the random ones come to them.
    [Theory]
    [InlineData("Grant0 Revoke0 Erase0 Wait3 CancelErasure0 Wait4")]
    [InlineData("Grant0 Revoke0 Erase0 Wait4 CancelErasure0 Grant0")]
    [InlineData("Grant0 Revoke0 Erase0 WaitDown4 Replay2 Grant0 Add0")]
    [InlineData("Grant0 EraseBySheet0 Revoke0 Grant0 Revoke0 EraseBySheet1 EraseBySheet0")]
    [InlineData("Grant0 EraseBySheet0 Grant0 Revoke0 Revoke0 Erase1 Erase0")]
    [InlineData("Replace0 Wait3 Rotate0 Wait4 Replace0 WaitDown4 Rotate0 RotateByOldSheet0 RotateByOldSheet1")]
    [InlineData("Replace0 Wait3 CancelReplacement0 Wait4 Replace0 Replay0 Wait4 CancelReplacement1")]
    [InlineData("Admit0 Grant0 Replace0 Remove0 Wait4 Certify0 Grant0 Grant1 Add0 RemoveBySheet0 Add0")]
    [InlineData("Grant0 Add0 Revoke0 Grant0 Add0 Remove0 Erase0 EraseBySheet0 Certify0 Restart0 EraseBySheet1")]
    public Task The_server_obeys_in_this_order(string deeds) => HappensAsync([.. deeds.Split(' ').Select(deed => new Deed(Enum.Parse<DeedKind>(deed[..^1]), 0, deed[^1] - '0'))]);

    static async Task HappensAsync(Deed[] deeds)
    {
        // Many deeds in no time: how many may come is another matter (protocol.md §14).
        Pace free = new(1_000_000, TimeSpan.FromMilliseconds(1));
        await using var bench = await Bench.StartAsync(
            change: options => options with { Limits = new() { Accounts = free, Requests = free, Failures = free, Grants = free, Tokens = free } });
        using var account = await Obedience.BeginAsync(bench);
        foreach (var deed in deeds) await account.DoAsync(deed);
    }
}
