using Offproof.Consent;

namespace Offproof.Cli.Tests;

/// <summary>cli.md §5: the demo's last scene finds it when an erasure did not hold.</summary>
public sealed class ErasureSceneTests
{
    private static readonly DemoErasure Held = new("photos", "erased", 20, 0, ExitCode.Refused, ReceiptText());

    [Fact]
    public void One_that_held_is_without_a_fault() => Assert.Empty(Play.Faults(Held, 30, 30));

    [Fact]
    public void What_is_left_at_the_server_is_found() => Assert.Equal("1 objects of photos are left at the server, of 20", Assert.Single(Play.Faults(Held with { ObjectsAfter = 1 }, 30, 30)));

    [Fact] // nothing was there to be erased: then it shows nothing
    public void Nothing_to_erase_is_found() => Assert.Single(Play.Faults(Held with { ObjectsBefore = 0 }, 30, 30));

    [Fact]
    public void What_is_gone_besides_is_found() => Assert.Equal("erasing photos took something else away", Assert.Single(Play.Faults(Held, 30, 29)));

    [Theory]
    [InlineData(ExitCode.Ok), InlineData(ExitCode.Failure), InlineData(ExitCode.Unreachable)]
    public void A_restore_that_is_not_refused_is_found(int exit) => Assert.Single(Play.Faults(Held with { RestoreExit = exit }, 30, 30));

    [Theory]
    [InlineData("closed", null), InlineData("erased", ""), InlineData("erased", "nonsense")]
    public void An_erasure_without_its_receipt_is_found(string state, string? receipt) =>
        Assert.Equal("there is no receipt that says erased", Assert.Single(Play.Faults(Held with { State = state, Receipt = receipt ?? Held.Receipt }, 30, 30)));

    private static string ReceiptText()
    {
        using SigningKey server = SigningKey.Generate();
        return Receipt.Sign(server, new Receipt
        {
            Server = server.Thumbprint, Account = server.Thumbprint, Audience = server.Thumbprint, IssuedAt = 1, Record = Digest.Of("record"u8), OfTyp = RecordTyp.Erasure, State = ReceiptState.Erased,
        }).Compact;
    }
}
