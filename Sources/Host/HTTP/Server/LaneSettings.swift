// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSOpenSSLDriver

/// The configuration as a loop uses it: times in ticks, the connections' share of this loop.
struct LaneSettings {
    let limits: HTTPLimits
    let tls: TLSContext?
    let onRefusal: (@Sendable (HTTPRefusal, String) -> Void)?
    let drainLimit: Int
    let maximumConnections: Int
    /// How often deadlines are looked at.
    let tick: Duration
    let headTicks: UInt32
    let bodyIdleTicks: UInt32
    let bodyTicks: UInt32
    let idleTicks: UInt32
    let writeTicks: UInt32
    let lingerTicks: UInt32
    /// When a connection without a request counts as unused.
    let restTicks: UInt32

    init(_ configuration: HTTPServerConfiguration, loops: Int) {
        limits = configuration.limits
        tls = configuration.tls
        onRefusal = configuration.onRefusal
        drainLimit = configuration.drainLimitInBytes
        maximumConnections = max(1, (configuration.maximumConnections + loops - 1) / loops)
        let times = [
            configuration.headTimeout, configuration.bodyIdleTimeout, configuration.bodyTimeout,
            configuration.idleTimeout, configuration.writeTimeout,
        ]
        let shortest = times.min() ?? .seconds(1)
        let tick = min(max(shortest / 8, .milliseconds(5)), .milliseconds(500))
        self.tick = tick
        func ticks(_ time: Duration) -> UInt32 { LaneSettings.ticks(time, of: tick) }
        headTicks = ticks(configuration.headTimeout)
        bodyIdleTicks = ticks(configuration.bodyIdleTimeout)
        bodyTicks = ticks(configuration.bodyTimeout)
        idleTicks = ticks(configuration.idleTimeout)
        writeTicks = ticks(configuration.writeTimeout)
        lingerTicks = ticks(.seconds(2))
        restTicks = ticks(.seconds(1))
    }

    /// How many ticks a time takes, rounded up.
    func ticks(_ time: Duration) -> UInt32 { LaneSettings.ticks(time, of: tick) }

    private static func ticks(_ time: Duration, of tick: Duration) -> UInt32 {
        UInt32(clamping: Int((time / tick).rounded(.up)) + 1)
    }
}
