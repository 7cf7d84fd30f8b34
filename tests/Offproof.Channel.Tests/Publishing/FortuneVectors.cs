using System.Diagnostics;
using System.Text.Json;

namespace Offproof.Channel.Tests;

/// <summary>vectors/channel/fortunes/, and what was read of a file, in the form of its expect.json.</summary>
static class FortuneVectors
{
    internal static string Folder { get; } = Path.Combine(ContentVectors.Root, "vectors", "channel", "fortunes");

    internal static JsonElement Expect { get; } = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "expect.json"))).RootElement;

    internal static GreetingDefaults Defaults { get; } = new(Language: "en", Licence: "CC0-1.0");

    internal static BroughtGreetings Bring(params string[] paths) => GreetingImport.Read(paths, Defaults);

    /// <summary>Every entry in its order, each text once: with its author, or why it was left out.</summary>
    internal static List<string> Told(BroughtGreetings brought) =>
    [
        .. brought.Entries.Select(one => $"{one.Text}\0{one.Author}"),
        .. brought.LeftOut.Select(one => $"{one.Line}\0{Word(one.Why)}"),
    ];

    /// <summary>The same of what read.py said.</summary>
    internal static List<string> Told(IReadOnlyList<JsonElement> entries) =>
    [
        .. entries.Where(one => one.TryGetProperty("text", out _)).DistinctBy(one => one.GetProperty("text").GetString()).Select(one => $"{one.GetProperty("text").GetString()}\0{one.GetProperty("author").GetString()}"),
        .. entries.Where(one => one.TryGetProperty("why", out _)).Select(one => $"{one.GetProperty("line").GetInt32()}\0{one.GetProperty("why").GetString()}"),
    ];

    /// <summary>What a stock tool prints. One that is missing fails the test.</summary>
    internal static string Run(string program, params string[] arguments) => Run(0, program, arguments);

    /// <summary>The same of a tool that ends otherwise when all is well.</summary>
    internal static string Run(int code, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, StandardOutputEncoding = new System.Text.UTF8Encoding(false) };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == code, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}");
        return output;
    }

    private static string Word(string why) => why switch { FortuneText.Empty => "empty", FortuneText.Long => "long", FortuneText.Control => "control", FortuneText.Overstruck => "overstrike", _ => why };
}
