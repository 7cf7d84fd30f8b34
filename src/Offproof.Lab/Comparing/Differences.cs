using System.Globalization;

namespace Offproof.Lab;

/// <summary>Why two runs differ at a place (compare.md §3). In the order of a report: what weighs most comes first.</summary>
internal enum Class
{
    /// <summary>Follows the persona, as far as is known: a leak.</summary>
    Unexplained,

    /// <summary>The other end answered otherwise.</summary>
    Answer,

    /// <summary>Bytes that nobody could read.</summary>
    Opaque,

    /// <summary>There was no control to explain it.</summary>
    Uncontrolled,

    /// <summary>Said again, as the other end said it before in the same run.</summary>
    Server,

    /// <summary>Differs between two runs of one persona too.</summary>
    Control,

    /// <summary>Drawn anew for each connection.</summary>
    Tls,

    /// <summary>The time of the run.</summary>
    Time,
}

/// <param name="Bits">How many bits could be in it, where it is allowed.</param>
internal sealed record Difference(Class Class, string Place, string Why, Field? A, Field? B, Field? Control, double Bits = 0)
{
    internal Field Any => A ?? B!;
}

/// <summary>Lays the runs side by side.</summary>
internal sealed class Differences(CapturedRun a, CapturedRun b, CapturedRun? control)
{
    private const double TimeTolerance = 2e9;
    private const int LeastEcho = 4;

    // Two numbers in DER, of which each may need a byte more or some less.
    private const int SignatureSpread = 8;
    private const int MostSought = 5_000;

    // A control varies as far as one more run may; a run is one draw, not the range.
    private const int Spread = 4;

    private readonly List<Difference> _found = [];
    private int _sought;

    internal IReadOnlyList<Difference> Found => _found;

    internal int Compared { get; private set; }

    /// <summary>Places at which A and the control differ.</summary>
    internal int ControlDiffers { get; private set; }

    /// <summary>Pauses that differ by less are the same, in milliseconds.</summary>
    internal double PauseTolerance { get; private set; } = 250;

    /// <summary>The same of pauses before a flow.</summary>
    internal double StartTolerance { get; private set; } = 3000;

    internal bool HasControl => control is not null;

    internal void Find()
    {
        if (control is not null) Measure();
        foreach (string place in Places(a, b))
        {
            Field? left = a.Fields.GetValueOrDefault(place), right = b.Fields.GetValueOrDefault(place), third = control?.Fields.GetValueOrDefault(place);
            if (left is null && third is not null)
            {
                FindBesideControl(place, third, right!);
                continue;
            }
            if (!IsComparable(left ?? right!, a, b)) continue;
            Compared++;
            if (left is not null && right is not null && IsSame(left, right)) continue;
            _found.Add(Judge(place, left, right, third));
        }
        DropWhatFollows();
        FindStructure();
        _found.Sort(static (x, y) => x.Class != y.Class ? x.Class.CompareTo(y.Class) : x.Any.Leaves != y.Any.Leaves ? (x.Any.Leaves ? -1 : 1) : 0);
    }

    /// <summary>What was found by other means: it weighs like what was found here.</summary>
    internal void Add(IEnumerable<Difference> others) => _found.InsertRange(0, others);

    // What A lacks by chance, the control and B say alone: that it comes and goes explains that it is there, not what it says.
    private void FindBesideControl(string place, Field third, Field right)
    {
        if (!IsComparable(right, control!, b)) return;
        Compared++;
        if (third.Role == Role.Presence) _found.Add(Judge(place, null, right, third));
        else if (!IsSame(third, right)) _found.Add(Judge(place, third, right, null) with { A = null, Why = "differs from the control, and A lacks it" });
    }

    private static bool IsStart(Field field) => field.Place.EndsWith(CapturedRun.Begins, StringComparison.Ordinal);

    private double Tolerance(Field field) => IsStart(field) ? StartTolerance : PauseTolerance;

    // How much one persona's runs differ by themselves.
    private void Measure()
    {
        double most = 0, mostBefore = 0;
        foreach (string place in Places(a, control!))
        {
            Field? left = a.Fields.GetValueOrDefault(place), right = control!.Fields.GetValueOrDefault(place);
            if (left is not { Role: Role.Gap } || right is null) continue;
            double differs = Math.Abs((double)left.Number - right.Number);
            if (IsStart(left)) mostBefore = Math.Max(mostBefore, differs);
            else most = Math.Max(most, differs);
        }
        (PauseTolerance, StartTolerance) = (Math.Max(100, Spread * most), Math.Max(3000, Spread * mostBefore));
        foreach (string place in Places(a, control!))
        {
            Field? left = a.Fields.GetValueOrDefault(place), right = control!.Fields.GetValueOrDefault(place);
            if (!(left ?? right!).Follows && IsComparable(left ?? right!, a, control) && (left is null || right is null || !IsSame(left, right))) ControlDiffers++;
        }
    }

