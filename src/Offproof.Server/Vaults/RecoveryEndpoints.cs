using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §6: the sealed passwords, and all that a restore needs to check before it opens one.</summary>
sealed class RecoveryEndpoints(
    Access access, Publisher publisher, AccountStore accounts, RecordStore records, VaultStore vaults, Eraser eraser, RefusalLog refusals, DataFolder data)
{
    const long MaxSealed = 16 * 1024;
    const string Sealed = "/v1/recovery/{account}/{device}/{category}/{epoch}";

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(Sealed, Answers.Route(AddAsync));
        routes.MapMethods(Sealed, [HttpMethods.Get, HttpMethods.Head], Answers.Route(Read));
        routes.MapGet("/v1/recovery/{account}/", Answers.Route(DescribeAsync));
        routes.MapGet("/v1/recovery/{account}/refusals", Answers.Route(ListRefusals));
    }

    async Task<IResult> AddAsync(HttpContext context)
    {
        if (access.AdmitToAdd(context, out var visitor) is { } why) return Answers.Refuse(why);
        string path = new VaultFolder(data, visitor.Vault.Address).Sealed;
        var (outcome, whole) = await publisher.PublishAsync(context, visitor, new(path, visitor.Vault.Hashes.Sealed, MaxSealed) { Small = true });
        return outcome switch
        {
            null => Results.StatusCode(StatusCodes.Status201Created),
            Refusal.Exists when whole => Results.Ok(), // of two at once, each brought the same
            Refusal.SlowDown => Throttle.SlowDown(context, TimeSpan.FromSeconds(1)),
            Refusal.Exists => await AgainAsync(context, visitor.Vault.Hashes.Sealed),
            _ => Answers.Refuse(outcome.Value),
        };
    }

    // The same again is 200, so that a lost answer costs nothing; only one file can be there, since its hash stands in the grant.
    static async Task<IResult> AgainAsync(HttpContext context, Digest expected)
    {
        byte[]? body = await Answers.ReadBodyAsync(context, (int)MaxSealed);
        if (body is null) return Answers.Refuse(Refusal.TooLarge);
        return Digest.Of(body) == expected ? Results.Ok() : Answers.Refuse(Refusal.Hash);
    }

    IResult Read(HttpContext context)
    {
        if (!VaultAddress.TryFrom(context.Request.RouteValues, out var address)) return Answers.Refuse(Refusal.NotAccepted);
        var why = access.FindRecovery(context, address.Account) is null ? access.Admit(context, out _) : access.Closed(address);
        if (why is { } refusal) return Answers.Refuse(refusal);
        string path = new VaultFolder(data, address).Sealed;
        return File.Exists(path) ? Results.File(path, "application/octet-stream") : Answers.Refuse(Refusal.NotFound);
    }

    // protocol.md §13: the owner's own, whoever of the account asks.
    IResult ListRefusals(HttpContext context)
    {
        if (!Thumbprint.TryParse(context.Request.RouteValues["account"] as string, out var account)
            || access.FindRecovery(context, account) is null) return Answers.Refuse(Refusal.NotAccepted);
        var lines = refusals.Of(account);
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "offproof/v1/refusals");
            writer.WriteStartArray("refusals");
            foreach (var line in lines)
            {
                writer.WriteStartObject();
                writer.WriteNumber("minute", line.Minute);
                writer.WriteNumber("count", line.Count);
                writer.WriteString("problem", line.Problem);
                writer.WriteString("request", line.Request);
                writer.WriteString("by", line.Holder);
                if (line.Category.Length > 0)
                {
                    writer.WriteString("category", line.Category);
                    writer.WriteNumber("epoch", line.Epoch);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    async Task<IResult> DescribeAsync(HttpContext context)
    {
        if (!Thumbprint.TryParse(context.Request.RouteValues["account"] as string, out var account)
            || access.FindRecovery(context, account) is null
            || accounts.FindFirstSheet(account) is not { } sheet) return Answers.Refuse(Refusal.NotAccepted);
        await eraser.FinishDueAsync(account); // a look at what is due sees it done
        var stored = vaults.All(account);
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "offproof/v1/recovery");
            writer.WritePropertyName("sheet");
            sheet.WriteJwk(writer);
            writer.WriteStartArray("records");
            foreach (string record in records.All(account)) writer.WriteStringValue(record);
            writer.WriteEndArray();
            writer.WriteStartArray("receipts");
            foreach (string receipt in records.AllReceipts(account)) writer.WriteStringValue(receipt);
            writer.WriteEndArray();
            writer.WriteStartArray("vaults");
            foreach (var (address, state) in stored)
            {
                var (objects, bytes) = new VaultFolder(data, address).Measure();
                writer.WriteStartObject();
                writer.WriteString("device", address.Device.Text);
                writer.WriteString("category", address.Category.Name());
                writer.WriteNumber("epoch", address.Epoch.Value);
                writer.WriteString("state", Named(state));
                writer.WriteNumber("objects", objects);
                writer.WriteNumber("bytes", bytes);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    // What is being deleted is closed until it is gone: `erased` says that nothing is left.
    static string Named(VaultState state) => state switch
    {
        VaultState.On => "on",
        VaultState.Kept => "kept",
        VaultState.Closed or VaultState.Erasing => "closed",
        _ => "erased",
    };
}
