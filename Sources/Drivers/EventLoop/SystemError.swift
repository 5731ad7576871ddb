// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc

/// A system call that failed.
public struct SystemError: Error, Sendable, Hashable {
    /// The value of `errno`.
    public let code: Int32
    /// The call's name, such as `bind`.
    public let call: String

    /// Describes a failed call.
    ///
    /// - Parameters:
    ///   - code: The value of `errno`.
    ///   - call: The call's name.
    public init(code: Int32, call: String) {
        self.code = code
        self.call = call
    }

    /// Whether the address is used by another socket.
    public var isAddressInUse: Bool { code == EADDRINUSE }
    /// Whether the process or the system has no descriptor or buffer left.
    public var isExhaustion: Bool { code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM }

    init(call: String) {
        self.init(code: errno, call: call)
    }

    /// The code of a host name that does not resolve; no `errno` value.
    static let unresolvable: Int32 = 100_000
}

extension SystemError: CustomStringConvertible {
    /// The call and the system's text for the code.
    public var description: String {
        if code == Self.unresolvable { return "\(call): the host name does not resolve" }
        return unsafe "\(call): \(String(cString: strerror(code)))"
    }
}
