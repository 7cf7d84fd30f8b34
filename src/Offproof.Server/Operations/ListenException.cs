using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Offproof.Server;

/// <summary>It cannot listen where it should; the message says why, <see cref="Hint"/> what helps.</summary>
public sealed class ListenException : IOException
{
    ListenException(string message, string hint, Exception inner) : base(message, inner) => Hint = hint;

    /// <summary>What helps.</summary>
    public string Hint { get; }

    /// <summary>What was thrown when a host began to listen on an address; null where it is about something else.</summary>
    /// <param name="thrown">By the host, when it began.</param>
    /// <param name="endpoint">Where it was to listen.</param>
    /// <param name="proxy">The option that names a proxy in front, where the host has one.</param>
    public static ListenException? Of(Exception thrown, IPEndPoint endpoint, string? proxy = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return thrown switch
        {
            IOException { InnerException: AddressInUseException } => new(
                $"port {endpoint.Port} of {endpoint.Address} is in use: another program, or another server, listens there", "--listen with another port", thrown),
            SocketException { SocketErrorCode: SocketError.AccessDenied } => new(
                $"port {endpoint.Port} may not be used by this user", "--listen with a port from 1024 on, or a proxy in front of it" + (proxy is null ? "" : $" ({proxy})"), thrown),
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => new(
                $"{endpoint.Address} is no address of this machine", "--listen with one that it has", thrown),
            _ => null,
        };
    }
}
