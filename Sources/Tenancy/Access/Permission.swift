// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A right: an action on a kind of resource, such as `course:update`.
public struct Permission: Sendable, Hashable, CustomStringConvertible {
    /// `resource:action`, each of lower-case letters and underscores.
    public let description: String

    /// Declares a permission in code.
    ///
    /// - Parameter name: `resource:action`.
    public init(_ name: StaticString) {
        description = name.description
    }

    /// Parses a permission of a custom role.
    ///
    /// - Parameters:
    ///   - text: The text as it came from outside.
    ///   - known: The permissions that exist.
    public init?(_ text: String, among known: Set<Permission>) {
        guard let match = known.first(where: { $0.description == text }) else { return nil }
        self = match
    }
}

/// How far a permission reaches.
public enum PermissionScope: String, Sendable, Hashable, Comparable, CaseIterable {
    /// Only objects that belong to the principal.
    case own
    /// Every object of the tenant.
    case any

    /// `own` is less than `any`.
    public static func < (left: PermissionScope, right: PermissionScope) -> Bool {
        left == .own && right == .any
    }
}

/// What a principal may do in one tenant: the union of its roles' permissions.
public struct Grants: Sendable, Hashable {
    private var scopes: [Permission: PermissionScope]

    /// Makes a set of grants.
    ///
    /// - Parameter scopes: The reach of each permission that is held.
    public init(_ scopes: [Permission: PermissionScope] = [:]) {
        self.scopes = scopes
    }

    /// Returns how far a permission reaches.
    ///
    /// - Parameter permission: The permission.
    /// - Returns: Its scope, or `nil` if it is not held.
    public func scope(of permission: Permission) -> PermissionScope? {
        scopes[permission]
    }

    /// Returns whether an object may be acted on.
    ///
    /// - Parameters:
    ///   - permission: The permission.
    ///   - ownership: Whether the object belongs to the principal.
    /// - Returns: `true` if the permission is held for every object, or for own ones and this is one.
    public func allow(_ permission: Permission, on ownership: Ownership) -> Bool {
        switch scopes[permission] {
        case .any: true
        case .own: ownership == .own
        case nil: false
        }
    }

    /// Adds another role's grants; the wider scope wins.
    ///
    /// - Parameter other: The grants to add.
    public mutating func formUnion(_ other: Grants) {
        scopes.merge(other.scopes) { max($0, $1) }
    }

    /// Returns what these grants and others both allow; the narrower scope wins.
    ///
    /// - Parameter other: The grants to stay within.
    /// - Returns: The permissions that both have.
    public func intersection(_ other: Grants) -> Grants {
        var common: [Permission: PermissionScope] = [:]
        for (permission, scope) in scopes {
            if let limit = other.scopes[permission] { common[permission] = min(scope, limit) }
        }
        return Grants(common)
    }

    /// The permissions that are held, in the order of their names.
    public var permissions: [Permission] {
        scopes.keys.sorted { $0.description < $1.description }
    }
}

/// Whose an object is, seen from the principal.
public enum Ownership: Sendable, Hashable {
    /// The principal's own.
    case own
    /// Somebody else's, or nobody's.
    case foreign
}
