// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Brings people in from a table and gives them out as one (RFC 4180, UTF-8, a header line).
public struct UserTransfer: Sendable {
    let users: Users
    let invitations: Invitations
    let audit: Audit

    /// Brings people in: all of them, or nobody if anything is wrong with any line.
    ///
    /// Whoever has an account stays as they are, so repeating it changes nothing.
    ///
    /// - Parameters:
    ///   - text: The table: a header of `email` and any of `name`, `username`, `roles` (parted by `;`) and `locale`; 1,000 lines at most.
    ///   - mode: How they are brought in.
    ///   - trial: Whether only the report is wanted.
    ///   - tenant: The tenant.
    ///   - session: The tenant's open transaction.
    /// - Returns: What it came to, or would come to; with issues nothing was done.
    /// - Throws: What `Users.create` and `Invitations.invite` throw, and nothing was done.
    public func bringIn(
        _ text: String,
        mode: UserImportMode,
        trial: UserImportTrial,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(InvitationError) -> UserImportReport {
        try invitations.authorize(session.principal)
        if mode == .invite, !invitations.mail.isOffered { throw .mailNotOffered }
        var report = UserImportReport()
        let people = ImportedPerson.read(text, report: &report)
        do {
            _ = try await users.grantable(Array(Set(people.flatMap(\.roles))), by: session.principal, session: session)
            let replies = try await session.batch([
                .selectEmailKeys(among: people.map(\.email.key)),
                .selectUsernames(among: people.compactMap { $0.username?.text.lowercased() }),
            ])
            guard replies.count == 2 else { throw DatabaseError.connectionLost }
            let known = Set(try replies[0].map { row throws(DatabaseError) -> String in try row["email_key"] })
            let taken = Set(try replies[1].map { row throws(DatabaseError) -> String in try row["username"] })
            let new = people.filter { !known.contains($0.email.key) }
            for person in new {
                if let name = person.username, taken.contains(name.text.lowercased()) {
                    report.issues.append(.init(line: person.line, column: "username", code: .taken))
                }
            }
            guard report.issues.isEmpty else { return report }
            report.added = new.count
            report.unchanged = people.count - new.count
            guard trial == .forReal else { return report }
            for person in new { try await add(person, mode, at: tenant, session: session) }
            return report
        } catch {
            throw InvitationError(error)
        }
    }

    private func add(
        _ person: ImportedPerson,
        _ mode: UserImportMode,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws {
        var new = NewUser(email: person.email, displayName: person.name, password: nil)
        new.username = person.username
        new.locale = person.locale
        new.status = mode == .invite ? .invited : .active
        _ = try await users.create(new, roles: person.roles, session: session)
        guard mode == .invite else { return }
        let invitation = NewInvitation(email: person.email, displayName: person.name, roles: person.roles)
        _ = try await invitations.invite(invitation, at: tenant, session: session)
    }

    /// Gives out every user as a table, the newest first.
    ///
    /// What a spreadsheet would take for a formula is made plain text.
    ///
    /// - Parameter session: The tenant's open transaction.
    /// - Returns: The table in UTF-8.
    /// - Throws: `UserError.forbidden` without `user:read` for all users.
    public func giveOut(session: borrowing TenantSession) async throws(UserError) -> [UInt8] {
        guard session.principal.may(.userRead, on: .foreign) else { throw .forbidden }
        var bytes = Array(CSV.line(["id"] + ImportedPerson.columns + ["status", "createdAt", "lastSignInAt"]).utf8)
        var position: PagePosition?
        repeat {
            let page = try await users.list(after: position, limit: PageLimit(100), session: session)
            for user in page.items {
                let fields = [
                    user.id.description, user.email.address, user.displayName, user.username?.text ?? "",
                    user.roles.map(\.description).joined(separator: ";"), user.locale ?? "", user.status.rawValue,
                    user.createdAt.iso8601Milliseconds, user.lastSignInAt?.iso8601Milliseconds ?? "",
                ]
                bytes += Array(CSV.line(fields).utf8)
            }
            position = page.next
        } while position != nil
        do {
            try await audit.record(AuditEvent("user.exported"), session: session)
        } catch {
            throw UserError(error)
        }
        return bytes
    }
}

/// Whether people are brought in, or only what would come of it is told.
public enum UserImportTrial: Sendable {
    /// Only the report.
    case onTrial
    /// They are brought in.
    case forReal
}

extension SQL {
    fileprivate static func selectEmailKeys(among keys: [String]) -> SQL {
        "SELECT email_key FROM users WHERE email_key = ANY(\(keys))"
    }

    fileprivate static func selectUsernames(among names: [String]) -> SQL {
        "SELECT lower(username) AS username FROM users WHERE lower(username) = ANY(\(names))"
    }
}
