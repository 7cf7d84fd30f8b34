namespace Offproof.Vault.Tests.Prune;

/// <summary>Which snapshots stay (vault.md §11.1, §11.2).</summary>
public sealed class RulesTests
{
    static Snapshot At(string received, string? claims = null, string host = "offproof", string path = "/photos") => new(ContentId.Of(System.Text.Encoding.UTF8.GetBytes(received + claims + host + path)), default)
    {
        Received = Time(received),
        Time = Time(claims ?? received),
        HostName = host,
        Paths = [path],
    };

    static DateTimeOffset Time(string day) => DateTimeOffset.Parse(day, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal);

    static string[] Gone(PruneRules rules, params Snapshot[] snapshots) =>
        [.. rules.Judge(snapshots, History.Now).Where(static j => j.Stays is null).Select(static j => j.Snapshot.Received!.Value.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)).Order(StringComparer.Ordinal)];

    // 90 days before Now is 2021-03-17, noon.
    [Fact]
    public void All_of_90_days_stay_and_of_older_ones_the_newest_of_each_month() => Assert.Equal(
        ["2020-12-30", "2021-02-01", "2021-03-01"],
        Gone(History.One, At("2020-12-30"), At("2020-12-31"), At("2021-02-01"), At("2021-02-28"), At("2021-03-01"), At("2021-03-16"), At("2021-03-18"), At("2021-03-19"), At("2021-06-15")));

    [Fact]
    public void The_last_ones_stay_however_old()
    {
        Snapshot[] old = [.. Enumerable.Range(1, 20).Select(static day => At($"2019-01-{day:00}"))];
        Assert.Equal(10, Gone(new PruneRules(), old).Length);
        Assert.Equal(19, Gone(History.One, old).Length);
        Assert.Equal(17, Gone(new PruneRules { KeepLast = 3 }, old).Length);
    }

    [Fact]
    public void A_snapshot_that_dates_itself_back_is_judged_by_when_it_came()
    {
        Snapshot backDated = At("2021-06-14", claims: "2001-01-01"), forged = At("2019-05-05", claims: "2021-06-10");
        Snapshot[] all = [At("2019-05-04"), forged, At("2019-05-06"), backDated, At("2021-06-15")];
        // 2019-05-05 came before the newest of its month: its claim to be of this month saves it only where a restore would take it.
        Assert.Equal(["2019-05-04", "2019-05-05"], Gone(History.One, all));
        Assert.Equal(["2019-05-04"], Gone(History.One, all[..3]));
    }

    [Fact]
    public void What_a_restore_would_take_stays_also_where_others_came_after_it() =>
        Assert.Equal(["2019-05-04", "2019-05-06"], Gone(History.One, At("2019-05-04"), At("2019-05-05", claims: "2019-05-09"), At("2019-05-06"), At("2019-05-07")));

    [Fact]
    public void Each_host_and_each_set_of_paths_has_its_own_last_one() => Assert.Equal(
        ["2019-05-01"], Gone(History.One, At("2019-05-01"), At("2019-05-02"), At("2019-05-01", host: "laptop"), At("2019-05-01", path: "/notes")));

    [Fact]
    public void Whoever_floods_a_vault_pushes_nothing_out_of_the_90_days() =>
        Assert.Empty(Gone(History.One, [At("2021-04-01"), .. Enumerable.Range(0, 500).Select(static i => At("2021-06-14", claims: $"2020-01-01T00:{i / 60:00}:{i % 60:00}"))]));

    [Theory]
    [InlineData(0, 1), InlineData(1, -1), InlineData(1, 36_501)]
    public async Task Rules_that_keep_nothing_are_no_rules(int last, int days)
    {
        using History history = await History.MakeAsync();
        await using Repository repository = await history.OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => repository.PlanPruneAsync(new PruneRules { KeepLast = last, KeepWithin = TimeSpan.FromDays(days) }));
    }
}
