using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// The sheet in hand and those before it, which rotations carry to it one by one (consent.md §3.10): what was sealed to any of them opens. Each identity is opened by the one
/// after it only when it is needed, and must derive the key that signed its rotation. A replacement carries none: what was sealed before it stays closed. Zeroed when disposed;
/// the sheet itself is the caller's.
/// </summary>
internal sealed class SheetKeyring(Sheet sheet, AccountHistory history) : IDisposable
{
    private readonly List<AgeIdentity> earlier = [];
    private int next = Start(sheet, history);

    /// <summary>Opens what was sealed to the sheet in hand, or to one that it took the place of; false where it was sealed to another.</summary>
    /// <exception cref="DeviceException">A rotation carries another identity than the one that signed it.</exception>
    internal bool TryOpen(byte[] sealedFile, [NotNullWhen(true)] out byte[]? plaintext)
    {
        if (sheet.TryOpen(sealedFile, out plaintext)) return true;
        for (int i = 0; i < earlier.Count || TryFetch(); i++)
            if (AgeFile.TryOpen(sealedFile, earlier[i], out plaintext)) return true;
        return false;
    }

    // Where the sheet in hand is that of a replacement whose receipt is not shown, none before it is carried either.
    private static int Start(Sheet sheet, AccountHistory history)
    {
        for (int i = history.SheetChanges.Count - 1; i >= 0; i--)
            if (history.SheetChanges[i].Sheet.Key.Thumbprint == sheet.Signing.Thumbprint) return i;
        return -1;
    }

    private bool TryFetch()
    {
        if (next < 0 || history.SheetChanges[next] is not { Identity: { } carried } change) return false;
        byte[]? line;
        bool opened = earlier.Count == 0 ? sheet.TryOpen(carried.Span, out line) : AgeFile.TryOpen(carried.Span, earlier[^1], out line);
        if (!opened) throw Forged();
        earlier.Add(Read(line!, change.Before));
        next--;
        return true;
    }

    private static AgeIdentity Read(byte[] line, VerifyingKey signer)
    {
        char[] text = new char[Encoding.ASCII.GetCharCount(line)];
        try
        {
            Encoding.ASCII.GetChars(line, text);
            if (!AgeIdentity.TryParse(text, out AgeIdentity? identity)) throw Forged();
            using SigningKey derived = SheetKey.Derive(identity.Reveal());
            if (derived.Thumbprint == signer.Thumbprint) return identity;
            identity.Dispose();
            throw Forged();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(line);
            text.AsSpan().Clear();
        }
    }

    private static DeviceException Forged() =>
        new(DeviceFault.Forgery, "a rotation of the sheet does not carry the sheet that signed it", "nothing was opened or written");

    public void Dispose()
    {
        foreach (AgeIdentity identity in earlier) identity.Dispose();
    }
}
