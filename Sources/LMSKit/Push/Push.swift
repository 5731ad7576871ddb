// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Tells people on their devices: who sends, to which devices, and by which services.
public struct Push: Sendable {
    /// The devices that people want to be told on.
    public let subscriptions: PushSubscriptions
    /// Who sends in a tenant's name.
    public let accounts: PushAccounts
    let transport: any PushTransport

    init(
        ports: PushPorts,
        tenantKeys: TenantKeys,
        cryptography: any Cryptography,
        clock: WallClock,
        identifiers: IdentifierSource,
        audit: Audit
    ) {
        subscriptions = PushSubscriptions(
            tenantKeys: tenantKeys,
            cryptography: cryptography,
            addresses: ports.addresses,
            clock: clock,
            identifiers: identifiers
        )
        accounts = PushAccounts(
            tenantKeys: tenantKeys,
            cryptography: ports.cryptography,
            clock: clock,
            identifiers: identifiers,
            audit: audit
        )
        if let transport = ports.transport {
            self.transport = transport
        } else if let messages = ports.cryptography {
            transport = PushDrivers(ports, messages: messages, cryptography: cryptography, clock: clock)
        } else {
            transport = NoPushTransport()
        }
    }
}

/// Stands where nothing is pushed.
private struct NoPushTransport: PushTransport {
    func send(_ notice: PushNotice, to target: PushTarget, as account: PushAccount) async -> PushResult {
        .failed(reason: "not_built")
    }

    func check(_ account: PushAccount) async -> PushResult { .failed(reason: "not_built") }
}
