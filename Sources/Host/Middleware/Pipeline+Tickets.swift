// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// Tickets, which browsers show where their interfaces for streams let them send no fields.
extension Pipeline {
    /// The ticket of a request for a route that takes one: in the address, or among the subprotocols that a WebSocket offers.
    func shownTicket(_ head: RequestHead, _ route: Route) throws(Problem) -> String? {
        guard route.takesTickets else { return nil }
        for offered in head.value(of: "sec-websocket-protocol")?.split(separator: ",") ?? [] {
            let name = offered.trimmingBlanks
            if name.hasPrefix(Pipeline.ticketProtocol) { return String(name.dropFirst(Pipeline.ticketProtocol.count)) }
        }
        guard let query = head.queryRange, !query.isEmpty else { return nil }
        guard
            case .string(let text)? = try Form.parse(Array(head.bytes[query])).first(where: { $0.name == "token" })?
                .value
        else { return nil }
        // An access token is good for a quarter of an hour, and logs and histories keep addresses.
        if text.contains(".") { throw Problem(.tokenInAddress) }
        return text
    }

    /// Who a ticket is for, if their sign-in still stands.
    func redeem(_ ticket: String, _ site: Site, _ address: String) async throws(Problem) -> Authentication {
        do {
            let claim = try services.streamTickets(of: site.tenant.id).open(ticket, at: services.clock.now())
            return try await services.renew(claim, site.tenant, address)
        } catch {
            throw error.problem
        }
    }

    /// What leads a ticket among the subprotocols.
    static let ticketProtocol = "ticket."
}

extension ProblemCode {
    static let tokenInAddress = ProblemCode(
        "TOKEN_IN_ADDRESS",
        400,
        en:
            "An access token stands in the address, where logs keep it: send it as a header, or get a token for streams by POST /api/v1/notifications/stream-token.",
        es:
            "Hay un token de acceso en la dirección, donde los registros lo guardan: envíelo como cabecera u obtenga un token para flujos con POST /api/v1/notifications/stream-token.",
        ar:
            "يوجد رمز وصول في العنوان حيث تحفظه السجلات: أرسله في ترويسة أو احصل على رمز للبث من POST /api/v1/notifications/stream-token."
    )
}
