// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Assignments {
    /// How many fingerprints two texts must share to be told of.
    static let leastShared = 3
    /// With how many others a submission is reported when it is compared.
    static let mostSimilar = 20
    /// How many matches a report has.
    static let mostMatches = 50

    /// Compares what a learner handed in with what others of the course did last; for the job that comes after it.
    ///
    /// What the assignment's instructions say is left out. Each match is put into the reports of both. Nothing is done for what is no
    /// more what the learner handed in last; doing it again gives the same.
    ///
    /// - Parameters:
    ///   - id: The submission; its course's row is locked.
    ///   - session: The tenant's open transaction.
    /// - Throws: `AssignmentError.database`.
    public func compare(_ id: Submission.ID, session: borrowing TenantSession) async throws(AssignmentError) {
        let now = clock.now()
        try await AssignmentError.translating {
            let rows = try await session.batch([
                .lockComparing(id), .selectSubmission(id, for: nil), .selectAssignment(of: .submission(id)),
            ])
            guard let row = rows[1].only, let assignmentRow = rows[2].only,
                case let submission = try Submission(row: row),
                submission.isLatest
            else { return }
            let asked = Winnowing.prose.hashes(of: try Assignment(row: assignmentRow).settings.instructions)
            let prints = Winnowing.prose.fingerprints(of: submission.text).filter { !asked.contains($0.hash) }
            let similar = try await session.batch([
                .deleteFingerprints(of: submission), .insertFingerprints(prints, of: submission),
                .deleteMatches(of: id),
                .putComparison(of: id, hashes: Set(prints.map(\.hash)).count, at: now),
                .listSimilar(to: submission, atLeast: Self.leastShared, limit: Self.mostSimilar),
            ])[4]
            for row in similar {
                let (other, shared): (Submission.ID, Int) = (try row[0], try row[1])
                let found = try await session.execute(.listShared(of: submission, with: other)).map { row in
                    SharedPassage(here: try Self.range(row, 0), there: try Self.range(row, 2))
                }
                let passages = SharedPassage.merging(found)
                try await session.batch([
                    .insertMatch(id, other, shared: shared, passages),
                    .insertMatch(
                        other,
                        id,
                        shared: shared,
                        passages.map(\.reversed).sorted { $0.here.lowerBound < $1.here.lowerBound }
                    ),
                ])
            }
        }
    }

    /// Reads what a submission has in common with other learners', in two round trips.
    ///
    /// - Parameters:
    ///   - id: The submission.
    ///   - reader: Who reads in which tenant: somebody who may grade it.
    /// - Returns: The report; the people in it are named where a grader may know them.
    /// - Throws: `AssignmentError.submissionNotFound`; `.forbidden` for one's own.
    public func similarity(
        of id: Submission.ID,
        reader: TenantReader
    ) async throws(AssignmentError) -> SubmissionSimilarity {
        let view = try await submission(id, reader: reader)
        guard view.audience == .grader else { throw .forbidden }
        return try await AssignmentError.translating {
            let rows = try await reader.read([.selectComparison(of: id), .listMatches(of: id, limit: Self.mostMatches)])
            guard let comparison = rows[0].only else {
                return SubmissionSimilarity(submission: id, comparedAt: nil, matches: [])
            }
            let hashes: Int = try comparison[0]
            let others: [Submission.ID] = try rows[1].map { try $0[0] }
            let statement = SQL.selectSubmissions(others, for: reader.principal.user)
            let found = try await reader.read(statement).map(Submission.init(row:))
            let submissions = Dictionary(found.map { ($0.id, $0) }) { $1 }
            let matches = try rows[1].compactMap { row -> SubmissionMatch? in
                let id: Submission.ID = try row[0]
                guard let other = submissions[id] else { return nil }
                return SubmissionMatch(
                    other: SubmissionView(other, for: other.isOwn ? .learner : .grader),
                    containment: Percentage(completed: try row[1], of: hashes),
                    passages: try SharedPassage.read(column: row[2])
                )
            }
            return SubmissionSimilarity(submission: id, comparedAt: try comparison[1], matches: matches)
        }
    }

    private static func range(_ row: Row, _ column: Int) throws(DatabaseError) -> Range<Int> {
        let (start, end): (Int, Int) = (try row[column], try row[column + 1])
        return start..<max(start, end)
    }
}
