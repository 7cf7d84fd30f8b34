using System.Formats.Asn1;
using System.Text;

namespace Offproof.Auditor;

/// <summary>The names in an X.509 certificate (RFC 5280 §4.1). Neither its signature nor its chain is looked at: a certificate that was presented is no certificate that holds.</summary>
internal static class Certificates
{
    private const string CommonName = "2.5.4.3", Organization = "2.5.4.10", AlternativeNames = "2.5.29.17";

    /// <summary>The first certificate of a handshake message; empty when it has none.</summary>
    /// <param name="is13">RFC 8446 §4.4.2: a context stands before the list.</param>
    internal static ReadOnlySpan<byte> First(ReadOnlySpan<byte> body, bool is13)
    {
        if (is13)
        {
            if (body.IsEmpty || body[0] + 1 > body.Length) return [];
            body = body[(body[0] + 1)..];
        }
        if (body.Length < 6) return [];
        int length = body[3] << 16 | body[4] << 8 | body[5];
        return length <= body.Length - 6 ? body.Slice(6, length) : [];
    }

    /// <returns>False when it is none; names that stood before what is broken are there all the same.</returns>
    internal static bool TryRead(byte[] der, List<string> names, out string? organization)
    {
        organization = null;
        try
        {
            AsnReader body = new AsnReader(der, AsnEncodingRules.DER).ReadSequence().ReadSequence();
            if (body.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0))) body.ReadEncodedValue(); // version
            body.ReadEncodedValue(); // number
            body.ReadEncodedValue(); // algorithm
            body.ReadEncodedValue(); // issuer
            body.ReadEncodedValue(); // validity
            Subject(body.ReadSequence(), out string? common, out organization);
            body.ReadEncodedValue(); // key
            Asn1Tag extensions = new(TagClass.ContextSpecific, 3);
            while (body.HasData)
            {
                if (!body.PeekTag().HasSameClassAndValue(extensions)) body.ReadEncodedValue();
                else Extensions(body.ReadSequence(extensions).ReadSequence(), names);
            }
            if (names.Count == 0 && common is not null) names.Add(common);
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static void Subject(AsnReader subject, out string? common, out string? organization)
    {
        common = organization = null;
        while (subject.HasData)
        {
            AsnReader set = subject.ReadSetOf(skipSortOrderValidation: true);
            while (set.HasData)
            {
                AsnReader pair = set.ReadSequence();
                string type = pair.ReadObjectIdentifier();
                if (type is not (CommonName or Organization)) continue;
                ReadOnlyMemory<byte> value = pair.PeekContentBytes();
                string text = pair.PeekTag().TagValue == (int)UniversalTagNumber.BMPString ? Encoding.BigEndianUnicode.GetString(value.Span) : Encoding.UTF8.GetString(value.Span);
                if (type == CommonName) common ??= SourceFile.Clean(text);
                else organization ??= SourceFile.Clean(text);
            }
        }
    }

    private static void Extensions(AsnReader extensions, List<string> names)
    {
        while (extensions.HasData)
        {
            AsnReader extension = extensions.ReadSequence();
            if (extension.ReadObjectIdentifier() != AlternativeNames) continue;
            if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean)) extension.ReadBoolean();
            AsnReader list = new AsnReader(extension.ReadOctetString(), AsnEncodingRules.DER).ReadSequence();
            while (list.HasData && names.Count < Observations.MostNames)
            {
                bool isHost = list.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 2));
                ReadOnlyMemory<byte> value = list.PeekContentBytes();
                if (isHost && value.Length > 0) names.Add(Observations.Word(value.Span));
                list.ReadEncodedValue();
            }
        }
    }
}
