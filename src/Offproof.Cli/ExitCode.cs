using Offproof.Channel;
using Offproof.Device;
using Offproof.Evidence;
using Offproof.Vault;

namespace Offproof.Cli;

/// <summary>cli.md §3.</summary>
internal static class ExitCode
{
    internal const int Ok = 0;
    internal const int Failure = 1;
    internal const int Leak = 2;
    internal const int Inconclusive = 3;
    internal const int Forgery = 4;
    internal const int Refused = 5;
    internal const int WrongSheet = 6;
    internal const int Unreachable = 7;
    internal const int Full = 8;
    internal const int Usage = 64;
    internal const int Interrupted = 130;

    private const int DiskFull = 28; // ENOSPC
    private const int QuotaFullLinux = 122; // EDQUOT
    private const int QuotaFullMac = 69;
    private const int DiskFullWindows = unchecked((int)0x80070070);

    internal static int Of(DeviceException e) => e.Fault switch
    {
        DeviceFault.Failure when e.InnerException is IOException or UnauthorizedAccessException => Of(e.InnerException),
        DeviceFault.Forgery => Forgery,
        DeviceFault.Refused => Refused,
        DeviceFault.WrongSheet => WrongSheet,
        DeviceFault.Unreachable => Unreachable,
        DeviceFault.Full => Full,
        DeviceFault.Usage => Usage,
        _ => Failure,
    };

    internal static int Of(PublishingException e) => e.Fault switch
    {
        PublishingFault.Forgery => Forgery,
        PublishingFault.Refused => Refused,
        PublishingFault.WrongKey => WrongSheet,
        PublishingFault.Unreachable => Unreachable,
        PublishingFault.Usage => Usage,
        _ => Failure,
    };

    internal static int Of(EvidenceException e) => e.Fault switch
    {
        EvidenceFault.Forgery => Forgery,
        EvidenceFault.Refused => Refused,
        EvidenceFault.WrongKey => WrongSheet,
        EvidenceFault.Usage => Usage,
        _ => Failure,
    };

    internal static int Of(VaultException e) => e switch
    {
        WrongPasswordException => WrongSheet,
        CorruptVaultException or SubstitutedVaultException or HostileParametersException => Forgery,
        StorageRefusedException => Refused,
        StorageUnreachableException => Unreachable,
        StorageFullException => Full,
        _ => Failure,
    };

    internal static int Of(Exception e) => e.HResult is DiskFull or DiskFullWindows
        || e.HResult == (OperatingSystem.IsMacOS() ? QuotaFullMac : QuotaFullLinux) ? Full : Failure;
}
