// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSRedisDriver
internal import LMSTenancy

extension Configuration {
    /// The Redis that the processes of an installation share.
    struct Redis: Sendable {
        /// Where it is, and the limits.
        let client: RedisConfiguration
    }
}

extension Configuration.Redis {
    /// Reads the settings; `nil` if there is no Redis.
    init?(_ reader: inout EnvironmentReader) {
        let url = reader.secret("REDIS_URL")
        let certificateFile = reader.text("LMS_REDIS_CA_FILE")
        let timeout = reader.integer("LMS_REDIS_TIMEOUT_MILLISECONDS", 10...10_000, default: 500)
        guard let url else { return nil }
        guard let address = RedisAddress(url.reveal()) else {
            reader.refuse("REDIS_URL must be like redis://user:password@host:6379/0, or rediss://… with TLS")
            return nil
        }
        var client = RedisConfiguration(address: address)
        client.certificateFile = certificateFile
        client.commandTimeout = .milliseconds(timeout)
        self.client = client
    }

    /// Where it is, to be shown.
    var place: String { client.address.description }

    /// What must not be in production.
    var productionProblems: [String] {
        let address = client.address
        guard !address.isOnThisMachine else { return [] }
        var problems: [String] = []
        if !address.isEncrypted {
            problems.append("REDIS_URL must not send data in the clear: use rediss://, or a server on this machine")
        }
        if Configuration.isGuessable(address.password ?? Secret("")) {
            problems.append("REDIS_URL has no password, or one that is too short or well known")
        }
        return problems
    }
}

extension RedisAddress {
    fileprivate var isOnThisMachine: Bool { ["127.0.0.1", "::1", "localhost"].contains(host) }
}
