// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// Submissions of a course are compared one after the other: of two that come at the same time each would miss the other.
    static func lockComparing(_ id: Submission.ID) -> SQL {
        "SELECT FROM courses WHERE id = (SELECT course_id FROM submissions WHERE id = \(id)) FOR NO KEY UPDATE"
    }

    /// Forgets the fingerprints of a learner's versions of an assignment; what they handed in last gets new ones.
    static func deleteFingerprints(of submission: Submission) -> SQL {
        """
        DELETE FROM submission_fingerprints f USING submissions s
        WHERE s.assignment_id = \(submission.assignment) AND f.submission_id = s.id
            AND s.holder_id = (SELECT o.holder_id FROM submissions o WHERE o.id = \(submission.id))
        """
    }

    static func insertFingerprints(_ prints: [Winnowing.Fingerprint], of submission: Submission) -> SQL {
        """
        INSERT INTO submission_fingerprints (submission_id, course_id, hash, starts, ends)
        SELECT \(submission.id), \(submission.course), x.hash, x.starts, x.ends
        FROM unnest(\(prints.map { Int(bitPattern: UInt($0.hash)) })::bigint[],
                    \(prints.map(\.range.lowerBound))::bigint[], \(prints.map(\.range.upperBound))::bigint[]) AS x (hash, starts, ends)
        ON CONFLICT ON CONSTRAINT submission_fingerprints_key DO NOTHING
        """
    }

    /// The hashes of a submission that tell something: those that the course has at most 40 times.
    ///
    /// What is there more often is nobody's in particular, also where one text repeats it. Whatever joins fingerprints of two texts
    /// takes these: each comes to at most 400 pairs.
    private static func telling(of submission: Submission) -> SQL {
        """
        SELECT m.hash FROM (SELECT DISTINCT hash FROM submission_fingerprints WHERE submission_id = \(submission.id)) m
        WHERE (SELECT count(*) FROM (
            SELECT FROM submission_fingerprints f WHERE f.course_id = \(submission.course) AND f.hash = m.hash LIMIT 41) x) <= 40
        """
    }

    /// Which submissions share most with one.
    static func listSimilar(to submission: Submission, atLeast: Int, limit: Int) -> SQL {
        """
        WITH c AS MATERIALIZED (\(telling(of: submission)))
        SELECT o.id, count(DISTINCT f.hash) FROM c
            JOIN submission_fingerprints f ON f.course_id = \(submission.course) AND f.hash = c.hash
            JOIN submissions o ON o.id = f.submission_id AND o.is_latest
                AND o.holder_id <> (SELECT s.holder_id FROM submissions s WHERE s.id = \(submission.id))
        GROUP BY o.id HAVING count(DISTINCT f.hash) >= \(atLeast) ORDER BY 2 DESC, 1 LIMIT \(limit)
        """
    }

    /// Where a submission and another one have the same fingerprints.
    ///
    /// Both sides are cut down before they are joined, in whatever order the planner would.
    static func listShared(of submission: Submission, with other: Submission.ID) -> SQL {
        """
        WITH c AS MATERIALIZED (\(telling(of: submission))), m AS MATERIALIZED (
            SELECT f.hash, f.starts, f.ends FROM submission_fingerprints f JOIN c ON c.hash = f.hash
            WHERE f.submission_id = \(submission.id)
        ), o AS MATERIALIZED (
            SELECT f.hash, f.starts, f.ends FROM submission_fingerprints f JOIN c ON c.hash = f.hash
            WHERE f.submission_id = \(other)
        )
        SELECT m.starts, m.ends, o.starts, o.ends FROM m JOIN o ON o.hash = m.hash ORDER BY m.starts, o.starts LIMIT 20000
        """
    }

    static func deleteMatches(of id: Submission.ID) -> SQL {
        "DELETE FROM submission_matches WHERE submission_id = \(id) OR other_id = \(id)"
    }

    static func insertMatch(
        _ id: Submission.ID,
        _ other: Submission.ID,
        shared: Int,
        _ passages: [SharedPassage]
    ) -> SQL {
        """
        INSERT INTO submission_matches (submission_id, other_id, shared, passages)
        VALUES (\(id), \(other), \(shared), \(SharedPassage.json(passages)))
        """
    }

    static func putComparison(of id: Submission.ID, hashes: Int, at instant: Date) -> SQL {
        """
        INSERT INTO submission_comparisons AS c (submission_id, hashes, compared_at) VALUES (\(id), \(hashes), \(instant))
        ON CONFLICT ON CONSTRAINT submission_comparisons_key DO UPDATE
        SET hashes = excluded.hashes, compared_at = excluded.compared_at
        """
    }

    static func selectComparison(of id: Submission.ID) -> SQL {
        "SELECT hashes, compared_at FROM submission_comparisons WHERE submission_id = \(id)"
    }

    /// The matches of a submission with what others handed in last, in the order of `selectSubmissions` of the same.
    static func listMatches(of id: Submission.ID, limit: Int) -> SQL {
        """
        SELECT m.other_id, m.shared, m.passages
        FROM submission_matches m JOIN submissions o ON o.id = m.other_id AND o.is_latest
        WHERE m.submission_id = \(id) ORDER BY m.shared DESC, m.other_id LIMIT \(limit)
        """
    }
}

extension SharedPassage {
    fileprivate static func json(_ passages: [SharedPassage]) -> JSONText {
        var json = JSONWriter(capacity: 1_024)
        json.value(passages)
        return JSONText(json.bytes)
    }
}
