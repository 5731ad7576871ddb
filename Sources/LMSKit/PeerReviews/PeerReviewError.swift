// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Why something about peers' reviews was refused.
@nonexhaustive
public enum PeerReviewError: Error, Sendable, Equatable {
    /// Something about the assignment, the submission or the course.
    case assignment(AssignmentError)
    /// There is no such review, or none that is theirs to know; or learners do not review each other's work there.
    case notFound
    /// Nobody of that identifier has a place in the course that counts.
    case reviewerNotFound
    /// The submission is no example.
    case exampleNotFound
    /// It was drawn who reviews what, so this stays.
    case allocated
    /// It was not drawn yet who reviews what.
    case notAllocated
    /// The assignment is due later.
    case tooEarly
    /// Nothing was handed in that somebody else could review.
    case tooFew
    /// There are as many as may be.
    case tooMany(limit: Int)
    /// Reviews would be due before the assignment is.
    case dueTooEarly
    /// Reviews are not taken any more.
    case closed
    /// Reviews are still taken.
    case stillOpen
    /// The reviewer has examples to review first.
    case calibrationNeeded
    /// It was completed, so it stays as it is.
    case completed
    /// It is not completed.
    case notCompleted
    /// It was cancelled.
    case cancelled
    /// There is nothing given to complete.
    case empty
    /// Nobody reviews their own work.
    case ownWork
    /// The submission is an example, which the peers do not review besides.
    case isExample
    /// What the peers give is only shown.
    case advisory
    /// No review of it counts.
    case noResult
    /// The database failed.
    case database(DatabaseError)
}

extension PeerReviewError: FeatureError {
    init(_ error: DatabaseError) {
        if case .constraint(.check, let name) = error {
            self = .assignment(.invalid(constraint: name))
        } else {
            self = .database(error)
        }
    }

    /// As `translating`, for what also asks about the assignment.
    static func telling<Result>(_ body: () async throws -> Result) async throws(Self) -> Result {
        do {
            return try await body()
        } catch let error as Self {
            throw error
        } catch let error as AssignmentError {
            throw .assignment(error)
        } catch let error as DatabaseError {
            throw Self(error)
        } catch {
            throw .database(.cancelled)
        }
    }
}
