using System.Globalization;
using Offproof.Channel;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

/// <summary>What a channel's bundles unfold to (channel.md §3.2, §4, §5), and their frames. What is read must be written again and read as the same.</summary>
static class ContentFuzz
{
    internal static string Lines(byte[] input)
    {
        string said = "";
        (IReadOnlyList<Greeting>? greetings, string why) = Try(() => GreetingList.Read(input));
        if (greetings is not null)
        {
            byte[] written = GreetingList.Write(greetings);
            Check(GreetingList.Read(written).SequenceEqual(greetings), "a collection is read again as another");
            said += string.Create(CultureInfo.InvariantCulture, $"greetings {Math.Min(greetings.Count, 3)}");
        }
        else said += why;
        (IReadOnlyList<Notice>? notices, why) = Try(() => NoticeList.Read(input));
        if (notices is null) return said + why;
        byte[] content = NoticeList.Write(notices);
        Check(NoticeList.Write(NoticeList.Read(content)).AsSpan().SequenceEqual(content), "notices have two forms");
        foreach (Notice notice in notices)
        {
            Offer offer = Offer.Of(notice, notice.Version, new byte[Rollout.SecretSize], notice.Published);
            Check(offer.State == OfferState.NotNewer && offer.From >= notice.Rollout.Start, "what is installed is offered, or before its time");
        }
        return said + string.Create(CultureInfo.InvariantCulture, $"notices {Math.Min(notices.Count, 3)}");
    }

    internal static string Frames(byte[] input)
    {
        (byte[]? content, string why) = Try(() => GreetingList.Open(input));
        (IReadOnlyList<ReadOnlyMemory<byte>>? roots, string whyNot) = Try(() => RootChain.Read(input));
        if (roots is not null) Check(RootChain.Read(RootChain.Write(roots)).Count == roots.Count, "roots are read again as others");
        return (content is null ? why : string.Create(CultureInfo.InvariantCulture, $"{int.Log2(content.Length + 1)}")) + (roots is null ? whyNot : "roots");
    }

    static (T? Read, string Why) Try<T>(Func<T> read) where T : class
    {
        try
        {
            return (read(), "");
        }
        catch (Exception e) when (e is ContentException or TufException)
        {
            return (null, Kind(string.Concat(e.Message.Where(c => !char.IsAsciiDigit(c)))));
        }
    }
}
