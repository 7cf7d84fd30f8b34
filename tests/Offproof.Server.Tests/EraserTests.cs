using System.Net;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §9: an erasure that was broken off anywhere is closed to everybody, and is finished: at the next start, at the next sweep, or for whoever asks again.</summary>
public sealed class EraserTests
{
    public enum Finish
    {
        Restart,
        Again,
        Look,
        Sweep,
    }

    [Theory]
    [InlineData(true, Finish.Restart, 1), InlineData(true, Finish.Again, 4), InlineData(true, Finish.Sweep, 5)]
    [InlineData(false, Finish.Restart, 2), InlineData(false, Finish.Look, 4), InlineData(false, Finish.Sweep, 5)]
    public async Task Broken_off_before_any_step_it_is_finished(bool bySheet, Finish by, int stride)
    {
        // Some steps further each time, until there is none left to break off.
        for (int steps = 0, reached = int.MaxValue; reached > steps; steps += stride)
        {
            int count = 0;
            int good = steps;
            bool healed = false;
            string? at = null;
            await using var bench = await Bench.StartAsync(quota: 1_000_000, erasing: name =>
            {
                if (healed || count++ < good) return;
                at ??= name;
                throw new IOException("broken off");
            });
            using var owner = await Owner.OpenAsync(bench);
            var vault = await OpenVault.FilledAsync(bench, owner);
            string token = await vault.AddTokenAsync();
            foreach (string type in (string[])["data", "index", "snapshots", "locks"]) (await vault.AddAsync(bench, [1, 2, 3], token, type)).Is(HttpStatusCode.OK);
            await owner.TakeAsync(vault.SignRevocation());
            var erasure = owner.SignErasure(vault, bySheet);
            if (!bySheet)
            {
                await owner.TakeAsync(erasure);
                bench.Time.Advance(TimeSpan.FromDays(14)); // a sweep or the look below begins
            }
            else
            {
                var answer = await bench.PostAsync("v1/records", erasure);
                if (at is null) answer.Is(HttpStatusCode.Created);
                else answer.Refuses(500, "failed");
            }

            await ErasureTests.ClosedAsync(bench, vault, null);
            if (at is not null) await ErasureTests.ClosedAsync(bench, vault, "closed");
            reached = count;
            healed = true;
            if (by == Finish.Restart) await bench.RestartAsync();
            else if (by == Finish.Sweep) bench.Time.Advance(TimeSpan.FromMinutes(1));
            else if (by == Finish.Look) await ErasureTests.ClosedAsync(bench, vault, "erased");
            else (await bench.PostAsync("v1/records", erasure)).Is(HttpStatusCode.OK);
            for (int i = 0; i < 500 && bench.Stored().Count > 0; i++) await Task.Delay(10);
            Assert.True(bench.Stored().Count == 0, $"broken off before {at}: {string.Join(' ', bench.Stored().Keys)} is left");
            await ErasureTests.ClosedAsync(bench, vault, "erased");
            var receipt = await ErasureTests.ReceiptAsync(bench, (await bench.PostAsync("v1/records", erasure)).Is(HttpStatusCode.OK), bySheet ? owner.Account : owner.Device.Thumbprint);
            Assert.Equal(ReceiptState.Erased, receipt.State);
            Assert.Equal(bySheet ? 1 : 2, await ErasureTests.ReceiptsOfAsync(bench, owner, erasure));
            // What was deleted is room again, to the byte: nine tenths are a device's (protocol.md §11.4).
            var next = await OpenVault.FilledAsync(bench, owner, epoch: 2);
            (await next.AddAsync(bench, new byte[900_000 - (int)bench.Stored().Values.Sum()], await next.AddTokenAsync())).Is(HttpStatusCode.OK);
            Assert.True(steps < 40, "steps without end");
        }
    }
}
