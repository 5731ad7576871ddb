// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What is due and what comes, for whoever asks and for their calendar program.
struct CalendarRoutes: Sendable {
    let calendars: Calendars

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/users/me/calendar",
                "Show what is due and what comes in my courses",
                access: .signedIn,
                problems: [.forbidden, .calendarSpanInvalid],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .post,
                "/api/v1/users/me/calendar/feed",
                "Give my calendar a secret address, in place of the one before; it is shown now and never again",
                access: .signedIn,
                status: .created,
                problems: [.forbidden],
                handler: makeFeed
            ),
            Route(
                .delete,
                "/api/v1/users/me/calendar/feed",
                "Take the secret address of my calendar away",
                access: .signedIn,
                status: .noContent,
                problems: [.forbidden],
                handler: removeFeed
            ),
            Route(
                .get,
                "/api/v1/calendar/{calendarFile}",
                "Read a calendar by its secret address (iCalendar)",
                access: .anonymous,
                problems: [.calendarFeedNotFound],
                rate: .auth,
                caching: .revalidated,
                handler: feed
            ),
        ]
    }

    private func show(
        _ input: Input<Nothing, CalendarQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CalendarBody> {
        let query = input.query
        return .ok(
            CalendarBody(span: try await calendars.events(from: query.from, to: query.to, reader: context.reader))
        )
    }

    private func makeFeed(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CalendarFeedBody> {
        let feed = try await context.transaction { session in
            try await calendars.makeFeed(at: context.tenant, session: session)
        }
        return Reply(.created, CalendarFeedBody(feed: feed))
    }

    private func removeFeed(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await calendars.removeFeed(session: $0) }
        return .noContent
    }

    private func feed(
        _ input: Input<CalendarFilePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Content> {
        let bytes = try await calendars.feed(
            input.path.calendarFile,
            at: context.tenant,
            reader: context.reader
        )
        var reply = Reply.ok(Content(mediaType: "text/calendar; charset=utf-8", bytes: bytes))
        var fields = HTTPFields()
        fields.append("content-disposition", "attachment; filename=calendar.ics")
        // The address is a secret.
        fields.append("referrer-policy", "no-referrer")
        fields.append("x-robots-tag", "noindex")
        reply.fields = fields
        return reply
    }
}

/// The span of a calendar.
struct CalendarQuery: QueryParameters {
    let from: Date?
    let to: Date?

    init(fields: inout FieldReader) {
        from = fields.optional("from", .date)
        to = fields.optional("to", .date)
    }
}

/// `/calendar/{calendarFile}`: a token with `.ics` behind it.
struct CalendarFilePath: PathParameters {
    /// The token; an empty one where it does not end so, which is none.
    let calendarFile: Secret<String>

    init(fields: inout FieldReader) {
        calendarFile = fields.required("calendarFile", .calendarFile)
    }
}

extension FieldRule where Self == ParsedRule<Secret<String>> {
    /// The name of a file that a token is; whatever it is, it is looked for.
    fileprivate static var calendarFile: ParsedRule<Secret<String>> {
        .parsed(
            format: "token",
            1...512,
            example: "kN0hT2vJ8mQ4sYb6wLxZ1cRfPdUeAoGiHnBtVyXqK3E.ics",
            placeholder: Secret("")
        ) { text in
            Secret(text.hasSuffix(".ics") ? String(text.dropLast(4)) : "")
        }
    }
}
