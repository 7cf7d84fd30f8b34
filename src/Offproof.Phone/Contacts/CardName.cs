using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Phone;

/// <summary>By what a card is called: its name, its UID, its time (contacts.md §3).</summary>
static class CardName
{
    static readonly SearchValues<char> Safe = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");
    static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");
    static readonly int[] Spoken = [3, 1, 2, 0, 4];

    /// <summary>The name that a person sees: FN, else N, ORG, NICKNAME, EMAIL or TEL; null where there is none.</summary>
    internal static string? Of(Card card)
    {
        foreach (string name in (ReadOnlySpan<string>)["FN", "N", "ORG", "NICKNAME", "EMAIL", "TEL"])
        {
            foreach (CardProperty property in card.Properties.Where(property => property.Is(name)))
            {
                string text = name is "N" ? OfN(property.Value) : name is "ORG" ? string.Join(' ', CardValue.Components(property.Value).Where(part => part.Length > 0)) : CardValue.Unescape(property.Value);
                if (!string.IsNullOrWhiteSpace(text)) return text.Trim();
            }
        }
        return null;
    }

    /// <summary>Prefix, given, middle, family name, suffix.</summary>
    internal static string OfN(string value)
    {
        List<string> parts = CardValue.Components(value);
        return string.Join(' ', Spoken.Where(index => index < parts.Count).Select(index => parts[index].Trim()).Where(part => part.Length > 0));
    }

    /// <summary>Adds what 3.0 and 4.0 demand: FN and, in 3.0, N (contacts.md §2.3).</summary>
    internal static Card Complete(Card card)
    {
        bool hasName = card["N"] is not null;
        bool hasFull = card["FN"] is not null;
        if (hasFull && (hasName || card.Version is CardVersion.V4)) return card;
        List<CardProperty> properties = [.. card.Properties];
        string name = Of(card) ?? "";
        if (!hasName && card.Version is CardVersion.V3)
        {
            // Phones show N. A name that is an organisation's is no person's.
            bool isPerson = hasFull && card["ORG"] is null;
            properties.Insert(0, new CardProperty(null, "N", [], isPerson ? $";{CardValue.Escape(name)};;;" : ";;;;"));
        }
        if (!hasFull) properties.Insert(properties.FindIndex(property => property.Is("N")) + 1, new CardProperty(null, "FN", [], CardValue.Escape(name)));
        return card with { Properties = properties };
    }

    /// <summary>The name of the card's file without its ending, where no other card has the same: from its UID, else its name, else all of it.</summary>
    internal static string Stem(Card card, string? name, ReadOnlySpan<byte> content)
    {
        string? uid = card["UID"] is { } property ? CardValue.Unescape(property.Value).Trim() : null;
        if (uid is { Length: > 0 }) return OfUid(uid);
        return name is not null ? Hash("name\n" + name) : Convert.ToHexStringLower(SHA256.HashData(content))[..32];
    }

    internal static string OfUid(string uid)
    {
        string bare = uid.StartsWith("urn:uuid:", StringComparison.OrdinalIgnoreCase) ? uid[9..] : uid;
        if (Guid.TryParseExact(bare, "D", out Guid guid)) return guid.ToString("D");
        return IsSafe(uid) ? uid : Hash("uid\n" + uid);
    }

    static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    // A file name on every system: no capitals, which some do not tell apart, no device of Windows, and nothing that ends like §3.2's suffix.
    static bool IsSafe(string uid)
    {
        if (uid.Length > 64 || uid[0] is '-' or '_' || uid.AsSpan().ContainsAnyExcept(Safe)) return false;
        if (uid is "con" or "prn" or "aux" or "nul" || (uid.Length == 4 && uid[..3] is "com" or "lpt" && char.IsAsciiDigit(uid[3]))) return false;
        return !(uid.Length >= 17 && uid[^17] == '-' && !uid.AsSpan(uid.Length - 16).ContainsAnyExcept(Digits));
    }

    /// <summary>The time of REV, or null.</summary>
    internal static DateTimeOffset? Revised(Card card)
    {
        if (card["REV"]?.Value.Trim() is not { Length: >= 8 and <= 40 } text) return null;
        int time = text.IndexOf('T', StringComparison.Ordinal);
        string date = (time < 0 ? text : text[..time]).Replace("-", "", StringComparison.Ordinal);
        string rest = time < 0 ? "" : text[(time + 1)..];
        int zone = rest.IndexOfAny(['Z', 'z', '+', '-']);
        string offset = zone < 0 ? "" : rest[zone..].Replace(":", "", StringComparison.Ordinal);
        rest = (zone < 0 ? rest : rest[..zone]).Replace(":", "", StringComparison.Ordinal);
        int fraction = rest.IndexOfAny(['.', ',']);
        if (fraction >= 0) rest = rest[..fraction];
        rest = rest.Length is 0 or 2 or 4 ? rest.PadRight(6, '0') : rest;
        // A time without a zone is taken for UTC: it must mean the same on every machine.
        int minutes = 0;
        if (offset.Length is 3 or 5 && int.TryParse(offset.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)) minutes = offset.Length == 3 ? number * 60 : (number / 100 * 60) + (number % 100);
        else if (offset is not ("" or "Z" or "z")) return null;
        if (!DateTime.TryParseExact(date + rest, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime moment)) return null;
        if (offset.StartsWith('-')) minutes = -minutes;
        long ticks = moment.Ticks - (minutes * TimeSpan.TicksPerMinute);
        return ticks < 0 || ticks > DateTime.MaxValue.Ticks ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }
}
