// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// The networks whose word about a client is taken.
struct TrustedProxies: Sendable, Hashable {
    private let networks: [NetworkRange]

    var isEmpty: Bool { networks.isEmpty }

    /// Nobody is trusted.
    static let none = TrustedProxies(networks: [])

    private init(networks: [NetworkRange]) {
        self.networks = networks
    }

    /// Parses a comma-separated list of addresses and networks: `127.0.0.1, 10.0.0.0/8, fd00::/8`.
    init?(_ list: String) {
        guard let networks = NetworkRange.list(list) else { return nil }
        self.networks = networks
    }

    /// Whether an address is in one of the networks.
    func contains(_ text: String) -> Bool {
        guard let address = NetworkAddress(text) else { return false }
        return networks.contains { $0.contains(address) }
    }
}
