// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

extension RequestContext {
    /// Reads the cursor that a client sent.
    ///
    /// - Parameter cursor: What it sent, if it sent one.
    /// - Returns: Where the page starts; `nil` for the first.
    /// - Throws: `.invalidCursor` if this list did not give it to this client.
    func position(_ cursor: String?) throws(Problem) -> PagePosition? {
        guard let cursor else { return nil }
        let position = try cursors.open(cursor)
        return PagePosition(order: position.order, key: position.key, id: position.id)
    }

    /// Makes the cursor of the next page.
    ///
    /// - Parameter position: Where it starts, if there is one.
    /// - Returns: What the client sends back.
    func cursor(_ position: PagePosition?) -> String? {
        position.map { cursors.seal(Cursors.Position(order: $0.order, key: $0.key, id: $0.id)) }
    }
}
