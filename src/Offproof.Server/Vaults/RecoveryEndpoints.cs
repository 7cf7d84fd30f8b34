using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §6: the sealed passwords, and all that a restore needs to check before it opens one.</summary>
sealed class RecoveryEndpoints(Access access, Publisher publisher, AccountStore accounts, RecordStore records, VaultStore vaults, Eraser eraser, DataFolder data)
{
    const long MaxSealed = 16 * 1024;
    const string Sealed = "/v1/recovery/{account}/{device}/{category}/{epoch}";

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(Sealed, Answers.Route(AddAsync));
        routes.MapMethods(Sealed, [HttpMethods.Get, HttpMethods.Head], Answers.Route(Read));
        routes.MapGet("/v1/recovery/{account}/", Answers.Route(DescribeAsync));
    }

    async Task<IResult> AddAsync(HttpContext context)
    {
        if (access.Admit(context, out var visitor) is { } why) return Answers.Refuse(why);
        if (!visitor.Token.Adds) return Answers.Refuse(Refusal.ReadOnly);
        string path = new VaultFolder(data, visitor.Vault.Address).Sealed;
        var (outcome, whole) = await publisher.PublishAsync(context, visitor, path, visitor.Vault.Hashes.Sealed, MaxSealed);
        return outcome switch
        {
            null => Results.StatusCode(StatusCodes.Status201Created),
            Refusal.Exists when whole => Results.Ok(), // of two at once, each brought the same
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

    async Task<IResult> DescribeAsync(HttpContext context)
    {
        if (!Thumbprint.TryParse(context.Request.RouteValues["account"] as string, out var account)
            || access.FindRecovery(context, account) is null
            || accounts.FindFirstSheet(account) is not { } sheet) return Answers.Refuse(Refusal.NotAccepted);
        await eraser.FinishDueAsync(account); // a look at what is due sees it done; what cannot be deleted now is shown as closed
        var stored = vaults.All(account);
        return Answers.LongJson(async (writer, pour) =>
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "offproof/v1/recovery");
            writer.WritePropertyName("sheet");
            sheet.WriteJwk(writer);
            writer.WriteStartArray("records");
            foreach (var page in records.All(account))
            {
                foreach (string record in page) writer.WriteStringValue(record);
                await pour();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("receipts");
            foreach (var page in records.AllReceipts(account))
            {
                foreach (string receipt in page) writer.WriteStringValue(receipt);
                await pour();
            }

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
