// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What a tenant's gateway can charge in, before any gateway is called.
public struct GatewayCoverage: Sendable, Hashable {
    /// The currencies it takes.
    public let currencies: Set<Currency>

    /// Describes a gateway's reach.
    ///
    /// - Parameter currencies: The currencies it takes.
    public init(currencies: Set<Currency>) {
        self.currencies = currencies
    }

    /// Returns whether an amount can be charged.
    ///
    /// - Parameter amount: The amount.
    /// - Returns: `true` if it is more than nothing and in a currency that the gateway takes.
    public func covers(_ amount: Money) -> Bool {
        amount.minorUnits > 0 && currencies.contains(amount.currency)
    }
}
