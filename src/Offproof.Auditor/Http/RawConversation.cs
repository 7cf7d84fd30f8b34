namespace Offproof.Auditor;

/// <summary>A stream in which no messages can be told apart: as far as the examiner can read it, it is decoded.</summary>
internal sealed class RawConversation : Conversation
{
    private readonly Gathered[] _sides;

    internal RawConversation(Flow flow, Examiner examiner)
        : base(flow, examiner)
    {
        _sides = [new Gathered(flow, examiner, Sender.Client, Gathered.Stream), new Gathered(flow, examiner, Sender.Server, Gathered.Stream)];
        foreach (Gathered side in _sides) side.Begin(Carrier.Stream, 0);
    }

    internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet) => _sides[(int)sender].Add(bytes, packet);

    internal override void Hole(Sender sender, long length, long packet) => _sides[(int)sender].Gap(length);

    internal override void End(Sender sender, bool clean) => _sides[(int)sender].End();
}
