using System.Text.Json;

namespace Offproof.Phone.Tests.Personas;

/// <summary>The persona of the vector: seed 1, 12 photos, small counts; made once for all tests of it, in every format.</summary>
public sealed class SamplePersona : IDisposable
{
    readonly TempFolder _folder = new();

    public SamplePersona()
    {
        Summary = Persona.Create(FullPath, Options, CancellationToken.None);
        Json = JsonDocument.Parse(File.ReadAllBytes(Summary.JsonPath)).RootElement;
        Photos = [.. Json.GetProperty("photos").EnumerateArray()];
    }

    internal static PersonaOptions Options { get; } = new() { Seed = 1, Photos = 12, Contacts = 12, Messages = 40, Notes = 8, AllFormats = true };

    internal PersonaSummary Summary { get; }

    internal JsonElement Json { get; }

    internal JsonElement[] Photos { get; }

    internal string FullPath => _folder["persona"];

    internal string PathOf(JsonElement photo) => _folder["persona/" + photo.GetProperty("path").GetString()];

    public void Dispose() => _folder.Dispose();
}
