// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import LMSTestSupport

@testable import LMSHost

/// A WebSocket's client: sends texts, reads frames that are not fragmented.
struct TestSocket {
    let client: LiveClient

    /// What asks for a WebSocket.
    static let handshake = [
        "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]

    func send(_ json: String) async {
        await client.send(TestSocket.frame(0x81, Array(json.utf8)))
    }

    static func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let mask: [UInt8] = [1, 2, 3, 4]
        let length: [UInt8] =
            payload.count < 126
            ? [0x80 | UInt8(payload.count)] : [0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        return [first] + length + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
    }

    /// The texts that came.
    var texts: [JSONValue] {
        get async { TestSocket.read(await client.bytes).texts }
    }

    /// The code that it was closed with.
    var closeCode: Int? {
        get async { TestSocket.read(await client.bytes).code }
    }

    /// Waits for a text that satisfies a condition.
    ///
    /// - Returns: The first that does.
    func first(
        _ limit: Duration = .seconds(20),
        where condition: @escaping @Sendable (JSONValue) -> Bool
    ) async -> JSONValue? {
        await client.wait(limit) { TestSocket.read($0).texts.contains(where: condition) }
        return await texts.first(where: condition)
    }

    /// Waits for a text of a type.
    func first(_ type: String, _ limit: Duration = .seconds(20)) async -> JSONValue? {
        await first(limit) { $0["type"]?.text == type }
    }

    func waitForClose() async -> Int? {
        await client.wait { TestSocket.read($0).code != nil }
        return await closeCode
    }

    private static func read(_ received: [UInt8]) -> (texts: [JSONValue], code: Int?) {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return ([], nil) }
        var texts: [JSONValue] = []
        var rest = received[end.upperBound...]
        while rest.count >= 2 {
            let opcode = rest[rest.startIndex] & 15
            var length = Int(rest[rest.startIndex + 1])
            var head = 2
            if length == 126 {
                guard rest.count >= 4 else { break }
                length = Int(rest[rest.startIndex + 2]) << 8 | Int(rest[rest.startIndex + 3])
                head = 4
            }
            guard rest.count >= head + length else { break }
            let payload = Array(rest.dropFirst(head).prefix(length))
            if opcode == 8 { return (texts, payload.count < 2 ? 1_005 : Int(payload[0]) << 8 | Int(payload[1])) }
            do {
                if opcode == 1 { texts.append(try JSONValue.parse(payload)) }
            } catch {
                texts.append(.null)
            }
            rest = rest.dropFirst(head + length)
        }
        return (texts, nil)
    }
}

extension LiveHost {
    /// Opens a WebSocket.
    func socket(
        _ target: String = "/api/v1/ws",
        to tenant: TestTenant,
        token: String? = nil,
        fields: [String] = []
    ) async throws -> TestSocket {
        TestSocket(client: try await listen(target, to: tenant, token: token, fields: TestSocket.handshake + fields))
    }
}
