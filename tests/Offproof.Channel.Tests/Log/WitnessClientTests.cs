using System.Globalization;
using System.Net;
using System.Text;

namespace Offproof.Channel.Tests;

/// <summary>The publisher's side of a witness, against the witness and against whatever else may answer.</summary>
public sealed class WitnessClientTests : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("offproof-client-").FullName;
    readonly NoteSigner log = LogVectors.LogSigner();
    readonly MerkleTree tree = new(Enumerable.Range(0, 5).Select(LogVectorTests.Leaf));

    public void Dispose()
    {
        log.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Theory] // whatever it thinks that the witness holds, the witness says it
    [InlineData(0, 0, 1), InlineData(0, 3, 2), InlineData(2, 2, 1), InlineData(2, 0, 2), InlineData(2, 4, 2), InlineData(5, 5, 1)]
    public async Task A_witness_is_told_how_the_log_went_on(int held, int thought, int requests)
    {
        using Witness witness = Witness.Open(Path.Combine(root, "w"), null, [log.Key], TimeProvider.System);
        if (held > 0) Assert.Equal(200, witness.AddCheckpoint(new WitnessRequest(0, [], Signed(held), Of(held)).ToBytes()).Status);
        int asked = 0;
        Cosigning answer = await AskAsync(witness.Key, body =>
        {
            asked++;
            WitnessAnswer said = witness.AddCheckpoint(body);
            return (said.Status, said.Body);
        }, thought);
        Assert.Equal((CosigningOutcome.Cosigned, requests), (answer.Outcome, asked));
        Assert.Equal(NoteSeal.Right, Signed(5).With([answer.Cosignature!]).Signed(witness.Key, out _));
    }

    [Theory]
    [InlineData(200, "", "BadAnswer", 1), InlineData(200, "x\n", "BadAnswer", 1), InlineData(404, "", "UnknownLog", 1), InlineData(403, "", "UnknownLog", 1),
     InlineData(422, "", "HoldsAnotherLog", 1), InlineData(409, "6\n", "HoldsAnotherLog", 1), InlineData(409, "0\n", "BadAnswer", 1), InlineData(409, "3\n", "BadAnswer", 2),
     InlineData(409, "many\n", "BadAnswer", 1), InlineData(500, "", "BadAnswer", 1), InlineData(302, "", "BadAnswer", 1)]
    public async Task Any_other_answer_is_no_cosignature(int status, string body, string outcome, int requests)
    {
        int asked = 0;
        Cosigning answer = await AskAsync(LogVectors.Witnesses[0], _ =>
        {
            asked++;
            return (status, body);
        }, 0);
        Assert.Equal((outcome, requests, (NoteSignature?)null), (answer.Outcome.ToString(), asked, answer.Cosignature));
    }

    [Fact]
    public async Task A_witness_that_tells_another_size_each_time_is_not_asked_for_ever()
    {
        int asked = 0;
        Assert.Equal(CosigningOutcome.BadAnswer, (await AskAsync(LogVectors.Witnesses[0], _ => (409, (++asked).ToString(CultureInfo.InvariantCulture) + "\n"), 0)).Outcome);
        Assert.Equal(3, asked);
    }

    [Fact] // of another key, of another text, and of its own
    public async Task Only_the_witnesss_own_cosignature_of_this_tree_is_taken()
    {
        using NoteSigner witness = LogVectors.Witness(0), other = LogVectors.Witness(1);
        string right = witness.Sign(Signed(5).Text, DateTimeOffset.UnixEpoch.AddDays(1)).Line, stranger = other.Sign(Signed(5).Text, DateTimeOffset.UnixEpoch.AddDays(1)).Line, wrong = witness.Sign(Signed(4).Text, DateTimeOffset.UnixEpoch.AddDays(1)).Line;
        Assert.Equal(CosigningOutcome.BadAnswer, (await AskAsync(witness.Key, _ => (200, stranger + wrong), 0)).Outcome);
        Assert.Equal(right, (await AskAsync(witness.Key, _ => (200, stranger + right), 0)).Cosignature!.Line);
    }

    [Fact]
    public async Task A_witness_that_does_not_answer_is_unreachable() =>
        Assert.Equal((CosigningOutcome.Unreachable, "no route"), (await AskAsync(LogVectors.Witnesses[0], _ => throw new HttpRequestException("no route"), 0)) is var answer ? (answer.Outcome, answer.Detail) : default);

    async Task<Cosigning> AskAsync(NoteKey witness, Func<byte[], (int, string)> answer, int thought)
    {
        using HttpMessageInvoker invoker = new(new Answering(answer));
        return await new WitnessClient(invoker, new Uri("https://witness.example.org/w/"), witness).CosignAsync(Signed(5), tree, thought, CancellationToken.None);
    }

    Checkpoint Of(int size) => new(log.Key.Name, size, tree.RootAt(size));

    SignedNote Signed(int size) => new(Of(size).Text, [log.Sign(Of(size).Text, default)]);

    sealed class Answering(Func<byte[], (int Status, string Body)> answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("https://witness.example.org/w/add-checkpoint", request.RequestUri!.AbsoluteUri);
            (int status, string body) = answer(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
            return new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8) };
        }
    }
}
