// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The devices that somebody wants to be told on.
struct PushRoutes: Sendable {
    let push: Push
    let delivery: PushDelivery

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/push/vapid-key",
                "Show the key that a browser subscribes with",
                access: .signedIn,
                problems: [.pushNotOffered],
                handler: showKey
            ),
            Route(
                .get,
                "/api/v1/push/subscriptions",
                "List the devices that I am told on",
                access: .signedIn,
                keys: .refused,
                handler: list
            ),
            Route(
                .post,
                "/api/v1/push/subscriptions",
                "Have me told on this device, as long as I am signed in on it",
                access: .signedIn,
                status: .created,
                problems: [.pushDeviceInvalid, .pushNeedsSignIn],
                keys: .refused,
                handler: register
            ),
            Route(
                .delete,
                "/api/v1/push/subscriptions/{subscriptionId}",
                "Have me told on a device no longer",
                access: .signedIn,
                status: .noContent,
                problems: [.pushSubscriptionNotFound],
                keys: .refused,
                handler: delete
            ),
            Route(
                .post,
                "/api/v1/push/test",
                "Tell me something on all my devices, and say what their services answered",
                access: .signedIn,
                rate: .expensive,
                keys: .refused,
                handler: tryOut
            ),
            Route(
                .post,
                "/api/v1/users/push-token",
                "Have me told in this app, as long as I am signed in on it",
                access: .signedIn,
                status: .noContent,
                problems: [.pushDeviceInvalid, .pushNeedsSignIn],
                keys: .refused,
                handler: registerToken
            ),
        ]
    }

    private func showKey(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PushKeyBody> {
        let key = try await push.accounts.vapidKey(of: context.tenant.id, tenants: context.tenants)
        return .ok(PushKeyBody(key: key))
    }

    private func list(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PushSubscriptionListBody> {
        let devices = try await push.subscriptions.list(reader: context.reader)
        return .ok(PushSubscriptionListBody(subscriptions: devices, current: context.token?.session))
    }

    private func register(
        _ input: Input<Nothing, Nothing, PushDeviceRequest>,
        _ context: RequestContext
    ) async throws -> Reply<PushSubscriptionBody> {
        let device = try await register(try input.body.target(), label: input.body.label, context)
        let body = PushSubscriptionBody(subscription: device, isCurrent: true)
        return .created(body, at: "/api/v1/push/subscriptions/\(device.id)")
    }

    private func registerToken(
        _ input: Input<Nothing, Nothing, PushTokenRequest>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        _ = try await register(try input.body.target(), label: nil, context)
        return .noContent
    }

    private func register(
        _ target: PushTarget,
        label: String?,
        _ context: RequestContext
    ) async throws -> PushSubscription {
        try await context.transaction { session in
            try await push.subscriptions.register(
                target,
                label: label,
                in: context.token?.session,
                session: session
            )
        }
    }

    private func delete(
        _ input: Input<PushSubscriptionPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { session in
            try await push.subscriptions.delete(input.path.subscriptionId, session: session)
        }
        return .noContent
    }

    private func tryOut(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PushAttemptListBody> {
        let notice = PushNotice(
            UUID(),
            title: context.tenant.name,
            body: Self.words.text(in: context.language),
            language: context.language,
            urgency: .high,
            expiresAt: context.clock.now().addingTimeInterval(300)
        )
        let attempts = try await delivery.tryOut(notice, at: context.tenant, as: context.acting)
        return .ok(PushAttemptListBody(attempts: attempts))
    }

    private static let words = LocalizedText(
        en: "Messages reach this device.",
        es: "Los mensajes llegan a este dispositivo.",
        ar: "تصل الرسائل إلى هذا الجهاز."
    )
}

/// Who sends pushes in an organization's name.
struct PushAccountRoutes: Sendable {
    let accounts: PushAccounts
    let delivery: PushDelivery

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/tenant/push",
                "Show who sends pushes in the organization's name, without any private key",
                access: .permission(.tenantRead),
                caching: .revalidated,
                handler: show
            ),
            Route(
                .put,
                "/api/v1/tenant/push/fcm",
                "Set the service account that apps are told with by Firebase Cloud Messaging",
                access: .permission(.tenantUpdate),
                problems: [.pushAccountInvalid, .pushNotOffered],
                assurance: .recent,
                keys: .refused,
                handler: setFCM
            ),
            Route(
                .put,
                "/api/v1/tenant/push/apns",
                "Set the key that apps are told with by the Apple Push Notification service",
                access: .permission(.tenantUpdate),
                problems: [.pushAccountInvalid, .pushKeyNeeded, .pushNotOffered],
                assurance: .recent,
                keys: .refused,
                handler: setAPNs
            ),
            removal(at: "/api/v1/tenant/push/fcm", of: .fcm),
            removal(at: "/api/v1/tenant/push/apns", of: .apns),
            trial(at: "/api/v1/tenant/push/fcm/test", of: .fcm),
            trial(at: "/api/v1/tenant/push/apns/test", of: .apns),
        ]
    }

    private func show(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PushSettingsBody> {
        .ok(PushSettingsBody(settings: try await accounts.fetch(reader: context.reader)))
    }

    private func setFCM(
        _ input: Input<Nothing, Nothing, FCMAccountRequest>,
        _ context: RequestContext
    ) async throws -> Reply<PushSettingsBody> {
        guard let (account, key) = input.body.account else { throw PushError.invalidAccount }
        try await context.transaction { try await accounts.set(account, key: key, session: $0) }
        return .ok(PushSettingsBody(settings: try await accounts.fetch(reader: context.reader)))
    }

    private func setAPNs(
        _ input: Input<Nothing, Nothing, APNsAccountRequest>,
        _ context: RequestContext
    ) async throws -> Reply<PushSettingsBody> {
        guard let account = input.body.account else { throw PushError.invalidAccount }
        let key = input.body.key
        try await context.transaction { try await accounts.set(account, key: key, session: $0) }
        return .ok(PushSettingsBody(settings: try await accounts.fetch(reader: context.reader)))
    }

    private func removal(at path: StaticString, of kind: PushTarget.Kind) -> Route {
        Route(
            .delete,
            path,
            "Take an account away; its key is erased",
            access: .permission(.tenantUpdate),
            status: .noContent,
            assurance: .recent,
            keys: .refused
        ) { (_: Input<Nothing, Nothing, Nothing>, context) in
            try await context.transaction { try await accounts.clear(kind, session: $0) }
            return Reply<Nothing>.noContent
        }
    }

    private func trial(at path: StaticString, of kind: PushTarget.Kind) -> Route {
        Route(
            .post,
            path,
            "Ask the service whether it takes messages from the organization's account",
            access: .permission(.tenantUpdate),
            problems: [.pushAccountNotFound],
            rate: .expensive,
            keys: .refused
        ) { (_: Input<Nothing, Nothing, Nothing>, context) in
            let result = try await delivery.check(kind, at: context.tenant, as: context.acting)
            return .ok(PushResultBody(result: result))
        }
    }
}

extension PushDelivery {
    /// Tells nobody, for what only describes the routes.
    init(describing lms: LMSKit.LMS) {
        self.init(lms, tenants: Tenants(cells: [:], placement: { _ throws(DatabaseError) in nil }))
    }
}
