// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Why a command has no answer.
@nonexhaustive
public enum RedisError: Error, Sendable, Hashable {
    /// Too many commands wait already; nothing was sent.
    case busy
    /// There is no connection at the moment; nothing was sent.
    case unavailable
    /// No answer came in time; whether the command was run is not known.
    case timedOut
    /// The connection broke; whether the command was run is not known.
    case connectionLost
    /// The server refused the command with a code, such as `OOM` or `WRONGTYPE`.
    case refused(code: String)
    /// The answer is not of the form that the command has.
    case malformed
    /// The nodes of a cluster sent the command from one to the other for too long.
    case redirectedTooOften
    /// The caller was cancelled; whether the command was run is not known.
    case cancelled
}

/// Why a connection could not be made or kept.
@nonexhaustive
public enum RedisConnectionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Nobody answers at the address.
    case unreachable(reason: String)
    /// The server cannot show that it is who it should be.
    case insecure
    /// The server does not let us in; the code is its own, such as `WRONGPASS`.
    case refused(code: String)
    /// It took too long.
    case timedOut
    /// What came is not of the protocol, or is too long.
    case malformed

    /// What is wrong, without names or secrets.
    public var description: String {
        switch self {
        case .unreachable(let reason): "cannot be reached (\(reason))"
        case .insecure: "has no TLS, or a certificate that is not trusted for that name"
        case .refused(let code): "refuses us with \(code)"
        case .timedOut: "does not answer in time"
        case .malformed: "does not speak the protocol"
        }
    }
}
