// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Users {
    /// Reads everything that is kept of the user who asks, in one round trip; it needs no permission.
    ///
    /// - Parameter reader: Reads the tenant's data for them.
    /// - Returns: The record.
    /// - Throws: `UserError.notFound` if the reader is for nobody; `.database`.
    public func personalRecord(reader: TenantReader) async throws(UserError) -> PersonalRecord {
        guard let me = reader.principal.user else { throw .notFound }
        let now = clock.now()
        do {
            let rows = try await reader.read([
                .selectUser(me), .selectOwnSessions(of: me), .selectOwnPlaces(of: me), .selectOwnProgress(of: me),
                .selectOwnReviews(of: me), .selectOwnVotes(of: me), .selectTaughtCourses(of: me),
                .selectOwnImports(of: me), .selectOwnKeys(of: me), .selectImpersonations(of: me),
                .selectOwnMessages(of: me), .listBlocks(by: me), .selectOwnPosts(of: me),
                .selectOwnSubmissions(of: me), .selectOwnWatches(of: me), .selectOwnSubmissionFiles(of: me),
                .selectOwnPeerReviews(of: me),
            ])
            guard let user = try rows[0].only.map(User.init(row:)) else { throw UserError.notFound }
            return PersonalRecord(
                user: user,
                sessions: try rows[1].map(PersonalRecord.Session.init(row:)),
                places: try PersonalRecord.places(rows[2], progress: rows[3]),
                reviews: try rows[4].map(Review.init(row:)),
                votes: try rows[5].map(PersonalRecord.Vote.init(row:)),
                taughtCourses: try rows[6].map(PersonalRecord.TaughtCourse.init(row:)),
                imports: try rows[7].map(PersonalRecord.Import.init(row:)),
                apiKeys: try rows[8].map(APIKey.init(row:)),
                impersonations: try rows[9].map(Impersonation.init(row:)),
                messages: try rows[10].map(DirectMessage.init(row:)),
                blocks: try rows[11].map(UserBlock.init(row:)),
                posts: try rows[12].map(DiscussionPost.init(row:)),
                submissions: try PersonalRecord.submissions(rows[13], files: rows[15]),
                peerReviews: try rows[16].map { PeerReviewTask(try PeerReview(row: $0), at: now) },
                watches: try rows[14].map(WatchedMedium.init(row:))
            )
        } catch let error as DatabaseError {
            throw UserError(error)
        } catch {
            throw .notFound
        }
    }
}

extension PersonalRecord {
    fileprivate static func submissions(_ rows: Rows, files: Rows) throws(DatabaseError) -> [SubmissionView] {
        let files = Dictionary(grouping: try Assignments.files(files), by: \.submission)
        return try rows.map { row throws(DatabaseError) in
            let submission = try Submission(row: row)
            return SubmissionView(submission, files: files[submission.id] ?? [], for: .learner)
        }
    }

    fileprivate static func places(_ rows: Rows, progress: Rows) throws(DatabaseError) -> [Place] {
        var lessons: [Enrollment.ID: [LessonProgress]] = [:]
        for row in progress {
            var fields = RowFields(row)
            let enrollment: Enrollment.ID = try fields.next()
            lessons[enrollment, default: []].append(try LessonProgress(fields: &fields))
        }
        return try rows.map { row throws(DatabaseError) in
            let listing = try EnrollmentListing(row: row)
            return Place(listing: listing, lessons: lessons[listing.enrollment.id] ?? [])
        }
    }
}

extension PersonalRecord.Session {
    fileprivate init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        startedAt = try fields.next()
        expiresAt = try fields.next()
        endedAt = try fields.next()
        end = try fields.next()
    }
}

extension PersonalRecord.Vote {
    fileprivate init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        review = try fields.next()
        votedAt = try fields.next()
    }
}

extension PersonalRecord.TaughtCourse {
    fileprivate init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        course = try fields.next()
        title = try fields.next()
        assignedAt = try fields.next()
    }
}

extension PersonalRecord.Import {
    fileprivate init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        course = try fields.next()
        createdAt = try fields.next()
    }
}
