// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// From where, when and for how long the holders of a role may be signed in.
///
/// Of several that concern somebody all apply.
public struct SessionPolicy: Sendable, Hashable {
    /// The role: a built-in one or one of the tenant's own.
    public let role: String
    /// The networks in CIDR form; any if there is none.
    public let networks: [String]
    /// When; at any time without.
    public let hours: AllowedHours?
    /// A session that is not used for as long ends.
    public let idleMinutes: Int?
    /// A session ends after so long, however much it is used.
    public let absoluteMinutes: Int?
    private let ranges: [NetworkRange]

    /// Makes a policy.
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - networks: The networks in CIDR form. One that is malformed contains no address.
    ///   - hours: When.
    ///   - idleMinutes: A session that is not used for as long ends.
    ///   - absoluteMinutes: A session ends after so long.
    public init(
        role: String,
        networks: [String] = [],
        hours: AllowedHours? = nil,
        idleMinutes: Int? = nil,
        absoluteMinutes: Int? = nil
    ) {
        self.role = role
        self.networks = networks
        self.hours = hours
        self.idleMinutes = idleMinutes
        self.absoluteMinutes = absoluteMinutes
        ranges = networks.compactMap(NetworkRange.init)
    }

    /// Why somebody is refused whom it concerns; `nil` if they are not.
    func refusal(of facts: SessionFacts) -> SessionRefusal? {
        if let idleMinutes, facts.idleSeconds >= Double(idleMinutes) * 60 { return .idle }
        if let absoluteMinutes, facts.ageSeconds >= Double(absoluteMinutes) * 60 { return .age }
        if !networks.isEmpty, let text = facts.address {
            guard let address = NetworkAddress(text), ranges.contains(where: { $0.contains(address) }) else {
                return .network
            }
        }
        if let hours, !hours.contains(facts.localTime) { return .hours }
        return nil
    }
}

/// Days and the hours of each of them, in a tenant's time zone.
public struct AllowedHours: Sendable, Hashable {
    /// The days on which the hours begin: 1 is Monday, 7 is Sunday.
    public let days: Set<Int>
    /// The minute of the day with which they begin, 0–1439.
    public let start: Int
    /// The minute of the day before which they end, 1–1440; not after `start` if that is on the next day.
    public let end: Int

    /// Describes hours.
    ///
    /// - Parameters:
    ///   - days: The days on which they begin: 1 is Monday, 7 is Sunday.
    ///   - start: The minute of the day with which they begin.
    ///   - end: The minute of the day before which they end.
    public init(days: Set<Int>, start: Int, end: Int) {
        self.days = days
        self.start = start
        self.end = end
    }

    /// Returns whether a time is within them.
    ///
    /// - Parameter time: The time in the tenant's time zone.
    /// - Returns: `true` if it is.
    public func contains(_ time: LocalTime) -> Bool {
        if start < end { return days.contains(time.weekday) && time.minute >= start && time.minute < end }
        let dayBefore = time.weekday == 1 ? 7 : time.weekday - 1
        return days.contains(time.weekday) && time.minute >= start
            || days.contains(dayBefore) && time.minute < end
    }

    /// A minute of the day as `08:30`.
    ///
    /// - Parameter minute: 0–1440.
    /// - Returns: The text.
    public static func text(_ minute: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }

    /// Reads a minute of the day.
    ///
    /// - Parameter text: `00:00`–`24:00`.
    /// - Returns: `nil` if it is no time.
    public static func minute(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { $0 &- 0x30 < 10 } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1440
        else { return nil }
        return hour * 60 + minute
    }
}

/// A moment as a clock in a tenant's time zone shows it.
public struct LocalTime: Sendable, Hashable {
    /// 1 is Monday, 7 is Sunday.
    public let weekday: Int
    /// The minute of the day, 0–1439.
    public let minute: Int

    /// Describes a moment.
    ///
    /// - Parameters:
    ///   - weekday: 1 is Monday, 7 is Sunday.
    ///   - minute: The minute of the day.
    public init(weekday: Int, minute: Int) {
        self.weekday = weekday
        self.minute = minute
    }
}

