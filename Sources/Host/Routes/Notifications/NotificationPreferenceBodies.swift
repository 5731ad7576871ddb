// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// A choice in a request.
struct NotificationChoiceRequest: RequestBody {
    let choice: NotificationChoice

    init(fields: inout FieldReader) {
        let course = fields.optional("courseId", .id(Course.self))
        let type = fields.required("eventType", .choice(NotificationType.enrollment))
        let channel = fields.required("channel", .choice(NotificationChannel.email))
        choice = NotificationChoice(
            type,
            by: channel,
            isEnabled: fields.required("enabled", .flag),
            in: course
        )
    }
}

/// Quiet hours in a request.
struct QuietHoursRequest: FieldStructure {
    let from: MinuteOfDay
    let until: MinuteOfDay

    init(fields: inout FieldReader) {
        from = fields.required("from", .minuteOfDay("22:00"))
        until = fields.required("until", .minuteOfDay("07:00"))
        if from == until { fields.refuse("until", .malformed) }
    }
}

/// `PUT /api/v1/notification-preferences`: everything that somebody chooses, in place of what they chose before.
struct NotificationPreferencesRequest: RequestBody {
    let choices: [NotificationChoice]
    let schedule: NotificationSchedule

    init(fields: inout FieldReader) {
        choices = fields.optional("items", .list(.object(NotificationChoiceRequest.self), 0...500), default: [])
            .map(\.choice)
        let quiet = fields.optional("quietHours", .object(QuietHoursRequest.self))
        schedule = NotificationSchedule(
            quietFrom: quiet?.from,
            quietUntil: quiet?.until,
            digest: fields.optional("digest", .choice(NotificationSchedule.Digest.daily), default: .off),
            digestAt: fields.optional("digestAt", .minuteOfDay("08:00")),
            digestWeekday: fields.optional("digestWeekday", .integer(1...7), default: 1)
        )
    }
}

/// A choice that is stored.
struct NotificationPreferenceBody: ResponseBody {
    let preference: NotificationPreference

    init(_ preference: NotificationPreference) {
        self.preference = preference
    }

    static var example: NotificationPreferenceBody { example(in: .example) }
    static var variations: [NotificationPreferenceBody] { [example(in: nil)] }

    private static func example(in course: Course.ID?) -> NotificationPreferenceBody {
        NotificationPreferenceBody(
            NotificationPreference(
                id: .example,
                user: .example,
                choice: NotificationChoice(.lessonPublished, by: .email, isEnabled: true, in: course),
                updatedAt: Date(timeIntervalSince1970: 1_800_000_000)
            )
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", preference.id)
            object.field("userId", preference.user)
            object.field("courseId", preference.choice.course)
            object.field("eventType", preference.choice.type.rawValue)
            object.field("channel", preference.choice.channel.rawValue)
            object.field("enabled", preference.choice.isEnabled)
            object.field("updatedAt", preference.updatedAt)
        }
    }
}

/// What somebody chose, and what holds for every type.
struct NotificationPreferencesBody: ResponseBody {
    let preferences: NotificationPreferences

    static var example: NotificationPreferencesBody {
        let schedule = NotificationSchedule(quietFrom: MinuteOfDay(1320), quietUntil: MinuteOfDay(420), digest: .daily)
        return NotificationPreferencesBody(
            preferences: NotificationPreferences(
                items: [NotificationPreferenceBody.example.preference],
                schedule: schedule,
                timeZone: "Europe/Madrid"
            )
        )
    }
    static var variations: [NotificationPreferencesBody] {
        let none = NotificationPreferences(items: [], schedule: NotificationSchedule(), timeZone: "UTC")
        return [NotificationPreferencesBody(preferences: none)]
    }

    func write(to json: inout JSONWriter) {
        let schedule = preferences.schedule
        json.object { object in
            object.field("items", preferences.items.map(NotificationPreferenceBody.init))
            object.field(
                "quietHours",
                schedule.quietFrom.flatMap { from in
                    schedule.quietUntil.map { QuietHours(from: from.description, until: $0.description) }
                }
            )
            object.field("digest", schedule.digest.rawValue)
            object.field("digestAt", schedule.digestAt.description)
            object.field("digestWeekday", schedule.digestWeekday)
            object.field("timeZone", preferences.timeZone)
            object.field("types", NotificationType.allCases.map { OfType(type: $0, preferences: preferences) })
        }
    }

    private struct QuietHours: JSONWritable {
        let from: String
        let until: String

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("from", from)
                object.field("until", until)
            }
        }
    }

    /// By which channels a type goes where no course says otherwise.
    private struct OfType: JSONWritable {
        let type: NotificationType
        let preferences: NotificationPreferences

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("eventType", type.rawValue)
                object.field("mandatory", type.isSecurity)
                object.field(
                    "channels",
                    NotificationChannel.allCases.filter { preferences.isEnabled(type, by: $0) }.map(\.rawValue)
                )
            }
        }
    }
}

extension FieldRule where Self == ParsedRule<MinuteOfDay> {
    /// A time of day, `HH:MM`.
    static func minuteOfDay(_ example: String) -> ParsedRule<MinuteOfDay> {
        .parsed(format: "time-of-day", 5...5, example: example, placeholder: .midnight) { MinuteOfDay($0) }
    }
}
