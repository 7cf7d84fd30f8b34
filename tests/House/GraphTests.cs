namespace Offproof.House;

public sealed class GraphTests
{
    [Fact]
    public void Placeholder() => Assert.True(File.Exists(typeof(GraphTests).Assembly.Location));
}
