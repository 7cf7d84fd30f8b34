using System.Globalization;

namespace Offproof.Device;

/// <summary>How a poll in a process of its own ended.</summary>
/// <param name="Exit">Its exit code (cli.md §3)</param>
/// <param name="Why">What it said where it failed</param>
public sealed record PollEnd(int Exit, string Why);

/// <summary>
/// When the channel is polled next (run.md §1.8): drawn anew each time and kept in <c>HOME/channel/next-poll</c>, so that it depends neither on when the phone is used nor on when it starts.
/// </summary>
/// <param name="home">The device's folder</param>
/// <param name="chance">A number from 0 to below 1, a new one at each call</param>
internal sealed class PollSchedule(HomeFolder home, Func<double> chance)
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);
    private static readonly TimeSpan Spread = TimeSpan.FromHours(6);
    private static readonly TimeSpan Retry = TimeSpan.FromHours(1);

    // What could not be written, as on a full disk, holds as well.
    private DateTimeOffset? known;

    private string NextFile => Path.Combine(home.Channel, "next-poll");

    /// <summary>True where a channel is pinned and its time has come.</summary>
    internal bool IsDue(DateTimeOffset now)
    {
        if (!File.Exists(Path.Combine(home.Channel, "trust.json"))) return false;
        DateTimeOffset? next = Read() ?? known;
        // Never drawn, or by a clock that was wrong; or missed while nothing ran: a poll at the moment of starting would say when that is.
        if (next is not { } due || due - now > Day + Spread || now - due > Spread) return Keep(now + (Spread * chance())) <= now;
        return due <= now;
    }

    /// <summary>Draws the next one.</summary>
    /// <returns>When that is.</returns>
    internal DateTimeOffset After(bool isGood, DateTimeOffset now) => Keep(now + (isGood ? Day + (Spread * chance()) : Retry + (Retry * chance())));

    private DateTimeOffset Keep(DateTimeOffset next)
    {
        known = next;
        try
        {
            HomeFolder.Write(NextFile, System.Text.Encoding.ASCII.GetBytes(next.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture) + "\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays in memory.
        }
        return next;
    }

    private DateTimeOffset? Read()
    {
        try
        {
            return Channel.PublicChannel.IsFile(NextFile) && DateTimeOffset.TryParseExact(File.ReadAllText(NextFile).TrimEnd('\n'), Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset next) ? next : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
