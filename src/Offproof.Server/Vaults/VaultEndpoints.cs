using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §7: restic's REST protocol, append-only but for a prune (§16), and write-once; one vault for each grant.</summary>
sealed class VaultEndpoints(Access access, Publisher publisher, LockStore locks, Quota quota, DataFolder data, Clerk clerk)
{
    internal const long MaxObject = 512L * 1024 * 1024;

    // A read token may set locks: they must not be a way to store anything else.
    const long MaxLock = 64 * 1024;

    // protocol.md §16: whoever held the device for a week cannot have the sheet's own prune remove what was there before.
    const long YoungSeconds = 90L * 24 * 3600;

    const string Vault = "/v1/vaults/{account}/{device}/{category}/{epoch}";
    const string SizedList = "application/vnd.x.restic.rest.v2";

    static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Vault + "/", Answers.Route(CreateAsync));
        routes.MapMethods(Vault + "/config", Reading, Answers.Route(ReadConfig));
        routes.MapPost(Vault + "/config", Answers.Route(AddConfigAsync));
        routes.MapGet(Vault + "/{type}/", Answers.Route(List));
        routes.MapMethods(Vault + "/{type}/{name}", Reading, Answers.Route(ReadObject));
        routes.MapPost(Vault + "/{type}/{name}", Answers.Route(AddObjectAsync));
        routes.MapDelete(Vault + "/{type}/{name}", Answers.Route(DeleteAsync));
    }

    async Task<IResult> CreateAsync(HttpContext context)
    {
        if (access.AdmitToAdd(context, out var visitor) is { } why) return Answers.Refuse(why);
        using (await visitor.Vault.EnterAsync(context.RequestAborted))
        {
            if (access.StandingOf(visitor, adds: true) is { } over) return Answers.Refuse(over);
            Folder(visitor).Create();
            return Results.Ok();
        }
    }

    IResult ReadConfig(HttpContext context) =>
        access.Admit(context, out var visitor) is { } why ? Answers.Refuse(why) : Bytes(Folder(visitor).Config);

    async Task<IResult> AddConfigAsync(HttpContext context)
    {
        if (access.AdmitToAdd(context, out var visitor) is { } why) return Answers.Refuse(why);
        var folder = Folder(visitor);
        if (!File.Exists(folder.Sealed)) return Answers.Refuse(Refusal.SealedFirst);
        return Answered(context, await publisher.PublishAsync(context, visitor, new(folder.Config, visitor.Vault.Hashes.Config, MaxObject)));
    }

    IResult List(HttpContext context)
    {
        if (access.Admit(context, out var visitor) is { } why) return Answers.Refuse(why);
        if (!ObjectTypes.TryParse(context.Request.RouteValues["type"] as string, out var type)) return Answers.Refuse(Refusal.NotFound);
        bool sized = context.Request.Headers.Accept.ToString().Contains(SizedList, StringComparison.OrdinalIgnoreCase);
        var objects = Folder(visitor).List(type);
        return Answers.Json(
            writer =>
            {
                writer.WriteStartArray();
                foreach (var (name, size, received) in objects)
                {
                    if (sized)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("name", name);
                        writer.WriteNumber("size", size);
                        writer.WriteNumber("received", received);
                        writer.WriteEndObject();
                    }
                    else
                    {
                        writer.WriteStringValue(name);
                    }
                }

                writer.WriteEndArray();
            },
            sized ? SizedList : "application/vnd.x.restic.rest.v1");
    }

    IResult ReadObject(HttpContext context) =>
        Admit(context, out var visitor, out var type, out var name) is { } why
            ? Answers.Refuse(why)
            : Bytes(Folder(visitor).FileOf(type, name));

    async Task<IResult> AddObjectAsync(HttpContext context)
    {
        if (Admit(context, out var visitor, out var type, out var name) is { } why) return Answers.Refuse(why);
        bool isLock = type == ObjectType.Locks;
        bool may = visitor.Token.Adds || (visitor.Token.Prunes && type == ObjectType.Index);
        if (!isLock && (may ? access.StandingOf(visitor, adds: true) : Refusal.ReadOnly) is { } closed) return Answers.Refuse(closed);
        var folder = Folder(visitor);
        if (!File.Exists(folder.Sealed)) return Answers.Refuse(Refusal.SealedFirst);
        if (type == ObjectType.Keys && name != visitor.Vault.Hashes.Key) return Answers.Refuse(Refusal.Hash);
        Publication what = new(folder.FileOf(type, name), name, isLock ? MaxLock : MaxObject)
        {
            Adds = !isLock,
            Small = isLock,
            Before = isLock ? () => locks.Set(visitor.Vault.Address, name, visitor.Token.Holder) : null,
        };
        return Answered(context, await publisher.PublishAsync(context, visitor, what));
    }

    async Task<IResult> DeleteAsync(HttpContext context)
    {
        if (Admit(context, out var visitor, out var type, out var name) is { } why) return Answers.Refuse(why);
        bool isLock = type == ObjectType.Locks;
        if (!isLock && !(visitor.Token.Prunes && type is ObjectType.Data or ObjectType.Index or ObjectType.Snapshots)) return Answers.Refuse(Refusal.ReadOnly);
        using (await visitor.Vault.EnterAsync(context.RequestAborted))
        {
            if (access.StandingOf(visitor, adds: !isLock) is { } over) return Answers.Refuse(over);
            if (!access.StillHolds(context)) return Answers.Refuse(Refusal.NotAccepted);
            FileInfo file = new(Folder(visitor).FileOf(type, name));
            if (!file.Exists) return Results.Ok();
            if (isLock && !locks.IsHeldBy(visitor.Vault.Address, name, visitor.Token.Holder)) return Answers.Refuse(Refusal.ReadOnly);
            if (!isLock && VaultFolder.Received(file) > clerk.Now - YoungSeconds) return Answers.Refuse(Refusal.TooYoung);
            long size = file.Length;
            file.Delete();
            quota.Release(visitor.Vault.Address.Account, size);
            // What named a pack is gone for good before the pack goes.
            if (isLock) locks.Forget(visitor.Vault.Address, name);
            else DataFolder.SyncFolder(file.DirectoryName!);
            return Results.Ok();
        }
    }

    // The token first: whoever has none learns nothing about names either.
    Refusal? Admit(HttpContext context, out Visitor visitor, out ObjectType type, out Digest name)
    {
        (type, name) = (default, default);
        if (access.Admit(context, out visitor) is { } why) return why;
        if (!ObjectTypes.TryParse(context.Request.RouteValues["type"] as string, out type)) return Refusal.NotFound;
        return Digest.TryParse(context.Request.RouteValues["name"] as string, out name) ? null : Refusal.Malformed;
    }

    VaultFolder Folder(Visitor visitor) => new(data, visitor.Vault.Address);

    static IResult Bytes(string path) =>
        File.Exists(path) ? Results.File(path, "application/octet-stream", enableRangeProcessing: true) : Answers.Refuse(Refusal.NotFound);

    static IResult Answered(HttpContext context, (Refusal? Why, bool Whole) outcome) => outcome.Why switch
    {
        null => Results.Ok(),
        Refusal.SlowDown => Throttle.SlowDown(context, TimeSpan.FromSeconds(1)),
        { } why => Answers.Refuse(why),
    };
}
