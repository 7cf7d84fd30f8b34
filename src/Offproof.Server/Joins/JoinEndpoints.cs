using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §17: notes between a new device and one of the account. What they are worth, the two find out themselves.</summary>
sealed class JoinEndpoints(JoinRoom room, Access access)
{
    const int MaxBody = 4096;

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/joins", Answers.Route(BeginAsync));
        routes.MapGet("/v1/joins/{name}", Answers.Route(Read));
        routes.MapPut("/v1/joins/{name}/offer", Answers.Route(OfferAsync));
        routes.MapPut("/v1/joins/{name}/nonce", Answers.Route(RevealAsync));
    }

    async Task<IResult> BeginAsync(HttpContext context)
    {
        byte[]? body = await Answers.ReadBodyAsync(context, MaxBody);
        if (body is null) return Answers.Refuse(Refusal.TooLarge);
        if (!TryParse(body, out var request) || !request.RootElement.TryGetProperty("jwk", out var jwk) || !VerifyingKey.TryFromJwk(jwk, out var key)
            || !Digest.TryParse(Text(request, "commitment"), out var commitment)) return Answers.Refuse(Refusal.Malformed);
        if (!room.TryBegin(key, commitment, out string? name, out long expires)) return Answers.Refuse(Refusal.Full);
        return Answers.Created(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("join", name);
            writer.WriteNumber("expires", expires);
            writer.WriteEndObject();
        });
    }

    IResult Read(HttpContext context)
    {
        if (room.Find(NameOf(context)) is not { } joining) return Answers.Refuse(Refusal.NotFound);
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("jwk");
            joining.Key.WriteJwk(writer);
            writer.WriteString("commitment", joining.Commitment.Text);
            if (joining.Offer is { } offer)
            {
                writer.WritePropertyName("offer");
                writer.WriteRawValue(offer);
            }

            if (joining.Nonce is { } nonce) writer.WriteString("nonce", nonce);
            writer.WriteEndObject();
        });
    }

    async Task<IResult> OfferAsync(HttpContext context)
    {
        byte[]? body = await Answers.ReadBodyAsync(context, MaxBody);
        if (body is null) return Answers.Refuse(Refusal.TooLarge);
        if (!TryParse(body, out var request) || !Thumbprint.TryParse(Text(request, "account"), out var account)) return Answers.Refuse(Refusal.Malformed);
        if (access.FindRecovery(context, account) is null) return Answers.Refuse(Refusal.NotAccepted);
        return Step(context, joining => joining.Offer is null ? joining with { Offer = body } : null);
    }

    async Task<IResult> RevealAsync(HttpContext context)
    {
        byte[]? body = await Answers.ReadBodyAsync(context, MaxBody);
        if (body is null) return Answers.Refuse(Refusal.TooLarge);
        if (!TryParse(body, out var request) || !Digest.TryParse(Text(request, "nonce"), out var nonce)) return Answers.Refuse(Refusal.Malformed);
        return Step(context, joining => joining is { Offer: not null, Nonce: null } ? joining with { Nonce = nonce.Text } : null);
    }

    IResult Step(HttpContext context, Func<Joining, Joining?> next)
    {
        string? name = NameOf(context);
        if (room.Find(name) is not { } joining) return Answers.Refuse(Refusal.NotFound);
        return next(joining) is { } stepped && room.TryStep(name!, joining, stepped) ? Results.StatusCode(StatusCodes.Status201Created) : Answers.Refuse(Refusal.NotNext);
    }

    static string? NameOf(HttpContext context) => context.Request.RouteValues["name"] as string;

    static string? Text(JsonDocument request, string name) =>
        request.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static bool TryParse(byte[] body, [NotNullWhen(true)] out JsonDocument? request)
    {
        request = null;
        try
        {
            var parsed = JsonDocument.Parse(body, new() { AllowDuplicateProperties = false, MaxDepth = 4 });
            if (parsed.RootElement.ValueKind == JsonValueKind.Object) request = parsed;
            return request is not null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
