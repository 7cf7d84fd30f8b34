namespace Offproof.Auditor;

/// <summary>
/// Reads what two ends say over a reliable stream (TCP, or what TLS carried). Each byte that is handed over is counted exactly once at its flow - decoded,
/// structural or opaque - at the latest when both directions have ended. Holes are counted by who found them.
/// </summary>
internal abstract class Conversation(Flow flow, Examiner examiner)
{
    protected Flow Flow { get; } = flow;

    protected Examiner Examiner { get; } = examiner;

    /// <summary>The next bytes of a direction, in order.</summary>
    /// <param name="sender">The direction.</param>
    /// <param name="bytes">At least one; the caller's buffer, valid during the call.</param>
    /// <param name="packet">The number of the packet (from 1) that brought the first of them.</param>
    internal abstract void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet);

    /// <summary>Bytes of a direction are lost: what comes next does not join what came before. 0 when it is not known how many.</summary>
    internal abstract void Hole(Sender sender, long length, long packet);

    /// <summary>Nothing more comes from a direction. Called once for each, at the capture's end at the latest.</summary>
    /// <param name="sender">The direction.</param>
    /// <param name="clean">True after a FIN or its like; false when the capture just ended, or a reset cut it off.</param>
    internal abstract void End(Sender sender, bool clean);
}
