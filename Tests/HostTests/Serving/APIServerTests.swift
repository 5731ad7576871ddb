// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSHTTP
internal import LMSTenancy
internal import Synchronization
internal import Testing

@testable import LMSHost

@Suite struct APIServerTests {
    @Test func `the API answers on its socket, and its log comes out`() async throws {
        let log = Lines()
        let group = try EventLoopGroup(count: 1)
        let host = try TestHost(routes: SystemRoutes(version: "1", checkComponents: { [] }).routes)
        var configuration = HTTPServerConfiguration()
        configuration.port = 0
        let server = try APIServer(
            pipeline: host.pipeline,
            http: configuration,
            metricsPort: nil,
            group: group,
            write: { bytes in log.text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
        )
        try server.start()
        let reply = try RawHTTP.send(
            "GET /api/v1/tenant HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\n\r\n",
            to: server.port
        )
        #expect(reply.hasPrefix("HTTP/1.1 200"))
        #expect(reply.contains(#""slug":"acme""#))
        #expect(await server.shutdown(deadline: .seconds(1)) == 0)
        #expect(log.text.withLock { $0 }.contains(#""route":"/api/v1/tenant","status":200"#))
        group.stop()
        group.join()
    }

    @Test func `metrics count requests by route and tenant`() async throws {
        let host = try TestHost(routes: Sample.routes)
        for target in ["/api/v1/samples", "/api/v1/samples", "/nothing"] { _ = try await host.send("GET", target) }
        let text = PrometheusText(
            routes: host.pipeline.router.routes,
            counts: host.pipeline.recorder.counts,
            tenants: host.pipeline.sites.tallies,
            server: nil
        ).text
        #expect(text.contains(#"lms_http_requests_total{method="GET",route="/api/v1/samples",status="2xx"} 2"#))
        #expect(text.contains(#"lms_http_requests_total{method="",route="",status="4xx"} 1"#))
        #expect(text.contains(#"lms_http_request_duration_seconds_count{method="GET",route="/api/v1/samples"} 2"#))
        #expect(text.contains("lms_tenant_requests_total{tenant="))
    }
}

private final class Lines: Sendable {
    let text = Mutex("")
}
