// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

extension SQL {
    /// Returns the statement that records an event in the transaction that makes it so.
    ///
    /// The tenant is the transaction's own role. Events of one aggregate keep their order as long as whoever changes it holds the
    /// lock of its row.
    ///
    /// - Parameters:
    ///   - event: What happened.
    ///   - principal: Who made it happen, and in which trace.
    /// - Returns: A SELECT.
    public static func recordEvent(_ event: Event, by principal: Principal) -> SQL {
        let type = event.type
        let payload = JSONText(JSONValue.object(event.payload).bytes)
        return
            ("""
        SELECT cell.record_event(\(event.id), \(type.name), \(type.topic.rawValue), \(type.version),
            \(event.aggregate), \(principal.eventActor), \(principal.origin?.traceID), \(payload), \(event.occurredAt))
        """ as SQL).announcing(.events)
    }
}

extension SQL {
    /// Returns an expression that records an event for each row of a statement that only finds out there what happened.
    ///
    /// Its value is the event's position. The statement around it needs `announcing(.events)`.
    ///
    /// - Parameters:
    ///   - type: What happened.
    ///   - aggregate: An expression of what it happened to.
    ///   - payload: An expression of the payload, a `jsonb` object.
    ///   - principal: Who made it happen, and in which trace.
    ///   - instant: When it happened.
    /// - Returns: The expression.
    public static func recordingEvent(
        _ type: EventType,
        of aggregate: SQL,
        payload: SQL,
        by principal: Principal,
        at instant: Date
    ) -> SQL {
        var json = JSONWriter()
        json.object { object in
            object.field("type", type.name)
            object.field("topic", type.topic.rawValue)
            object.field("version", type.version)
            object.field("actor", principal.eventActor)
            object.field("trace", principal.origin?.traceID)
        }
        return "cell.record_event(\(JSONText(json.bytes)), \(aggregate), \(payload), \(instant))"
    }
}

extension Principal {
    /// As the audit log names them; `nil` for the platform itself.
    fileprivate var eventActor: String? {
        switch kind {
        case .anonymous: "anonymous"
        case .user(let id), .service(let id): id.description
        case .system("operator"): "operator"
        case .system: nil
        }
    }
}

extension JSONValue {
    /// The text.
    fileprivate var bytes: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }
}

extension JSONMember {
    /// A member that refers to something.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - id: What it refers to.
    public init<Entity>(_ name: StaticString, _ id: Identifier<Entity>) {
        self.init(name: name.description, value: .string(id.description))
    }

    /// A member that says a state, or another short text that is nobody's.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - text: The text.
    public init(_ name: StaticString, text: String) {
        self.init(name: name.description, value: .string(text))
    }

    /// A member that says a number.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - number: The number.
    public init(_ name: StaticString, _ number: Int) {
        self.init(name: name.description, value: .number(String(number)))
    }

    /// A member that says yes or no.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - flag: Which of both.
    public init(_ name: StaticString, _ flag: Bool) {
        self.init(name: name.description, value: .bool(flag))
    }

    /// A member that says when, in UTC to the millisecond.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - instant: The moment.
    public init(_ name: StaticString, _ instant: Date) {
        self.init(name: name.description, value: .string(instant.iso8601Milliseconds))
    }
}
