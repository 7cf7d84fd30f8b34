namespace Offproof.Cli.Tests;

/// <summary>What the demo's scene of turning off must find.</summary>
public sealed class OffSceneTests
{
    private static readonly DemoOffAgain Held = new("messages", 200, 403, ExitCode.Refused, 8, 8, 0);

    [Fact]
    public void One_that_held_is_without_a_fault() => Assert.Empty(Play.Faults(Held));

    [Fact]
    public void A_token_that_was_never_good_shows_nothing() => Assert.Single(Play.Faults(Held with { StatusBefore = 403 }));

    [Fact]
    public void An_upload_that_is_taken_is_found() => Assert.Single(Play.Faults(Held with { Status = 200 }));

    [Fact]
    public void A_backup_that_goes_on_is_found() => Assert.Single(Play.Faults(Held with { BackupExit = 0 }));

    [Fact]
    public void What_is_stored_more_or_less_is_found() => Assert.Equal([1, 1, 1], new[] { Held with { ObjectsAfter = 9 }, Held with { ObjectsAfter = 7 }, Held with { ObjectsBefore = 0, ObjectsAfter = 0 } }.Select(static seen => Play.Faults(seen).Count()));

    [Fact]
    public void A_key_that_is_left_is_found() => Assert.Single(Play.Faults(Held with { Passwords = 1 }));
}
