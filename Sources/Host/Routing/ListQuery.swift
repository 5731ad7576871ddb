// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit

/// `cursor` and `limit` of a list.
struct PageQuery: QueryParameters {
    let cursor: String?
    let limit: PageLimit

    init(fields: inout FieldReader) {
        cursor = fields.optional("cursor", .text(1...2048))
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
    }

    /// Where the page starts.
    func position(_ context: RequestContext) throws(Problem) -> PagePosition? {
        try context.position(cursor)
    }
}

extension ListBody {
    /// A page of a domain's list.
    init<Value>(_ page: Page<Value>, _ context: RequestContext, _ body: (Value) -> Item) {
        self.init(items: page.items.map(body), nextCursor: context.cursor(page.next))
    }
}
