// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// From where, when and for how long the holders of a role may be signed in.
struct SessionPolicyFields: FieldStructure {
    let policy: SessionPolicy

    init(fields: inout FieldReader) {
        policy = SessionPolicy(
            role: fields.required("role", .text(1...64, example: "owner")),
            networks: fields.optional("networks", .list(.network, 0...100), default: []),
            hours: fields.optional("hours", .object(AllowedHoursFields.self))?.hours,
            // Use is noted once a minute: less than five would end what is used.
            idleMinutes: fields.optional("idleMinutes", .integer(5...10_080)),
            absoluteMinutes: fields.optional("absoluteMinutes", .integer(15...43_200))
        )
    }
}

/// Days, and the hours of each of them.
struct AllowedHoursFields: FieldStructure {
    let hours: AllowedHours

    init(fields: inout FieldReader) {
        let days = fields.required("days", .list(.choice(Weekday.monday), 1...7))
        let start = fields.required("from", .timeOfDay(example: "07:00"))
        let end = fields.required("until", .timeOfDay(example: "20:00"))
        if start == 24 * 60 { fields.refuse("from", .tooLarge) }
        hours = AllowedHours(days: Set(days.map(\.number)), start: start, end: end)
    }

    enum Weekday: String, CaseIterable, Sendable {
        case monday
        case tuesday
        case wednesday
        case thursday
        case friday
        case saturday
        case sunday

        var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
    }
}

extension FieldRule where Self == ParsedRule<String> {
    /// An address or a network in CIDR form, of IP version 4 or 6.
    static var network: ParsedRule<String> {
        .parsed(format: "cidr", 2...64, example: "192.0.2.0/24", placeholder: "") { text in
            NetworkRange(text) == nil ? nil : text
        }
    }
}

extension FieldRule where Self == ParsedRule<Int> {
    /// Hours and minutes as minutes, `24:00` too.
    static func timeOfDay(example: String) -> ParsedRule<Int> {
        .parsed(format: "time-of-day", 5...5, example: example, placeholder: 0) { AllowedHours.minute($0) }
    }
}
