using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>Results to stdout, talk to stderr; nothing from outside reaches a terminal with control characters in it.</summary>
internal static class Terminal
{
    // What turns the direction of a line, or ends it: a name could disguise its ending by it.
    private static readonly SearchValues<char> Turning = SearchValues.Create("\u200E\u200F\u061C\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u2028\u2029");

    // What takes no room at all: two names that differ look the same, and a whole sentence can hide in tag characters (U+E0000 to U+E007F). Not U+200C and U+200D, without which emoji and Indic text fall apart.
    private const char Tags = '\uDB40';
    private static readonly SearchValues<char> Unseen = SearchValues.Create("\u200B\uFEFF\uDB40");

    // Of one kind: what matters must not leave the screen.
    private const int MostLines = 50;

    // Of a path or a remark. Whoever made a file chose its name, and the names of what is in it.
    private const int MostPath = 300;
    private const int MostSentence = 700;

    internal static void Error(string message) => Console.Error.WriteLine(ForReading($"offproof: error: {Clean(message)}", Console.IsErrorRedirected));

    internal static void Hint(string hint) => Console.Error.WriteLine(ForReading($"hint: {Clean(hint)}", Console.IsErrorRedirected));

    internal static void Say(string line) => Console.Out.WriteLine(ForReading(Clean(line), Console.IsOutputRedirected));

    internal static void Talk(string line) => Console.Error.WriteLine(ForReading(Clean(line), Console.IsErrorRedirected));

    /// <summary>A document that has line ends of its own: where the terminal is too narrow for them, with other ones.</summary>
    internal static void TalkDocument(string text)
    {
        bool fits = Console.IsErrorRedirected || text.Split('\n').Max(static line => line.Length) <= Width;
        Talk(fits ? text : Wrapping.Join(text));
    }

    /// <summary>As it is for a file or a program; for a terminal broken at blanks to its width.</summary>
    internal static string ForReading(string text, bool isRedirected) => isRedirected ? text : Wrapping.Wrap(text, Width);

    /// <summary>Characters in a line, 0 where the terminal does not tell; in the last column some begin a new line by themselves.</summary>
    private static int Width
    {
        get
        {
            try
            {
                return Math.Max(0, Console.WindowWidth - 1);
            }
            catch (Exception e) when (e is IOException or PlatformNotSupportedException)
            {
                return 0;
            }
        }
    }

    /// <summary>A word as a shell takes it.</summary>
    internal static string ShellWord(string word) => word.Length > 0 && word.All(static c => char.IsAsciiLetterOrDigit(c) || "-_./:=,".Contains(c, StringComparison.Ordinal))
        ? word
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A picture of half-block characters, light on dark, where stderr is a terminal that has room for it; else nothing, and false: what it says stands beside it in words.</summary>
    /// <param name="picture">Its lines, all of one width</param>
    /// <param name="isWhole">Only where its first line does not leave the screen before the last one comes</param>
    internal static bool Draw(IReadOnlyList<string> picture, bool isWhole = false)
    {
        if (Console.IsErrorRedirected || !HasRoom(picture[0].Length, isWhole ? picture.Count + 1 : 0)) return false;
        // With colours of its own it is light on dark everywhere; without, it is what the terminal makes of it.
        bool colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        foreach (string line in picture) Console.Error.WriteLine(colours ? $"\x1b[97;40m{line}\x1b[0m" : line);
        return true;
    }

