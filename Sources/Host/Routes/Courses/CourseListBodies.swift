// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// A page of courses: by cursor, or by number; always with how many there are.
struct CourseListBody: ResponseBody {
    let items: [CourseBody]
    let total: Int
    var nextCursor: String?
    var numbers: PageNumbers?

    static var example: CourseListBody {
        CourseListBody(
            items: [.example],
            total: 1,
            nextCursor: "AYkKXayWd0u8…",
            numbers: PageNumbers(page: 0, size: 20)
        )
    }
    static var variations: [CourseListBody] { [CourseListBody(items: CourseBody.variations, total: 1)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("items", items)
            if let nextCursor { object.field("nextCursor", nextCursor) }
            object.field("total", total)
            if let numbers {
                object.field("page", numbers.page)
                object.field("size", numbers.size)
                object.field("totalPages", numbers.pages(of: total))
            }
        }
    }
}

/// The same page as version 2 writes it: `{"data":[…],"metadata":{…}}`.
struct CourseDataBody: ResponseBody {
    let list: CourseListBody

    static var example: CourseDataBody { CourseDataBody(list: .example) }
    static var variations: [CourseDataBody] { CourseListBody.variations.map(CourseDataBody.init) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("data", list.items)
            object.field(
                "metadata",
                object: { metadata in
                    metadata.field("total", list.total)
                    if let numbers = list.numbers {
                        metadata.field("page", numbers.page)
                        metadata.field("size", numbers.size)
                        metadata.field("totalPages", numbers.pages(of: list.total))
                    }
                    if let cursor = list.nextCursor { metadata.field("nextCursor", cursor) }
                }
            )
        }
    }
}

/// Which numbered page a list is.
struct PageNumbers: Sendable, Hashable {
    /// The first page is 0.
    let page: Int
    let size: Int

    func pages(of total: Int) -> Int { (total + size - 1) / size }
}
