// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// What a request's head alone says: one object for its whole way, computed where it is asked for.
final class RequestFacts: Sendable {
    let request: HTTPRequest
    /// The request's number in logs and replies, ours or the client's.
    let number: [UInt8]
    /// The trace it belongs to (W3C Trace Context): 32 digits.
    let trace: [UInt8]
    /// Whether the trace is another number than the request's.
    let hasOwnTrace: Bool
    /// The monotonic time when the head was there, in nanoseconds.
    let startedAt: UInt64
    private let proxies: TrustedProxies

    init(_ request: HTTPRequest, numbers: RequestNumbers, proxies: TrustedProxies, at now: UInt64) {
        self.request = request
        self.proxies = proxies
        startedAt = now
        let head = request.head
        // Both names have lengths that few fields have.
        guard head.hasName(ofLengthIn: 1 << 11 | 1 << 12) else {
            trace = numbers.next()
            number = trace
            hasOwnTrace = false
            return
        }
        let given = head.traceID
        trace = given ?? numbers.next()
        let named = head.requestID
        number = named ?? trace
        hasOwnTrace = named != nil
    }

    var head: RequestHead { request.head }
    /// Where it comes from, after trusted proxies.
    var client: ClientAddress { ClientAddress(request, trusting: proxies) }
    /// The client's address alone.
    var clientText: String { proxies.isEmpty ? request.peerAddress : client.text }
    var requestID: String { String(decoding: number, as: UTF8.self) }
    var traceID: String { String(decoding: trace, as: UTF8.self) }

    /// The bytes of the host that it is for, as they were sent; the port may be among them.
    var authority: [UInt8] {
        guard proxies.isEmpty else { return Array(client.host.utf8) }
        return request.head.authorityRange.map { Array(request.head.bytes[$0]) } ?? []
    }
}
