// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Why something about a medium was refused.
@nonexhaustive
public enum MediaError: Error, Sendable, Equatable {
    /// There is no such medium or file of one, or the principal may not know that there is.
    case notFound
    /// There is no such lesson, or the principal may not know that there is.
    case lessonNotFound
    /// The lesson's course has no such file.
    case fileNotFound
    /// The principal may see it and may not do this.
    case forbidden
    /// The lesson is for those who are enrolled, and the course is free to enroll in.
    case enrollmentNeeded
    /// The lesson is for those who have paid for the course.
    case paymentNeeded
    /// The lesson is not released to the learner; when it will be, if that is known.
    case notYetAvailable(Date?)
    /// The lesson has this medium of the file already.
    case alreadyMade
    /// A lesson has at most this many media, and a medium captions in at most this many languages.
    case tooMany(limit: Int)
    /// The tenant has no room for it.
    case noRoom
    /// It cannot be played yet.
    case notReady
    /// A medium was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// The captions are no WebVTT that is taken.
    case invalidCaptions(line: Int)
    /// Nothing makes media here.
    case notBuilt
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// Bytes could not be stored or read.
    case store(BlobError)
    /// A key could not be used.
    case keys(KeyError)
    /// The database failed.
    case database(DatabaseError)
}

extension MediaError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, name: "file_storage_room_ck"): self = .noRoom
        case .constraint(.check, let name): self = .invalid(constraint: name)
        case .constraint(.unique, name: "media_lesson_id_file_id_uq"): self = .alreadyMade
        default: self = .database(error)
        }
    }
}

extension MediaError {
    init(any error: any Error) {
        switch error {
        case let error as MediaError: self = error
        case let error as DatabaseError: self.init(error)
        case let error as BlobError: self = .store(error)
        case let error as KeyError: self = .keys(error)
        case let error as CourseError: self.init(error)
        default: self = .database(.cancelled)
        }
    }

    /// Why a lesson may not be read.
    init(_ error: CourseError) {
        switch error {
        case .enrollmentNeeded: self = .enrollmentNeeded
        case .paymentNeeded: self = .paymentNeeded
        case .notYetAvailable(let instant): self = .notYetAvailable(instant)
        case .forbidden: self = .forbidden
        case .database(let error): self = .database(error)
        default: self = .notFound
        }
    }
}
