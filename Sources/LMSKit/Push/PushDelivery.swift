// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Sends pushes to people's devices, after the transaction of their cause.
///
/// A message is handed over outside of any transaction and noted after that. Between the two a process may die; then the device gets the
/// message once more, in the place of the first one.
public struct PushDelivery: Sendable {
    let tenantKeys: TenantKeys
    let clock: WallClock
    let transport: any PushTransport
    let notifications: Notifications
    let tenants: Tenants
    let breakers: JobBreakers?

    /// How many devices are told at a time.
    private static let width = 4

    /// Makes a deliverer.
    ///
    /// - Parameters:
    ///   - lms: Keeps devices and accounts.
    ///   - tenants: Opens readers and transactions.
    ///   - breakers: Keep jobs from calling services that fail; without, each is called however often it failed.
    public init(_ lms: LMS, tenants: Tenants, breakers: JobBreakers? = nil) {
        tenantKeys = lms.tenantKeys
        clock = lms.push.subscriptions.clock
        transport = lms.push.transport
        notifications = lms.notifications
        self.tenants = tenants
        self.breakers = breakers
    }

    /// A device and what became of its message.
    public struct Attempt: Sendable {
        /// The device.
        public let subscription: PushSubscription.ID
        /// What kind of device it is.
        public let kind: PushTarget.Kind
        /// What its owner calls it.
        public let label: String
        /// What became of the message.
        public let result: PushResult

        /// Describes an attempt.
        package init(
            subscription: PushSubscription.ID,
            kind: PushTarget.Kind,
            label: String,
            result: PushResult
        ) {
            self.subscription = subscription
            self.kind = kind
            self.label = label
            self.result = result
        }
    }

    /// Tells whoever asks something on all of their devices, and waits for the services.
    ///
    /// No transaction is open meanwhile.
    ///
    /// - Parameters:
    ///   - notice: What they are told.
    ///   - tenant: The tenant.
    ///   - principal: Who asks and is told.
    /// - Returns: Each device with what became of its message.
    /// - Throws: `PushError.forbidden` for what is no user; `.keys`; `.database`.
    public func tryOut(
        _ notice: PushNotice,
        at tenant: Tenant,
        as principal: Principal
    ) async throws(PushError) -> [Attempt] {
        guard let user = principal.user, principal.impersonator == nil else { throw .forbidden }
        do {
            let devices = try await devices(of: user, but: nil, at: tenant.id)
            return try await send(notice, to: devices, at: tenant.id) { _ in [] }
        } catch {
            throw PushError(error)
        }
    }

    /// Asks a service whether it takes messages from the tenant's account.
    ///
    /// - Parameters:
    ///   - kind: Which account.
    ///   - tenant: The tenant.
    ///   - principal: Who asks.
    /// - Returns: `.delivered` if it does.
    /// - Throws: `PushError.forbidden` without `tenant:update`; `.accountNotFound`; `.keys`; `.database`.
    public func check(
        _ kind: PushTarget.Kind,
        at tenant: Tenant,
        as principal: Principal
    ) async throws(PushError) -> PushResult {
        guard principal.may(.tenantUpdate, on: .foreign) else { throw .forbidden }
        do {
            let reader = tenants.reader(for: tenant.id, as: Self.principal)
            let replies = try await reader.read([.selectPushAccount(kind), .selectTenantKeys()])
            let opener = SealedPush(keys: try await tenantKeys.all(of: replies[1], tenant.id), tenant: tenant.id)
            guard let account = try opener.accounts(replies[0])[kind] else { throw PushError.accountNotFound }
            return await transport.check(account)
        } catch {
            throw PushError(error)
        }
    }

    /// The devices of somebody that are still signed in, with what is needed to tell them.
    ///
    /// - Parameters:
    ///   - user: Whose.
    ///   - delivery: Devices that it was brought to, or will never be, are left out.
    ///   - tenant: The tenant.
    /// - Returns: The devices.
    /// - Throws: `DatabaseError`; `KeyError`.
    func devices(
        of user: User.ID,
        but delivery: NotificationDelivery.ID?,
        at tenant: TenantID
    ) async throws -> [Device] {
        let reader = tenants.reader(for: tenant, as: Self.principal)
        let replies = try await reader.read([
            .selectPushDevices(of: user, but: delivery, at: clock.now()), .selectPushAccounts(), .selectTenantKeys(),
        ])
        guard !replies[0].isEmpty else { return [] }
        let opener = SealedPush(keys: try await tenantKeys.all(of: replies[2], tenant), tenant: tenant)
        let accounts = try opener.accounts(replies[1])
        return try replies[0].map { row in
            let kind: PushTarget.Kind = try row["kind"]
            return Device(
                id: try row["id"],
                kind: kind,
                label: try row["label"],
                registeredAt: try row["registered_at"],
                target: try opener.target(row, kind),
                account: accounts[kind]
            )
        }
    }

    /// A device with what is needed to tell it.
    struct Device: Sendable {
        let id: PushSubscription.ID
        let kind: PushTarget.Kind
        let label: String
        let registeredAt: Date
        let target: PushTarget
        /// `nil` if the tenant has no account for its kind.
        let account: PushAccount?
    }

    /// Tells devices, a few at a time, and notes of each what became of it as soon as that is known.
    ///
    /// - Parameters:
    ///   - notice: What they are told.
    ///   - devices: The devices.
    ///   - tenant: The tenant.
    ///   - more: What else is noted with an attempt.
    /// - Returns: The attempts, in the order of the devices.
    /// - Throws: `DatabaseError` if one could not be noted.
    func send(
        _ notice: PushNotice,
        to devices: [Device],
        at tenant: TenantID,
        noting more: @escaping @Sendable (Attempt) -> [SQL]
    ) async throws -> [Attempt] {
        var attempts: [PushSubscription.ID: Attempt] = [:]
        try await withThrowingTaskGroup(of: Attempt.self) { group in
            var rest = devices[...]
            for device in rest.prefix(Self.width) {
                group.addTask { try await tell(device, notice, at: tenant, more) }
            }
            rest = rest.dropFirst(Self.width)
            while let attempt = try await group.next() {
                attempts[attempt.subscription] = attempt
                guard let device = rest.popFirst() else { continue }
                group.addTask { try await tell(device, notice, at: tenant, more) }
            }
        }
        return devices.compactMap { attempts[$0.id] }
    }

    private func tell(
        _ device: Device,
        _ notice: PushNotice,
        at tenant: TenantID,
        _ more: @Sendable (Attempt) -> [SQL]
    ) async throws -> Attempt {
        let result: PushResult
        if let account = device.account {
            result = await transport.send(notice, to: device.target, as: account)
        } else {
            result = .rejected(code: "no_account")
        }
        let attempt = Attempt(subscription: device.id, kind: device.kind, label: device.label, result: result)
        // What else is noted refers to the device, so it comes before the device goes.
        let statements = more(attempt) + [.notePush(result, on: device.id, device.registeredAt, at: clock.now())]
        _ = try await tenants.write(statements, for: tenant, as: Self.principal)
        return attempt
    }

    static let principal = Principal(.system("push"), grants: Grants())
}
