// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

struct DeadEventsArguments: CommandArguments {
    let tenant: String
    let consumer: String?
    let limit: Int
    let isJSON: Bool

    init(arguments: inout ArgumentReader) {
        tenant = arguments.required("tenant", "SLUG", "The tenant")
        consumer = arguments.optional("consumer", "NAME", "Only what this consumer gave up")
        limit =
            arguments.optional("limit", "NUMBER", "How many at most, 1 to 1000; 20 unless said") { text in
                Int(text).flatMap { (1...1000).contains($0) ? $0 : nil }
            } ?? 20
        isJSON = arguments.flag("json", "Print JSON lines")
    }
}

struct ShowEventArguments: CommandArguments {
    let id: String
    let tenant: String
    let isJSON: Bool

    init(arguments: inout ArgumentReader) {
        id = arguments.positional("EVENT", "The event")
        tenant = arguments.required("tenant", "SLUG", "The tenant")
        isJSON = arguments.flag("json", "Print JSON")
    }
}

struct DiscardEventArguments: CommandArguments {
    let id: String
    let tenant: String
    let consumer: String?

    init(arguments: inout ArgumentReader) {
        id = arguments.positional("EVENT", "The event")
        tenant = arguments.required("tenant", "SLUG", "The tenant")
        consumer = arguments.optional("consumer", "NAME", "Only for this consumer; for all that gave it up unless said")
    }
}

/// Either an event that was given up, or a time for a consumer.
struct ReplayEventsArguments: CommandArguments {
    let id: String?
    let tenant: String
    let consumer: String?
    let range: Range?
    let isNew: Bool

    struct Range: Sendable {
        let from: Date
        let to: Date
        let types: [String]?
    }

    init(arguments: inout ArgumentReader) {
        id = arguments.optionalPositional("EVENT", "An event that was given up; or give a time")
        tenant = arguments.required("tenant", "SLUG", "The tenant")
        consumer = arguments.optional(
            "consumer",
            "NAME",
            "Who gets it; an EVENT goes to all that gave it up unless said"
        )
        let from = arguments.optional("from", "TIME", "The first moment, such as 2026-01-31T12:00:00Z") {
            Date(rfc3339: $0)
        }
        let to = arguments.optional("to", "TIME", "The moment after the last") { Date(rfc3339: $0) }
        let types = arguments.optional("types", "TYPES", "Only these types, such as user.created,user.deleted")
        isNew = arguments.flag("new", "The consumer is one that no process has yet")
        let isTimed = from != nil || to != nil || types != nil || isNew
        if id != nil, isTimed { arguments.refuse("give either EVENT, or --from, --to and --consumer") }
        if id == nil, from == nil || to == nil || consumer == nil {
            arguments.refuse("without EVENT, --from, --to and --consumer are needed")
        }
        if let from, let to, from >= to { arguments.refuse("--to is not after --from") }
        guard let from, let to else {
            range = nil
            return
        }
        range = Range(from: from, to: to, types: types?.split(separator: ",").map(String.init))
    }
}

struct EventLagArguments: CommandArguments {
    let isJSON: Bool

    init(arguments: inout ArgumentReader) {
        isJSON = arguments.flag("json", "Print JSON lines")
    }
}
