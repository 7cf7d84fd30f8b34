namespace Offproof.Server;

/// <summary>protocol.md §1: who this server is.</summary>
sealed class ServerEndpoint(Clerk clerk, bool invitedOnly)
{
    internal void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/server", Answers.Route(_ => Answers.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("schema", "offproof/v1/server");
        writer.WriteString("key", clerk.Server.Text);
        writer.WritePropertyName("jwk");
        clerk.Public.WriteJwk(writer);
        writer.WriteString("accounts", invitedOnly ? "invited" : "open");
        writer.WriteEndObject();
    })));
}