/// What a session is judged by.
public struct SessionFacts: Sendable {
    /// The names of the roles of whose it is.
    public var roles: [String]
    /// The network address that it is used from; `nil` if that is not asked.
    public var address: String?
    /// The time in the tenant's time zone.
    public var localTime: LocalTime
    /// How long ago it began.
    public var ageSeconds: Double
    /// How long ago it was used, to the minute.
    public var idleSeconds: Double

    /// Describes a session.
    ///
    /// - Parameters:
    ///   - roles: The names of the roles of whose it is.
    ///   - address: The network address that it is used from.
    ///   - localTime: The time in the tenant's time zone.
    ///   - ageSeconds: How long ago it began.
    ///   - idleSeconds: How long ago it was used.
    public init(
        roles: [String],
        address: String?,
        localTime: LocalTime,
        ageSeconds: Double = 0,
        idleSeconds: Double = 0
    ) {
        self.roles = roles
        self.address = address
        self.localTime = localTime
        self.ageSeconds = ageSeconds
        self.idleSeconds = idleSeconds
    }
}

/// Why a tenant's policy refuses a session.
@nonexhaustive
public enum SessionRefusal: Sendable, Hashable {
    /// It is used from a network that the role may not be used from.
    case network
    /// The role may not be used at this hour.
    case hours
    /// It was not used for too long.
    case idle
    /// It lasts for too long.
    case age

    /// Whether it is over for good: who waits or goes elsewhere may use it again otherwise.
    public var isFinal: Bool {
        switch self {
        case .network, .hours: false
        case .idle, .age: true
        }
    }
}

extension TenantSettings {
    /// Returns why the policies refuse a session.
    ///
    /// - Parameter facts: What it is judged by.
    /// - Returns: The first reason; `nil` if there is none.
    public func refusal(of facts: SessionFacts) -> SessionRefusal? {
        for policy in sessionPolicies where facts.roles.contains(policy.role) {
            if let refusal = policy.refusal(of: facts) { return refusal }
        }
        return nil
    }

    /// Returns how long a session of somebody may last.
    ///
    /// - Parameter roles: The names of their roles.
    /// - Returns: Seconds; `nil` if the policies do not say.
    public func longestSession(of roles: [String]) -> Double? {
        let minutes = sessionPolicies.filter { roles.contains($0.role) }.compactMap(\.absoluteMinutes)
        return minutes.min().map { Double($0) * 60 }
    }

    /// Returns whether the holder of some roles must have a second factor.
    ///
    /// - Parameter roles: The names of their roles.
    /// - Returns: `true` if one of them asks for it.
    public func asksForFactor(of roles: [String]) -> Bool {
        !secondFactorRoles.isEmpty && roles.contains(where: secondFactorRoles.contains)
    }
}

extension SessionPolicy: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("role", role)
            object.field("networks", networks)
            object.field("hours", hours)
            object.field("idleMinutes", idleMinutes)
            object.field("absoluteMinutes", absoluteMinutes)
        }
    }

    /// Reads what `write` wrote; `nil` without a role.
    init?(json: JSONValue) {
        guard let role = json["role"]?.text else { return nil }
        var networks: [String] = []
        if case .array(let values) = json["networks"] { networks = values.map { $0.text ?? "" } }
        var hours: AllowedHours?
        if let value = json["hours"], value != .null { hours = AllowedHours(json: value) }
        self.init(
            role: role,
            networks: networks,
            hours: hours,
            idleMinutes: json["idleMinutes"]?.integer,
            absoluteMinutes: json["absoluteMinutes"]?.integer
        )
    }
}

extension AllowedHours: JSONWritable {
    /// The days by name, Monday first.
    public static let dayNames = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("days", days.sorted().compactMap { (1...7).contains($0) ? Self.dayNames[$0 - 1] : nil })
            object.field("from", Self.text(start))
            object.field("until", Self.text(end))
        }
    }

    /// Reads what `write` wrote; what cannot be read allows nothing.
    fileprivate init(json: JSONValue) {
        var days: Set<Int> = []
        if case .array(let values) = json["days"] {
            for value in values {
                if let index = Self.dayNames.firstIndex(where: { $0 == value.text }) { days.insert(index + 1) }
            }
        }
        let (start, end) = (json["from"]?.text.flatMap(Self.minute), json["until"]?.text.flatMap(Self.minute))
        guard let start, let end else {
            self.init(days: [], start: 0, end: 1)
            return
        }
        self.init(days: days, start: start, end: end)
    }
}
