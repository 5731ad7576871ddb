// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What is set before the first statement of a transaction, and where its connections are.
struct Scope: Sendable {
    /// Names the scope in the statement caches.
    let key: UUID
    let searchPath: String
    let role: String?
    let shard: Int
    /// Places the scope on the ring.
    let hash: UInt64

    init(_ scope: DatabaseScope) {
        switch scope {
        case .tenant(let placement):
            key = placement.tenant.uuid
            searchPath = placement.schema.description
            role = placement.role.description
            shard = placement.shard
        case .control:
            key = Self.control
            searchPath = "control"
            role = nil
            shard = 0
        case .cell:
            key = Self.cell
            searchPath = "cell"
            role = nil
            shard = 0
        }
        hash = Self.place(key)
    }

    private static let control = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))
    private static let cell = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2))

    /// The same in every process and run, so that restarts keep the server's caches warm where poolers are between.
    private static func place(_ key: UUID) -> UInt64 {
        let bytes = key.uuid
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        // The last eight bytes of a UUIDv7 are random; its first are the time.
        for byte in [bytes.8, bytes.9, bytes.10, bytes.11, bytes.12, bytes.13, bytes.14, bytes.15] {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return hash ^ (hash >> 29)
    }
}
