// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// One page of a list.
public struct Page<Item: Sendable>: Sendable {
    /// The items, in the list's order.
    public let items: [Item]
    /// Where the next page starts; `nil` on the last one.
    public let next: PagePosition?

    /// Puts a page together.
    ///
    /// - Parameters:
    ///   - items: The items, in the list's order.
    ///   - next: Where the next page starts; `nil` on the last one.
    public init(items: [Item], next: PagePosition?) {
        self.items = items
        self.next = next
    }
}

/// The place in a list after which a page starts: the sort key and the identifier of the last item seen.
///
/// It is handed out as an opaque signed cursor; the signature covers the list, so a position never reaches another one.
public struct PagePosition: Sendable, Hashable {
    /// The order that the position is of.
    public let order: String
    /// The last item's sort key as text; empty where the identifier alone is the key.
    public let key: String
    /// The last item's identifier.
    public let id: UUID

    /// Names a place.
    ///
    /// - Parameters:
    ///   - order: The order that the position is of.
    ///   - key: The last item's sort key as text.
    ///   - id: The last item's identifier.
    public init(order: String, key: String = "", id: UUID) {
        self.order = order
        self.key = key
        self.id = id
    }
}

extension Page {
    /// Cuts a page from one row more than it holds, which tells whether another page follows.
    init(cutting rows: [Item], limit: Int, position: (Item) -> PagePosition) {
        let items = Array(rows.prefix(limit))
        self.init(items: items, next: rows.count > limit ? items.last.map(position) : nil)
    }
}

/// How many items a page may hold.
public struct PageLimit: Sendable, Hashable {
    /// 1 through 100.
    public let count: Int

    /// Brings a wish into the allowed range.
    ///
    /// - Parameter count: The wanted number of items; 20 unless said.
    public init(_ count: Int = 20) {
        self.count = min(max(count, 1), 100)
    }

    var withProbe: Int { count + 1 }
}
