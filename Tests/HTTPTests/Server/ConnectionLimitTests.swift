// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSHTTP
import Testing

@Suite struct ConnectionLimitTests {
    @Test func `connections beyond the limit wait until there is room`() async throws {
        try await withServer {
            $0.maximumConnections = 2
        } _: { server in
            var waiting: [RawClient] = []
            for _ in 0..<8 {
                let client = try await RawClient.connect(server.port)
                await client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                waiting.append(client)
            }
            await waiting[7].wait(.milliseconds(100)) { !$0.isEmpty }
            #expect(server.statistics.openConnections <= 2)
            var served = 0
            while !waiting.isEmpty {
                var still: [RawClient] = []
                for client in waiting {
                    if await client.wait(.milliseconds(20), until: { !$0.isEmpty }) == .satisfied {
                        served += 1
                        await client.close()
                    } else {
                        still.append(client)
                    }
                }
                waiting = still
            }
            #expect(served == 8)
        }
    }
}
