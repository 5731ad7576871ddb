// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSOpenSSLDriver
internal import LMSTenancy

/// A server's host and port.
struct RedisEndpoint: Hashable, Sendable {
    let host: String
    let port: UInt16
}

/// What all connections of a client have in common.
struct RedisSettings: Sendable {
    let configuration: RedisConfiguration
    let sidePool: SidePool
    let tls: TLSClientContext?

    init(_ configuration: RedisConfiguration, sidePool: SidePool) throws(TLSError) {
        self.configuration = configuration
        self.sidePool = sidePool
        tls = configuration.address.isEncrypted ? try TLSClientContext(trusting: configuration.certificateFile) : nil
    }

    var seed: RedisEndpoint { RedisEndpoint(host: configuration.address.host, port: configuration.address.port) }

    /// What is said first on a connection; each is answered with something other than a refusal.
    var greeting: [RedisCommand] {
        var hello: [RedisCommand.Argument] = [.integer(2)]
        if let password = configuration.address.password {
            hello += ["AUTH", .text(configuration.address.user ?? "default"), .text(password.reveal())]
        }
        let name = configuration.name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        var commands = [RedisCommand("HELLO", hello + ["SETNAME", .text(name)])]
        if configuration.address.database != 0 {
            commands.append(RedisCommand("SELECT", [.integer(configuration.address.database)]))
        }
        return commands
    }

    /// How long to wait after so many failed attempts.
    func retryDelay(after failures: Int) -> Duration {
        let shortest = configuration.retryDelays.lowerBound
        let longest = configuration.retryDelays.upperBound
        let doubled = shortest * (1 << min(max(failures - 1, 0), 16))
        return min(doubled, longest) * Double.random(in: 0.75...1.25)
    }
}
