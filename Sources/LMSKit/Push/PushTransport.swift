// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Hands messages to push services.
public protocol PushTransport: Sendable {
    /// Hands one message over, for one device.
    ///
    /// - Parameters:
    ///   - notice: What it tells.
    ///   - target: The device.
    ///   - account: Who sends, of the same kind as the device.
    /// - Returns: What became of it.
    func send(_ notice: PushNotice, to target: PushTarget, as account: PushAccount) async -> PushResult

    /// Asks the service whether it takes messages from an account; sends nothing to anybody.
    ///
    /// - Parameter account: Who would send.
    /// - Returns: `.delivered` if it does.
    func check(_ account: PushAccount) async -> PushResult
}

/// What became of a message.
public enum PushResult: Sendable, Hashable {
    /// The service took responsibility for it.
    case delivered
    /// The device is none any more: its subscription is to be deleted.
    case gone
    /// The service takes no message of this length.
    case tooLarge
    /// The service asks to wait for so many seconds.
    case retryAfter(seconds: Int)
    /// It will not be taken as things are, with the service's own word for why: 64 ASCII characters at most.
    case rejected(code: String)
    /// There was no answer, or the service failed: it may be taken later.
    case failed(reason: String)
}

extension PushResult {
    /// The name in the database and in replies.
    public var name: String {
        switch self {
        case .delivered: "delivered"
        case .gone: "gone"
        case .tooLarge: "too_large"
        case .retryAfter: "retry_after"
        case .rejected: "rejected"
        case .failed: "failed"
        }
    }

    /// The service's word, or why there was none.
    public var code: String? {
        switch self {
        case .rejected(let code), .failed(let code): code
        default: nil
        }
    }

    /// Whether trying again may help.
    var isTransient: Bool {
        switch self {
        case .retryAfter, .failed: true
        case .delivered, .gone, .tooLarge, .rejected: false
        }
    }

    /// A service's word, if it is one: what a stranger writes must not reach logs as it is.
    static func rejected(_ word: String?, status: Int) -> PushResult {
        let isWord = word.map { (1...64).contains($0.utf8.count) && $0.utf8.allSatisfy(\.isWordByte) }
        return .rejected(code: isWord == true ? word ?? "\(status)" : "http_\(status)")
    }

    /// Why there is no reply.
    init(_ error: OutgoingError) {
        switch error {
        case .malformed: self = .rejected(code: "malformed")
        case .refusedAddress: self = .rejected(code: "address_not_allowed")
        case .untrusted: self = .failed(reason: "untrusted")
        case .timedOut: self = .failed(reason: "timed_out")
        case .busy: self = .failed(reason: "busy")
        case .unavailable: self = .failed(reason: "not_built")
        case .unreachable: self = .failed(reason: "unreachable")
        case .tooLarge, .broken: self = .failed(reason: "broken")
        case .cancelled: self = .failed(reason: "cancelled")
        }
    }

    /// A reply that asks to come later: 429, or a failure of the service, perhaps with a time.
    init?(waitingAfter response: OutgoingResponse) {
        guard response.status == 429 || response.status == 408 || response.status >= 500 else { return nil }
        if let wait = response.retryAfter {
            self = .retryAfter(seconds: wait)
        } else {
            self = response.status == 429 ? .retryAfter(seconds: 60) : .failed(reason: "http_\(response.status)")
        }
    }
}

extension OutgoingResponse {
    /// `Retry-After` in seconds (RFC 9110 §10.2.3), a day at most; `nil` for a date, which no push service sends.
    var retryAfter: Int? {
        field("retry-after").flatMap { Int($0) }.map { min(max($0, 1), 86_400) }
    }
}

extension UInt8 {
    /// Whether it is a letter, a digit, `-` or `_`.
    var isWordByte: Bool { isNameByte || (0x41...0x5A).contains(self) || self == UInt8(ascii: "_") }
}
