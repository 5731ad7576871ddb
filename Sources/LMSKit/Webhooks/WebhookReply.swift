// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What an endpoint made of an attempt.
struct WebhookReply: Sendable {
    /// What follows from it.
    enum Verdict: Sendable, Equatable {
        case taken
        /// The endpoint wants nothing any more.
        case gone
        /// To be tried again; `wait` is what the endpoint asked for, and `isOverloaded` says to leave it alone meanwhile.
        case failed(wait: TimeInterval?, isOverloaded: Bool)
    }

    let verdict: Verdict
    let status: Int?
    let error: String?
    let text: String?

    /// How much of a reply is kept.
    static let limit = 2_000

    init(_ response: OutgoingResponse, at now: Date) {
        status = response.status
        error = nil
        text = WebhookReply.text(response.body)
        verdict =
            switch response.status {
            case 200...299: .taken
            case 410: .gone
            case 429, 502, 503, 504:
                .failed(wait: WebhookSchedule.wait(response.field("retry-after"), at: now), isOverloaded: true)
            default: .failed(wait: nil, isOverloaded: false)
            }
    }

    /// What it means that there was no reply; `nil` if nothing was tried.
    init?(_ failure: OutgoingError) {
        switch failure {
        case .malformed: error = "malformed_address"
        case .refusedAddress: error = "address_refused"
        case .unreachable: error = "unreachable"
        case .untrusted: error = "certificate_refused"
        case .timedOut: error = "timed_out"
        case .tooLarge: error = "reply_too_large"
        case .broken: error = "connection_broken"
        case .busy, .cancelled, .unavailable: return nil
        }
        (status, text) = (nil, nil)
        verdict = .failed(wait: nil, isOverloaded: false)
    }

    /// The beginning of a reply as text: what is no UTF-8, or moves the cursor of whoever looks at it, is replaced.
    static func text(_ bytes: [UInt8]) -> String? {
        guard !bytes.isEmpty else { return nil }
        var text = String.UnicodeScalarView()
        for scalar in String(decoding: bytes.prefix(4 * limit), as: UTF8.self).unicodeScalars.prefix(limit) {
            let isKept =
                scalar == "\n" || scalar == "\t"
                || !(scalar.properties.generalCategory == .control
                    || scalar.properties.generalCategory == .format)
            text.append(isKept ? scalar : "\u{FFFD}")
        }
        return String(text)
    }
}
