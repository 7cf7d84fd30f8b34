using System.CommandLine;
using System.Globalization;
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

    internal static string HomeFolder(this ParseResult parsed)
    {
        if ((parsed.GetValue(Home) ?? Environment.GetEnvironmentVariable("OFFPROOF_HOME")) is { Length: > 0 } given) return given;
        string user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return user.Length > 0 ? Path.Combine(user, ".offproof") : throw new DeviceException(DeviceFault.Usage, "there is no home folder to look in", "name one with --home");
    }

    internal static DeviceHome OpenHome(this ParseResult parsed) => DeviceHome.Open(parsed.HomeFolder(), TimeProvider.System);

    /// <summary>Works with a sheet. The server says of one that is over no more than no; a device's folder of the same account may know since when.</summary>
    internal static async Task<T> WithSheetAsync<T>(this ParseResult parsed, string file, Func<Sheet, Task<T>> work)
    {
        using Sheet sheet = Sheet.Read(file);
        try
        {
            return await work(sheet);
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.WrongSheet && DeviceHome.KnowsNewerSince(parsed.HomeFolder(), sheet) is { } since)
        {
            throw new DeviceException(DeviceFault.WrongSheet, $"{file} is not this account's sheet any more: a newer sheet took its place on {ErasureWords.Day(since)}", "look for the newer one", e);
        }
    }

    internal static Category ParseCategory(string name) => Categories.TryParse(name, out Category category)
        ? category
        : throw new DeviceException(DeviceFault.Usage, $"there is no category '{name}'", "contacts, messages, notes or photos");

    /// <summary>A folder to write into: made where absent, but never a file's place.</summary>
    internal static string TargetFolder(this ParseResult parsed, Option<string> to)
    {
        string target = parsed.GetRequiredValue(to);
        return File.Exists(target) ? throw new DeviceException(DeviceFault.Failure, $"{target} is a file, not a folder: it was not touched", "name another folder") : target;
    }

    /// <summary>A whole number, refused in words of this program.</summary>
    internal static Option<T?> Number<T>(string name, string description, string helpName, T least, T most, string written = "") where T : struct, System.Numerics.INumber<T> => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            if (T.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out T number)
                && number >= least && number <= most) return number;
            result.AddError($"{name} is a whole number from {least} to {most}{written}, not '{result.Tokens[0].Value}'");
            return null;
        },
    };

    /// <summary>A number of bytes, without a unit.</summary>
    internal static Option<long?> Bytes(string name, string description) => Number(name, description, "BYTES", 0, long.MaxValue, ", in digits alone (5000000000 is 5 GB)");

    /// <summary>A day (it begins at midnight here) or a moment after RFC 3339.</summary>
    internal static Option<DateTimeOffset?> Moment(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            string[] forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
            if (DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset moment)) return moment;
            result.AddError($"{name} is a day (2026-01-31) or a moment (2026-01-31T18:00:00Z), not '{text}'");
            return null;
        },
    };

    /// <summary>A whole number of seconds, minutes, hours or days: 30s, 10m, 6h, 1d; from a second to 31 days.</summary>
    internal static Option<Duration> Duration(string name, string description, TimeSpan usual) => Duration(name, description, usual, least: 1, mostDays: 31);

    /// <summary>The same, of a rollout (channel.md §5): 0 is at once, and 366 days are the most.</summary>
    internal static Option<Duration> RolloutTime(string name, string description) => Duration(name, description, TimeSpan.Zero, least: 0, mostDays: 366);

    private static Option<Duration> Duration(string name, string description, TimeSpan usual, int least, int mostDays) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        DefaultValueFactory = _ => new(usual),
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (least == 0 && text == "0") return default;
            long unit = text switch { [.., 's'] => 1, [.., 'm'] => 60, [.., 'h'] => 3600, [.., 'd'] => 86400, _ => 0 };
            if (unit > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number * unit is var seconds && seconds >= least && seconds <= mostDays * 86400L) return new(TimeSpan.FromSeconds(seconds));
            result.AddError($"{name} is {(least == 0 ? "0, " : "")}30s, 10m, 6h or 1d, at most {mostDays} days, not '{text}'");
            return new(usual);
        },
    };

    /// <summary>A place below which there is more: it ends in a slash.</summary>
    internal static Uri ParsePlace(string text) => ParseUrl(text.EndsWith('/') ? text : text + "/");

    /// <summary>Refuses what others on the way could read.</summary>
    internal static void RequireHttps(Uri url)
    {
        if (url.Scheme != Uri.UriSchemeHttps && !url.IsLoopback)
            throw new DeviceException(DeviceFault.Refused, $"{url.GetLeftPart(UriPartial.Scheme)}{url.Authority} is not https", "http is accepted on loopback only");
    }

    /// <summary>True for what is a URL of the web, and no folder.</summary>
    internal static bool IsUrl(string text) => text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal);

    internal static Uri ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new DeviceException(DeviceFault.Usage, $"'{text}' is not a URL", "http://127.0.0.1:8750 or https://...");
}
