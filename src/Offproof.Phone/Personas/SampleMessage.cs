using System.Globalization;
using System.Text;

namespace Offproof.Phone;

/// <summary>A message of the sample phone (persona.md §2.2): its place from 0, the direction in, out or draft, times in milliseconds since 1970.</summary>
sealed record SampleMessage(
    int Index, bool IsMms, SampleConversation Conversation, string Direction, string? From, long Date, long? DateSent, bool Read, string? Subject, string? Body, string? Canary,
    string? Id, SampleFile[] Parts)
{
    internal bool IsReceived => Direction == "in";
}

/// <summary>The messages of a persona, made one after the other whenever they are asked for.</summary>
sealed class SampleMessages
{
    // 2024-01-01 and 728 days.
    const long First = 1_704_067_200;
    const long Seconds = 728L * 86_400;

    readonly ulong _seed;
    readonly SampleConversation[] _conversations;
    readonly SampleContact[] _contacts;
    readonly SamplePictures _pictures;
    static readonly string[] Subjects = ["Photos", "Re: Saturday", "Größe", "相談", "Вечер", "🎂"];

    internal SampleMessages(ulong seed, int count, SampleContact[] contacts, FictionalNumbers numbers, SamplePictures pictures)
    {
        (_seed, Count, _contacts, _pictures) = (seed, count, contacts, pictures);
        _conversations = SampleConversation.Draw(seed, count, contacts, numbers);
    }

    internal int Count { get; }

    internal int Conversations => _conversations.Length;

    internal IEnumerable<SampleMessage> All()
    {
        for (int i = 0; i < Count; i++) yield return Draw(i);
    }

    SampleMessage Draw(int i)
    {
        SeededBits bits = new(_seed, 2_000_000 + (ulong)i);
        string canary = Canaries.Of(_seed, Canaries.Messages + i, bits);
        // Each conversation once, then the first ones more often than the last.
        SampleConversation talk = _conversations[i < _conversations.Length ? i : bits.Below(bits.Below(_conversations.Length) + 1)];
        bool mms = talk.IsGroup || (i % 8 == 5 && !talk.IsFirm);
        string direction = talk.IsFirm ? "in" : i % 40 == 17 ? "draft" : bits.Below(100) < 52 ? "in" : "out";
        bool received = direction == "in";
        // Message i lies in the i-th of as many equal stretches of time.
        long second = First + ((((long)i * Seconds) + bits.Below((int)Seconds)) / Count);
        long date = (second * 1000) + (mms ? 0 : bits.Below(1000));
        long? sent = received ? date - (mms ? bits.Between(1, 9) * 1000L : bits.Between(800, 9000)) : null;
        string? from = received ? bits.Of(talk.Addresses) : null;
        bool read = !received || i % 50 != 49;
        if (!mms)
        {
            bool isNull = i % 25 == 3 && !talk.IsFirm;
            string body = isNull ? "null" : SampleText.Of(bits, talk.Tongue, canary, i);
            return new SampleMessage(i, false, talk, direction, from, date, sent, read, null, body, isNull ? null : canary, null, []);
        }
        string? text = i % 6 == 2 ? null : SampleText.Of(bits, talk.Tongue, canary, i);
        string? id = direction == "draft" ? null : bits.Next().ToString("x16", CultureInfo.InvariantCulture);
        return new SampleMessage(i, true, talk, direction, from, date, sent, read, i % 5 == 0 ? bits.Of(Subjects) : null, text, canary, id, [.. Parts(bits, canary, text, i)]);
    }

    IEnumerable<SampleFile> Parts(SeededBits bits, string canary, string? text, int i)
    {
        List<SampleFile> media = [];
        string name = text is null ? canary : string.Create(CultureInfo.InvariantCulture, $"IMG_{i:D6}");
        switch (i % 6)
        {
            case 0: break;
            case 3: media.Add(new("audio/amr", "voice.amr", Voice(bits))); break;
            case 4: media.Add(new("text/x-vCard", "contact.vcf", Card(bits))); break;
            case 5:
                media.Add(new("image/jpeg", name + "a.jpg", _pictures.Draw(bits, canary + " 1")));
                media.Add(new("image/jpeg", name + "b.jpg", _pictures.Draw(bits, canary + " 2")));
                break;
            default: media.Add(new("image/jpeg", name + ".jpg", _pictures.Draw(bits, canary))); break;
        }
        if (media.Count > 0) yield return new("application/smil", "smil.xml", Encoding.UTF8.GetBytes(Smil(media, text is not null)));
        foreach (SampleFile part in media) yield return part;
        if (text is not null) yield return new("text/plain", "text_0.txt", Encoding.UTF8.GetBytes(text));
    }

    static string Smil(List<SampleFile> media, bool hasText)
    {
        StringBuilder smil = new("<smil><head><layout><root-layout/><region id=\"Image\" fit=\"meet\"/><region id=\"Text\"/></layout></head><body>");
        foreach (SampleFile part in media)
        {
            string element = part.ContentType switch { "image/jpeg" => "img", "audio/amr" => "audio", _ => "ref" };
            smil.Append(CultureInfo.InvariantCulture, $"<par dur=\"5000ms\"><{element} src=\"{part.Name}\" region=\"Image\"/></par>");
        }
        if (hasText) smil.Append("<par dur=\"5000ms\"><text src=\"text_0.txt\" region=\"Text\"/></par>");
        return smil.Append("</body></smil>").ToString();
    }

    // RFC 4867 §5.3: 4.75 kbit/s, a header byte and 12 bytes of speech in each frame; here they are noise.
    static byte[] Voice(SeededBits bits)
    {
        byte[] voice = new byte[6 + (13 * bits.Between(20, 60))];
        "#!AMR\n"u8.CopyTo(voice);
        for (int at = 6; at < voice.Length; at++) voice[at] = (at - 6) % 13 == 0 ? (byte)0x04 : (byte)bits.Below(256);
        return voice;
    }

    // Without what has the canary: that of a contact must not be met in a message.
    byte[] Card(SeededBits bits) => _contacts.Length == 0
        ? Encoding.ASCII.GetBytes("BEGIN:VCARD\r\nVERSION:2.1\r\nN:;Nobody;;;\r\nFN:Nobody\r\nEND:VCARD\r\n")
        : Encoding.ASCII.GetBytes(SampleAndroidCards.Card(bits.Of(_contacts) with { Photo = null, Emails = [], Url = null, Note = null }));
}
