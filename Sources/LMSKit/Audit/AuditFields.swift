// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// The fields of a row of the log that its digest covers, and the only place that says how.
///
/// A field is its length in bytes (4, big endian; FFFFFFFF for none) and its value as PostgreSQL sends it in binary. The digest is
/// SHA-256 over "lms audit 1", the fields in the order below, and then for each of the origin, the state before and the state
/// after one byte: 0, or 1 and a digest of 32 bytes.
struct AuditFields: Sendable {
    let id: AuditEvent.ID
    let occurredAt: Date
    let actorKind: AuditActor.Kind
    let actor: String
    let impersonator: Principal.ID?
    let action: String
    let objectKind: String
    let object: UUID?
    let outcome: AuditEvent.Outcome
    let occurrences: Int
    let requestID: String?

    /// What the digest covers before the three digests.
    var canonical: [UInt8] {
        var bytes = Array("lms audit 1".utf8)
        let values: [DatabaseValue] = [
            id.databaseValue, occurredAt.databaseValue, actorKind.databaseValue, actor.databaseValue,
            impersonator.databaseValue, action.databaseValue, objectKind.databaseValue, object.databaseValue,
            outcome.databaseValue, occurrences.databaseValue, requestID.databaseValue,
        ]
        for value in values { bytes.append(field: value) }
        return bytes
    }
}

extension RequestOrigin {
    /// What the digest of an origin covers: with its salt erased, the address cannot be found by trying all of them.
    func canonical(salt: Bytes) -> [UInt8] {
        var bytes = salt.array
        bytes.append(field: address.databaseValue)
        bytes.append(field: userAgent.databaseValue)
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func append(field value: DatabaseValue) {
        if value.isNull {
            append(bigEndian: UInt32.max)
            return
        }
        var encoded: [UInt8] = []
        value.encode(into: &encoded)
        append(bigEndian: UInt32(encoded.count))
        append(contentsOf: encoded)
    }
}

/// Who acted, as the log names them.
public struct AuditActor: Sendable, Hashable {
    /// What they are.
    public let kind: Kind
    /// Their identifier; for the platform itself, the name of what acted.
    public let name: String

    /// Names an actor.
    ///
    /// - Parameters:
    ///   - kind: What they are.
    ///   - name: Their identifier, or the name of what acted.
    public init(kind: Kind, name: String) {
        self.kind = kind
        self.name = name
    }

    /// What an actor may be.
    @nonexhaustive
    public enum Kind: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Nobody signed in.
        case anonymous
        /// A member of the tenant.
        case user
        /// A service account of the tenant.
        case service
        /// A person who runs the platform.
        case `operator`
        /// The platform itself: a command, a job.
        case system
    }
}

extension AuditActor {
    init(_ principal: Principal) {
        switch principal.kind {
        case .anonymous: self.init(kind: .anonymous, name: "anonymous")
        case .user(let id): self.init(kind: .user, name: id.description)
        case .service(let id): self.init(kind: .service, name: id.description)
        case .system("operator"): self.init(kind: .operator, name: "operator")
        case .system(let name): self.init(kind: .system, name: name)
        }
    }
}
