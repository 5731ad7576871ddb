// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Who acts in a tenant, and what they may do there.
public struct Principal: Sendable, Hashable {
    /// The identifier.
    public typealias ID = Identifier<Principal>

    /// The kinds of principal.
    public enum Kind: Sendable, Hashable {
        /// Nobody signed in.
        case anonymous
        /// A member of the tenant, by their user's identifier.
        case user(ID)
        /// A service account of the tenant: a program that nobody is, so nothing is its own.
        case service(ID)
        /// The platform itself: a command, a job or the provisioner, by its name.
        case system(String)
    }

    /// Who acts.
    public let kind: Kind
    /// What they may do.
    public let grants: Grants
    /// The platform operator who acts as this principal, if one does; both are in every record of what is done.
    public var impersonator: ID?
    /// Whether nothing may be changed: every transaction is then read-only in the database itself.
    public var isReadOnly = false
    /// Where the call came from, for the audit log; `nil` for what the platform does by itself.
    public var origin: RequestOrigin?

    /// Describes a principal.
    ///
    /// - Parameters:
    ///   - kind: Who acts.
    ///   - grants: What they may do.
    ///   - impersonator: The platform operator who acts as them, if one does.
    ///   - origin: Where the call came from.
    public init(_ kind: Kind, grants: Grants, impersonator: ID? = nil, origin: RequestOrigin? = nil) {
        self.kind = kind
        self.grants = grants
        self.impersonator = impersonator
        self.origin = origin
    }

    /// Nobody signed in: public reads only.
    public static let anonymous = Principal(.anonymous, grants: Grants())

    /// The user who acts, if one does.
    ///
    /// Out of line, like `may`: inlined into a function that borrows a session, Swift 6.3.1's optimizer breaks the
    /// ownership of the kind and stops with "Found ownership error".
    public var user: ID? {
        @inline(never) get {
            if case .user(let id) = kind { id } else { nil }
        }
    }

    /// The service account that acts, if one does.
    public var service: ID? {
        @inline(never) get {
            if case .service(let id) = kind { id } else { nil }
        }
    }

    /// Returns whether an object may be acted on.
    ///
    /// - Parameters:
    ///   - permission: The permission.
    ///   - owner: Whose the object is; `nil` if it has no owner.
    /// - Returns: `true` if the grants reach it. The platform itself may do everything.
    @inline(never)
    public func may(_ permission: Permission, owner: ID?) -> Bool {
        if case .system = kind { return true }
        return grants.allow(permission, on: owner != nil && owner == user ? .own : .foreign)
    }

    /// Returns whether an object may be acted on.
    ///
    /// - Parameters:
    ///   - permission: The permission.
    ///   - ownership: Whether the object is the principal's own.
    /// - Returns: `true` if the grants reach it. The platform itself may do everything.
    @inline(never)
    public func may(_ permission: Permission, on ownership: Ownership) -> Bool {
        if case .system = kind { return true }
        return grants.allow(permission, on: ownership)
    }
}

/// Where a call came from, as the audit log keeps it.
public struct RequestOrigin: Sendable, Hashable {
    /// The client's network address, after trusted proxies.
    public let address: String
    /// What the client calls itself, 256 characters at most.
    public let userAgent: String?
    /// The request's number in the log, 128 characters at most.
    public let requestID: String?
    /// The trace that the request is part of (W3C Trace Context), 32 hexadecimal digits.
    public let traceID: String?

    /// Describes an origin.
    ///
    /// - Parameters:
    ///   - address: The client's network address.
    ///   - userAgent: What the client calls itself; cut to 256 characters.
    ///   - requestID: The request's number in the log; cut to 128 characters.
    ///   - traceID: The trace that the request is part of; none if it is not 32 hexadecimal digits in lower case.
    public init(address: String, userAgent: String?, requestID: String? = nil, traceID: String? = nil) {
        self.address = address
        self.userAgent = userAgent.map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(256))) }
        self.requestID = requestID.map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(128))) }
        self.traceID = traceID.flatMap { $0.isTraceID ? $0 : nil }
    }
}

extension String {
    /// Whether this is a trace's identifier as W3C Trace Context §3.2.2.3 writes it.
    fileprivate var isTraceID: Bool {
        utf8.count == 32 && utf8.allSatisfy { $0.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }
}