    private static IEnumerable<string> Places(CapturedRun first, CapturedRun second) => first.Fields.Keys.Concat(second.Fields.Keys.Where(place => !first.Fields.ContainsKey(place)));

    // What is not there in one run is said once, not once for each of its fields.
    private static bool IsComparable(Field field, CapturedRun first, CapturedRun second)
    {
        for (string? parent = field.Parent; parent is not null; parent = first.Fields[parent].Parent)
            if (!first.Fields.ContainsKey(parent) || !second.Fields.ContainsKey(parent)) return false;
        return field.Role != Role.Gap || (first.Fields.ContainsKey(field.Place) && second.Fields.ContainsKey(field.Place));
    }

    private bool IsSame(Field left, Field right) => left.Role switch
    {
        Role.Presence => true,
        Role.Gap => Math.Abs((double)left.Number - right.Number) <= Tolerance(left),
        Role.Order => left.Is(right) || !IsReordered(left, right),
        _ => left.Is(right),
    };

    // What is there in one run alone is said elsewhere: here, that the same things came in another order.
    private static bool IsReordered(Field left, Field right)
    {
        string[] Lines(Field field) => [.. System.Text.Encoding.UTF8.GetString(field.Value).Split('\n').Order(StringComparer.Ordinal)];
        return Lines(left).SequenceEqual(Lines(right), StringComparer.Ordinal);
    }

    private Difference Judge(string place, Field? left, Field? right, Field? third)
    {
        Field any = left ?? right!;
        Difference Is(Class kind, string why, double bits = 0) => new(kind, place, why, left, right, third, bits);
        Difference IsUnexplained(string why) => Is(control is null || (left is not null && right is not null && third is null) ? Class.Uncontrolled : any.Leaves ? Class.Unexplained : Class.Answer, why);

        if (any.Role == Role.Presence)
        {
            string only = left is null ? "only in B" : "only in A";
            if (control is not null && (left is null) == (third is not null)) return Is(Class.Control, "comes and goes in two runs of A too", 1);
            return IsUnexplained(only);
        }
        if (left is null || right is null)
        {
            if (control is not null && (left is null) == (third is not null)) return Is(Class.Control, "comes and goes in two runs of A too", 1);
            return IsUnexplained(left is null ? "only in B" : "only in A");
        }
        if (IsFraming(left, a.Fields, b.Fields)) return Is(Class.Tls, "the other end's TLS wrote as much in other records", Math.Log2(1 + Math.Abs((double)right.Number - left.Number)));
        if (left.Role is Role.Size or Role.Gap)
        {
            if (third is not null && third.Number != left.Number && Math.Abs((double)right.Number - left.Number) <= Spread * Math.Abs((double)third.Number - left.Number))
                return Is(Class.Control, "varies as much in two runs of A", Math.Log2(1 + Math.Abs((double)third.Number - left.Number)));
            return IsUnexplained(third is null ? "differs" : left.Role == Role.Gap ? $"differs by more than {Tolerance(left).ToString("0", CultureInfo.InvariantCulture)} ms, {Spread} times what two runs of A differ by" : "differs, and not so in two runs of A");
        }
        if (left.Role == Role.Order)
            return third is not null && !third.Is(left) ? Is(Class.Control, "two runs of A have other orders too", Orders(left)) : IsUnexplained("the same things in another order");
        if (left.Role is Role.TlsRandom or Role.TlsMessage)
        {
            if (third is not null && third.Is(left) && left.Length > 0) return IsUnexplained("is drawn for each connection, and was the same in both runs of A");
            if (Math.Abs(left.Length - right.Length) > (left.Role == Role.TlsMessage ? SignatureSpread : 0) && (third is null || third.Length == left.Length)) return IsUnexplained("is drawn for each connection, but its length differs");
            return Is(Class.Tls, "drawn for each connection", 8.0 * Math.Min(left.Length, right.Length));
        }
        if (left.IsOpaque || right.IsOpaque) return Opaque(left, right, third, Is, IsUnexplained);
        if (IsTime(left, right, third, out double bits)) return Is(Class.Time, "the time of the run", bits);
        if (left.Leaves && WasHeard(left, a) && WasHeard(right, b)) return Is(Class.Server, "said again as the other end said it earlier in this run: if that knows somebody by it, it is a tracker", 1);
        if (third is not null && !third.Is(left)) return Controlled(left, right, third, Is, IsUnexplained);
        return IsUnexplained(third is null ? control is null ? "differs" : "differs, and is not in the control" : "the same in both runs of A, another in B");
    }

    /// <summary>How long a stream of TLS is that arrived, where what was opened of it is as long in both runs: into how many records its writer cuts it is a matter of moments.</summary>
    internal static bool IsFraming(Field size, IReadOnlyDictionary<string, Field> a, IReadOnlyDictionary<string, Field> b)
    {
        if (size.Role != Role.Size || size.Leaves) return false;
        string inside = size.Place.Replace(CapturedRun.AllBytes, CapturedRun.AllBytesInside, StringComparison.Ordinal);
        return inside != size.Place && a.TryGetValue(inside, out Field? own) && b.TryGetValue(inside, out Field? other) && own.Number == other.Number;
    }

