// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Who sends a tenant's mail.
struct MailRoutes: Sendable {
    let mail: TenantMail
    let courier: MailCourier

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/tenant/mail",
                "Show who sends the organization's mail, without the password",
                access: .permission(.tenantRead),
                caching: .revalidated,
                handler: show
            ),
            Route(
                .put,
                "/api/v1/tenant/mail",
                "Set who sends the organization's mail, and through which server",
                access: .permission(.tenantUpdate),
                problems: [.preconditionFailed, .mailServerInvalid, .mailServerNeeded, .mailPasswordNeeded],
                assurance: .recent,
                keys: .refused,
                handler: set
            ),
            Route(
                .delete,
                "/api/v1/tenant/mail",
                "Have the installation send the organization's mail",
                access: .permission(.tenantUpdate),
                status: .noContent,
                assurance: .recent,
                keys: .refused,
                handler: clear
            ),
            Route(
                .post,
                "/api/v1/tenant/mail/test",
                "Send me a message by the organization's mail, and tell what the server said",
                access: .permission(.tenantUpdate),
                rate: .expensive,
                keys: .refused,
                handler: tryOut
            ),
        ]
    }

    private func show(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<MailSettingsBody> {
        let body = MailSettingsBody(try await mail.fetch(reader: context.reader), of: context.tenant)
        return .ok(body, etag: body.etag)
    }

    private func set(
        _ input: Input<Nothing, Nothing, MailSettingsRequest>,
        _ context: RequestContext
    ) async throws -> Reply<MailSettingsBody> {
        var version: Int?
        if context[.ifMatch] != nil {
            let current = try await mail.fetch(reader: context.reader)
            try context.requireMatch(MailSettingsBody(current, of: context.tenant).etag)
            version = current.version
        }
        let (body, expected) = (input.body, version)
        let settings = try await context.transaction { session in
            try await mail.set(body.settings, password: body.password, expecting: expected, session: session)
        }
        let reply = MailSettingsBody(settings, of: context.tenant)
        return .ok(reply, etag: reply.etag)
    }

    private func clear(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await mail.clear(session: $0) }
        return .noContent
    }

    private func tryOut(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<MailTrialBody> {
        let trial = try await courier.delivery.tryOut(at: context.tenant, as: context.acting, from: courier.sender)
        return .ok(MailTrialBody(trial: trial))
    }
}

/// Delivers messages, and knows who sends those of tenants that chose nobody.
struct MailCourier: Sendable {
    let delivery: MailDelivery
    let sender: Mailbox

    init(delivery: MailDelivery, sender: Mailbox) {
        self.delivery = delivery
        self.sender = sender
    }

    /// Delivers nothing, for what only describes the routes.
    init(describing lms: LMSKit.LMS) {
        let nowhere = Tenants(cells: [:], placement: { _ throws(DatabaseError) in nil })
        delivery = MailDelivery(mail: lms.mail, transport: NoMailTransport(), tenants: nowhere)
        sender = Mailbox(name: nil, address: .example)
    }
}
