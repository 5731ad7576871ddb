// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Follows a chain from its beginning to its end.
struct ChainWalk {
    /// The place of the last link that was looked at.
    private(set) var position: Int
    private var hash: [UInt8]
    private let ends: ChainEnds?
    private let cryptography: any Cryptography
    /// What must be in the chain at a place.
    private let witnesses: [Int: [[UInt8]]]
    private let anchors: [CheckedAnchor]

    init(
        _ ends: ChainEnds?,
        of tenant: TenantID,
        anchors: [CheckedAnchor],
        expected: AuditHead?,
        _ cryptography: any Cryptography
    ) {
        self.ends = ends
        self.anchors = anchors
        self.cryptography = cryptography
        position = ends?.pruned?.position ?? 0
        hash = ends?.pruned?.hash ?? cryptography.sha256(Array(SchemaName(tenant).description.utf8))
        var witnesses: [Int: [[UInt8]]] = [:]
        for anchor in anchors where anchor.isGenuine {
            witnesses[anchor.head.position, default: []].append(anchor.head.hash)
        }
        if let expected { witnesses[expected.position, default: []].append(expected.hash) }
        self.witnesses = witnesses
    }

    /// Looks at a row of `selectAuditLinks`.
    mutating func take(_ row: Row, _ result: inout AuditVerification) throws(DatabaseError) {
        var fields = RowFields(row)
        let place: Int = try fields.next()
        let event: AuditEvent.ID = try fields.next()
        let stored: Bytes = try fields.next()
        let isThere: Bool = try fields.next()
        if place != position + 1 { result.find(.gap(position: position + 1)) }
        if isThere {
            let record = try AuditRecord(row: row, from: 4)
            if record.id != event || !record.isGenuine(cryptography) { result.find(.altered(position: place)) }
            if place == position + 1,
                AuditHead.hash(after: hash, place, record.digest ?? [], cryptography) != stored.array
            {
                result.find(.broken(position: place))
            }
        } else {
            result.find(.missing(position: place))
        }
        // From here on with what is stored, so that one change is one finding.
        hash = stored.array
        position = place
        result.checked += 1
        for witness in witnesses[place] ?? [] {
            if witness == hash { result.anchors += 1 } else { result.find(.anchorMismatch(position: place)) }
        }
    }

    /// Compares the end of the chain with what is known of it.
    func finish(_ result: inout AuditVerification) {
        let end = ends?.head ?? AuditHead(position: 0, hash: hash)
        result.head = ends == nil ? nil : end
        if position < end.position {
            result.find(.truncated(position: end.position))
        } else if ends != nil, hash != end.hash {
            result.find(.broken(position: position))
        }
        if let last = witnesses.keys.max(), last > position { result.find(.truncated(position: last)) }
        for anchor in anchors where !anchor.isGenuine { result.find(.anchorForged(position: anchor.head.position)) }
        // What was added after an anchor is younger than the anchor.
        let pruned = ends?.pruned?.position ?? 0
        if anchors.contains(where: { $0.isGenuine && $0.isRecent && $0.head.position < pruned }) {
            result.find(.prunedEarly(position: pruned))
        }
    }
}

extension AuditHead {
    /// `hash(n)`, as the trigger of `audit_events` computes it.
    static func hash(
        after previous: [UInt8],
        _ position: Int,
        _ digest: [UInt8],
        _ cryptography: any Cryptography
    ) -> [UInt8] {
        var bytes = previous
        bytes.append(bigEndian: UInt64(position))
        return cryptography.sha256(bytes + digest)
    }
}
