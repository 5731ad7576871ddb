// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// What checking a tenant's log came to.
public struct AuditVerification: Sendable {
    /// How many rows were checked.
    public internal(set) var checked = 0
    /// The place and the hash of the chain's last row; write them down to compare them later.
    public internal(set) var head: AuditHead?
    /// The place of the last row that was pruned because it was old.
    public internal(set) var prunedThrough = 0
    /// How many anchors agree with the chain.
    public internal(set) var anchors = 0
    /// How many rows are from before there was a chain.
    public internal(set) var unchained = 0
    /// What is wrong; the first hundred things.
    public internal(set) var findings: [Finding] = []

    /// Whether nothing is wrong.
    public var isSound: Bool { findings.isEmpty }

    mutating func find(_ finding: Finding) {
        if findings.count < 100 { findings.append(finding) }
    }
}

/// An end of a chain.
public struct AuditHead: Sendable, Hashable {
    /// The place of the last row, from 1.
    public let position: Int
    /// SHA-256 of the chain up to it.
    public let hash: [UInt8]

    /// Names an end.
    ///
    /// - Parameters:
    ///   - position: The place of the last row.
    ///   - hash: 32 bytes.
    public init(position: Int, hash: [UInt8]) {
        self.position = position
        self.hash = hash
    }
}

extension AuditVerification {
    /// Something that is wrong with a log.
    @nonexhaustive
    public enum Finding: Sendable, Hashable {
        /// The row at this place is not what its digest says.
        case altered(position: Int)
        /// The row at this place was deleted.
        case missing(position: Int)
        /// The link at this place does not follow from the one before: rows were changed, exchanged or moved.
        case broken(position: Int)
        /// The links from this place to the next one were deleted.
        case gap(position: Int)
        /// The chain's end was cut off: it went on to this place once.
        case truncated(position: Int)
        /// Rows that no link names.
        case unlinked(count: Int)
        /// An anchor for this place, or what the auditor wrote down, has another hash.
        case anchorMismatch(position: Int)
        /// An anchor for this place was not written by this installation.
        case anchorForged(position: Int)
        /// Rows up to this place were pruned before their time.
        case prunedEarly(position: Int)
    }
}

extension AuditLog {
    /// Checks every row of a tenant's log, in batches; takes as long as the log is long.
    ///
    /// - Parameters:
    ///   - expected: What an auditor wrote down before; it must still be in the chain.
    ///   - reader: Who reads in which tenant.
    /// - Returns: What it came to.
    /// - Throws: `AuditError.forbidden`; `.database`; `.keys` if anchors cannot be checked.
    public func verify(
        expecting expected: AuditHead? = nil,
        reader: TenantReader
    ) async throws(AuditError) -> AuditVerification {
        guard reader.principal.may(.auditRead, on: .foreign) else { throw .forbidden }
        let anchors = try await anchors(of: reader)
        return try await AuditError.translating {
            var result = AuditVerification()
            let replies = try await reader.read([.selectAuditHead(), .countUnlinkedAuditEvents()])
            var counts = RowFields(try replies[1].first.unwrapped)
            let unlinked: Int = try counts.next()
            result.unchained = try counts.next()
            if unlinked > 0 { result.find(.unlinked(count: unlinked)) }
            let chain = try replies[0].only.map(ChainEnds.init(row:))
            var walk = ChainWalk(chain, of: reader.tenant, anchors: anchors, expected: expected, cryptography)
            result.prunedThrough = walk.position
            while let end = chain?.head, walk.position < end.position {
                let rows = try await reader.read(
                    .selectAuditLinks(after: walk.position, upTo: end.position, limit: AuditLog.batch)
                )
                for row in rows { try walk.take(row, &result) }
                if rows.isEmpty { break }
            }
            walk.finish(&result)
            return result
        }
    }
}

extension Optional where Wrapped == Row {
    /// The row of a statement that always has one.
    fileprivate var unwrapped: Row {
        get throws(DatabaseError) {
            guard let self else { throw .connectionLost }
            return self
        }
    }
}

/// Where a chain begins and ends, as the database says.
struct ChainEnds: Sendable {
    let head: AuditHead
    let pruned: AuditHead?

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        let position: Int = try fields.next()
        let hash: Bytes = try fields.next()
        head = AuditHead(position: position, hash: hash.array)
        let prunedPosition: Int = try fields.next()
        let prunedHash: Bytes? = try fields.next()
        pruned = prunedHash.map { AuditHead(position: prunedPosition, hash: $0.array) }
    }
}

extension AuditVerification {
    /// What a description shows.
    package static func example(isSound: Bool) -> AuditVerification {
        var result = AuditVerification()
        guard !isSound else { return result }
        result.checked = 17
        result.head = AuditHead(position: 17, hash: Array(repeating: 15, count: 32))
        result.findings = [.altered(position: 3), .unlinked(count: 1)]
        return result
    }
}
