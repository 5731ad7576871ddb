// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// What is known about a request while it is answered.
struct Call {
    let requestID: String
    let traceID: String
    let client: ClientAddress
    /// The monotonic time when the head was there, in nanoseconds.
    let startedAt: UInt64
    /// The route's position in the table, or -1.
    var route = -1
    var tenant: Tenant?
    var rate: RateVerdict?
    /// The code of the problem that it ended with.
    var code: String?

    init(_ request: HTTPRequest, numbers: RequestNumbers, proxies: TrustedProxies, at now: UInt64) {
        startedAt = now
        client = ClientAddress(request, trusting: proxies)
        let given = request.head.requestID
        let trace = request.head.traceID
        traceID = trace ?? numbers.next()
        requestID = given ?? traceID
    }
}

/// How the middleware behaves.
struct PipelineSettings: Sendable {
    var trustedProxies = TrustedProxies.none
    /// Whether browsers are told to come back over TLS only.
    var strictTransport = false
    /// Whether plain HTTP is answered with the same address under https.
    var redirectsToHTTPS = false
    var rateLimits: RateLimits? = RateLimits()
    var isLogging = true
    /// From how many bytes on replies are compressed.
    var compressionThreshold = 1024
}
