using System.Xml;
using System.Xml.Linq;

namespace Offproof.Tally;

internal enum Outcome
{
    Passed,
    Failed,
    Skipped,
}

internal sealed record TestResult(string Name, Outcome Outcome, string Message);

/// <summary>The test results in a TRX file, by its <c>UnitTestResult</c> elements; its <c>Counters</c> are not believed.</summary>
internal static class Trx
{
    /// <exception cref="XmlException">The file is not XML, or ends early.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    internal static List<TestResult> Read(string path)
    {
        using var reader = XmlReader.Create(path); // prohibits DTDs
        var results = new List<TestResult>();
        foreach (var result in XDocument.Load(reader).Descendants().Where(e => e.Name.LocalName is "UnitTestResult"))
            results.Add(new TestResult(
                (string?)result.Attribute("testName") ?? "(a test without a name)",
                // Only these two words are good news: Error, Timeout, Aborted, a missing outcome and whatever comes later are failures.
                (string?)result.Attribute("outcome") switch
                {
                    "Passed" => Outcome.Passed,
                    "NotExecuted" => Outcome.Skipped,
                    _ => Outcome.Failed,
                },
                MessageOf(result)));
        return results;
    }

    static string MessageOf(XElement result)
    {
        var parts = result.Descendants()
            .Where(e => e.Name.LocalName is "Message" or "StackTrace" or "StdOut" && !e.HasElements)
            .Select(e => e.Value.Trim())
            .Where(text => text.Length > 0);
        return string.Join('\n', parts);
    }
}
