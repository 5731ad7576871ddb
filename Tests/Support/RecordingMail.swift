// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSKit
public import LMSTenancy
import Synchronization

/// Keeps what accounts had mailed, in the order in which it was queued, also if its transaction was rolled back.
public final class RecordingMail: AccountMail {
    private let all = Mutex<[Sent]>([])
    private let offers = Mutex(true)

    /// A message and whom it went to.
    public struct Sent: Sendable {
        /// Whom it went to.
        public let address: String
        /// What it says.
        public let message: AccountMessage
        /// The language it is in.
        public let language: String

        /// The token of its link, if it has one.
        public var token: String? {
            let link: Secret<String>
            switch message {
            case .verifyEmail(let its), .resetPassword(let its), .confirmNewEmail(let its), .invitation(let its, _):
                link = its
            default: return nil
            }
            return link.reveal().split(separator: "#token=").last.map(String.init)
        }

        /// The page that its link leads to, if it has one.
        public var page: String? {
            switch message {
            case .verifyEmail(let link), .resetPassword(let link), .confirmNewEmail(let link), .invitation(let link, _):
                link.reveal().split(separator: "#").first.map(String.init)
            default: nil
            }
        }
    }

    /// Whether messages are sent.
    public var isOffered: Bool { offers.withLock { $0 } }

    /// Takes no messages any more.
    public func stop() {
        offers.withLock { $0 = false }
    }

    /// What was queued for an address.
    ///
    /// - Parameter address: The address.
    /// - Returns: The messages, the oldest first.
    public func sent(to address: String) -> [Sent] {
        all.withLock { $0.filter { $0.address == address } }
    }

    /// Keeps a message.
    public func queue(
        _ message: AccountMessage,
        to address: Email,
        language: String,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        all.withLock { $0.append(Sent(address: address.address, message: message, language: language)) }
    }
}
