namespace Offproof.Auditor;

/// <summary>One planted piece of personal data.</summary>
/// <param name="Id">Stable within a persona: <c>identifiers.imei</c>, <c>contacts[3].phones[0]</c>, <c>messages[17].body</c>.</param>
/// <param name="Kind">imei, imsi, iccid, android-id, mac, serial, email, carrier, gps, phone, contact-phone, contact-name, contact, message-number, message-text, note-text, photo, ...</param>
/// <param name="Value">What a report shows of it.</param>
internal sealed record Canary(string Id, string Kind, string Value);

/// <summary>One way in which a canary is ordinarily written: bytes whose presence proves that it left (audit.md §4).</summary>
/// <param name="Canary">Whose form it is.</param>
/// <param name="Name">utf8, e164, national, without-check-digit, fragment, exif-gps, ...</param>
/// <param name="Bytes">8 or more of them, but for whole values of parameters.</param>
/// <param name="Bits">How unlikely the bytes are by accident: the expected number of accidental meetings in n random bytes is n x 2^-Bits.</param>
internal sealed record Form(Canary Canary, string Name, byte[] Bytes, double Bits);
