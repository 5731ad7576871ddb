// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Where a tenant has its events sent; it holds no secret.
public struct WebhookEndpoint: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<WebhookEndpoint>
    /// The identifier.
    public let id: ID
    /// Where it is.
    public let url: WebhookURL
    /// What it is for, 500 characters at most.
    public let description: String
    /// The types of events that it gets, by name.
    public let filter: WebhookFilter
    /// Whether events of one aggregate wait for those before them.
    public let isOrdered: Bool
    /// Why nothing is sent; `nil` if it is.
    public let disabled: Disabled?
    /// Counts the changes by people.
    public let version: Int
    /// How many attempts failed since the last success.
    public let failures: Int
    /// When the first of them was, in UTC.
    public let failingSince: Date?
    /// When something arrived last, in UTC, to the minute.
    public let lastSuccessAt: Date?
    /// When it was made, in UTC.
    public let createdAt: Date
    /// When it was changed last, in UTC.
    public let updatedAt: Date
    /// When the newest secret was made, in UTC.
    public let rotatedAt: Date
    /// Until when the secret before signs too, in UTC; `nil` if it does not.
    public let previousSecretEndsAt: Date?

    /// Why nothing is sent to an endpoint.
    @nonexhaustive
    public enum Disabled: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Somebody switched it off.
        case byHand = "by_hand"
        /// It answered 410: it wants nothing any more.
        case gone
        /// It took nothing for days.
        case failing
    }

    package init(
        id: ID,
        url: WebhookURL,
        description: String,
        filter: WebhookFilter,
        isOrdered: Bool,
        disabled: Disabled?,
        version: Int,
        failures: Int,
        failingSince: Date?,
        lastSuccessAt: Date?,
        createdAt: Date,
        updatedAt: Date,
        rotatedAt: Date,
        previousSecretEndsAt: Date?
    ) {
        self.id = id
        self.url = url
        self.description = description
        self.filter = filter
        self.isOrdered = isOrdered
        self.disabled = disabled
        self.version = version
        self.failures = failures
        self.failingSince = failingSince
        self.lastSuccessAt = lastSuccessAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.rotatedAt = rotatedAt
        self.previousSecretEndsAt = previousSecretEndsAt
    }
}

/// Which types of events an endpoint gets.
public struct WebhookFilter: Sendable, Hashable {
    /// The most names.
    public static let limit = 100
    /// The names, sorted; `*` alone for all types, also those to come.
    public let names: [String]

    /// Every type.
    public static let everything = WebhookFilter(names: ["*"])

    /// Makes a filter.
    ///
    /// - Parameter names: `*`, or 1–100 names of types; `*` beside others is `*`.
    public init?(_ names: [String]) {
        guard !names.isEmpty, names.count <= WebhookFilter.limit else { return nil }
        self.names = names.contains("*") ? ["*"] : Array(Set(names)).sorted()
    }

    init(names: [String]) {
        self.names = names
    }
}

/// What is said of an endpoint that is to be made.
public struct NewWebhookEndpoint: Sendable {
    /// Where it is.
    public var url: WebhookURL
    /// What it is for, 500 characters at most.
    public var description: String
    /// Which events it gets.
    public var filter: WebhookFilter
    /// Whether events of one aggregate wait for those before them.
    public var isOrdered: Bool

    /// Describes an endpoint.
    ///
    /// - Parameters:
    ///   - url: Where it is.
    ///   - description: What it is for.
    ///   - filter: Which events it gets.
    ///   - isOrdered: Whether events of one aggregate wait for those before them.
    public init(
        _ url: WebhookURL,
        description: String = "",
        filter: WebhookFilter = .everything,
        isOrdered: Bool = false
    ) {
        self.url = url
        self.description = description
        self.filter = filter
        self.isOrdered = isOrdered
    }
}

/// What of an endpoint becomes different.
public struct WebhookEndpointChanges: Sendable {
    /// Where it is.
    public var url: Change<WebhookURL> = .keep
    /// What it is for.
    public var description: Change<String> = .keep
    /// Which events it gets.
    public var filter: Change<WebhookFilter> = .keep
    /// Whether events of one aggregate wait for those before them.
    public var isOrdered: Change<Bool> = .keep
    /// Whether anything is sent; switched on, what was counted against it is forgotten.
    public var isEnabled: Change<Bool> = .keep

    /// Keeps everything.
    public init() {}
}

/// An endpoint with the secret that it just got; the secret is never shown again.
public struct IssuedWebhookEndpoint: Sendable {
    /// The endpoint.
    public let endpoint: WebhookEndpoint
    /// What the receiver checks signatures with: `whsec_…`.
    public let secret: Secret<String>

    package init(endpoint: WebhookEndpoint, secret: Secret<String>) {
        self.endpoint = endpoint
        self.secret = secret
    }
}

extension WebhookEndpoint {
    /// Reads the columns of every statement of `Webhooks+SQL.swift` that returns endpoints.
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        url = try fields.next()
        description = try fields.next()
        filter = WebhookFilter(names: try fields.next())
        isOrdered = try fields.next()
        disabled = try fields.next()
        version = try fields.next()
        failures = try fields.next()
        failingSince = try fields.next()
        lastSuccessAt = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
        rotatedAt = try fields.next()
        previousSecretEndsAt = try fields.next()
    }
}