    private static bool HasRoom(int width, int height)
    {
        if (Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb" || Console.Error.Encoding.CodePage != Encoding.UTF8.CodePage) return false;
        try
        {
            return Console.WindowWidth > width && (height == 0 || Console.WindowHeight > height); // in the last column some terminals begin a new line by themselves
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Damage that cost time and no file: it is said, and the exit code stays.</summary>
    internal static void Noticed(IReadOnlyList<string> notices)
    {
        foreach (string notice in notices) Talk($"damaged: {notice}");
    }

    /// <summary>What came to light about the server, and became of the account, is said however the work ends.</summary>
    internal static async Task<int> SayingNoticesAsync(this DeviceHome home, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        finally
        {
            Noticed(home.Notices);
            Remarked(home.News);
        }
    }

    /// <summary>Sources that shrank (phone.md §2.3).</summary>
    internal static void Raised(string category, IReadOnlyList<Alarm> alarms)
    {
        foreach (Alarm alarm in alarms)
        {
            Talk(string.Create(CultureInfo.InvariantCulture,
                $"alarm: {category}: {OneLine(alarm.Source)} holds {alarm.Now}, and held {alarm.Before} before {Time(alarm.Since)}; earlier snapshots keep what is gone"));
        }
    }

    /// <summary>Seven days without a good backup (run.md §1.5).</summary>
    internal static string Overdue(string category, DateTimeOffset since, string? why) =>
        $"alarm: {category}: no backup has ended well since {Time(since.ToUniversalTime())}{(why is null ? "" : $": {why}")}";

    /// <summary>What is worth knowing; likewise cut.</summary>
    internal static void Remarked(IReadOnlyList<string> remarks)
    {
        foreach (string remark in remarks.Take(MostLines)) Talk($"note: {OneLine(remark, MostSentence)}");
        if (remarks.Count > MostLines) Talk(string.Create(CultureInfo.InvariantCulture, $"note: {remarks.Count - MostLines} more; --json lists all"));
    }

    /// <summary>What was left out, file by file; a flood of it is cut, and --json has all.</summary>
    internal static void LeftOut(string what, IReadOnlyList<SkippedItem> items)
    {
        foreach (SkippedItem item in items.Take(MostLines))
        {
            string place = item.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"{OneLine(item.Path)}:{line}") : OneLine(item.Path);
            Talk($"{what}: {place}: {OneLine(item.Reason, MostSentence)}");
        }
        if (items.Count > MostLines) Talk(string.Create(CultureInfo.InvariantCulture, $"{what}: {items.Count - MostLines} more; --json lists all"));
    }

    internal static void Json<T>(T value, JsonTypeInfo<T> type) => Console.Out.WriteLine(JsonSerializer.Serialize(value, type));

    internal static bool CanAsk => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>Whether something could be asked if it had to be; before anything is said that leads up to a question.</summary>
    internal static void RequireSomebodyToAsk(bool yes)
    {
        if (!yes && !CanAsk) throw new DeviceException(DeviceFault.Usage, "there is no terminal to ask on", "add --yes");
    }

    /// <summary>Asks on a terminal; without one, what would be asked has to be given. Ctrl-C is an answer too, at once: reading goes on elsewhere until the process ends.</summary>
    internal static async Task RequireYesAsync(bool yes, string question, CancellationToken cancel)
    {
        if (yes) return;
        RequireSomebodyToAsk(yes);
        await Console.Error.WriteAsync(ForReading($"{question} [y/N]", Console.IsErrorRedirected) + " ");
        string? answer;
        try
        {
            answer = await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync();
            throw new InterruptedException("interrupted: nothing was changed", null);
        }
        if (answer?.Trim() is not ("y" or "Y" or "yes")) throw new DeviceException(DeviceFault.Refused, "not confirmed: nothing was changed");
    }

    /// <summary>What is typed without being shown, in UTF-8; the caller zeroes it. Only where <see cref="CanAsk"/>.</summary>
    internal static byte[] AskSecret(string question)
    {
        Console.Error.Write(Clean(question));
        char[] typed = new char[1024];
        int length = 0;
        for (ConsoleKeyInfo key; (key = Console.ReadKey(intercept: true)).Key != ConsoleKey.Enter;)
        {
            if (key.Key == ConsoleKey.Backspace) length = Math.Max(0, length - 1);
            else if (key.KeyChar != '\0' && length < typed.Length) typed[length++] = key.KeyChar;
        }
        Console.Error.WriteLine();
        byte[] secret = Encoding.UTF8.GetBytes(typed, 0, length);
        Array.Clear(typed);
        return secret;
    }

    /// <summary>"1 file", "2 files".</summary>
    internal static string Count(long number, string one) => string.Create(CultureInfo.InvariantCulture, $"{number} {one}{(number == 1 ? "" : "s")}");

    /// <summary>"137 kept (100 notes, 37 other files)"; "200 kept" where all are what the category is named after.</summary>
    internal static string Kept(string category, long kept, long otherFiles) => string.Create(CultureInfo.InvariantCulture, $"{kept} kept")
        + (otherFiles == 0 ? "" : $" ({Entries(category, kept, otherFiles)})");

    /// <summary>"100 notes, 37 other files".</summary>
    /// <param name="category">A plural</param>
    /// <param name="entries">All of them</param>
    /// <param name="otherFiles">Those that are none of what the category is named after</param>
    internal static string Entries(string category, long entries, long otherFiles) => Count(entries - otherFiles, category[..^1]) + (otherFiles == 0 ? "" : $", {Count(otherFiles, "other file")}");

    internal static string Size(long bytes) => bytes switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 1000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
    };

    internal static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A file's name as part of a line: a line feed in it must not begin a line of its own, which would pass for ours. A long one is cut in the middle, since the end tells files apart; --json has all of it.</summary>
    internal static string OneLine(string name, int most = MostPath)
    {
        if (name.Length > most)
        {
            int head = most / 2, tail = name.Length - (most / 2);
            if (char.IsHighSurrogate(name[head - 1])) head--;
            if (char.IsLowSurrogate(name[tail])) tail++;
            name = string.Concat(name.AsSpan(0, head), "\u2026", name.AsSpan(tail));
        }
        return Clean(name).Replace("\n", "\\n", StringComparison.Ordinal);
    }

    /// <summary>What the parser says, which has a line for each allowed value, as one line.</summary>
    internal static string Sentence(string message)
    {
        string[] lines = message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 0 ? "" : OneLine(lines.Length == 1 ? lines[0] : $"{lines[0]} {string.Join(", ", lines.Skip(1))}", MostSentence);
    }

    private static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\x9f') && !text.AsSpan().ContainsAny(Turning) && !text.AsSpan().ContainsAny(Unseen)) return text;
        StringBuilder clean = new(text.Length);
        for (int at = 0; at < text.Length; at++)
        {
            char c = text[at];
            if (c == Tags && at + 1 < text.Length && text[at + 1] is >= '\uDC00' and <= '\uDC7F')
            {
                clean.Append(CultureInfo.InvariantCulture, $"\\u{{{char.ConvertToUtf32(c, text[++at]):x}}}");
                continue;
            }
            if (Turning.Contains(c) || (c != Tags && Unseen.Contains(c))) clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else if (c is '\n' || !char.IsControl(c)) clean.Append(c);
            else clean.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
        }
        return clean.ToString();
    }
}
