// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why a course was not imported; nothing of it was stored.
@nonexhaustive
public enum CourseImportError: Error, Sendable, Equatable {
    /// The archive was refused.
    case archive(CourseArchiveError)
    /// There is no `course.xml` at the top or in the only directory at the top.
    case noCourse
    /// A file that holds the course together is not well-formed.
    case malformed(path: String, line: Int, reason: String)
    /// A file that the course cannot do without is not there.
    case missing(path: String)
    /// The course has more of something than a course may have.
    case tooLarge(reason: String)
    /// Its course, or its curriculum, was refused.
    case refused(CourseError)
    /// A quiz of its problems was refused.
    case quizzes(QuizError)
    /// A file of the course could not be stored.
    case files(BlobError)
    /// There is malware in a file of the course.
    case malware(path: String, MalwareName)
    /// A file of the course is longer, or more deeply nested, than what is looked through for malware.
    case unscannable(path: String)
    /// The files of the course were not looked through for malware.
    case scanner(MalwareScannerError)
    /// The tenant has no room for the files of the course.
    case noRoom
    /// There is no such import, or the principal may not know of it.
    case notFound
    /// The database failed.
    case database(DatabaseError)
}

extension CourseImportError: CustomStringConvertible {
    /// What is wrong and where.
    public var description: String {
        switch self {
        case .archive(let error): error.description
        case .noCourse: "there is no course.xml at the top of the archive or in its only top directory"
        case .malformed(let path, let line, let reason): "\(path), line \(line): \(reason)"
        case .missing(let path): "\(path) is missing"
        case .tooLarge(let reason): "the course is too large: \(reason)"
        case .refused(let error): "the course was refused: \(error)"
        case .quizzes(let error): "a quiz was refused: \(error)"
        case .files(let error): "a file of the course could not be stored: \(error)"
        case .malware(let path, _): "there is malware in \(path)"
        case .unscannable(let path): "\(path) cannot be looked through for malware"
        case .scanner: "the malware scanner does not answer"
        case .noRoom: "the tenant has no room for the files of the course"
        case .notFound: "there is no such import"
        case .database(let error): "the database failed: \(error)"
        }
    }
}

extension CourseImportError: FeatureError {
    init(_ error: DatabaseError) {
        self = error == .constraint(.check, name: "file_storage_room_ck") ? .noRoom : .database(error)
    }

    /// Runs steps of several features and tells their errors as this feature's.
    static func running<Result>(_ body: () async throws -> Result) async throws(CourseImportError) -> Result {
        do {
            return try await body()
        } catch let error as CourseImportError {
            throw error
        } catch let error as CourseError {
            if case .database(let cause) = error { throw .database(cause) }
            throw .refused(error)
        } catch let error as QuizError {
            if case .database(let cause) = error { throw .database(cause) }
            throw error == .forbidden ? .refused(.forbidden) : .quizzes(error)
        } catch let error as BlobError {
            throw .files(error)
        } catch let error as MalwareScannerError {
            if case .content(let cause) = error { throw .files(cause) }
            throw .scanner(error)
        } catch let error as KeyError {
            if case .database(let cause) = error { throw .database(cause) }
            throw .files(.unavailable(reason: "the tenant's keys cannot be used"))
        } catch let error as DatabaseError {
            throw CourseImportError(error)
        } catch {
            throw .database(.cancelled)
        }
    }
}
