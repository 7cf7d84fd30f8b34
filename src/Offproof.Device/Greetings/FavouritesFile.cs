using System.Text.Json;
using System.Text.Json.Serialization;
using Offproof.Channel;

namespace Offproof.Device;

/// <summary><c>HOME/favourites.json</c> (greetings.md §5): entries that the owner keeps, whole, so that no later release takes them away. Read by the greetings verb and by nothing else.</summary>
/// <param name="Schema">offproof/v1/favourites</param>
/// <param name="Greetings">In the order in which they were kept</param>
internal sealed record FavouritesFile(string Schema, IReadOnlyList<Greeting> Greetings)
{
    internal const int Most = 1000;
    private const string CurrentSchema = "offproof/v1/favourites";
    private const int MostBytes = 32 << 20;

    internal static IReadOnlyList<Greeting> Read(HomeFolder home)
    {
        if (!Path.Exists(home.Favourites)) return [];
        if (!PublicChannel.IsFile(home.Favourites)) throw new DeviceException(DeviceFault.Failure, $"{home.Favourites}{PublicChannel.NoFile}", "move it away, and favourites begin anew; greetings are found without it");
        try
        {
            if (new FileInfo(home.Favourites).Length <= MostBytes
                && JsonSerializer.Deserialize(File.ReadAllBytes(home.Favourites), FavouritesJson.Default.FavouritesFile) is { Schema: CurrentSchema } read && read.Greetings.Count <= Most && !read.Greetings.Contains(null!))
            {
                GreetingList.Write(read.Greetings); // throws, as of a collection, where one is no entry, or two have one id
                return read.Greetings;
            }
        }
        catch (Exception e) when (e is JsonException or ContentException)
        {
            // As below.
        }
        throw new DeviceException(DeviceFault.Failure, $"{home.Favourites} cannot be read", "move it away, and favourites begin anew; greetings are found without it");
    }

    internal static void Write(HomeFolder home, IReadOnlyList<Greeting> greetings) =>
        HomeFolder.Write(home.Favourites, JsonSerializer.SerializeToUtf8Bytes(new FavouritesFile(CurrentSchema, greetings), FavouritesJson.Default.FavouritesFile));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false, MaxDepth = 8)]
[JsonSerializable(typeof(FavouritesFile))]
internal sealed partial class FavouritesJson : JsonSerializerContext;
