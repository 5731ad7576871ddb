// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// What a client says over a WebSocket: one JSON object with a `type`.
enum LiveFrame: Sendable {
    case authenticate(token: String)
    case subscribe(Wish)
    case unsubscribe(topic: String)
    case ping

    /// What a client wishes to watch.
    struct Wish: Sendable, Hashable {
        var kind: Kind
        /// The course, conversation or attempt.
        var id: UUID?
        /// The position of the last that the client has.
        var after: Int?

        enum Kind: String, Sendable, Hashable {
            case notifications
            case courseProgress = "course_progress"
            case quizAttempt = "quiz_attempt"
            case conversation
            case presence
        }
    }

    /// Reads a frame.
    ///
    /// - Returns: The frame and the client's own name for it, which answers repeat; the frame is `nil` if it means nothing.
    static func read(_ text: String) -> (frame: LiveFrame?, id: String?) {
        let json: JSONValue
        do {
            json = try JSONValue.parse(Array(text.utf8))
        } catch {
            return (nil, nil)
        }
        let id = json["id"]?.text.flatMap { $0.utf8.count <= 64 ? $0 : nil }
        switch json["type"]?.text {
        case "authenticate":
            guard let token = json["token"]?.text, token.utf8.count <= 4_096 else { return (nil, id) }
            return (.authenticate(token: token), id)
        case "subscribe": return (wish(json).map(LiveFrame.subscribe), id)
        case "unsubscribe":
            guard let topic = json["topic"]?.text, topic.utf8.count <= 100 else { return (nil, id) }
            return (.unsubscribe(topic: topic), id)
        case "ping": return (.ping, id)
        default: return (nil, id)
        }
    }

    private static func wish(_ json: JSONValue) -> Wish? {
        guard let kind = json["topic"]?.text.flatMap(Wish.Kind.init(rawValue:)) else { return nil }
        var wish = Wish(kind: kind)
        if let after = json["after"], after != .null {
            guard let number = after.integer, number >= 0 else { return nil }
            wish.after = number
        }
        let name: String? =
            switch kind {
            case .notifications: nil
            case .courseProgress: "courseId"
            case .quizAttempt: "attemptId"
            case .conversation, .presence: "conversationId"
            }
        guard let name else { return wish }
        guard let id = json[name]?.text.flatMap({ UUID(canonical: $0) }) else { return nil }
        wish.id = id
        return wish
    }

    /// Writes a frame of the server's.
    ///
    /// - Parameters:
    ///   - type: Its type.
    ///   - topic: What it is about, if a subscription is.
    ///   - id: The client's name of what it answers.
    ///   - fields: Writes the rest.
    /// - Returns: The frame.
    static func make(
        _ type: StaticString,
        topic: String? = nil,
        answering id: String? = nil,
        _ fields: (inout JSONWriter) -> Void = { _ in }
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.object { object in
            object.field("type", type.description)
            if let id { object.field("id", id) }
            if let topic { object.field("topic", topic) }
            fields(&object)
        }
        return json.bytes
    }

    /// Says why something is refused.
    static func refusal(_ problem: Problem, topic: String? = nil, answering id: String?, in language: Language)
        -> [UInt8]
    {
        make("error", topic: topic, answering: id) { object in
            object.field("code", problem.code.name)
            object.field("message", problem.code.title.text(in: language))
        }
    }
}
