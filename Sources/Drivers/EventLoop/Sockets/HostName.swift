// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc

/// Finds the addresses of hosts.
public enum HostName {
    /// The addresses of a host; blocks, so it belongs on a side pool.
    ///
    /// - Parameter name: A name or a numeric address.
    /// - Returns: Numeric addresses in the order to try them, at least one.
    /// - Throws: `SystemError` if the name does not resolve.
    public static func addresses(of name: String) throws(SystemError) -> [String] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(name, nil, &hints, &found) == 0 else {
            throw SystemError(code: ENOENT, call: "getaddrinfo")
        }
        defer { unsafe freeaddrinfo(found) }
        var addresses: [String] = []
        var next = unsafe found
        while let entry = unsafe next, addresses.count < 16 {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let failed = unsafe getnameinfo(
                entry.pointee.ai_addr,
                entry.pointee.ai_addrlen,
                &text,
                socklen_t(text.count),
                nil,
                0,
                NI_NUMERICHOST
            )
            if failed == 0 {
                let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                addresses.append(String(decoding: bytes, as: UTF8.self))
            }
            unsafe next = entry.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw SystemError(code: ENOENT, call: "getaddrinfo") }
        return addresses
    }
}
