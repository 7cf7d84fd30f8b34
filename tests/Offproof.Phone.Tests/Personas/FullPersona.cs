using System.Text.Json;

namespace Offproof.Phone.Tests.Personas;

/// <summary>A persona of the counts that are the default, without photos, in every format; made once for all tests of it.</summary>
public sealed class FullPersona : IDisposable
{
    readonly TempFolder _folder = new();

    public FullPersona()
    {
        Summary = Persona.Create(FullPath, new PersonaOptions { Seed = 7, Photos = 0, AllFormats = true }, CancellationToken.None);
        Json = JsonDocument.Parse(File.ReadAllBytes(Summary.JsonPath)).RootElement;
    }

    internal PersonaSummary Summary { get; }

    internal JsonElement Json { get; }

    internal JsonElement[] Contacts => [.. Json.GetProperty("contacts").EnumerateArray()];

    internal JsonElement[] Messages => [.. Json.GetProperty("messages").EnumerateArray()];

    internal JsonElement[] Notes => [.. Json.GetProperty("notes").EnumerateArray()];

    internal string FullPath => _folder["persona"];

    internal string this[string path] => _folder["persona/" + path];

    public void Dispose() => _folder.Dispose();
}
