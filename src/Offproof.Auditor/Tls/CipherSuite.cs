namespace Offproof.Auditor;

internal enum RecordCipher
{
    AesGcm,
    ChaCha20Poly1305,
    AesCbc,
}

/// <summary>What protects the records of a suite, whatever exchanged its keys. The numbers are IANA's.</summary>
/// <param name="KeySize">Bytes of the cipher's key.</param>
/// <param name="MacSize">Bytes of the HMAC: 20, 32 or 48; 0 for those that need none.</param>
/// <param name="IsSha384">The hash of the key schedule: SHA-384, or SHA-256.</param>
internal readonly record struct CipherSuite(RecordCipher Cipher, int KeySize, int MacSize, bool IsSha384)
{
    internal const ushort Aes128Gcm = 0x1301;
    internal const ushort Aes256Gcm = 0x1302;
    internal const ushort ChaCha20 = 0x1303;

    internal static bool TryFind(ushort id, out CipherSuite suite)
    {
        suite = id switch
        {
            Aes128Gcm => new(RecordCipher.AesGcm, 16, 0, false),
            Aes256Gcm => new(RecordCipher.AesGcm, 32, 0, true),
            ChaCha20 => new(RecordCipher.ChaCha20Poly1305, 32, 0, false),
            0x9C or 0x9E or 0xA0 or 0xA2 or 0xA4 or 0xA6 or 0xA8 or 0xAA or 0xAC or 0xC02B or 0xC02D or 0xC02F or 0xC031 or 0xD001 => new(RecordCipher.AesGcm, 16, 0, false),
            0x9D or 0x9F or 0xA1 or 0xA3 or 0xA5 or 0xA7 or 0xA9 or 0xAB or 0xAD or 0xC02C or 0xC02E or 0xC030 or 0xC032 or 0xD002 => new(RecordCipher.AesGcm, 32, 0, true),
            >= 0xCCA8 and <= 0xCCAE => new(RecordCipher.ChaCha20Poly1305, 32, 0, false),
            (>= 0x2F and <= 0x34) or 0x8C or 0x90 or 0x94 or 0xC004 or 0xC009 or 0xC00E or 0xC013 or 0xC018 or (>= 0xC01D and <= 0xC01F) or 0xC035 => new(RecordCipher.AesCbc, 16, 20, false),
            (>= 0x35 and <= 0x3A) or 0x8D or 0x91 or 0x95 or 0xC005 or 0xC00A or 0xC00F or 0xC014 or 0xC019 or (>= 0xC020 and <= 0xC022) or 0xC036 => new(RecordCipher.AesCbc, 32, 20, false),
            0x3C or 0x3E or 0x3F or 0x40 or 0x67 or 0x6C or 0xAE or 0xB2 or 0xB6 or 0xC023 or 0xC025 or 0xC027 or 0xC029 or 0xC037 => new(RecordCipher.AesCbc, 16, 32, false),
            0x3D or (>= 0x68 and <= 0x6B) or 0x6D => new(RecordCipher.AesCbc, 32, 32, false),
            0xAF or 0xB3 or 0xB7 or 0xC024 or 0xC026 or 0xC028 or 0xC02A or 0xC038 => new(RecordCipher.AesCbc, 32, 48, true),
            _ => default,
        };
        return suite.KeySize > 0;
    }

    /// <summary>A suite of TLS 1.3; the others are older.</summary>
    internal static bool IsOf13(ushort id) => id is >= 0x1301 and <= 0x1307;
}
