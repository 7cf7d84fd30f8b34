using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What this device was at a server that it left, and what it stored there. Nothing of it is on.</summary>
/// <param name="Folder">A home folder of its own, for --home: there its erasures can be asked for</param>
/// <param name="Server">The server's URL</param>
/// <param name="ServerTold">False while that server has not acknowledged that all is off</param>
/// <param name="Epochs">Every epoch that it began there</param>
public sealed record EarlierStatus(string Folder, Uri Server, bool ServerTold, IReadOnlyList<EpochReport> Epochs);

/// <summary>What is still to be done of a move that was decided.</summary>
/// <param name="To">The server that the device belongs to</param>
/// <param name="Categories">What is not granted there yet</param>
public sealed record MovingStatus(Uri To, IReadOnlyList<string> Categories);

public sealed partial class DeviceHome
{
    private static readonly TimeSpan PatienceForTheServerLeft = TimeSpan.FromSeconds(10);

    /// <summary>True if what this device seals is sealed to this sheet.</summary>
    internal bool SealsTo(Sheet sheet) => SheetInForce.Thumbprint == sheet.Signing.Thumbprint;

    internal Uri Server => account.Server;

    /// <summary>The move that was decided and is not finished; null where none is.</summary>
    private MovingStatus? MovingNow() => MoveFile.Read(home) is { } file ? new MovingStatus(file.To, [.. file.Categories.Select(static c => c.Category)]) : null;

    /// <summary>Where this device was before. What cannot be read there is left out: it is a copy, and the sheet opens what is stored.</summary>
    public IReadOnlyList<EarlierStatus> Earlier()
    {
        List<EarlierStatus> all = [];
        foreach (string folder in EarlierFolders())
        {
            try
            {
                using DeviceHome earlier = Open(folder, time);
                RecordChain chain = earlier.Chain();
                all.Add(new EarlierStatus(folder, earlier.account.Server, chain.Links.All(static l => l.IsTold), [.. Categories.All.ToArray().SelectMany(c => earlier.Epochs(chain, c))]));
            }
            catch (Exception e) when (e is DeviceException or IOException or UnauthorizedAccessException)
            {
                // `status` on that folder says what is wrong with it.
            }
        }
        return all;
    }

    private string[] EarlierFolders() => Directory.Exists(home.Earlier) ? [.. Directory.GetDirectories(home.Earlier).Order(StringComparer.Ordinal)] : [];

    /// <summary>Heads of this ledger that servers signed which the device left (ledger.md §5).</summary>
    private IEnumerable<Anchor> EarlierAnchors()
    {
        foreach (string folder in EarlierFolders())
        {
            HomeFolder earlier = new(folder);
            if (!earlier.Exists || !File.Exists(earlier.DeviceKey) || !SigningKey.TryFromPem(File.ReadAllText(earlier.DeviceKey), out SigningKey? key)) continue;
            using (key)
            {
                AccountFile was = AccountFile.Read(earlier);
                foreach (Anchor anchor in Anchors.Read(earlier, Key(was.ServerKey, earlier.Account), key.Thumbprint, Thumbprint.Parse(was.Account)))
                    yield return anchor with { File = $"{Path.GetFileName(folder)}/{anchor.File}" };
            }
        }
    }

    /// <summary>The number of the first epoch of a category here: none is used again, at whichever server it was.</summary>
    private Epoch FirstEpoch(Category category) => account.EpochsBefore?.GetValueOrDefault(category.Name()) is > 0 and { } used ? new Epoch(used).Next() : Epoch.First;

    private int LastEpoch(RecordChain chain, Category category) => chain.Grants(category).LastOrDefault()?.Grant!.Epoch.Value ?? account.EpochsBefore?.GetValueOrDefault(category.Name()) ?? 0;

    /// <summary>What the account is at the server that is to be left. That it does not answer, or not as one of ours does, keeps nobody from leaving it.</summary>
    /// <returns>What it stores, or why that is not known.</returns>
    internal async Task<(RecoveryAnswer? Answer, string? Why)> LookBeforeLeavingAsync(CancellationToken cancel)
    {
        try
        {
            await TellAsync(Chain(), cancel).ConfigureAwait(false);
            (_, RecoveryAnswer answer) = await LearnAsync(cancel).ConfigureAwait(false);
            return (answer, null);
        }
        catch (DeviceException e) when (account.Removed is null)
        {
            return (null, e.Message);
        }
    }

    /// <summary>What a device must be to move.</summary>
    /// <exception cref="DeviceException">It was removed, its sheet is another one or was not proven.</exception>
    internal void RequireFitToMove(Sheet sheet, string file)
    {
        RequireMember();
        RequireNotLeft();
        if (!SealsTo(sheet))
        {
            Seen?.RequireSheet(sheet.Signing.Thumbprint, file);
            throw new DeviceException(DeviceFault.WrongSheet, $"{file} is not the sheet that this device seals to: nothing was changed", "look for the newest sheet of this account");
        }
        RequireConfirmedSheet();
    }

