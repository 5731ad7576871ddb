// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// How the middleware behaves.
struct PipelineSettings: Sendable {
    var trustedProxies = TrustedProxies.none
    /// Whether browsers are told to come back over TLS only.
    var strictTransport = false
    /// Whether plain HTTP is answered with the same address under https.
    var redirectsToHTTPS = false
    var rateLimits: RateLimits? = RateLimits()
    /// Where calls are counted against them.
    var rateLimitStore: any RateLimitStore = RateLimitMemory()
    var isLogging = true
    /// From how many bytes on replies are compressed.
    var compressionThreshold = 1024
}