    private static Difference Opaque(Field left, Field right, Field? third, Func<Class, string, double, Difference> kind, Func<string, Difference> unexplained)
    {
        if (third is not null && third.Is(left)) return unexplained("cannot be read, and is the same in both runs of A: not fresh, and another in B");
        if (left.Length != right.Length && third is not null && !IsWithin(left.Length, right.Length, third.Length)) return unexplained("cannot be read, and its length follows the persona");
        return kind(Class.Opaque, left.Length != right.Length ? "cannot be read, and its length differs" : "cannot be read", 8.0 * Math.Max(left.Length, right.Length));
    }

    private static Difference Controlled(Field left, Field right, Field third, Func<Class, string, double, Difference> kind, Func<string, Difference> unexplained)
    {
        if (!IsWithin(left.Length, right.Length, third.Length)) return unexplained("varies in two runs of A too, but its length follows the persona");
        Kind own = Kinds.Of(left.Value), other = Kinds.Of(third.Value), most = own > other ? own : other;
        if (Kinds.Of(right.Value) > most) return unexplained("varies in two runs of A too, but is written with other characters in B");
        return kind(Class.Control, "varies in two runs of A too", right.Length * Math.Log2(Kinds.Alphabet(most)));
    }

    private static bool IsWithin(long a, long b, long c) => Math.Abs((double)b - a) <= Spread * Math.Abs((double)c - a);

    // A moment that is as far from its packet in every run is the clock's.
    private static bool IsTime(Field left, Field right, Field? third, out double bits)
    {
        bits = 0;
        if (!TryOffset(left, out double a, out double step) || !TryOffset(right, out double b, out double other) || step != other) return false;
        double tolerance = Math.Max(TimeTolerance, step);
        if (Math.Abs(a - b) > tolerance || (third is not null && !third.Is(left) && (!TryOffset(third, out double c, out _) || Math.Abs(a - c) > tolerance))) return false;
        bits = Math.Log2(Math.Max(2, 2 * tolerance / step));
        return true;

        static bool TryOffset(Field field, out double offset, out double step)
        {
            offset = 0;
            if (!Moments.TryRead(field.Value, out double moment, out step) || field.Time is not { } time) return false;
            offset = moment - time;
            return true;
        }
    }

    private bool WasHeard(Field field, CapturedRun run)
    {
        ReadOnlySpan<byte> value = field.Value.AsSpan().Trim(" "u8);
        return value.Length >= LeastEcho && value.Length == Trimmed(field) && _sought++ < MostSought && run.WasHeard(value.ToArray(), field.Turn);

        static long Trimmed(Field field) => field.Length - (field.Value.Length - field.Value.AsSpan().Trim(" "u8).Length);
    }

    private static double Orders(Field field)
    {
        double bits = 0;
        for (int n = field.Value.AsSpan().Count((byte)'\n'); n > 1; n--) bits += Math.Log2(n);
        return bits;
    }

    // Sizes and hashes of a whole say something only where its parts do not.
    private void DropWhatFollows()
    {
        HashSet<(string, bool)> differing = [], longer = [];
        foreach (Difference difference in _found)
        {
            Field any = difference.Any;
            if (any.Follows || any.Role == Role.Gap) continue;
            bool isLonger = difference.A is null || difference.B is null || difference.A.Length != difference.B.Length;
            for (string? parent = any.Parent; parent is not null; parent = (a.Fields.GetValueOrDefault(parent) ?? b.Fields.GetValueOrDefault(parent))?.Parent)
            {
                differing.Add((parent, any.Leaves));
                if (isLonger) longer.Add((parent, any.Leaves));
            }
        }
        _found.RemoveAll(difference => difference.Any is { Follows: true, Parent: { } parent } any && (any.Role == Role.Size ? longer : differing).Contains((parent, any.Leaves)));
    }

    private void FindStructure()
    {
        if (control is null) return;
        foreach (IGrouping<string, Difference> place in _found.Where(static difference => difference is { Class: Class.Control or Class.Tls, A: { Leaves: true, Role: Role.Content or Role.TlsRandom }, B: not null, Control: not null } && !difference.A.Follows)
            .GroupBy(static difference => difference.A!.Template, StringComparer.Ordinal).ToList())
        {
            Difference[] same = [.. place];
            if (Structure.Of([.. same.Select(static difference => new Structure.Triple(difference.A!.Value, difference.Control!.Value, difference.B!.Value))]) is not { } why) continue;
            foreach (Difference difference in same) _found[_found.IndexOf(difference)] = difference with { Class = Class.Unexplained, Why = $"varies, but {why}", Bits = 0 };
        }
    }
}
