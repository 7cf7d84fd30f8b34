using Offproof.Channel;
using Offproof.TufClient;

if (Arguments.Read(args) is not { } arguments)
{
    await Console.Error.WriteLineAsync("""
        tuf-client: error: no such command
        usage: tuf-client --metadata-dir DIR init TRUSTED_ROOT
               tuf-client --metadata-dir DIR --metadata-url URL refresh
               tuf-client --metadata-dir DIR --metadata-url URL --target-name T [--target-name T2 ...] --target-base-url URL --target-dir DIR download
        """);
    return 1;
}

try
{
    await Client.RunAsync(arguments);
    return 0;
}
catch (Exception e) when (e is TufException or IOException or UnauthorizedAccessException or InvalidOperationException)
{
    await Console.Error.WriteLineAsync($"tuf-client: error: {e.Message}");
    return 1;
}
