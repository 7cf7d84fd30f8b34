using System.Text.Json;
using System.Text.Json.Serialization;
using Offproof.Channel;

namespace Offproof.Device;

/// <summary><c>HOME/channel/updates.json</c>: which phone it is, as its owner said. It chooses among notices that every device has, and is sent to nobody.</summary>
/// <param name="Schema">offproof/v1/phone</param>
/// <param name="Model">As in the notices</param>
/// <param name="Installed">The version that it has</param>
/// <param name="Track">stable, beta, ...</param>
internal sealed record PhoneFile(string Schema, string Model, string Installed, string Track)
{
    internal const string CurrentSchema = "offproof/v1/phone";
    private const int MostBytes = 65_536;

    internal static PhoneFile? Read(HomeFolder home)
    {
        if (!File.Exists(home.Phone)) return null;
        if (new FileInfo(home.Phone).Length > MostBytes || !PublicChannel.IsFile(home.Phone)) throw new DeviceException(DeviceFault.Failure, $"{home.Phone}{PublicChannel.NoFile}, or too large", "remove it, and name the phone again: offproof updates --model NAME --installed VERSION");
        try
        {
            PhoneFile? read = JsonSerializer.Deserialize(File.ReadAllBytes(home.Phone), PhoneJson.Default.PhoneFile);
            if (read is { Schema: CurrentSchema } && ReleaseVersion.TryParse(read.Installed, out _)) return read;
        }
        catch (JsonException)
        {
            // As below.
        }
        throw new DeviceException(DeviceFault.Failure, $"{home.Phone} cannot be read", "name the phone again: offproof updates --model NAME --installed VERSION");
    }

    internal void Write(HomeFolder home) => HomeFolder.Write(home.Phone, JsonSerializer.SerializeToUtf8Bytes(this, PhoneJson.Default.PhoneFile));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PhoneFile))]
internal sealed partial class PhoneJson : JsonSerializerContext;