    /// <summary>What is on or paused, with what it was.</summary>
    internal IReadOnlyList<MovingSwitch> SwitchesToMove()
    {
        RecordChain chain = Chain();
        return [.. from category in Categories.All.ToArray()
            let now = Switch(chain, category)
            where now.State is SwitchState.On or SwitchState.Paused
            let last = Folder(category).LastBackup
            select new MovingSwitch(category, now.Epoch, new Epoch(now.Epoch).Next().Value, now.State == SwitchState.Paused, last?.Items, last?.Bytes)];
    }

    /// <summary>What a move that was decided has not granted yet.</summary>
    internal IReadOnlyList<MovingSwitch> SwitchesStillToMove() =>
    [
        .. from moving in MoveFile.Read(home)?.Categories ?? []
           where Categories.TryParse(moving.Category, out _)
           let category = Categories.All.ToArray().First(c => c.Name() == moving.Category)
           select new MovingSwitch(category, 0, Disclose(category).Epoch, moving.Paused, null, null),
    ];

    /// <summary>The account's devices but this one, as the server last showed them.</summary>
    internal IReadOnlyList<string> OtherDevices() => [.. Seen?.Devices.Where(d => d.Removed is null && d.Id != deviceKey.Thumbprint).Select(static d => d.Id.Text) ?? []];

    /// <summary>
    /// The decision: from here on this device belongs to the other server. What is on here is revoked and its key destroyed; the records go to <c>earlier/</c>. This object is
    /// of no use afterwards.
    /// </summary>
    internal void MoveAway(MoveStage stage, Sheet there, VerifyingKey server, VerifyingKey firstSheet, IReadOnlyList<Category> agreed, CancellationToken cancel)
    {
        List<FileStream> alone = [];
        try
        {
            // A backup that runs has its password in memory, and would go on.
            foreach (Category category in Categories.All) alone.Add(Folder(category).LockForBackup());
            using FileStream _ = home.Lock(time, cancel);
            ReadAccount();
            RecordChain chain = Chain();
            MovingCategory[] categories = [.. from category in agreed
                let now = Switch(chain, category)
                where now.State is SwitchState.On or SwitchState.Paused
                select new MovingCategory(category.Name(), now.State == SwitchState.Paused)];
            AccountFile next = account with
            {
                Account = there.Account.Text,
                Server = there.Server,
                ServerKey = Jwk(server),
                SheetKey = Jwk(there.Signing.Public),
                Recipient = there.Recipient.ToString(),
                FirstSheetKey = firstSheet.Equals(there.Signing.Public) ? null : Jwk(firstSheet),
                PendingConfirmed = null,
                EpochsBefore = Categories.All.ToArray().ToDictionary(static c => c.Name(), c => LastEpoch(chain, c), StringComparer.Ordinal),
            };
            stage.Decide(home, next, new MoveFile(MoveFile.CurrentSchema, NewEarlierName(), there.Server, categories), time);
        }
        finally
        {
            foreach (FileStream held in alone) held.Dispose();
        }
    }

    private string NewEarlierName()
    {
        string name = serverKey.Thumbprint.Text[..8], unique = name;
        for (int n = 2; Path.Exists(Path.Combine(home.Earlier, unique)); n++) unique = $"{name}-{n}";
        return unique;
    }

    /// <summary>Ends every grant that is in force in a home, and destroys what is held under it. The home's lock is held.</summary>
    internal static void EndAll(HomeFolder home, TimeProvider time)
    {
        using DeviceHome leaving = new(home, AccountFile.Read(home), time, null);
        try
        {
            RecordChain chain = leaving.Chain();
            foreach (Category category in Categories.All)
                if (chain.Newest(category) is { Grant: not null } granted) leaving.AppendRevocation(chain, granted);
        }
        finally
        {
            foreach (Category category in Categories.All) leaving.Folder(category).Clear();
        }
    }

    /// <summary>Grants at the new server what was on or paused at the one before, where its owner has not decided otherwise meanwhile.</summary>
    internal async Task<IReadOnlyList<SwitchReport>> GrantWhatMovedAsync(CancellationToken cancel)
    {
        List<SwitchReport> reports = [];
        foreach (MovingCategory moving in MoveFile.Read(home)?.Categories ?? [])
        {
            if (!Categories.TryParse(moving.Category, out Category category)) throw new DeviceException(DeviceFault.Forgery, $"{home.MoveFile} names no category: {moving.Category}");
            reports.Add(await TurnOnAsync(category, moving.Paused, cancel).ConfigureAwait(false));
        }
        return reports;
    }

    /// <summary>Tells the servers that were left that all is off there.</summary>
    /// <returns>Why one could not be told; null where all know.</returns>
    internal async Task<string?> TellEarlierAsync(Func<HttpMessageHandler>? wire, CancellationToken cancel)
    {
        string? why = null;
        foreach (string folder in EarlierFolders())
        {
            using CancellationTokenSource late = new(PatienceForTheServerLeft, time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
            try
            {
                using DeviceHome earlier = Open(folder, time, wire?.Invoke());
                why = await earlier.TellAsync(either.Token).ConfigureAwait(false) ?? why;
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                why = $"no answer within {PatienceForTheServerLeft.TotalSeconds} s";
            }
            catch (DeviceException e)
            {
                why = e.Message;
            }
        }
        return why;
    }
}
