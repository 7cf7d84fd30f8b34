using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Offproof.Channel;

/// <summary>What came of asking a witness.</summary>
enum CosigningOutcome
{
    /// <summary>Its cosignature is there, and was verified.</summary>
    Cosigned,

    /// <summary>It did not answer, or not in time.</summary>
    Unreachable,

    /// <summary>It does not know this log (404), or not this key of it (403).</summary>
    UnknownLog,

    /// <summary>It cosigned more, or something else, than this log has: two publishers with one key, or a log that was put back from a copy.</summary>
    HoldsAnotherLog,

    /// <summary>What it answered is none of the protocol's answers, or its signature does not fit.</summary>
    BadAnswer,
}

/// <param name="Outcome">See there.</param>
/// <param name="Cosignature">Where it cosigned.</param>
/// <param name="Detail">In words.</param>
sealed record Cosigning(CosigningOutcome Outcome, NoteSignature? Cosignature, string Detail);

/// <summary>The publisher's side of a witness (channel-log.md §7). It opens no connection: it is handed who sends.</summary>
/// <param name="invoker">Sends; with limits of its own on how long a connection takes.</param>
/// <param name="prefix">The witness's submission prefix.</param>
/// <param name="witness">Whose cosignature is wanted.</param>
sealed class WitnessClient(HttpMessageInvoker invoker, Uri prefix, NoteKey witness)
{
    // The first answer tells the size, if ours was wrong; the second may meet another request's.
    const int Tries = 3;
    const int MaxAnswer = 64 * 1024;

    static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Asks for a cosignature of the newest signed tree.</summary>
    /// <param name="signed">By the log alone; other lines do no harm.</param>
    /// <param name="tree">The log's tree, of at least the checkpoint's size.</param>
    /// <param name="thought">What the witness may hold: the size that was published last; 0 where nothing is known.</param>
    /// <param name="cancel">Ends it.</param>
    internal async Task<Cosigning> CosignAsync(SignedNote signed, MerkleTree tree, long thought, CancellationToken cancel)
    {
        if (!Checkpoint.TryParse(signed.Text, out Checkpoint? checkpoint) || checkpoint.Size > tree.Size) throw new ArgumentException("no checkpoint of this tree", nameof(signed));
        long old = Math.Clamp(thought, 0, checkpoint.Size);
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            List<TreeHash> proof = old > 0 ? tree.ConsistencyProof((int)old, (int)checkpoint.Size) : [];
            (int status, byte[] body, string? failure) = await PostAsync(new WitnessRequest(old, proof, signed, checkpoint).ToBytes(), cancel).ConfigureAwait(false);
            switch (status)
            {
                case 0:
                    return new Cosigning(CosigningOutcome.Unreachable, null, failure!);
                case 200:
                    return Line(signed, body);
                case 409 when Checkpoint.TryParseSize(Encoding.Latin1.GetString(body).TrimEnd('\n'), out long held):
                    if (held > checkpoint.Size) return new Cosigning(CosigningOutcome.HoldsAnotherLog, null, string.Create(CultureInfo.InvariantCulture, $"it cosigned {held} entries already, and this log has {checkpoint.Size}"));
                    if (held == old) return new Cosigning(CosigningOutcome.BadAnswer, null, "it contradicts itself");
                    old = held;
                    continue;
                case 403 or 404:
                    return new Cosigning(CosigningOutcome.UnknownLog, null, status == 404 ? "it does not know this log" : "it does not know this log's key");
                case 422:
                    return new Cosigning(CosigningOutcome.HoldsAnotherLog, null, string.Create(CultureInfo.InvariantCulture, $"what it cosigned at {old} entries is not how this log begins"));
                default:
                    return new Cosigning(CosigningOutcome.BadAnswer, null, string.Create(CultureInfo.InvariantCulture, $"it answered {status}"));
            }
        }
        return new Cosigning(CosigningOutcome.BadAnswer, null, "it tells another size each time");
    }

    // Lines of keys that nobody asked for are skipped.
    Cosigning Line(SignedNote signed, byte[] body)
    {
        foreach (string line in Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (SignedNote.TryParseLine(line, out NoteSignature? signature) && witness.Is(signature) && witness.Verify(signed.Text, signature.Bytes.Span))
                return new Cosigning(CosigningOutcome.Cosigned, signature, "");
        }
        return new Cosigning(CosigningOutcome.BadAnswer, null, "no line of its answer is its cosignature");
    }

    async Task<(int Status, byte[] Body, string? Failure)> PostAsync(byte[] request, CancellationToken cancel)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Longest);
        try
        {
            using HttpRequestMessage message = new(HttpMethod.Post, new Uri(prefix.AbsoluteUri.TrimEnd('/') + "/add-checkpoint")) { Content = new ByteArrayContent(request) };
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
            using HttpResponseMessage answer = await invoker.SendAsync(message, limit.Token).ConfigureAwait(false);
            using Stream stream = await answer.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            byte[] body = new byte[MaxAnswer];
            int length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, limit.Token).ConfigureAwait(false);
            return ((int)answer.StatusCode, body[..length], null);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (0, [], "it did not answer in 30 seconds");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (0, [], e.InnerException?.Message ?? e.Message);
        }
    }
}
