using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Offproof.Device;
using Offproof.Server;

namespace Offproof.Cli;

/// <summary>What the operator does on the server's machine, also while the server runs (protocol.md §11, §12).</summary>
internal static class OperatorVerbs
{
    internal static Command Invite()
    {
        Option<string> data = Data("The server's folder");
        Option<long?> quota = Options.Bytes("--quota", "How many bytes the account may store; what `serve` says where not given");
        Option<int?> days = Options.Number("--days", "How long it is good; 14 where not given", "N", 1, ServerOperator.MaxDays);
        Option<bool> withdraw = new("--withdraw") { Description = "Make none, and end all that are open" };
        Command verb = new("invite", "Print an invitation: with it, once, an account is opened") { data, quota, days, withdraw };
        verb.SetAction(parsed => With(parsed.GetRequiredValue(data), server =>
        {
            if (parsed.GetValue(withdraw))
            {
                int withdrawn = server.WithdrawInvitations();
                if (parsed.GetValue(Options.Json)) Terminal.Json(new WithdrawnJson("offproof/v1/invite", withdrawn), OutputJson.Default.WithdrawnJson);
                else Terminal.Say($"{Terminal.Count(withdrawn, "invitation")} withdrawn. Accounts that were opened stay.");
                return ExitCode.Ok;
            }
            Invitation made = server.Invite(parsed.GetValue(quota), parsed.GetValue(days) ?? ServerOperator.DefaultDays);
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new InviteJson("offproof/v1/invite", made.Code, made.Expires, made.QuotaBytes), OutputJson.Default.InviteJson);
                return ExitCode.Ok;
            }
            Terminal.Say(made.Code);
            Terminal.Talk($"Good once, until {Terminal.Time(made.Expires)}{(made.QuotaBytes is { } bytes ? $", for {Terminal.Size(bytes)}" : "")}. It is not shown again: only its hash is kept.");
            Terminal.Talk("On the device, with the code in a file: offproof init --server URL --invite-file FILE --sheet FILE");
            return ExitCode.Ok;
        }));
        return verb;
    }

    internal static Command Account()
    {
        Option<string> data = Data("The server's folder");
        Command list = new("list", "Who stores how much, and who is suspended") { data };
        list.SetAction(parsed => With(parsed.GetRequiredValue(data), server =>
        {
            IReadOnlyList<AccountLine> accounts = server.Accounts();
            if (parsed.GetValue(Options.Json)) Terminal.Json(new AccountsJson("offproof/v1/accounts", [.. accounts.Select(AccountJson.Of)]), OutputJson.Default.AccountsJson);
            else foreach (AccountLine account in accounts) Terminal.Say(Row(account));
            return ExitCode.Ok;
        }));
        Argument<string> which = new("ACCOUNT") { Description = "Its name in `account list`, or the first 8 digits or more" };
        Command suspend = new("suspend", "Read-only for 30 days, then closed; revocations are taken, and nothing is deleted") { data, which };
        suspend.SetAction(parsed => Change(parsed, data, which, static (server, account) => server.Suspend(account), "is suspended: it can be read for 30 days. Nothing was deleted."));
        Command resume = new("resume", "Lift a suspension") { data, which };
        resume.SetAction(parsed => Change(parsed, data, which, static (server, account) => server.Resume(account), "is not suspended."));
        Argument<long?> bytes = new("BYTES") { Description = "What `serve` says where not given", Arity = ArgumentArity.ZeroOrOne };
        Command quota = new("quota", "Set how many bytes an account may store") { data, which, bytes };
        quota.SetAction(parsed =>
        {
            long? limit = parsed.GetValue(bytes);
            if (limit < 0) throw new DeviceException(DeviceFault.Usage, "a quota is not below zero");
            return Change(parsed, data, which, (server, account) => server.SetQuota(account, limit),
                limit is null ? "has the server's quota." : $"may store {Terminal.Size(limit.Value)}. What is stored stays.");
        });
        return new Command("account", "The accounts of a server, for its operator") { list, suspend, resume, quota };
    }

    internal static Option<string> Data(string description) => new("--data") { Description = description, Required = true, HelpName = "DIR" };

    /// <summary>A server's folder that cannot be used, in words.</summary>
    internal static DeviceException Unusable(Exception e, string folder) => e is DbException
        ? new DeviceException(DeviceFault.Failure, $"the database in {folder} cannot be used: {e.Message}", "vaults/ and recovery/ beside it are untouched")
        : new DeviceException(DeviceFault.Failure, e.Message, "nothing in the folder was changed");

    private static int Change(ParseResult parsed, Option<string> data, Argument<string> which, Func<ServerOperator, string, string?> change, string done) =>
        With(parsed.GetRequiredValue(data), server =>
        {
            string named = parsed.GetRequiredValue(which);
            string account = change(server, named)
                ?? throw new DeviceException(DeviceFault.Failure, $"'{named}' names no account, or more than one: nothing was changed", "offproof account list --data DIR");
            Terminal.Say($"{account} {done}");
            return ExitCode.Ok;
        });

    private static int With(string folder, Func<ServerOperator, int> work)
    {
        try
        {
            using ServerOperator server = ServerOperator.Open(folder, TimeProvider.System);
            return work(server);
        }
        catch (Exception e) when (e is InvalidOperationException or DbException)
        {
            throw Unusable(e, folder);
        }
    }

    private static string Row(AccountLine account) => string.Create(CultureInfo.InvariantCulture,
        $"{account.Account}  {Terminal.Count(account.Devices, "device"),-9}  {Terminal.Size(account.Bytes)}{(account.QuotaBytes is { } quota ? $" of {Terminal.Size(quota)}" : "")}"
        + $"{(account.Suspended is { } since ? $"  suspended since {Terminal.Time(since)}" : "")}");
}
