// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// What a calendar has in a span of time.
struct CalendarBody: ResponseBody {
    private let events: [CalendarEvent]
    private let isCut: Bool

    init(span: CalendarSpan) {
        self.init(span.events, isCut: span.isCut)
    }

    private init(_ events: [CalendarEvent], isCut: Bool) {
        self.events = events
        self.isCut = isCut
    }

    static var example: CalendarBody { CalendarBody([.example], isCut: false) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("items", events.map(EventBody.init))
            object.field("hasMore", isCut)
        }
    }

    private struct EventBody: JSONWritable {
        let event: CalendarEvent

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("kind", event.kind.rawValue)
                object.field("subjectId", event.subject)
                object.field("title", event.title)
                object.field("courseId", event.course)
                object.field("courseTitle", event.courseTitle)
                object.field("at", event.at)
                object.field("changedAt", event.changedAt)
            }
        }
    }
}

/// A secret address of a calendar, shown once.
struct CalendarFeedBody: ResponseBody {
    let feed: CalendarFeed

    static var example: CalendarFeedBody {
        CalendarFeedBody(
            feed: CalendarFeed(
                url: Secret("https://acme.example.org/api/v1/calendar/kN0hT2vJ8mQ4sYb6wLxZ1cRfPdUeAoGiHnBtVyXqK3E.ics"),
                createdAt: Date(timeIntervalSince1970: 1_800_000_000)
            )
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("url", feed.url.reveal())
            object.field("createdAt", feed.createdAt)
        }
    }
}

extension CalendarEvent {
    fileprivate static var example: CalendarEvent {
        CalendarEvent(
            .assignmentDue,
            of: Course.ID.example.uuid,
            in: .example,
            courseTitle: "Introduction to Swift",
            title: "The third sheet",
            at: Date(timeIntervalSince1970: 1_800_000_000),
            changedAt: Date(timeIntervalSince1970: 1_799_000_000)
        )
    }
}
