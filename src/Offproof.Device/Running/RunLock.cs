namespace Offproof.Device;

/// <summary><c>.run</c> in the home folder: held while `run` works there (run.md §1.6).</summary>
internal static class RunLock
{
    private const int Attempts = 10;

    /// <exception cref="DeviceException">Another one holds it.</exception>
    internal static FileStream Take(HomeFolder home)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(PathIn(home), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < Attempts)
            {
                Thread.Sleep(20); // `status` holds it for a moment, to see whether anybody does
            }
            catch (IOException e)
            {
                throw new DeviceException(DeviceFault.Failure, $"another offproof run works for {home.Root}", "offproof status says what it waits for", e);
            }
        }
    }

    internal static bool IsHeld(HomeFolder home)
    {
        try
        {
            using FileStream free = new(PathIn(home), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static string PathIn(HomeFolder home) => Path.Combine(home.Root, ".run");
}
