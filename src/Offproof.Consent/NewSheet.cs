using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Offproof.Consent;

/// <summary>The place of a record among the changes of an account's sheet: its number from 1, and the record hash of the change before; for the first, ACCOUNT (consent.md §3.10).</summary>
public readonly record struct Succession(long Number, Digest Succeeds)
{
    /// <summary>The first change of an account's sheet.</summary>
    public static Succession First(Thumbprint account) => new(1, Digest.Parse(account.Text));

    /// <summary>The change after the one with this record hash.</summary>
    public Succession After(Digest record) => new(Number + 1, record);

    internal void Write(Utf8JsonWriter writer, Thumbprint account)
    {
        if (Number < 1 || !BeginsAt(account)) throw new ArgumentException("the first change of a sheet succeeds ACCOUNT, every other one a record", nameof(account));
        writer.WriteNumber("succession", Number);
        writer.WriteString("succeeds", Succeeds.Text);
    }

    internal static Succession Read(Members members, Thumbprint account)
    {
        Succession read = new(members.Integer("succession", 1, int.MaxValue), members.Digest("succeeds"));
        members.Demand(members.Good && read.BeginsAt(account));
        return read;
    }

    bool BeginsAt(Thumbprint account) => (Number == 1) == string.Equals(Succeeds.Text, account.Text, StringComparison.Ordinal);
}

/// <summary>What an account's next sheet is to others (consent.md §3.10).</summary>
public sealed record NewSheet
{
    // bech32 of 32 bytes with the prefix `age`: the checksum is the device's to check, which seals to it.
    const int RecipientLength = 62;
    static readonly SearchValues<char> Bech32 = SearchValues.Create("023456789acdefghjklmnpqrstuvwxyz");

    /// <summary>Throws <see cref="ArgumentException"/> unless the recipient has the form of one.</summary>
    public NewSheet(VerifyingKey key, string recipient)
    {
        if (!IsRecipient(recipient)) throw new ArgumentException("an age recipient is age1 and 58 letters and digits of bech32", nameof(recipient));
        (Key, Recipient) = (key, recipient);
    }

    /// <summary><c>sheet.jwk</c>: its signing key.</summary>
    public VerifyingKey Key { get; }

    /// <summary><c>sheet.recipient</c>: whom passwords are sealed to, <c>age1...</c>, 62 characters.</summary>
    public string Recipient { get; }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WritePropertyName("jwk");
        Key.WriteJwk(writer);
        writer.WriteString("recipient", Recipient);
    }

    internal static bool TryRead(Members sheet, [NotNullWhen(true)] out NewSheet? read)
    {
        read = null;
        if (!VerifyingKey.TryFromJwk(sheet.Element("jwk"), out var key)) return false;
        string recipient = sheet.Text("recipient");
        if (!sheet.Good || !IsRecipient(recipient)) return false;
        read = new(key, recipient);
        return true;
    }

    static bool IsRecipient(string text) =>
        text.Length == RecipientLength && text.StartsWith("age1", StringComparison.Ordinal) && !text.AsSpan(4).ContainsAnyExcept(Bech32);
}
