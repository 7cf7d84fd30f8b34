using ZstdSharp;

namespace Offproof.Channel.Tests;

/// <summary>zstd frames of a hostile server, before and after their hash was checked.</summary>
public sealed class FrameTests
{
    static readonly byte[] Content = [.. Enumerable.Repeat("the same again. "u8.ToArray(), 1000).SelectMany(x => x)];

    [Fact]
    public void A_frame_unfolds_to_what_was_sealed() => Assert.Equal(Content, Frame.Open(Frame.Seal(Content), Content.Length));

    [Fact]
    public void A_bomb_is_refused_before_memory_is_taken()
    {
        byte[] bomb = Frame.Seal(new byte[8 << 20]);
        Assert.InRange(bomb.Length, 1, 2000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("more than", Assert.Throws<ContentException>(() => Frame.Open(bomb, (8 << 20) - 1)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void What_is_not_one_whole_frame_is_refused()
    {
        byte[] frame = Frame.Seal(Content);
        byte[] skippable = [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4];
        byte[][] wrong = [[], frame[..4], frame[..^1], [.. frame, 0], [.. frame, .. frame], [.. skippable, .. frame], [.. frame, .. skippable], skippable, Content, new byte[64]];
        Assert.All(wrong, bytes => Assert.Throws<ContentException>(() => Frame.Open(bytes, 1 << 20)));
        using Compressor unsized = new(3);
        unsized.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_contentSizeFlag, 0);
        Assert.Contains("its size", Assert.Throws<ContentException>(() => Frame.Open(unsized.Wrap(Content), 1 << 20)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_flipped_bit_makes_anything_but_a_refusal_or_a_content()
    {
        byte[] frame = Frame.Seal(GreetingList.Write([new Greeting("a", "x", "joke", "en", "CC0-1.0")]));
        for (int bit = 0; bit < frame.Length * 8; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                GreetingList.Read(GreetingList.Open(frame));
            }
            catch (ContentException)
            {
                // refused
            }
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }
}
