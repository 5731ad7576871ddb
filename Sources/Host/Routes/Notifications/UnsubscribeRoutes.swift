// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Ends messages of a type by one click, without signing in (RFC 8058).
///
/// A mail program posts to the address of `List-Unsubscribe`; somebody who follows it in a browser gets a page that asks first, because programs
/// that look at every link in a message follow it too.
struct UnsubscribeRoutes: Sendable {
    let notifications: Notifications

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/notifications/unsubscribe/{unsubscribeToken}",
                "Ask whether messages like the one with this link should stop",
                access: .anonymous,
                problems: [.unsubscribeTokenInvalid],
                handler: ask
            ),
            Route(
                .post,
                "/api/v1/notifications/unsubscribe/{unsubscribeToken}",
                "Stop messages like the one with this link",
                access: .anonymous,
                problems: [.unsubscribeTokenInvalid],
                handler: unsubscribe
            ),
        ]
    }

    private func ask(
        _ input: Input<UnsubscribePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Content> {
        _ = try await notifications.unsubscription(input.path.unsubscribeToken, reader: context.reader)
        return page(UnsubscribePage(context, isDone: false))
    }

    private func unsubscribe(
        _ input: Input<UnsubscribePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Content> {
        _ = try await context.transaction { session in
            try await notifications.unsubscribe(input.path.unsubscribeToken, session: session)
        }
        return page(UnsubscribePage(context, isDone: true))
    }

    private func page(_ page: UnsubscribePage) -> Reply<Content> {
        var reply = Reply.ok(Content(mediaType: "text/html; charset=utf-8", bytes: Array(page.html.utf8)))
        var fields = HTTPFields()
        fields.append("content-security-policy", UnsubscribePage.policy)
        fields.append("referrer-policy", "no-referrer")
        reply.fields = fields
        return reply
    }
}

/// `/notifications/unsubscribe/{unsubscribeToken}`.
struct UnsubscribePath: PathParameters {
    let unsubscribeToken: Secret<String>

    init(fields: inout FieldReader) {
        unsubscribeToken = fields.required("unsubscribeToken", .mailedToken)
    }
}

/// A page with one button, without script and style.
struct UnsubscribePage {
    let html: String

    /// The form may be sent to this origin, and nothing is loaded.
    static let policy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    init(_ context: RequestContext, isDone: Bool) {
        let (language, organization) = (context.language, context.tenant.name.escaped)
        let words = Words(language)
        let direction = language == .arabic ? "rtl" : "ltr"
        let body =
            isDone
            ? "<p>\(words.done)</p>"
            : "<p>\(words.question)</p><form method=\"post\"><button name=\"List-Unsubscribe\" value=\"One-Click\">\(words.answer)</button></form>"
        html = """
            <!doctype html>
            <html lang="\(language.rawValue)" dir="\(direction)">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>\(organization)</title></head>
            <body><h1>\(organization)</h1>\(body)</body>
            </html>

            """
    }

    private struct Words {
        let question: String
        let answer: String
        let done: String

        init(_ language: Language) {
            switch language {
            case .english:
                question = "Should messages like this one stop?"
                answer = "Stop them"
                done = "You will get no more messages like this one. Your preferences bring them back."
            case .spanish:
                question = "¿Dejar de recibir mensajes como este?"
                answer = "Dejar de recibirlos"
                done = "Ya no recibirá mensajes como este. Puede reactivarlos en sus preferencias."
            case .arabic:
                question = "هل تريد إيقاف رسائل كهذه؟"
                answer = "إيقافها"
                done = "لن تصلك رسائل كهذه بعد الآن. يمكنك إعادتها من تفضيلاتك."
            }
        }
    }
}
