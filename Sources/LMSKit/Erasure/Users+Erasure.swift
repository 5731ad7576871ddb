// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Users {
    /// Erases a person: every row that names them, in one transaction; their sessions and tokens end with it.
    ///
    /// Which tables refer to users is read from the catalog, so that a table that comes later is erased and listed too. What was counted of them is counted again. The
    /// audit log keeps identifiers, which name nobody from then on. The caller has made sure that somebody who erases themselves means it.
    ///
    /// - Parameters:
    ///   - id: The person.
    ///   - session: The tenant's open transaction; roles cannot change elsewhere until it ends.
    /// - Returns: What was erased and what is kept.
    /// - Throws: `UserError.notFound`; `.forbidden` without `user:deactivate`; `.beyondOwnGrants` if they may do more than the principal; `.lastOwner`.
    public func erase(_ id: User.ID, session: borrowing TenantSession) async throws(UserError) -> ErasureReceipt {
        try authorize(.userDeactivate, on: id, session.principal)
        try await lockRoleHolders(session: session)
        let user = try await lock(id, for: .userDeactivate, session: session)
        if session.principal.user != id {
            guard session.principal.covers(try await grants(of: id, session: session)) else { throw .beyondOwnGrants }
        }
        if user.status == .active, user.roles.contains(Role.Name(.owner)) {
            try await requireOwner(besides: id, session: session)
        }
        let now = clock.now()
        do {
            let counting: [SQL] = [
                .handOverSubmissions(of: id), .countRowsOfUser(id), .countUnlinkedRows(of: id, email: user.email),
            ]
            let erasing: [SQL] = [
                .uncountVotes(of: id), .lockRatings(of: .reviewedCourses(by: id)), .hideReviews(of: id),
                .recountRatings(of: .reviewedCourses(by: id)), .freeSeats(of: id),
                .detachImports(of: id), .deleteRepetitions(of: id), .deleteInvitations(to: user.email),
                .removeCertificateFiles(of: id, at: now),
                audit.recording(AuditEvent("user.erased", on: id), by: session.principal),
                identifiers.recording(
                    .userDeleted,
                    of: id,
                    [JSONMember("hardDelete", true)],
                    by: session.principal,
                    at: now
                ),
                .deleteUser(id),
            ]
            let statements = counting + SQL.erasingTalk(of: id) + erasing
            let replies = try await session.batch(statements)
            guard replies.last?.affected == 1, replies.count == statements.count else { throw UserError.notFound }
            var stores = [ErasureReceipt.Store(table: "users", rows: 1, fate: .erased)]
            for row in [replies[1], replies[2]].joined() {
                let table: String = try row["name"]
                let rows: Int = try row["rows"]
                stores.append(ErasureReceipt.Store(table: table, rows: rows, fate: Users.fate(of: table)))
            }
            return ErasureReceipt(user: id, erasedAt: now, stores: stores.sorted { $0.table < $1.table })
        } catch let error as DatabaseError {
            throw UserError(error)
        } catch let error as UserError {
            throw error
        } catch {
            throw .database(.cancelled)
        }
    }

    /// What becomes of a table's rows; what no rule names refers to users and goes with them.
    static func fate(of table: String) -> ErasureReceipt.Fate {
        switch table {
        case "audit_events": .kept
        case "conversations", "course_imports", "course_submissions", "direct_messages", "discussion_posts",
            "discussion_threads",
            "moderation_reports", "notification_announcements", "question_versions", "quiz_attempt_questions",
            "prerequisite_waivers", "quiz_score_changes", "service_accounts", "submission_comments":
            .detached
        default: .erased
        }
    }

    /// Tables that name users without a foreign key, each with a statement of its own here.
    package static let unlinkedTables: Set<String> = ["audit_events", "course_imports", "idempotency_keys"]
}

extension SQL {
    /// How many rows of each table refer to the user by a foreign key, from the catalog.
    fileprivate static func countRowsOfUser(_ id: User.ID) -> SQL {
        """
        SELECT t.relname::text AS name, sum((xpath('/row/n/text()', query_to_xml(
            format('SELECT count(*) AS n FROM %I WHERE %I = %L', t.relname, a.attname, \(id.description)), false, true, '')
        ))[1]::text::bigint)::bigint AS rows
        FROM pg_constraint f
            JOIN pg_class t ON t.oid = f.conrelid
            JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
        WHERE f.contype = 'f' AND f.confrelid = to_regclass('users') AND t.relnamespace = current_schema()::regnamespace
        GROUP BY t.relname ORDER BY t.relname
        """
    }

    /// How many rows name the user, or their address, without a foreign key.
    fileprivate static func countUnlinkedRows(of id: User.ID, email: Email) -> SQL {
        """
        SELECT 'audit_events' AS name, count(*) AS rows FROM audit_events WHERE actor = \(id.description) OR object_id = \(id)
        UNION ALL SELECT 'course_imports', count(*) FROM course_imports WHERE imported_by = \(id)
        UNION ALL SELECT 'idempotency_keys', count(*) FROM idempotency_keys WHERE actor = \(id)
        """
    }

    fileprivate static func uncountVotes(of id: User.ID) -> SQL {
        """
        UPDATE course_reviews r SET helpful_votes = r.helpful_votes - 1
        FROM course_review_votes v WHERE v.user_id = \(id) AND r.id = v.review_id
        """
    }

    fileprivate static func reviewedCourses(by id: User.ID) -> SQL {
        "SELECT r.course_id FROM course_reviews r WHERE r.user_id = \(id)"
    }

    /// What is about to go counts no more, while it still says which courses are to be counted again.
    fileprivate static func hideReviews(of id: User.ID) -> SQL {
        "UPDATE course_reviews SET status = 'hidden' WHERE user_id = \(id) AND status = 'approved'"
    }

    /// Who completed a course keeps the seat for as long as they are there.
    fileprivate static func freeSeats(of id: User.ID) -> SQL {
        """
        UPDATE courses c SET seats_taken = c.seats_taken - 1
        FROM enrollments e
        WHERE e.user_id = \(id) AND e.status IN ('pending_payment', 'active', 'completed') AND c.id = e.course_id
        """
    }

    fileprivate static func detachImports(of id: User.ID) -> SQL {
        "UPDATE course_imports SET imported_by = NULL WHERE imported_by = \(id)"
    }

    fileprivate static func deleteRepetitions(of id: User.ID) -> SQL {
        "DELETE FROM idempotency_keys WHERE actor = \(id)"
    }

    fileprivate static func deleteInvitations(to email: Email) -> SQL {
        "DELETE FROM invitations WHERE email_key = \(email.key)"
    }

    fileprivate static func deleteUser(_ id: User.ID) -> SQL {
        "DELETE FROM users WHERE id = \(id)"
    }
}
