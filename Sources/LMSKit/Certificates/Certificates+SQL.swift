// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `Certificate(row:)` reads, of a certificate called `f`.
    static var certificateColumns: SQL {
        """
        f.id, f.number, f.user_id, f.enrollment_id, f.course_id, f.template_id, f.cause, f.reason, f.learner_name,
        f.course_title, f.achievement_id, f.language, f.percentage, f.completed_at, f.issued_at, f.expires_at,
        f.identity_type, f.identity_hash, f.identity_salt, CASE WHEN f.sealed_key IS NOT NULL THEN f.prepared_at END, f.superseded_at, f.revoked_at, f.revocation, f.revocation_note,
        f.grade, f.grade_letter, f.is_grade_public, f.version
        """
    }

    static func selectCertificate(_ id: Certificate.ID) -> SQL {
        "SELECT \(.certificateColumns) FROM certificates f WHERE f.id = \(id)"
    }

    /// A certificate, then what `reader` is in its course.
    static func selectCertificate(_ id: Certificate.ID, for reader: Principal.ID?) -> SQL {
        """
        SELECT \(.certificateColumns),
               (SELECT i.role FROM course_instructors i WHERE i.course_id = f.course_id AND i.user_id = \(reader))
        FROM certificates f WHERE f.id = \(id)
        """
    }

    static func selectCertificate(number: CertificateNumber) -> SQL {
        "SELECT \(.certificateColumns) FROM certificates f WHERE f.number = \(number)"
    }

    /// The one that counts of an enrollment.
    static func selectCurrentCertificate(of enrollment: Enrollment.ID) -> SQL {
        """
        SELECT \(.certificateColumns) FROM certificates f
        WHERE f.enrollment_id = \(enrollment) AND f.superseded_at IS NULL
        """
    }

    static func listCertificates(
        of user: Principal.ID?,
        in course: Course.ID?,
        after: Certificate.ID?,
        limit: Int
    ) -> SQL {
        """
        SELECT \(.certificateColumns) FROM certificates f
        WHERE (\(user) IS NULL OR f.user_id = \(user)) AND (\(course) IS NULL OR f.course_id = \(course))
          AND (\(after) IS NULL OR f.id < \(after))
        ORDER BY f.id DESC LIMIT \(limit)
        """
    }

    /// Whoever issues a certificate of an enrollment holds its row, so that one is issued after the other.
    static func lockForCertificate(_ enrollment: Enrollment.ID) -> SQL {
        "SELECT FROM enrollments WHERE id = \(enrollment) FOR NO KEY UPDATE"
    }

    /// Locks what a certificate is of, then the certificate.
    static func lockCertificate(_ id: Certificate.ID) -> [SQL] {
        [
            """
            SELECT FROM enrollments WHERE id = (SELECT enrollment_id FROM certificates WHERE id = \(id))
            FOR NO KEY UPDATE
            """,
            "SELECT FROM certificates WHERE id = \(id) FOR NO KEY UPDATE",
        ]
    }

    /// How the place stands that a certificate is of; no row once the course was deleted.
    static func selectPlaceStatus(of id: Certificate.ID) -> SQL {
        "SELECT e.status FROM certificates f JOIN enrollments e ON e.id = f.enrollment_id WHERE f.id = \(id)"
    }

    /// Issues the first certificate of an enrollment from what is there now; no row comes back where it has one, or where
    /// less is done than is needed.
    static func insertFirstCertificate(_ new: NewCertificate, of enrollment: Enrollment.ID, for terms: CertificateTerms)
        -> SQL
    {
        """
        WITH f AS (
            INSERT INTO certificates (id, number, user_id, enrollment_id, course_id, generation, template_id, cause, reason,
                learner_name, course_title, achievement_id, language, percentage, completed_at, issued_at, expires_at,
                identity_type, identity_hash, identity_salt)
            SELECT \(new.id), \(new.number), e.user_id, e.id, e.course_id, 1, r.template_id, \(new.cause), \(new.reason),
                u.display_name, c.title, e.course_id, coalesce(r.language, u.locale),
                coalesce(least(10000, (e.completed_lessons * 20000 + c.published_lessons)
                                      / (2 * nullif(c.published_lessons, 0))), 0),
                e.completed_at, \(new.issuedAt), \(new.issuedAt) + make_interval(months => r.validity_months),
                \(.identity(salt: new.salt))
            FROM enrollments e JOIN users u ON u.id = e.user_id JOIN courses c ON c.id = e.course_id
            LEFT JOIN certificate_rules r ON r.course_id = e.course_id
            WHERE e.id = \(enrollment) AND NOT EXISTS (SELECT FROM certificates x WHERE x.enrollment_id = e.id)
              AND CASE WHEN \(terms == .award) THEN e.status IN ('active', 'completed')
                  ELSE e.status = 'completed'
                      AND e.completed_lessons * 100 >= coalesce(r.minimum_percentage, 0) * c.published_lessons
                      AND coalesce(r.issuance, 'automatic') = ANY(\(terms.issuances)) END
            ON CONFLICT DO NOTHING
            RETURNING *
        ), s AS (
            INSERT INTO certificate_statuses (certificate_id) SELECT id FROM f
        )
        SELECT \(.certificateColumns) FROM f
        """
    }

    /// Issues one in place of another, with the names as they are now; the other is superseded already.
    ///
    /// What is renewed, or would have expired by now, is valid from now on.
    static func insertNextCertificate(_ new: NewCertificate, after old: Certificate.ID) -> SQL {
        """
        WITH f AS (
            INSERT INTO certificates (id, number, user_id, enrollment_id, course_id, generation, template_id, cause, reason,
                learner_name, course_title, achievement_id, language, percentage, completed_at, issued_at, expires_at,
                grade, grade_letter, is_grade_public, identity_type, identity_hash, identity_salt)
            SELECT \(new.id), \(new.number), o.user_id, o.enrollment_id, o.course_id, o.generation + 1,
                CASE WHEN r.course_id IS NULL THEN o.template_id ELSE r.template_id END, \(new.cause), \(new.reason),
                u.display_name, coalesce(c.title, o.course_title), o.achievement_id,
                coalesce(r.language, o.language, u.locale), o.percentage, o.completed_at, \(new.issuedAt),
                CASE WHEN \(new.cause == .renewal) OR o.expires_at <= \(new.issuedAt)
                    THEN \(new.issuedAt) + CASE WHEN r.course_id IS NULL THEN o.expires_at - o.issued_at
                                              ELSE make_interval(months => r.validity_months) END
                    ELSE o.expires_at END,
                o.grade, o.grade_letter, o.is_grade_public, \(.identity(salt: new.salt))
            FROM certificates o JOIN users u ON u.id = o.user_id
            LEFT JOIN courses c ON c.id = o.course_id LEFT JOIN certificate_rules r ON r.course_id = o.course_id
            WHERE o.id = \(old)
            RETURNING *
        ), s AS (
            INSERT INTO certificate_statuses (certificate_id) SELECT id FROM f
        )
        SELECT \(.certificateColumns) FROM f
        """
    }

    /// What a badge recognizes a user `u` by; nobody is vouched for with an address that they did not show to be theirs.
    private static func identity(salt: String) -> SQL {
        """
        CASE WHEN u.email_verified_at IS NULL THEN 'accountId' ELSE 'emailAddress' END,
        encode(sha256(convert_to(CASE WHEN u.email_verified_at IS NULL THEN u.id::text ELSE u.email_key END || \(salt),
                                 'UTF8')), 'hex'), \(salt)
        """
    }

    static func supersedeCertificate(_ id: Certificate.ID, at instant: Date) -> [SQL] {
        [
            """
            UPDATE certificates SET superseded_at = \(instant), version = version + 1
            WHERE id = \(id) AND superseded_at IS NULL
            """,
            .revokeStatus(of: id),
        ]
    }

    static func revokeCertificate(_ id: Certificate.ID, _ revocation: Certificate.Revocation) -> [SQL] {
        [
            """
            UPDATE certificates SET revoked_at = \(revocation.at), revocation = \(revocation.reason),
                revocation_note = \(revocation.note), version = version + 1
            WHERE id = \(id) AND revoked_at IS NULL
            """,
            .revokeStatus(of: id),
        ]
    }

    private static func revokeStatus(of id: Certificate.ID) -> SQL {
        "UPDATE certificate_statuses SET is_revoked = true WHERE certificate_id = \(id)"
    }

    /// Keeps the key of a certificate's file, unless it has one: whoever draws it at the same time uses the same.
    static func keepFileKey(_ key: BlobKeyPair, of id: Certificate.ID) -> SQL {
        """
        UPDATE certificates SET tenant_key_id = \(key.tenantKey), sealed_key = \(Bytes(key.sealed))
        WHERE id = \(id) AND sealed_key IS NULL
        """
    }

    /// The sealed key of a certificate's file, and how long the file is; both NULL before it is drawn.
    static func selectCertificateFile(_ id: Certificate.ID) -> SQL {
        "SELECT sealed_key, byte_count FROM certificates WHERE id = \(id)"
    }

    /// Has a file drawn; due at the issue, so that of the jobs that wait there is one.
    static func enqueueDrawing(of id: Certificate.ID) -> SQL {
        ("""
        SELECT cell.enqueue_job(\(JobKind.certificate), id, issued_at) FROM certificates WHERE id = \(id)
        """ as SQL).announcing(.jobs)
    }

    /// Has files drawn that should have been by now, the oldest first.
    static func enqueueUndrawn(issuedBefore instant: Date, limit: Int, at now: Date) -> SQL {
        ("""
        SELECT cell.enqueue_job(\(JobKind.certificate), f.id, \(now)) FROM (
            SELECT id FROM certificates
            WHERE (prepared_at IS NULL OR sealed_key IS NULL) AND issued_at < \(instant) ORDER BY id LIMIT \(limit)
        ) f
        """ as SQL).announcing(.jobs)
    }

    /// Affects no row if the certificate is gone.
    static func notePrepared(_ id: Certificate.ID, byteCount: Int, at instant: Date) -> SQL {
        "UPDATE certificates SET prepared_at = \(instant), byte_count = \(byteCount) WHERE id = \(id)"
    }

    /// Has the files of somebody's certificates removed, which are about to go.
    static func removeCertificateFiles(of user: Principal.ID, at instant: Date) -> SQL {
        ("""
        SELECT cell.enqueue_job(\(JobKind.certificate), f.id, \(instant)) FROM certificates f WHERE f.user_id = \(user)
        """ as SQL).announcing(.jobs)
    }

    static func selectStatusPosition(of id: Certificate.ID) -> SQL {
        "SELECT position FROM certificate_statuses WHERE certificate_id = \(id)"
    }

    /// What a status list says.
    static func selectRevokedPositions(in list: Int) -> SQL {
        "SELECT position FROM certificate_statuses WHERE \(.isRevoked(in: list))"
    }

    /// How many bits of a status list are set, which place was given last, and the key that signs.
    static func selectStatusListVersion(of list: Int) -> SQL {
        """
        SELECT (SELECT count(*) FROM certificate_statuses WHERE \(.isRevoked(in: list))),
               (SELECT coalesce(max(position), 0) FROM certificate_statuses),
               (SELECT id FROM credential_keys ORDER BY generation DESC LIMIT 1)
        """
    }

    private static func isRevoked(in list: Int) -> SQL {
        let (first, end) = (list * StatusList.length, (list + 1) * StatusList.length)
        return "(is_revoked OR certificate_id IS NULL) AND position >= \(first) AND position < \(end)"
    }

    /// 0 before the first certificate.
    static func selectLastStatusPosition() -> SQL {
        "SELECT coalesce(max(position), 0) FROM certificate_statuses"
    }

    static func selectCertificateRule(of course: Course.ID) -> SQL {
        """
        SELECT issuance, template_id, minimum_percentage, validity_months, language, grade_shown, version
        FROM certificate_rules WHERE course_id = \(course)
        """
    }

    static func setCertificateRule(_ rule: CertificateRule, of course: Course.ID, at instant: Date) -> SQL {
        """
        INSERT INTO certificate_rules AS r (course_id, issuance, template_id, minimum_percentage, validity_months, language,
                                            grade_shown, updated_at)
        VALUES (\(course), \(rule.issuance), \(rule.template), \(rule.minimumPercentage), \(rule.validityInMonths),
                \(rule.language?.rawValue), \(rule.gradeShown), \(instant))
        ON CONFLICT ON CONSTRAINT certificate_rules_key DO UPDATE
        SET issuance = excluded.issuance, template_id = excluded.template_id,
            minimum_percentage = excluded.minimum_percentage, validity_months = excluded.validity_months,
            language = excluded.language, grade_shown = excluded.grade_shown, version = r.version + 1, updated_at = excluded.updated_at
        """
    }
}

/// What a new certificate brings along.
struct NewCertificate: Sendable {
    let id: Certificate.ID
    let number: CertificateNumber
    let cause: Certificate.Cause
    let reason: String?
    let issuedAt: Date
    /// 32 hexadecimal digits.
    let salt: String
}

/// On which terms an enrollment's first certificate is issued.
enum CertificateTerms: Sendable, Hashable {
    /// What is needed is done, and the course's certificates are issued by themselves.
    case automatic
    /// What is needed is done, and the learner asks.
    case request
    /// Somebody decided so; the place must be taken, and paid where that is needed.
    case award

    var issuances: [String] {
        switch self {
        case .automatic: [CertificateRule.Issuance.automatic.rawValue]
        case .request, .award:
            [CertificateRule.Issuance.automatic.rawValue, CertificateRule.Issuance.onRequest.rawValue]
        }
    }
}
