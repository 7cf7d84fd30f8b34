using System.Text.Json.Nodes;

namespace Offproof.Consent.Tests;

/// <summary>Every member of every example, at every depth, one at a time: without it, or of another kind, nothing is accepted (consent.md §1.5, §3).</summary>
public sealed class EveryMemberTests
{
    static readonly string[] Optional = ["seconds", "validity_duration", "ledger"];

    // These alone have all members of another type, and are kept apart by the signature over typ (§1.3): each names a device.
    static readonly string[] ReadAsRemovals = ["admission", "erasure-device", "erasure-device-again", "erasure-sheet", "proof-read"];

    public static TheoryData<string> ExampleNames => VectorTests.ExampleNames;

    [Theory, MemberData(nameof(ExampleNames))]
    public void Without_any_member_or_with_one_of_another_kind_it_is_refused(string name)
    {
        var example = Vectors.Example(name);
        int tried = 0;
        foreach (string path in Paths(JsonNode.Parse(example.Payload.GetRawText())!, ""))
        {
            if (!Optional.Contains(path.Split('/')[^1], StringComparer.Ordinal)) Refuse(path, null, remove: true);
            foreach (string other in (string[])["null", "0", "\"0\"", "false", "[]", "{}", "[0]", "{\"0\":0}"]) Refuse(path, other, remove: false);
        }

        Assert.InRange(tried, 40, 1000);

        void Refuse(string path, string? other, bool remove)
        {
            var changed = JsonNode.Parse(example.Payload.GetRawText())!;
            string[] steps = path.Split('/')[1..];
            var parent = steps[..^1].Aggregate(changed, (node, step) => node is JsonArray array ? array[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : node[step]!);
            if (remove)
            {
                if (parent is JsonArray list) list.RemoveAt(int.Parse(steps[^1], System.Globalization.CultureInfo.InvariantCulture));
                else parent.AsObject().Remove(steps[^1]);
            }
            else
            {
                var put = JsonNode.Parse(other!);
                var was = parent is JsonArray list ? list[int.Parse(steps[^1], System.Globalization.CultureInfo.InvariantCulture)] : parent[steps[^1]];
                if (was?.GetValueKind() == put?.GetValueKind()) return;
                if (parent is JsonArray target) target[int.Parse(steps[^1], System.Globalization.CultureInfo.InvariantCulture)] = put;
                else parent[steps[^1]] = put;
            }

            tried++;
            Assert.True(Examples.Verify(Signed(example, example.Typ, changed.AsObject())) is null, $"{name}{path} {(remove ? "removed" : other)}");
        }
    }

    [Theory, MemberData(nameof(ExampleNames))]
    public void Unknown_members_at_every_depth_are_ignored_except_in_a_key(string name)
    {
        var example = Vectors.Example(name);
        foreach (string path in Paths(JsonNode.Parse(example.Payload.GetRawText())!, "").Prepend(""))
        {
            var changed = JsonNode.Parse(example.Payload.GetRawText())!;
            var node = path.Split('/')[1..].Aggregate(changed, (at, step) => at is JsonArray array ? array[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : at[step]!);
            if (node is not JsonObject inside) continue;
            inside["of_a_later_version"] = new JsonArray(1.5, JsonValue.Create("x"));
            Assert.Equal(path.EndsWith("/jwk", StringComparison.Ordinal), Examples.Verify(Signed(example, example.Typ, changed.AsObject())) is null);
        }
    }

    [Theory, MemberData(nameof(ExampleNames))]
    public void Under_the_name_of_another_type_it_is_refused(string name)
    {
        var example = Vectors.Example(name);
        string[] types = [.. Examples.SignAll().Select(pair => pair.Record.Typ).Distinct(StringComparer.Ordinal)];
        Assert.Equal(11, types.Length);
        foreach (string typ in types.Where(typ => !string.Equals(typ, example.Typ, StringComparison.Ordinal)))
        {
            var relabelled = Signed(example, typ, JsonNode.Parse(example.Payload.GetRawText())!.AsObject());
            string pair = $"{name} as {typ}";
            bool reads = typ is RecordTyp.Removal && ReadAsRemovals.Contains(name, StringComparer.Ordinal);
            Assert.True(Examples.Verify(relabelled) is null != reads, pair);

            // A reader that looks for the other type does not find it here.
            Assert.True(Examples.VerifyAs(example, typ) is null, pair);

            // Without a new signature no name but its own is accepted, whatever it has.
            string kept = relabelled.Compact[..relabelled.Compact.LastIndexOf('.')] + example.Compact[example.Compact.LastIndexOf('.')..];
            Assert.True(SignedRecord.TryParse(kept, out var stolen) && Examples.Verify(stolen) is null, pair);
        }
    }

    static SignedRecord Signed(SignedRecord example, string typ, JsonObject payload) => SignedRecord.Sign(Examples.KeyOf(example.Kid)!, typ, writer =>
    {
        foreach (var (name, value) in payload)
        {
            writer.WritePropertyName(name);
            if (value is null) writer.WriteNullValue();
            else value.WriteTo(writer);
        }
    });

    static IEnumerable<string> Paths(JsonNode node, string at) => node switch
    {
        JsonObject inside => inside.SelectMany(member => Paths(member.Value!, $"{at}/{member.Key}").Prepend($"{at}/{member.Key}")),
        JsonArray list => Enumerable.Range(0, list.Count).SelectMany(i => Paths(list[i]!, $"{at}/{i}").Prepend($"{at}/{i}")),
        _ => [],
    };
}
