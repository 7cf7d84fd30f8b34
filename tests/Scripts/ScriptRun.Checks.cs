using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Offproof.Scripts;

/// <summary>The commands that look at something or change a file.</summary>
internal sealed partial class ScriptRun
{
    Ended Last => last ?? throw new FormatException("no command has run yet");

    void Check(string command, List<string> arguments, bool negated)
    {
        if (negated && command is not ("stdout" or "stderr" or "exists" or "cmp" or "cmpdir" or "json"))
            throw new FormatException($"{command} cannot be negated");
        switch (command, arguments)
        {
            case ("stdout", [var pattern]): Match("stdout", Last.OutputText, pattern, negated); break;
            case ("stderr", [var pattern]): Match("stderr", Last.ErrorsText, pattern, negated); break;
            case ("exit", [var code]): Expect(Last.ExitCode == Number(code), $"the exit code is {Last.ExitCode}"); break;
            case ("json", [var path]): JsonQuery.Exists(Last.Output, path, negated); break;
            case ("json", [var path, var how, var value]) when !negated: JsonQuery.Compare(Last.Output, path, how, value); break;
            case ("capture", [var name, var pattern]): Capture(name, pattern); break;
            case ("exists", [_, ..]): Exists(arguments, negated); break;
            case ("cmp", [var a, var b]): Compare(a, b, negated); break;
            case ("cmpdir", [var a, var b]): CompareFolders(a, b, negated); break;
            case ("mkdir", [_, ..]): arguments.ForEach(path => Directory.CreateDirectory(At(path))); break;
            case ("cp", [_, .., _]): Copy(arguments[..^1], arguments[^1]); break;
            case ("rm", [_, ..]): arguments.SelectMany(Files.Match).ToList().ForEach(FileCommands.Delete); break;
            case ("write", [var path, var text]): Write(path, Encoding.UTF8.GetBytes(text + "\n")); break;
            case ("flip", [var path, var at]): FileCommands.Flip(Files.Match(path)[0], Number(at)); break;
            case ("truncate", [var path, var size]): FileCommands.Truncate(Files.Match(path)[0], Number(size)); break;
            case ("forge", [var repository, var masterKey, _, ..]):
                ForgedSnapshot.Add(Files.Match(repository)[0], Bytes(masterKey), arguments[2..].ConvertAll(Bytes));
                break;
            case ("stdin", [var path]): input = Bytes(path); break;
            case ("env", [_, ..]): arguments.ForEach(SetVariable); break;
            case ("cd", [var path]): cwd = Directory.Exists(At(path)) ? At(path) : throw new FormatException($"{path} is not a folder"); break;
            case ("limit", [var seconds]): limit = TimeSpan.FromSeconds(Number(seconds)); break;
            default: throw new FormatException($"unknown command, or wrong arguments: {command}");
        }
    }

    FileCommands Files => new(cwd);

    static void Expect(bool holds, string otherwise)
    {
        if (!holds)
            throw new FormatException(otherwise);
    }

    static void Match(string what, string text, string pattern, bool negated) => Expect(
        Regex.IsMatch(text, pattern, RegexOptions.Multiline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5)) != negated,
        negated ? $"{what} matches '{pattern}'" : $"{what} does not match '{pattern}'");

    void Capture(string name, string pattern)
    {
        var found = Regex.Match(Last.OutputText, pattern, RegexOptions.Multiline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
        Expect(found.Groups.Count == 2, "the pattern of capture wants exactly one group in parentheses");
        Expect(found.Success, $"stdout does not match '{pattern}'");
        variables[name] = found.Groups[1].Value;
    }

    void Exists(List<string> paths, bool negated)
    {
        foreach (var path in paths)
            Expect(Files.TryMatch(path).Count == 0 == negated, negated ? $"{path} exists" : $"{path} does not exist");
    }

    void Compare(string a, string b, bool negated)
    {
        byte[] left = Bytes(a), right = Bytes(b);
        var at = left.AsSpan().CommonPrefixLength(right);
        var equal = left.Length == right.Length && at == left.Length;
        Expect(equal != negated, equal ? $"{a} and {b} are equal" : $"{a} ({left.Length} bytes) and {b} ({right.Length} bytes) differ from byte {at}");
    }

    void CompareFolders(string a, string b, bool negated)
    {
        var differences = Files.Differences(a, b);
        Expect(differences.Count == 0 != negated, negated ? $"{a} and {b} are equal" : $"{a} and {b} differ:\n  " + string.Join("\n  ", differences.Take(20)));
    }

    void Copy(List<string> from, string to)
    {
        if (from is ["stdout" or "stderr"])
            Write(to, Bytes(from[0]));
        else
            foreach (var path in from.SelectMany(Files.Match))
                FileCommands.Copy(path, Directory.Exists(At(to)) ? Path.Combine(At(to), Path.GetFileName(path)) : At(to));
    }

    void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllBytes(At(path), bytes);
    }

    byte[] Bytes(string path) => path switch
    {
        "stdout" => Last.Output,
        "stderr" => Last.Errors,
        _ => File.ReadAllBytes(Files.Match(path)[0]),
    };

    void SetVariable(string assignment)
    {
        var split = assignment.IndexOf('=', StringComparison.Ordinal);
        Expect(split > 0, $"env wants NAME=VALUE, not {assignment}");
        if (split == assignment.Length - 1)
            variables.Remove(assignment[..split]);
        else
            variables[assignment[..split]] = assignment[(split + 1)..];
    }

    static int Number(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new FormatException($"{text} is not a number");
}
