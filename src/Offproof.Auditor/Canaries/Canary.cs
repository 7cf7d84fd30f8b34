namespace Offproof.Auditor;

/// <summary>One planted piece of personal data.</summary>
/// <param name="Id">Stable within a persona: <c>identifiers.imei</c>, <c>contacts[3].phones[0]</c>, <c>messages[17].body</c>.</param>
/// <param name="Kind">imei, imsi, iccid, android-id, mac, serial, email, carrier, gps, phone, contact-phone, contact-name, contact, message-number, message-text, note-text, photo, ...</param>
/// <param name="Value">What a report shows of it.</param>
internal sealed record Canary(string Id, string Kind, string Value)
{
    /// <summary>The phone's own: few, and the first that anybody asks for.</summary>
    internal bool IsOwn => Id.StartsWith("identifiers.", StringComparison.Ordinal);
}

/// <summary>One way in which a canary is ordinarily written: bytes whose presence proves that it left (audit.md §4).</summary>
/// <param name="Canary">Whose form it is.</param>
/// <param name="Name">as-written, international, without-check-digit, fragment, exif, ... (audit.md §4)</param>
/// <param name="Bytes">8 or more of them, but for whole values of parameters.</param>
/// <param name="Bits">How unlikely the bytes are by accident: the expected number of accidental meetings in n random bytes is n x 2^-Bits.</param>
/// <param name="Near">The other half of a pair, which must stand within 512 bytes; null where the bytes are evidence alone.</param>
internal sealed record Form(Canary Canary, string Name, byte[] Bytes, double Bits, byte[]? Near = null)
{
    /// <summary>Other canaries that are written the same; null where there are none.</summary>
    internal List<Canary>? Also { get; set; }

    /// <summary>How far apart the halves of a pair may stand.</summary>
    internal const int Reach = 512;

    /// <summary>How many bits a form needs to be evidence at all.</summary>
    internal const double FewestBits = 26;

    /// <summary>No form counts for more.</summary>
    internal const double MostBits = 128;

    internal const int ShortestBytes = 8;
}

/// <summary>A form that is not searched, and why.</summary>
internal sealed record TooShort(Canary Canary, string Form, string Reason);
