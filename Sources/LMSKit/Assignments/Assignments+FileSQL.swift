// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `SubmissionFile(row:)` reads, of files called `f`.
    private static let submissionFileColumns: SQL =
        "f.id, f.submission_id, f.submission_position, f.name, f.media_type, f.byte_count"

    static func listFiles(of id: Submission.ID) -> SQL {
        "SELECT \(submissionFileColumns) FROM files f WHERE f.submission_id = \(id) ORDER BY f.submission_position"
    }

    /// The files of everything that somebody wrote, for their record.
    static func selectOwnSubmissionFiles(of user: Principal.ID) -> SQL {
        """
        SELECT \(submissionFileColumns) FROM files f JOIN submissions s ON s.id = f.submission_id
        WHERE s.id IN (\(.ownSubmissions(of: user))) ORDER BY f.submission_id, f.submission_position
        """
    }

    static func selectFile(_ file: SubmissionFile.ID, of id: Submission.ID) -> SQL {
        "SELECT \(submissionFileColumns) FROM files f WHERE f.id = \(file) AND f.submission_id = \(id)"
    }

    /// An upload of somebody's own for what is handed in to the assignment's course; its file is `NULL` once it is in a submission or an answer.
    static func selectOffered(_ upload: FileUpload.ID, of user: Principal.ID, in id: Assignment.ID) -> SQL {
        """
        SELECT u.status, u.name, u.byte_count, f.id
        FROM uploads u LEFT JOIN files f
            ON f.id = u.file_id AND f.owner_id = u.user_id AND f.submission_id IS NULL AND f.attempt_id IS NULL
        WHERE u.id = \(upload) AND u.user_id = \(user) AND u.use = 'submission'
            AND u.course_id = (SELECT course_id FROM assignments WHERE id = \(id))
        """
    }

    /// Puts a file of somebody's into the first place that is free in their draft, or their group's; no row if none is, or the file is gone or in another one.
    static func attachFile(
        _ file: StoredFile.ID,
        of user: Principal.ID,
        in id: Assignment.ID,
        limit: Int
    ) -> SQL {
        """
        UPDATE files f SET submission_id = d.id, submission_position = d.place
        FROM (
            SELECT s.id, (
                SELECT min(n) FROM generate_series(1, \(limit)) n WHERE NOT EXISTS (
                    SELECT FROM files o WHERE o.submission_id = s.id AND o.submission_position = n)
            ) AS place
            FROM submissions s
            WHERE s.assignment_id = \(id) AND s.holder_id = \(.holder(of: user, in: .assignment(id))) AND s.status = 'draft'
        ) d
        WHERE f.id = \(file) AND f.owner_id = \(user) AND f.submission_id IS NULL AND f.attempt_id IS NULL
            AND d.place IS NOT NULL
        RETURNING f.id, f.submission_id, f.submission_position, f.name, f.media_type, f.byte_count
        """
    }

    static func detachFile(_ file: SubmissionFile.ID, from id: Submission.ID) -> SQL {
        """
        UPDATE files SET submission_id = NULL, submission_position = NULL
        WHERE id = \(file) AND submission_id = \(id) RETURNING id
        """
    }

    /// Notes that a draft has other files than before.
    static func raiseDraft(_ id: Submission.ID) -> SQL {
        "UPDATE submissions SET version = version + 1 WHERE id = \(id) AND status = 'draft'"
    }

    /// Some of the files that are in no submission and no answer to a quiz, and whose uploads are forgotten.
    ///
    /// Whoever attaches one meanwhile changes its row, by which it is passed over here.
    static func deleteUnattachedFiles(before instant: Date, limit: Int) -> SQL {
        """
        DELETE FROM files WHERE id IN (
            SELECT f.id FROM files f
            WHERE f.use = 'submission' AND f.submission_id IS NULL AND f.attempt_id IS NULL AND f.created_at < \(instant)
                AND NOT EXISTS (SELECT FROM uploads u WHERE u.file_id = f.id)
            ORDER BY f.created_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
        )
        """
    }

    static func selectSubmissionFileKey(of file: SubmissionFile) -> SQL {
        "SELECT sealed_key FROM files WHERE id = \(file.id) AND submission_id = \(file.submission)"
    }
}
