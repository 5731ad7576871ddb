// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension Course {
    /// Reads a row of the column list that every SELECT of a course has.
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        try self.init(fields: &fields)
    }

    init(fields: inout RowFields) throws(DatabaseError) {
        id = try fields.next()
        slug = try fields.next()
        title = try fields.next()
        description = try fields.next()
        category = try fields.next()
        level = try fields.next()
        price = try Money(minorUnits: fields.next(), currency: fields.next())
        thumbnail = try fields.next()
        status = try fields.next()
        isFeatured = try fields.next()
        isTrending = try fields.next()
        isOpen = try fields.next()
        completionThreshold = try fields.next()
        tags = try fields.next()
        seatLimit = try fields.next()
        let staff: [String] = try fields.next()
        self.staff = staff.compactMap(CourseStaffMember.init(stored:))
        version = try fields.next()
        seatsTaken = try fields.next()
        publishedLessons = try fields.next()
        rating = Rating(count: try fields.next(), sum: try fields.next())
        createdAt = try fields.next()
        updatedAt = try fields.next()
        publishedAt = try fields.next()
        series = try fields.next()
        edition = try fields.next()
        supersededAt = try fields.next()
        isTemplate = try fields.next()
    }
}

extension Money {
    /// Puts the two columns of a price together.
    init?(minorUnits: Int?, currency: String?) throws(DatabaseError) {
        guard let minorUnits, let currency else { return nil }
        guard let currency = Currency(currency) else {
            throw .undecodable(column: "currency", expected: "an ISO 4217 code")
        }
        self.init(minorUnits: minorUnits, currency: currency)
    }
}
