// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Signs and opens the cursors of one list, for one tenant and one principal.
///
/// A cursor is opaque and holds nothing secret. Its signature covers tenant, route and principal, so that another tenant's, another
/// list's or another user's cursor is not valid here.
struct Cursors: Sendable {
    let cryptography: any Cryptography
    let secret: Secret<[UInt8]>
    /// What opens cursors of a moment ago, before the secret was changed.
    var earlierSecrets: [Secret<[UInt8]>] = []
    let tenant: TenantID
    let route: String
    let principal: Principal

    /// A place in a list.
    struct Position: Sendable, Hashable {
        /// The order of the list.
        let order: String
        /// The last item's sort key.
        let key: String
        /// The last item's identifier.
        let id: UUID
    }

    /// Makes the text that a client sends back.
    func seal(_ position: Position) -> String {
        var payload: [UInt8] = []
        payload.append(contentsOf: position.id.bytes)
        payload.append(UInt8(truncatingIfNeeded: position.order.utf8.count))
        payload.append(contentsOf: position.order.utf8.prefix(255))
        payload.append(contentsOf: position.key.utf8)
        return Base64URL.encode(payload + tag(of: payload, secret))
    }

    /// Reads a text that a client sent.
    ///
    /// - Throws: `.invalidCursor` if it was not made by `seal` for the same tenant, list and principal.
    func open(_ text: String) throws(Problem) -> Position {
        guard text.utf8.count <= 2048, let bytes = Base64URL.decode(text), bytes.count >= 33 else {
            throw Problem(.invalidCursor)
        }
        let payload = Array(bytes.dropLast(16))
        let tag = Array(bytes.suffix(16))
        guard ([secret] + earlierSecrets).contains(where: { cryptography.areEqual(tag, self.tag(of: payload, $0)) })
        else { throw Problem(.invalidCursor) }
        let orderEnd = 17 + Int(payload[16])
        guard orderEnd <= payload.count else { throw Problem(.invalidCursor) }
        return Position(
            order: String(decoding: payload[17..<orderEnd], as: UTF8.self),
            key: String(decoding: payload[orderEnd...], as: UTF8.self),
            id: UUID(bytes: Array(payload.prefix(16)).span)
        )
    }

    private func tag(of payload: [UInt8], _ secret: Secret<[UInt8]>) -> [UInt8] {
        let key = cryptography.hmacSHA256(Array("cursor".utf8) + tenant.uuid.bytes, key: secret.reveal())
        var message = Array(route.utf8)
        message.append(0)
        message.append(contentsOf: scope.utf8)
        message.append(0)
        message.append(contentsOf: payload)
        return Array(cryptography.hmacSHA256(message, key: key).prefix(16))
    }

    private var scope: String {
        switch principal.kind {
        case .anonymous: "anonymous"
        case .user(let id): "user:\(id)"
        case .service(let id): "service:\(id)"
        case .system(let name): "system:\(name)"
        }
    }
}
