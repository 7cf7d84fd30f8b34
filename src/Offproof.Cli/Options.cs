using System.CommandLine;
using Offproof.Consent;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>What several verbs share.</summary>
internal static class Options
{
    internal static Option<string?> Home { get; } = new("--home")
    {
        Description = "The device's folder; OFFPROOF_HOME, or ~/.offproof, where not given",
        Recursive = true,
        HelpName = "DIR",
    };

    internal static Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object on stdout", Recursive = true };

    internal static Argument<string> Category() => new("CATEGORY") { Description = "contacts, messages, notes or photos" };

    internal static Option<bool> Yes() => new("--yes") { Description = "Do not ask" };

    internal static Option<string> RequiredFile(string name, string description) => new(name) { Description = description, Required = true, HelpName = "FILE" };

    internal static string HomeFolder(this ParseResult parsed) => parsed.GetValue(Home)
        ?? Environment.GetEnvironmentVariable("OFFPROOF_HOME")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".offproof");

    internal static DeviceHome OpenHome(this ParseResult parsed) => DeviceHome.Open(parsed.HomeFolder(), TimeProvider.System);

    internal static Category ParseCategory(string name) => Categories.TryParse(name, out Category category)
        ? category
        : throw new DeviceException(DeviceFault.Usage, $"there is no category '{name}'", "contacts, messages, notes or photos");

    internal static Uri ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new DeviceException(DeviceFault.Usage, $"'{text}' is not a URL", "http://127.0.0.1:8750 or https://...");
}
