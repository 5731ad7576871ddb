// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSOpenSSLDriver

extension Configuration {
    /// What the API's server is to do.
    ///
    /// - Parameter tls: The certificate, if there is one.
    /// - Returns: The server's configuration.
    func serverConfiguration(tls: TLSContext?) -> HTTPServerConfiguration {
        var server = HTTPServerConfiguration()
        server.host = http.host
        server.port = http.port
        server.maximumConnections = http.maximumConnections
        server.idleTimeout = http.idleTimeout
        server.tls = tls
        return server
    }

    /// How the middleware behaves.
    ///
    /// - Parameter store: Where calls are counted.
    /// - Returns: The settings.
    func pipelineSettings(countingIn store: any RateLimitStore) -> PipelineSettings {
        var settings = PipelineSettings()
        settings.rateLimitStore = store
        settings.trustedProxies = http.trustedProxies
        settings.strictTransport = http.strictTransport
        settings.redirectsToHTTPS = http.redirectsToHTTPS
        settings.rateLimits = rateLimits
        settings.isLogging = logsRequests
        return settings
    }
}
