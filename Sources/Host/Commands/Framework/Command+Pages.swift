// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit

extension Command {
    /// Reads a list page by page.
    ///
    /// - Parameters:
    ///   - limit: How many items at most.
    ///   - read: Reads the page after a position.
    ///   - show: Takes each item, in order.
    /// - Throws: What `read` threw.
    static func showPages<Item>(
        upTo limit: Int,
        _ read: (PagePosition?, PageLimit) async throws -> Page<Item>,
        show: (Item) -> Void
    ) async throws {
        var left = limit
        var position: PagePosition?
        repeat {
            let page = try await read(position, PageLimit(min(left, 100)))
            for item in page.items { show(item) }
            left -= page.items.count
            position = page.next
        } while position != nil && left > 0
    }
}
