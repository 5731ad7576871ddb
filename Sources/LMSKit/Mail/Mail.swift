// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Queues messages in the transaction of their cause, and delivers them after it.
///
/// A message is written beside what it tells, so neither exists without the other. Who gets it and what it says is sealed under the
/// tenant's key and erased once it was delivered: a dump of the database holds no link and no code that is of use.
public struct Mail: Sendable {
    let tenantKeys: TenantKeys
    let clock: WallClock
    let identifiers: IdentifierSource
    let links: AccountLinks

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - tenantKeys: Seal what is queued.
    ///   - clock: Dates messages.
    ///   - identifiers: Names messages.
    ///   - links: Where the pages are that links lead to.
    public init(
        tenantKeys: TenantKeys,
        clock: WallClock,
        identifiers: IdentifierSource,
        links: AccountLinks = AccountLinks()
    ) {
        self.tenantKeys = tenantKeys
        self.clock = clock
        self.identifiers = identifiers
        self.links = links
    }

    /// Queues a message.
    ///
    /// - Parameters:
    ///   - message: What it tells.
    ///   - recipient: Who gets it.
    ///   - occasion: Names what it is about, so that the same occasion gives one message, 200 characters at most; `nil` if each call is
    ///     an occasion of its own.
    ///   - session: The transaction of its cause; the caller commits it.
    /// - Throws: `MailError`.
    public func queue(
        _ message: MailMessage,
        to recipient: MailRecipient,
        occasion: String? = nil,
        session: borrowing TenantSession
    ) async throws(MailError) {
        do {
            let key = try await tenantKeys.current(session: session)
            let id: QueuedMail.ID = identifiers.next()
            let letter = Letter(message, recipient)
            let now = clock.now()
            try await session.batch([
                .insertMail(
                    id,
                    of: recipient.user,
                    message.template,
                    occasion: occasion,
                    key: key.id,
                    sealed: Bytes(try key.seal(Secret(letter.written), for: QueuedMail.purpose(id))),
                    at: now,
                    until: now.addingTimeInterval(message.lifetime)
                ),
                .enqueueJob(.mail, id.uuid, at: now),
            ])
        } catch {
            throw MailError(error)
        }
    }
}

/// A message that waits for its delivery.
struct QueuedMail: Sendable {
    typealias ID = Identifier<QueuedMail>
    let id: ID
    let template: MailTemplate
    let sealed: Bytes
    let key: TenantKey.ID
    let queuedAt: Date
    let expiresAt: Date

    init(row: Row) throws(DatabaseError) {
        id = try row["id"]
        template = try row["template"]
        sealed = try row["sealed"]
        key = try row["tenant_key_id"]
        queuedAt = try row["queued_at"]
        expiresAt = try row["expires_at"]
    }

    static func purpose(_ id: ID) -> String { "mail_messages.sealed:\(id)" }
}

/// Why a message was not queued.
@nonexhaustive
public enum MailError: Error, Sendable, Equatable {
    /// The tenant's keys cannot be used.
    case keys(KeyError)
    /// The database failed.
    case database(DatabaseError)
}

extension MailError {
    init(_ error: any Error) {
        switch error {
        case let error as MailError: self = error
        case .database(let error) as KeyError: self = .database(error)
        case let error as KeyError: self = .keys(error)
        case let error as DatabaseError: self = .database(error)
        default: self = .database(.cancelled)
        }
    }
}
