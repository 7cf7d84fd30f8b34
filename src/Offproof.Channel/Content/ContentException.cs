namespace Offproof.Channel;

/// <summary>A bundle that is not what channel.md §4 and §5 say: nothing of it is used. It was signed, so it is the publisher's mistake, and an attack where it was not.</summary>
public sealed class ContentException(string message, Exception? inner = null) : Exception(message, inner);
