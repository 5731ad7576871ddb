// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
public import LMSKit
public import LMSTenancy
import Synchronization

/// Keeps the codes that were sent.
public final class SentCodes: CodeDelivery {
    private let codes = Mutex<[String: String]>([:])

    init() {}

    /// The latest code that was sent to an address.
    ///
    /// - Parameter address: The address.
    /// - Returns: The code; `nil` if none was sent.
    public func latest(_ address: String) -> String? { codes.withLock { $0[address] } }

    /// Keeps a code.
    public func deliver(
        _ code: Secret<String>,
        to address: Email,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        codes.withLock { $0[address.address] = code.reveal() }
    }
}

extension TestPlatform {
    /// What an authenticator app shows at this moment.
    ///
    /// - Parameter secret: The secret as it is typed.
    /// - Returns: Six digits.
    /// - Throws: If the secret is none.
    public func code(of secret: String) throws -> String {
        var bits = ""
        for character in secret {
            guard let index = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").firstIndex(of: character) else {
                throw TestFailure("no secret")
            }
            let digits = String(index, radix: 2)
            bits += String(repeating: "0", count: 5 - digits.count) + digits
        }
        let key = stride(from: 0, through: bits.count - 8, by: 8).compactMap { start in
            UInt8(bits.dropFirst(start).prefix(8), radix: 2)
        }
        let step = UInt64(clock.wall.now().timeIntervalSince1970) / 30
        let message = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * UInt64($0))) }
        let digest = cryptography.hmacSHA1(message, key: key)
        let offset = Int(digest[19] & 15)
        let number = digest[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let text = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - text.count) + text
    }
}
