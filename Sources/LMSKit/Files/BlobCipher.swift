// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Encrypts a file in chunks that each stand for themselves.
///
/// Every chunk is sealed by AES-256-GCM for its place: the tenant, the file, its number and whether it is the last one. So
/// chunks cannot be changed, exchanged, repeated or left out, and a part of a file is read without the rest: what STREAM does
/// (Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015,
/// §7). STREAM has number and end in the nonce; here they are in the associated data and the nonce is random, because a part of
/// an upload may be sent again with other bytes, and two texts under one nonce would give GCM's key away.
struct BlobCipher: Sendable {
    let key: BlobKey
    let secret: BlobSecret
    let cryptography: any Cryptography

    /// How much of a file a chunk holds; the last one may hold less, and of an empty file nothing.
    static let chunk = 64 * 1024
    /// What sealing adds: a nonce of 12 bytes and a tag of 16.
    static let overhead = 28
    static let sealedChunk = chunk + overhead

    /// How long a file is in the store.
    static func sealedCount(of count: Int) -> Int { count + chunks(in: count) * overhead }

    /// How many chunks a file has.
    static func chunks(in count: Int) -> Int { max(1, (count + chunk - 1) / chunk) }

    /// How long the file is whose chunks are so long together; `nil` if none is.
    static func plainCount(of sealed: Int) -> Int? {
        // Of any length that a store may tell nothing here overflows.
        guard sealed >= overhead else { return nil }
        let chunks = (sealed - 1) / sealedChunk + 1
        let count = sealed - chunks * overhead
        return count >= 0 && sealedCount(of: count) == sealed ? count : nil
    }

    func seal(_ chunk: [UInt8], number: Int, isLast: Bool) throws(BlobError) -> [UInt8] {
        do {
            return try cryptography.seal(chunk, key: secret.material.reveal(), context: context(number, isLast))
        } catch {
            throw .damaged
        }
    }

    func open(_ sealed: [UInt8], number: Int, isLast: Bool) throws(BlobError) -> [UInt8] {
        do {
            return try cryptography.open(sealed, key: secret.material.reveal(), context: context(number, isLast))
        } catch {
            throw .damaged
        }
    }

    func seal(whole bytes: [UInt8]) throws(BlobError) -> [UInt8] {
        var sealed: [UInt8] = []
        sealed.reserveCapacity(Self.sealedCount(of: bytes.count))
        let chunks = Self.chunks(in: bytes.count)
        for number in 0..<chunks {
            let start = number * Self.chunk
            let chunk = Array(bytes[start..<min(start + Self.chunk, bytes.count)])
            sealed += try seal(chunk, number: number, isLast: number == chunks - 1)
        }
        return sealed
    }

    private func context(_ number: Int, _ isLast: Bool) -> [UInt8] {
        Array("lms:blob:\(key.tenant):\(key.file):\(number):\(isLast ? "last" : "more")".utf8)
    }
}
