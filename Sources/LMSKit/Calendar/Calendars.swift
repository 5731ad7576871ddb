// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Shows learners what is due and what comes, also to programs that know a secret address and nothing else.
///
/// A calendar has what its learner may see, at the dates that hold for them. Whoever has the address reads the calendar and nothing
/// more; the token in it has 256 bits and is kept as its SHA-256.
public struct Calendars: Sendable {
    /// The most days that one reading is about.
    public static let spanInDays = 366
    /// The most events that one reading has.
    public static let limit = 1_000
    /// How many days back an address shows.
    public static let daysBack = 90
    private let links: AccountLinks
    private let cryptography: any Cryptography
    private let clock: WallClock
    private let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - links: Where the tenants' pages are.
    ///   - cryptography: Makes and hashes tokens.
    ///   - clock: Says what is there already.
    ///   - audit: Records who gave out an address.
    public init(links: AccountLinks, cryptography: any Cryptography, clock: WallClock = .system, audit: Audit = Audit())
    {
        self.links = links
        self.cryptography = cryptography
        self.clock = clock
        self.audit = audit
    }

    /// Reads the reader's own calendar, in one round trip.
    ///
    /// - Parameters:
    ///   - start: From when; now if it is `nil`.
    ///   - end: Until before when; 31 days after the start if it is `nil`.
    ///   - reader: Who reads in which tenant.
    /// - Returns: At most 1,000 events; whether there are more.
    /// - Throws: `CalendarError.forbidden` for who is no user; `.invalidSpan` unless it ends after it begins, within 366 days.
    public func events(
        from start: Date? = nil,
        to end: Date? = nil,
        reader: TenantReader
    ) async throws(CalendarError) -> CalendarSpan {
        guard let me = reader.principal.user else { throw .forbidden }
        let now = clock.now()
        let first = start ?? now
        let last = end ?? first.addingTimeInterval(31 * Calendars.day)
        guard first < last, last.timeIntervalSince(first) <= Double(Calendars.spanInDays) * Calendars.day else {
            throw .invalidSpan(limitInDays: Calendars.spanInDays)
        }
        return try await CalendarError.translating {
            let statement = SQL.selectCalendar(of: "\(me)", in: first..<last, limit: Calendars.limit + 1, at: now)
            let events = try await reader.read(statement).map(CalendarEvent.init(row:))
            return CalendarSpan(events: Array(events.prefix(Calendars.limit)), isCut: events.count > Calendars.limit)
        }
    }

    /// Gives the principal's own calendar a new secret address; the one before is good no more.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - session: Its open transaction.
    /// - Returns: The address, which nobody can show again.
    /// - Throws: `CalendarError.forbidden` for who is no user.
    public func makeFeed(at tenant: Tenant, session: borrowing TenantSession) async throws(CalendarError)
        -> CalendarFeed
    {
        guard let me = session.principal.user else { throw .forbidden }
        let (token, now) = (OneTimeToken(cryptography), clock.now())
        try await CalendarError.translating {
            _ = try await session.batch([
                .putCalendarFeed(of: me, hash: token.hash(cryptography), at: now),
                audit.recording(AuditEvent("calendar_feed.made", on: me), by: session.principal),
            ])
        }
        let path = "/api/v1/calendar/\(token.text.reveal()).ics"
        return CalendarFeed(url: Secret(links.address(of: path, at: tenant)), createdAt: now)
    }

    /// Takes the address of the principal's own calendar away; doing it again changes nothing.
    ///
    /// - Parameter session: The tenant's open transaction.
    /// - Throws: `CalendarError.forbidden` for who is no user.
    public func removeFeed(session: borrowing TenantSession) async throws(CalendarError) {
        guard let me = session.principal.user else { throw .forbidden }
        try await CalendarError.translating {
            guard try await session.execute(.deleteCalendarFeed(of: me)).affected > 0 else { return }
            try await audit.record(AuditEvent("calendar_feed.removed", on: me), session: session)
        }
    }

    /// Reads the calendar of a secret address as an iCalendar object (RFC 5545), in one round trip.
    ///
    /// It has what there is from 90 days ago until 366 days from now, and at most 1,000 events.
    ///
    /// - Parameters:
    ///   - token: What the address has.
    ///   - tenant: The tenant.
    ///   - reader: The tenant's data, for nobody: the token says whose calendar it is.
    /// - Returns: The object in UTF-8; the same for as long as nothing changed.
    /// - Throws: `CalendarError.feedNotFound` if the token is none of this tenant's, or its user is not active.
    public func feed(
        _ token: Secret<String>,
        at tenant: Tenant,
        reader: TenantReader
    ) async throws(CalendarError) -> [UInt8] {
        guard let token = OneTimeToken(token) else { throw .feedNotFound }
        let (hash, now) = (token.hash(cryptography), clock.now())
        let start = now.addingTimeInterval(-Double(Calendars.daysBack) * Calendars.day)
        let end = now.addingTimeInterval(Double(Calendars.spanInDays) * Calendars.day)
        return try await CalendarError.translating {
            let rows = try await reader.read([
                .selectCalendarLanguage(hash),
                .selectCalendar(of: .calendarOwner(hash), in: start..<end, limit: Calendars.limit, at: now),
            ])
            guard let row = rows[0].only else { throw CalendarError.feedNotFound }
            let locale: String? = try row[0]
            return document(at: tenant, in: Language(rawValue: locale ?? tenant.settings.locale) ?? .english)
                .written(try rows[1].map(CalendarEvent.init(row:)))
        }
    }

    private static let day: TimeInterval = 86_400

    private func document(at tenant: Tenant, in language: Language) -> CalendarDocument {
        let home = links.address(of: "/", at: tenant)
        // Between the scheme and the path; a port is no part of it.
        let host = home.split(separator: "/").dropFirst().first.map { String($0.prefix { $0 != ":" }) }
        return CalendarDocument(name: tenant.name, host: host ?? "\(tenant.slug)", language: language) {
            [links] course in
            links.address(of: "/courses/\(course)", at: tenant)
        }
    }
}
