// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport

@testable import LMSHost

extension IsolationSettler {
    /// Gives somebody's calendar an address, the same for all of their estates.
    ///
    /// - Returns: The name of the file, which is a secret.
    /// - Throws: If the tenant refuses it.
    func feedCalendar(of owner: User.ID) async throws -> String {
        let cryptography = host.platform.cryptography
        let token = cryptography.sha256(Array("\(mark)-\(owner)".utf8))
        let hash = Bytes(cryptography.sha256(token))
        try await tenant.transaction { session in
            try await session.execute(
                """
                INSERT INTO calendar_feeds (user_id, token_hash, created_at) VALUES (\(owner), \(hash), now())
                ON CONFLICT DO NOTHING
                """
            )
        }
        return "\(Base64URL.encode(token)).ics"
    }
}
