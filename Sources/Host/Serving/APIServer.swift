// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSHTTP
internal import LMSOpenSSLDriver
internal import LMSTenancy
internal import Synchronization

/// The API on its port, the metrics on theirs, and the log on its way out.
///
/// The requests run on `group`; the metrics and the log on another loop, so that a slow reader of either holds up no request.
final class APIServer: Sendable {
    private let pipeline: Pipeline
    private let api: HTTPServer
    private let metrics: HTTPServer?
    private let housekeeping: EventLoopGroup
    private let write: @Sendable ([UInt8]) -> Void
    private let isFlushing = Atomic<Bool>(true)

    /// Puts the servers together; `start()` opens the ports.
    ///
    /// - Parameters:
    ///   - pipeline: Answers the requests.
    ///   - http: What the API's server is to do.
    ///   - metricsPort: The loopback port of the metrics; `nil` for none.
    ///   - group: The loops that requests run on.
    ///   - jobs: What the process's runner counts, if it has one.
    ///   - events: Counts what waits for those who react to events.
    ///   - live: Tells those who watch.
    ///   - write: Takes lines of the log; it may block.
    /// - Throws: `SystemError` if the system has no descriptors or threads left.
    init(
        pipeline: Pipeline,
        http: HTTPServerConfiguration,
        metricsPort: UInt16?,
        group: EventLoopGroup,
        jobs: JobMetrics? = nil,
        events: EventUpkeep? = nil,
        live: LiveHub? = nil,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) throws(SystemError) {
        self.pipeline = pipeline
        self.write = write
        let api = HTTPServer(
            configuration: http,
            group: group,
            handler: pipeline.respond,
            immediate: pipeline.respondFromMemory
        )
        self.api = api
        let housekeeping = try EventLoopGroup(count: 1, name: "housekeeping")
        self.housekeeping = housekeeping
        metrics = metricsPort.map { port in
            var configuration = HTTPServerConfiguration()
            configuration.host = "127.0.0.1"
            configuration.port = port
            configuration.maximumConnections = 64
            let handler = APIServer.metricsHandler(pipeline, api, jobs, events, live)
            return HTTPServer(configuration: configuration, group: housekeeping, handler: handler)
        }
    }

    /// Opens the ports and starts the log.
    ///
    /// - Throws: `HTTPServerError.portInUse` or `.cannotListen`; the API's port is then closed.
    func start() throws(HTTPServerError) {
        try metrics?.start()
        try api.start()
        let loop = housekeeping.loops[0]
        loop.execute { self.flushLater(on: loop) }
    }

    /// The port of the API.
    var port: UInt16 { api.port }

    /// Closes the ports, answers what has begun, and writes the rest of the log.
    ///
    /// - Parameter deadline: How long requests may take.
    /// - Returns: How many connections were cut off.
    func shutdown(deadline: Duration) async -> Int {
        let cut = await api.shutdown(deadline: deadline)
        await metrics?.shutdown(deadline: .seconds(1))
        isFlushing.store(false, ordering: .releasing)
        flush()
        housekeeping.stop()
        return cut
    }

    private func flushLater(on loop: EventLoop) {
        guard isFlushing.load(ordering: .acquiring) else { return }
        _ = loop.schedule(after: .milliseconds(100)) {
            self.flush()
            self.flushLater(on: loop)
        }
    }

    private func flush() {
        let lines = pipeline.recorder.takeLog()
        if !lines.isEmpty { write(lines) }
    }

    private static func metricsHandler(
        _ pipeline: Pipeline,
        _ api: HTTPServer,
        _ jobs: JobMetrics?,
        _ events: EventUpkeep?,
        _ live: LiveHub?
    ) -> HTTPHandler {
        { request in
            guard request.method == .get, request.path == "/metrics" else { return HTTPResponse(status: .notFound) }
            var text = PrometheusText(
                routes: pipeline.router.routes,
                counts: pipeline.recorder.counts,
                tenants: pipeline.sites.tallies,
                server: api.statistics
            ).text
            if let jobs { text += PrometheusText.text(of: jobs) }
            if let events { text += PrometheusText.text(of: events.backlog, at: WallClock.system.now()) }
            if let live { text += PrometheusText.text(of: live.counts) }
            var response = HTTPResponse(status: .ok, body: .bytes(Array(text.utf8)))
            response.fields.append(.contentType, "text/plain; version=0.0.4; charset=utf-8")
            return response
        }
    }
}
