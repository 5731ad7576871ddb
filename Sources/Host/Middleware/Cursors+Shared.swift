// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

extension Cursors {
    /// The cursors of a list that is equal for everybody: a page that a cache kept for one reader is good for the next.
    var forEverybody: Cursors {
        Cursors(
            cryptography: cryptography,
            secret: secret,
            earlierSecrets: earlierSecrets,
            tenant: tenant,
            route: route,
            principal: .anonymous
        )
    }

    /// Makes the cursor of the next page, if there is one.
    func seal(_ position: PagePosition?) -> String? {
        position.map { seal(Position(order: $0.order, key: $0.key, id: $0.id)) }
    }

    /// Reads where a page starts; `nil` for the first.
    func open(_ cursor: String?) throws(Problem) -> PagePosition? {
        guard let cursor else { return nil }
        let position: Position = try open(cursor)
        return PagePosition(order: position.order, key: position.key, id: position.id)
    }
}
