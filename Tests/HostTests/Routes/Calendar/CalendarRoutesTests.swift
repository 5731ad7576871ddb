// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct CalendarRoutesTests {
    private static let title =
        "Sheet 3, with “quotes”; and\\or a very long title that ends after more than one line: العربية 😀"

    @Test func `a calendar is shown, given an address, read by it with no more than the address, and taken back`()
        async throws
    {
        try await AssignmentWorld.with { world in
            _ = try await world.assignment(#","dueAt":\#(world.date(in: 86_400))"#)
            let shown = try await world.send("GET", "users/me/calendar", as: world.ana)
            #expect(shown.json["items"]?[0]?["kind"]?.text == "assignment_due")
            #expect(shown.json["items"]?[0]?["title"]?.text == "The third sheet")
            #expect(shown.json["items"]?[0]?["courseTitle"]?.text == "Physics")
            #expect(shown.json["items"]?[1] == nil && shown.json["hasMore"] == .bool(false))
            #expect(try await world.send("GET", "users/me/calendar", as: nil).status == 401)
            let span = "users/me/calendar?from=2026-01-01T00:00:00Z&to=2027-01-03T00:00:00Z"
            #expect(try await world.send("GET", span, as: world.ana).code == "CALENDAR_SPAN_INVALID")

            let made = try await world.send("POST", "users/me/calendar/feed", as: world.ana)
            #expect(made.status == 201 && made["cache-control"] == "no-store")
            let path = try world.feedPath(of: made)
            let feed = try await world.send("GET", path, as: nil)
            #expect(feed.status == 200)
            #expect(feed["content-type"] == "text/calendar; charset=utf-8")
            #expect(feed["cache-control"] == "private, no-cache")
            #expect(feed.text.hasPrefix("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"))
            #expect(feed.text.contains("SUMMARY:Due: The third sheet\r\n"))
            let tag = try #require(feed[.etag])
            let again = try await world.send("GET", path, as: nil, fields: ["If-None-Match: \(tag)"])
            #expect(again.status == 304)

            let next = try world.feedPath(of: try await world.send("POST", "users/me/calendar/feed", as: world.ana))
            for gone in [path, String(next.dropLast(4)), "calendar/\(AssignmentWorld.never).ics", "calendar/x.ics"] {
                let refused = try await world.send("GET", gone, as: world.ana)
                #expect(refused.status == 404 && refused.code == "CALENDAR_FEED_NOT_FOUND", "\(gone)")
            }
            #expect(try await world.send("GET", next, as: nil).status == 200)
            for _ in 0..<2 {
                #expect(try await world.send("DELETE", "users/me/calendar/feed", as: world.ana).status == 204)
            }
            #expect(try await world.send("GET", next, as: nil).code == "CALENDAR_FEED_NOT_FOUND")
        }
    }

    @Test func `the feed of whoever is suspended is one that never was`() async throws {
        try await AssignmentWorld.with { world in
            let made = try await world.send("POST", "users/me/calendar/feed", as: world.ana)
            let path = try world.feedPath(of: made)
            let user = try #require(User.ID(world.ana.user))
            try await world.tenant.transaction { session in
                _ = try await world.host.platform.lms.users.suspend(user, session: session)
            }
            let ended = try await world.send("GET", path, as: nil)
            let never = try await world.send("GET", "calendar/\(String(repeating: "A", count: 43)).ics", as: nil)
            #expect(ended.status == 404 && ended.code == never.code)
            #expect(ended["cache-control"] == never["cache-control"])
        }
    }

    /// Prints each event in a line; of a file that is no calendar nothing but the error.
    private static let reader = """
        import sys
        from icalendar import Calendar
        calendar = Calendar.from_ical(sys.stdin.buffer.read())
        print(calendar["VERSION"], calendar["PRODID"], calendar["X-WR-CALNAME"], sep="|")
        for event in calendar.walk("VEVENT"):
            times = [event[name].dt.isoformat() for name in ("DTSTART", "DTSTAMP", "LAST-MODIFIED")]
            print(event["UID"], times[0], times[1] == times[2], event["SUMMARY"], event["DESCRIPTION"], event["URL"], sep="|")
        """

    @Test func `an independent reader (Debian's python3-icalendar) reads of a feed what was written`() async throws {
        try await AssignmentWorld.with { world in
            let due = Date(timeIntervalSince1970: (world.now.timeIntervalSince1970 + 86_400).rounded(.down))
            let user = try #require(User.ID(world.teacher.user))
            let teacher = Principal(.user(user), grants: BuiltInRole.instructor.grants)
            let id = try await world.tenant.transaction(as: teacher) { session in
                var settings = AssignmentSettings(title: Self.title)
                settings.dueAt = due
                let made = try await world.assignments.create(settings, in: world.course, session: session)
                return try await world.assignments.setStatus(.published, of: made.id, session: session).id
            }
            let made = try await world.send("POST", "users/me/calendar/feed", as: world.ana)
            let url = try #require(made.json["url"]?.text)
            let feed = try await world.send("GET", try world.feedPath(of: made), as: nil)
            for line in feed.bytes.split(separator: UInt8(ascii: "\n")) { #expect(line.count <= 76) }
            let read = try Program.run("/usr/bin/python3", ["-c", Self.reader], input: .text(feed.text))
            #expect(read.status == 0)
            let lines = read.text.split(separator: "\n").map(String.init)
            let home = try #require(url.firstRange(of: "/api/").map { url[..<$0.lowerBound] })
            let host = home.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != ":" }
            let time = due.iso8601Milliseconds.prefix(19)
            #expect(lines.first == "2.0|-//LMSKit//Calendar//EN|\(world.tenant.tenant.name)")
            #expect(
                lines.dropFirst().first
                    == "assignment_due-\(id)@\(host)|\(time)+00:00|True|Due: \(Self.title)|Physics|\(home)/courses/\(world.course)"
            )
            #expect(lines.count == 2)
        }
    }
}

extension AssignmentWorld {
    /// The path below `/api/v1` of the address that a reply shows.
    fileprivate func feedPath(of reply: TestReply) throws -> String {
        let url = try #require(reply.json["url"]?.text)
        let start = try #require(url.firstRange(of: "/api/v1/")).upperBound
        return String(url[start...])
    }
}
