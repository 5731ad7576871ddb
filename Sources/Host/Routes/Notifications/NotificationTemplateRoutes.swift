// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The words of notifications.
struct NotificationTemplateRoutes: Sendable {
    let notifications: Notifications

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/notification-templates",
                "List the words of every type in every language",
                access: .permission(.notificationTemplate),
                caching: .revalidated,
                handler: list
            ),
            Route(
                .put,
                "/api/v1/notification-templates/{type}/{language}",
                "Put the organization's words in the place of the platform's",
                access: .permission(.notificationTemplate),
                problems: [.notificationParameterUnknown, .notificationTextInvalid],
                handler: set
            ),
            Route(
                .delete,
                "/api/v1/notification-templates/{type}/{language}",
                "Go back to the platform's words",
                access: .permission(.notificationTemplate),
                status: .noContent,
                handler: reset
            ),
            Route(
                .post,
                "/api/v1/notification-templates/{type}/{language}/preview",
                "Show how words would look",
                access: .permission(.notificationTemplate),
                problems: [.notificationParameterUnknown, .notificationTextInvalid],
                rate: .read,
                handler: preview
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<NotificationTemplateListBody> {
        .ok(NotificationTemplateListBody(items: try await notifications.templates(reader: context.reader)))
    }

    private func set(
        _ input: Input<NotificationTemplatePath, Nothing, NotificationTextRequest>,
        _ context: RequestContext
    ) async throws -> Reply<NotificationTemplateBody> {
        let path = input.path
        let template = try await context.transaction { session in
            try await notifications.setTemplate(input.body.text, of: path.type, in: path.language, session: session)
        }
        return .ok(NotificationTemplateBody(template: template))
    }

    private func reset(
        _ input: Input<NotificationTemplatePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        try await context.transaction { session in
            try await notifications.resetTemplate(of: path.type, in: path.language, session: session)
        }
        return .noContent
    }

    private func preview(
        _ input: Input<NotificationTemplatePath, Nothing, NotificationTextRequest>,
        _ context: RequestContext
    ) async throws -> Reply<NotificationTextBody> {
        let voice = NotificationVoice(language: input.path.language, organization: context.tenant.name)
        let text = try notifications.preview(
            input.body.text,
            of: input.path.type,
            in: voice,
            as: context.principal
        )
        return .ok(NotificationTextBody(text: text))
    }
}

/// `/notification-templates/{type}/{language}`.
struct NotificationTemplatePath: PathParameters {
    let type: NotificationType
    let language: Language

    init(fields: inout FieldReader) {
        type = fields.required("type", .choice(NotificationType.enrollment))
        language = fields.required("language", .choice(Language.english))
    }
}

/// A title and a message.
struct NotificationTextRequest: RequestBody {
    let text: NotificationText

    init(fields: inout FieldReader) {
        text = NotificationText(
            fields.required("title", .text(1...NotificationText.titleLimit, example: "Welcome to {organization}")),
            fields.required(
                "message",
                .multilineText(1...NotificationText.messageLimit, example: "Nice that you are here.")
            )
        )
    }
}

/// A title and a message as they are read.
struct NotificationTextBody: ResponseBody {
    let text: NotificationText

    static var example: NotificationTextBody {
        NotificationTextBody(text: NotificationText("Welcome to Acme", "Nice that you are here."))
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("title", text.title)
            object.field("message", text.message)
        }
    }
}

/// The words of a type in a language.
struct NotificationTemplateBody: ResponseBody {
    let template: NotificationTemplate

    static var example: NotificationTemplateBody { example(changedAt: .exampleOfNotifications) }
    static var variations: [NotificationTemplateBody] { [example(changedAt: nil)] }

    private static func example(changedAt: Date?) -> NotificationTemplateBody {
        NotificationTemplateBody(
            template: NotificationTemplate(
                type: .enrollment,
                language: .english,
                text: NotificationText("You are enrolled in {course}", "Your place in {course} is ready."),
                changedAt: changedAt
            )
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("type", template.type.rawValue)
            object.field("language", template.language.rawValue)
            object.field("title", template.text.title)
            object.field("message", template.text.message)
            object.field("parameters", template.type.parameters + ["course", "organization"])
            object.field("changed", template.changedAt != nil)
            object.field("updatedAt", template.changedAt)
        }
    }
}

/// The words of every type in every language: a closed list, so it has no pages.
struct NotificationTemplateListBody: ResponseBody {
    let items: [NotificationTemplate]

    static var example: NotificationTemplateListBody {
        NotificationTemplateListBody(items: [NotificationTemplateBody.example.template])
    }
    static var variations: [NotificationTemplateListBody] {
        [NotificationTemplateListBody(items: NotificationTemplateBody.variations.map(\.template))]
    }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("items", items.map(NotificationTemplateBody.init)) }
    }
}
