// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSEventLoop

/// Why a server does not start.
@nonexhaustive
public enum HTTPServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Another process, or another server of this one, listens on the port.
    case portInUse(host: String, port: UInt16)
    /// The address cannot be listened on.
    case cannotListen(host: String, port: UInt16, SystemError)
    /// It was started before.
    case alreadyStarted

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .portInUse(let host, let port):
            "port \(port) on \(host) is in use by another process: stop that process or choose another port"
        case .cannotListen(let host, let port, let error):
            "cannot listen on \(host) port \(port): \(error)"
        case .alreadyStarted: "the server was started before"
        }
    }
}
