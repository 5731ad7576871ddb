// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Why a request is answered by the server itself; the connection is closed after each of them.
@nonexhaustive
public enum HTTPRefusal: String, Error, Sendable, Hashable, CaseIterable {
    case badRequestLine = "MALFORMED_REQUEST_LINE"
    case badTarget = "MALFORMED_TARGET"
    case badField = "MALFORMED_FIELD"
    case bareLineEnd = "BARE_LINE_END"
    case foldedField = "FOLDED_FIELD"
    case badHost = "MALFORMED_HOST"
    case conflictingFraming = "CONFLICTING_FRAMING"
    case badContentLength = "MALFORMED_CONTENT_LENGTH"
    case badTransferEncoding = "MALFORMED_TRANSFER_ENCODING"
    case badChunk = "MALFORMED_CHUNK"
    case badTrailer = "MALFORMED_TRAILER"
    case headTimeout = "REQUEST_TIMEOUT"
    case contentTooLarge = "CONTENT_TOO_LARGE"
    case targetTooLong = "URI_TOO_LONG"
    case unknownExpectation = "EXPECTATION_FAILED"
    case headTooLarge = "HEAD_TOO_LARGE"
    case tooManyFields = "TOO_MANY_FIELDS"
    case methodTooLong = "METHOD_TOO_LONG"
    case connect = "CONNECT_NOT_IMPLEMENTED"
    case unknownTransferCoding = "UNKNOWN_TRANSFER_CODING"
    case unsupportedVersion = "HTTP_VERSION_NOT_SUPPORTED"

    /// The status it is answered with.
    public var status: HTTPStatus {
        switch self {
        case .badRequestLine, .badTarget, .badField, .bareLineEnd, .foldedField, .badHost, .conflictingFraming,
            .badContentLength, .badTransferEncoding, .badChunk, .badTrailer:
            400
        case .headTimeout: 408
        case .contentTooLarge: 413
        case .targetTooLong: 414
        case .unknownExpectation: 417
        case .headTooLarge, .tooManyFields: 431
        case .methodTooLong, .connect, .unknownTransferCoding: 501
        case .unsupportedVersion: 505
        }
    }
}
