// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about uploads was refused.
@nonexhaustive
public enum UploadError: Error, Sendable, Equatable {
    /// There is no such upload, or it is somebody else's.
    case notFound
    /// There is no such course, or the principal may not know that there is.
    case courseNotFound
    /// The principal may see the course and may not upload this to it.
    case forbidden
    /// The upload was not gone on with in time and is over.
    case expired
    /// All of it was received already.
    case closed
    /// Another request appends to it at this moment.
    case busy
    /// It goes on elsewhere: this much was received.
    case offsetMismatch(received: Int)
    /// Not all of it is there yet.
    case unfinished
    /// It is sent to the store and not to us.
    case direct
    /// Nothing is sent to the store here: the operator has not allowed it, or the store takes nothing from others.
    case directOff
    /// The store takes no file of this length in one request.
    case tooLargeForStorage
    /// More was sent than was announced.
    case tooMuch
    /// The bytes are not those that the request's checksum is of; none of them is kept.
    case checksumMismatch
    /// The file is longer than files for this use may be.
    case tooLarge
    /// The tenant has no room for it.
    case noRoom
    /// The principal has as many uploads that go on as one may have.
    case tooMany
    /// The name's ending is none of those that are taken for this use.
    case typeNotAllowed
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// This installation cannot tell files apart, so it takes none.
    case notBuilt
    /// The content ended before its end: the client is gone, or too slow.
    case interrupted
    /// The file was not looked through for malware, so there is none yet.
    case scanner(MalwareScannerError)
    /// The store failed.
    case store(BlobError)
    /// The tenant's keys cannot be used.
    case keys(KeyError)
    /// The database failed.
    case database(DatabaseError)
}

extension UploadError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, name: "file_storage_room_ck"): self = .noRoom
        case .constraint(.check, name: "uploads_use_limit_ck"): self = .tooLarge
        case .constraint(.check, name: "uploads_open_ck"): self = .tooMany
        case .constraint(.check, name: "uploads_staged_id_ck"): self = .tooLargeForStorage
        case .constraint(.check, let name): self = .invalid(constraint: name)
        case .constraint(.foreignKey, name: "uploads_course_id_fk"): self = .courseNotFound
        default: self = .database(error)
        }
    }

    init(any error: any Error) {
        switch error {
        case let error as UploadError: self = error
        case let error as DatabaseError: self = UploadError(error)
        case let error as KeyError: self = .keys(error)
        case MalwareScannerError.content(let error): self = UploadError(any: error)
        case let error as MalwareScannerError: self = .scanner(error)
        case BlobError.interrupted: self = .interrupted
        case let error as BlobError: self = .store(error)
        default: self = .database(.cancelled)
        }
    }
}
