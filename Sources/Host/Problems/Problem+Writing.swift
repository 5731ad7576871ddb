// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

extension Problem {
    /// Writes `application/problem+json`.
    ///
    /// - Parameters:
    ///   - language: The language of title, detail and messages; the code has none.
    ///   - instance: The path that was asked for.
    ///   - traceID: What the log has about it.
    /// - Returns: The document.
    func document(in language: Language, instance: String, traceID: String) -> [UInt8] {
        var json = JSONWriter(capacity: 320)
        json.object { object in
            object.field("type", code.type)
            object.field("title", code.title.text(in: language))
            object.field("status", Int(code.status.rawValue))
            object.field("code", code.name)
            if let detail { object.field("detail", detail.text(in: language)) }
            object.field("instance", instance)
            object.field("traceId", traceID)
            if !issues.isEmpty {
                object.field("errors", issues.map { LocalizedIssue(issue: $0, language: language) })
            }
        }
        return json.bytes
    }

    /// Writes the error of RFC 6749 §5.2, which allows ASCII alone: English in every language.
    func oauthDocument() -> [UInt8] {
        var json = JSONWriter(capacity: 160)
        json.object { object in
            object.field("error", oauthError ?? defaultOAuthError)
            object.field("error_description", (detail ?? code.title).english)
        }
        return json.bytes
    }

    private var defaultOAuthError: String {
        switch code.status.rawValue {
        case 401: "invalid_client"
        case 403: "unauthorized_client"
        case 429, 503: "temporarily_unavailable"
        case 500...: "server_error"
        default: "invalid_request"
        }
    }
}

private struct LocalizedIssue: JSONWritable {
    let issue: FieldIssue
    let language: Language

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("field", issue.field)
            object.field("code", issue.code.name)
            object.field("message", issue.code.message.text(in: language))
        }
    }
}
