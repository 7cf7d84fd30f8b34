using System.Net;

namespace Offproof.Auditor;

/// <summary>What is asked of an audit.</summary>
/// <param name="Captures">Files: pcap or pcapng, plain or gzipped; HAR 1.2; flows of mitmproxy. Told apart by their content.</param>
/// <param name="Persona">persona.json (docs/persona.md); the files that it names are read where they lie beside it.</param>
/// <param name="Keys">Key logs in NSS format (SSLKEYLOGFILE).</param>
/// <param name="Sources">A folder of sources about addresses (receivers.md §3); null for none.</param>
/// <param name="Online">Who asks registries (receivers.md §5); null where nobody may. Needs <paramref name="Sources"/>.</param>
/// <param name="Phones">Addresses that are the phone's; null where that is to be told from the captures (audit.md §3.1).</param>
public sealed record AuditRequest(IReadOnlyList<string> Captures, string Persona, IReadOnlyList<string> Keys, string? Sources = null, Online? Online = null, IReadOnlyList<IPAddress>? Phones = null);

/// <summary>persona.json cannot be read; the message says why.</summary>
public sealed class InvalidPersonaException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Captures in, verdict out (audit.md). Memory does not grow with the captures.</summary>
public static class Audit
{
    /// <summary>Reads all captures and says what was seen.</summary>
    /// <exception cref="InvalidPersonaException">The persona cannot be read.</exception>
    /// <exception cref="IOException">A file cannot be opened or read. A capture that is damaged is no exception: the report says so.</exception>
    public static AuditReport Run(AuditRequest request, CancellationToken cancel = default) => Run(request, null, cancel);

    /// <param name="transcribe">Makes who keeps what was said; null where nobody does.</param>
    internal static AuditReport Run(AuditRequest request, Func<Examiner, Scribe>? transcribe, CancellationToken cancel)
    {
        SourceReading? sources = SourceReading.Of(request);
        KeyLog? keys = request.Keys.Count > 0 ? new KeyLog() : null;
        foreach (string path in request.Keys)
        {
            using FileStream file = Open(path);
            keys!.Add(file);
        }
        using AuditRun run = new(ReadPersona(request.Persona), keys, sources: sources, phones: request.Phones, transcribe: transcribe);
        foreach (string path in request.Captures)
        {
            using FileStream file = Open(path);
            run.Read(path, file, cancel);
        }
        return run.Report(cancel);
    }

    private static Canaries ReadPersona(string path)
    {
        try
        {
            using FileStream file = Open(path);
            return Canaries.Read(file, Path.GetDirectoryName(Path.GetFullPath(path)));
        }
        catch (PersonaException e)
        {
            throw new InvalidPersonaException(e.Message, e);
        }
    }

    private static FileStream Open(string path) => new(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite, BufferSize = 0, Options = FileOptions.SequentialScan });
}
