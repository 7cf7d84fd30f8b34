using System.Globalization;
using System.Text;

namespace Offproof.Auditor.Tests.Http;

/// <summary>What reading HTTP/1 costs beside the examiner. Times are said, not judged: the machine may be busy.</summary>
public sealed class SpeedTests(ITestOutputHelper output)
{
    sealed class Nobody : Examiner
    {
        internal override int Examine(in Place place, ReadOnlySpan<byte> bytes, in Declared declared = default) => 0;
    }

    static readonly byte[] s_request = Encoding.ASCII.GetBytes("GET /api/v1/items?page=2 HTTP/1.1\r\nHost: api.example.org\r\nUser-Agent: Mozilla/5.0 (Linux; Android 14)\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate, br\r\nCookie: session=0123456789abcdef\r\nConnection: keep-alive\r\nX-Requested-With: app\r\n\r\n");

    static byte[] Answer(int length) => [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nDate: Thu, 26 Nov 2026 07:00:00 GMT\r\nServer: example\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {length}\r\nCache-Control: no-store\r\nETag: \"abc\"\r\nVary: Accept-Encoding\r\n\r\n")), .. new byte[length]];

    static (TimeSpan Time, long Allocated) Run(byte[] request, byte[] answer, int messages)
    {
        Flow flow = Listener.NewFlow();
        Recognition conversation = new(flow, new Protocols(new Nobody()));
        Turn(conversation, request, answer, 100);
        // The least of four, each as long as is said: what the runtime allocates once, while it compiles anew, is not the reader's.
        long allocated = long.MaxValue;
        TimeSpan begun = Environment.CpuUsage.TotalTime;
        for (int turn = 0; turn < 4; turn++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Turn(conversation, request, answer, messages);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        TimeSpan time = (Environment.CpuUsage.TotalTime - begun) / 4;
        Assert.Equal(2 * (100 + 4 * messages), flow.Messages);
        return (time, allocated);
    }

    static void Turn(Conversation conversation, byte[] request, byte[] answer, int messages)
    {
        for (int i = 0; i < messages; i++)
        {
            conversation.Data(Sender.Client, request, i + 1);
            conversation.Data(Sender.Server, answer, i + 1);
        }
    }

    [Fact]
    public void A_message_allocates_nothing()
    {
        (TimeSpan time, long allocated) = Run(s_request, Answer(100), 1_000_000);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.TotalNanoseconds / 2_000_000:F0} ns of CPU a head"));
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void A_body_in_one_span_is_not_copied()
    {
        (TimeSpan time, long allocated) = Run(s_request, Answer(1 << 20), 4000);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{4000 * 1.048576 / 1000 / time.TotalSeconds:F0} GB/s of bodies in one span"));
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void A_body_in_packets_is_copied_once()
    {
        byte[] answer = Answer(1 << 20);
        Flow flow = Listener.NewFlow();
        Recognition conversation = new(flow, new Protocols(new Nobody()));
        TimeSpan begun = default;
        long allocated = 0;
        for (int i = 0; i < 1100; i++)
        {
            if (i == 100) (begun, allocated) = (Environment.CpuUsage.TotalTime, GC.GetAllocatedBytesForCurrentThread());
            conversation.Data(Sender.Client, s_request, 1);
            for (int at = 0; at < answer.Length; at += 1460) conversation.Data(Sender.Server, answer.AsSpan(at, Math.Min(1460, answer.Length - at)), 1);
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{1000 * 1.048576 / 1000 / (Environment.CpuUsage.TotalTime - begun).TotalSeconds:F1} GB/s of bodies in packets of 1460 bytes"));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 4096);
        Assert.Equal(2200, flow.Messages);
    }
}
