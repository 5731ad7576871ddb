// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Somebody's calendar as an iCalendar object, in their language; no I/O.
///
/// The same events give the same bytes: what was said of an event last is when it changed last, since nobody is invited to it
/// (RFC 5545, §3.8.7.2).
struct CalendarDocument: Sendable {
    /// What the calendar is called.
    let name: String
    /// The host of the tenant's pages, which makes identifiers unique.
    let host: String
    let language: Language
    /// The address of a course's page.
    let page: @Sendable (Course.ID) -> String

    func written(_ events: [CalendarEvent]) -> [UInt8] {
        var writer = ICalendarWriter()
        writer.begin("VCALENDAR")
        writer.text("VERSION", "2.0")
        writer.text("PRODID", "-//LMSKit//Calendar//EN")
        // RFC 7986, and what was there before it.
        writer.text("NAME", name)
        writer.text("X-WR-CALNAME", name)
        writer.plain("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
        for event in events { write(event, to: &writer) }
        writer.end("VCALENDAR")
        return writer.bytes
    }

    private func write(_ event: CalendarEvent, to writer: inout ICalendarWriter) {
        let isOfCourse = event.kind == .courseStarts || event.kind == .courseEnds
        let (subject, detail) =
            isOfCourse ? (event.courseTitle, event.title) : (event.title, event.courseTitle)
        writer.begin("VEVENT")
        writer.text("UID", "\(event.kind.rawValue)-\(event.subject.lowercaseText)@\(host)")
        writer.instant("DTSTAMP", event.changedAt)
        writer.instant("LAST-MODIFIED", event.changedAt)
        writer.instant("DTSTART", event.at)
        writer.text("SUMMARY", "\(event.kind.word(in: language)): \(subject)")
        writer.text("DESCRIPTION", detail)
        writer.plain("URL", page(event.course))
        // Nobody is busy because something is due.
        writer.text("TRANSP", "TRANSPARENT")
        writer.end("VEVENT")
    }
}

extension CalendarEvent.Kind {
    /// What a calendar says before the title.
    fileprivate func word(in language: Language) -> String {
        switch (self, language) {
        case (.quizCloses, .english), (.assignmentCloses, .english): "Closes"
        case (.quizCloses, .spanish), (.assignmentCloses, .spanish): "Se cierra"
        case (.quizCloses, .arabic), (.assignmentCloses, .arabic): "يُغلق"
        case (.assignmentDue, .english): "Due"
        case (.assignmentDue, .spanish): "Entrega"
        case (.assignmentDue, .arabic): "موعد التسليم"
        case (.moduleAvailable, .english): "Available"
        case (.moduleAvailable, .spanish): "Disponible"
        case (.moduleAvailable, .arabic): "متاح"
        case (.courseStarts, .english): "Starts"
        case (.courseStarts, .spanish): "Empieza"
        case (.courseStarts, .arabic): "يبدأ"
        case (.courseEnds, .english): "Ends"
        case (.courseEnds, .spanish): "Termina"
        case (.courseEnds, .arabic): "ينتهي"
        }
    }
}
