// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// The files of the answer of a question `t` of an attempt, in the order of the answer; NULL without any.
    static var answerFiles: SQL {
        """
        CASE WHEN t.answer -> 'files' IS NOT NULL THEN (
            SELECT jsonb_agg(jsonb_build_object('id', f.id, 'attempt', f.attempt_id, 'question', f.attempt_question_id,
                'name', f.name, 'mediaType', f.media_type, 'byteCount', f.byte_count) ORDER BY n.place)
            FROM jsonb_array_elements_text(t.answer -> 'files') WITH ORDINALITY AS n (id, place)
                JOIN files f ON f.id = n.id::uuid AND f.attempt_id = t.attempt_id AND f.attempt_question_id = t.question_id) END
        """
    }

    static func selectFile(
        _ file: QuizAnswerFile.ID,
        to question: BankQuestion.ID,
        of attempt: QuizAttempt.ID
    ) -> SQL {
        """
        SELECT id, attempt_id, attempt_question_id, name, media_type, byte_count FROM files
        WHERE id = \(file) AND attempt_id = \(attempt) AND attempt_question_id = \(question)
        """
    }

    static func selectAnswerFileKey(of file: QuizAnswerFile) -> SQL {
        """
        SELECT sealed_key FROM files
        WHERE id = \(file.id) AND attempt_id = \(file.attempt) AND attempt_question_id = \(file.question)
        """
    }

    /// Holds somebody's files until they are attached, so that nothing else takes or removes them meanwhile.
    static func lockFiles(_ files: [StoredFile.ID], of owner: Principal.ID) -> SQL {
        "SELECT FROM files WHERE id = ANY(\(files)) AND owner_id = \(owner) ORDER BY id FOR NO KEY UPDATE"
    }

    /// What `OfferedAnswerFile(row:)` reads, a row for each file that an answer of the owner's names, in that order.
    ///
    /// Only what they uploaded to hand in in the attempt's course is theirs to answer with, and what is in nothing else. Of an upload that
    /// goes on they know no file, only its own identifier.
    static func selectOffered(
        _ files: [StoredFile.ID],
        to question: BankQuestion.ID,
        of attempt: QuizAttempt.ID,
        owner: Principal.ID
    ) -> SQL {
        """
        SELECT EXISTS (
                SELECT FROM uploads u
                WHERE n.id IN (u.id, u.file_id) AND u.user_id = a.user_id AND u.course_id = a.course_id
                    AND u.use = 'submission' AND u.status IN ('open', 'checking')),
            f.media_type, f.byte_count
        FROM unnest(\(files)::uuid[]) WITH ORDINALITY AS n (id, place)
            JOIN quiz_attempts a ON a.id = \(attempt) AND a.user_id = \(owner)
            LEFT JOIN files f ON f.id = n.id AND f.owner_id = a.user_id AND f.course_id = a.course_id AND f.use = 'submission'
                AND f.submission_id IS NULL
                AND (f.attempt_id IS NULL OR f.attempt_id = a.id AND f.attempt_question_id = \(question))
        ORDER BY n.place
        """
    }

    /// Gives back the files that were attached to a question of an attempt and that its answer, as it is stored by now, no more names.
    static func detachFiles(from question: BankQuestion.ID, of attempt: QuizAttempt.ID) -> SQL {
        """
        UPDATE files f SET attempt_id = NULL, attempt_question_id = NULL
        WHERE f.attempt_id = \(attempt) AND f.attempt_question_id = \(question) AND NOT EXISTS (
            SELECT FROM quiz_attempt_questions t, jsonb_array_elements_text(t.answer -> 'files') AS n (id)
            WHERE t.attempt_id = f.attempt_id AND t.question_id = f.attempt_question_id AND n.id::uuid = f.id)
        """
    }

    /// Attaches the files that the answer to a question, as it is stored by now, names: of an answer that came too late none.
    static func attachFiles(
        to question: BankQuestion.ID,
        of attempt: QuizAttempt.ID,
        owner: Principal.ID
    ) -> SQL {
        """
        UPDATE files f SET attempt_id = t.attempt_id, attempt_question_id = t.question_id
        FROM quiz_attempt_questions t, jsonb_array_elements_text(t.answer -> 'files') AS n (id)
        WHERE t.attempt_id = \(attempt) AND t.question_id = \(question) AND f.id = n.id::uuid AND f.owner_id = \(owner)
            AND f.submission_id IS NULL AND f.attempt_id IS NULL
        """
    }
}
