// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization

/// A Lua script that the server runs as one step.
public struct RedisScript: Sendable {
    let text: StaticString
    private let digest = Digest()

    /// What the server calls it, once that is known.
    private final class Digest: Sendable {
        let name = Mutex<String?>(nil)
    }

    /// Makes a script.
    ///
    /// - Parameter text: The script. It names no key but those that it is given.
    public init(_ text: StaticString) {
        self.text = text
    }

    fileprivate var name: String? {
        get { digest.name.withLock { $0 } }
        nonmutating set { digest.name.withLock { $0 = newValue } }
    }
}

extension Redis {
    /// Runs a script by its digest (`EVALSHA`), and by its text on a server that does not have it.
    ///
    /// - Parameters:
    ///   - script: The script.
    ///   - keys: The keys that it works on, all of one tenant.
    ///   - arguments: What else it is given.
    /// - Returns: Its answer.
    /// - Throws: `RedisError`.
    public func run(
        _ script: RedisScript,
        _ keys: [RedisKey],
        _ arguments: [RedisCommand.Argument] = []
    ) async throws(RedisError) -> RedisValue {
        let rest = [.integer(keys.count)] + keys.map { RedisCommand.Argument.key($0) } + arguments
        if script.name == nil {
            script.name = try await send(RedisCommand("SCRIPT", ["LOAD", .text(script.text.description)])).text
        }
        guard let name = script.name else { throw .malformed }
        do {
            return try await send(RedisCommand("EVALSHA", [.text(name)] + rest))
        } catch RedisError.refused(code: "NOSCRIPT") {
            // A server that was started anew, or another node of a cluster: it keeps what it is shown here.
            return try await send(RedisCommand("EVAL", [.text(script.text.description)] + rest))
        }
    }
}
