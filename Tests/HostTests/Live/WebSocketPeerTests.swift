// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSHTTP
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Our server with the clients of others, over the cases of RFC 6455.
@Suite(.timeLimit(.minutes(5))) struct WebSocketPeerTests {
    @Test func `wsproto and websockets agree with us on every case`() async throws {
        let installation = try await TestInstallation.shared
        var configuration = HTTPServerConfiguration()
        configuration.port = 0
        let server = HTTPServer(configuration: configuration, group: installation.loops, handler: Self.echo)
        try server.start()
        let python = try PeerPrograms.installed("python3")
        let script = PeerPrograms.file("Tests/Peers/websocket_cases.py")
        let port = server.port
        let result = try Program.run(python, [script, "\(port)"])
        await server.shutdown(deadline: .zero)
        #expect(result.status == 0, "\(result.text.prefix(4_000))")
        #expect(result.text.contains(" cases with wsproto, 0 failed"))
        #expect(result.text.contains("conversation with websockets, 0 failed"))
    }

    private static let echo: HTTPHandler = { request in
        do throws(WebSocketUpgrade.Refusal) {
            let upgrade = try WebSocketUpgrade(request)
            let agreement = WebSocketAgreement(to: upgrade, subprotocol: upgrade.protocols.first) { socket in
                while let message = await socket.receive() {
                    switch message {
                    case .text("stop"): return
                    case .text(let text): socket.send(text)
                    case .binary(let bytes): socket.send(binary: bytes)
                    }
                }
            }
            return HTTPResponse(status: .ok, body: .webSocket(agreement))
        } catch {
            return HTTPResponse(status: 426)
        }
    }
}
