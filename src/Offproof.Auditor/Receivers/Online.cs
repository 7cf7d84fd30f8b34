namespace Offproof.Auditor;

/// <summary>What came of one request.</summary>
/// <param name="Status">Of HTTP; 0 where no answer came.</param>
/// <param name="MediaType">Without parameters, lower case; null where none was said.</param>
/// <param name="Location">Where a redirect leads, resolved; null where there is none.</param>
/// <param name="Body">At most one byte more than 1 MiB.</param>
/// <param name="Failure">Why no answer came, in words.</param>
public sealed record Fetched(int Status, string? MediaType, Uri? Location, ReadOnlyMemory<byte> Body, string? Failure = null);

/// <summary>The way out, which this project does not have: whoever calls hands it in (receivers.md §5).</summary>
/// <param name="Fetch">One GET, without following redirects; throws only when it is cancelled.</param>
/// <param name="Say">Tells the person what will be told to whom, before it is.</param>
/// <param name="Wait">Waits.</param>
public sealed record Online(Func<Uri, CancellationToken, Fetched> Fetch, Action<string> Say, Action<TimeSpan, CancellationToken> Wait, TimeProvider Time);

/// <summary>The folder of sources of one audit.</summary>
internal sealed class SourceReading(string folder, Online? online)
{
    internal IReadOnlyList<string> Notes { get; private set; } = [];

    /// <exception cref="DirectoryNotFoundException">The folder is not there: better said before captures are read for minutes.</exception>
    internal static SourceReading? Of(AuditRequest request)
    {
        if (request.Sources is not { } folder) return request.Online is null ? null : throw new ArgumentException("answers need a folder to be kept in", nameof(request));
        return Directory.Exists(folder) ? new SourceReading(folder, request.Online) : throw new DirectoryNotFoundException($"{folder} is not a folder");
    }

    internal SourceFolder Read(IReadOnlyList<Receiver> receivers, CancellationToken cancel)
    {
        IReadOnlyList<Address> addresses = ReceiverList.Addresses(receivers);
        SourceFolder sources = SourceFolder.Read(folder, addresses, cancel);
        if (online is null) return sources;
        Lookup lookup = new(folder, online);
        bool hasNew = lookup.Run(sources, addresses, cancel);
        Notes = lookup.Notes;
        return hasNew ? SourceFolder.Read(folder, addresses, cancel) : sources;
    }
}
