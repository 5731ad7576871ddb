// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Which addresses may be connected to on behalf of a tenant, who may have chosen the name: the public Internet, and
/// what the operator allows besides.
///
/// Asked about the very address that is connected to, after names were resolved: a name that changes what it stands for
/// in between (DNS rebinding) gains nothing.
public struct OutgoingAddresses: Sendable {
    private let allowed: [NetworkRange]

    /// Makes a rule.
    ///
    /// - Parameter allowed: What may be connected to though it is not public, and in the clear.
    public init(allowing allowed: [NetworkRange] = []) {
        self.allowed = allowed
    }

    /// How a connection is protected.
    public enum Protection: Sendable, Hashable {
        /// By TLS, with the other end's name checked.
        case encrypted
        /// Not at all.
        case clear
    }

    /// Returns whether an address may be connected to.
    ///
    /// - Parameters:
    ///   - address: The address.
    ///   - protection: How the connection is protected; without TLS only what the operator allowed may be reached.
    /// - Returns: `true` if it may.
    public func allow(_ address: NetworkAddress, _ protection: Protection) -> Bool {
        if allowed.contains(where: { $0.contains(address) }) { return true }
        guard protection == .encrypted else { return false }
        let special = address.isVersion4 ? Self.special4 : Self.special6
        guard !special.contains(where: { $0.contains(address) }) else { return false }
        return address.isVersion4 || address.bytes[0] & 0xE0 == 0x20
    }

    /// The registry of RFC 6890: this host, private, shared, loopback, link-local (and cloud metadata), documentation,
    /// benchmarks, relays, multicast, reserved.
    private static let special4 = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    ].compactMap(NetworkRange.init)

    /// Of 2000::/3, outside of which nothing is public: protocol assignments and Teredo, documentation, and 6to4, which
    /// holds an address of version 4.
    private static let special6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].compactMap(NetworkRange.init)
}
