// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSEventLoop
internal import Synchronization

/// Answers a request; called on the event loop of the request's connection.
public typealias HTTPHandler = @Sendable (HTTPRequest) async -> HTTPResponse

/// Answers a request that needs nothing but memory, or leaves it to the handler; called before it on the same loop.
///
/// It saves the task of an asynchronous handler. The response's content is at hand: a stream is left to the handler.
public typealias HTTPImmediateHandler = @Sendable (HTTPRequest) -> HTTPResponse?

/// A strict HTTP/1.1 server: one listener per event loop, each connection for its whole life on the loop that had the fewest.
public final class HTTPServer: Sendable {
    private let configuration: HTTPServerConfiguration
    private let group: EventLoopGroup
    private let handler: HTTPHandler
    private let immediate: HTTPImmediateHandler?
    private let state = Mutex<State>(.fresh)
    private let counters = HTTPCounters()

    private enum State {
        case fresh
        case started(lanes: [Lane], port: UInt16)
        case stopped
    }

    /// Makes a server; `start()` opens the port.
    ///
    /// - Parameters:
    ///   - configuration: What it is to do.
    ///   - group: The loops it runs on.
    ///   - handler: Answers the requests. It is called once the head is there; the body is read as it asks for it.
    ///   - immediate: Is asked first, and may leave a request to the handler.
    public init(
        configuration: HTTPServerConfiguration,
        group: EventLoopGroup,
        handler: @escaping HTTPHandler,
        immediate: HTTPImmediateHandler? = nil
    ) {
        self.configuration = configuration
        self.group = group
        self.immediate = immediate
        self.handler = handler
    }

    /// Opens the port on all loops; resolving a host name blocks.
    ///
    /// - Throws: `HTTPServerError.portInUse` or `.cannotListen`; nothing listens then.
    public func start() throws(HTTPServerError) {
        // SO_REUSEPORT lets a second process of the same user share the port without a word, so an exclusive listener asks first.
        var port = configuration.port
        if port != 0 {
            var probe = try listen(port, .exclusive)
            probe.close()
        }
        var lanes: [Lane] = []
        for loop in group.loops {
            let listener = try listen(port, .shared)
            port = listener.port
            let settings = LaneSettings(configuration, loops: group.loops.count)
            lanes.append(
                Lane(
                    loop: loop,
                    settings: settings,
                    handler: handler,
                    immediate: immediate,
                    counters: counters,
                    listener: listener
                )
            )
        }
        let isFirst = state.withLock { state in
            guard case .fresh = state else { return false }
            state = .started(lanes: lanes, port: port)
            return true
        }
        guard isFirst else { throw .alreadyStarted }
        for lane in lanes { lane.loop.execute { [lanes] in lane.open(among: lanes) } }
    }

    /// The port it listens on; 0 before `start()`.
    public var port: UInt16 {
        state.withLock { state in
            if case .started(_, let port) = state { return port }
            return 0
        }
    }

    /// What the server has done and holds.
    public var statistics: HTTPStatistics { counters.snapshot }

    /// Stops in order: closes the port, answers every request that has begun, then closes the connections.
    ///
    /// - Parameter deadline: How long requests may take; what is not answered then is cut off.
    /// - Returns: How many connections were cut off.
    @discardableResult
    public func shutdown(deadline: Duration) async -> Int {
        let lanes = state.withLock { state in
            defer { state = .stopped }
            if case .started(let lanes, _) = state { return lanes }
            return []
        }
        // All ports first: a connection that one loop closes must not come back to another.
        for lane in lanes { await lane.stopListening() }
        for lane in lanes { lane.loop.execute { lane.drain(deadline: deadline) } }
        var cut = 0
        for lane in lanes { cut += await lane.drained() }
        return cut
    }

    private func listen(_ port: UInt16, _ sharing: Listener.Sharing) throws(HTTPServerError) -> Listener {
        do {
            return try Listener(host: configuration.host, port: port, sharing: sharing)
        } catch {
            if error.isAddressInUse { throw .portInUse(host: configuration.host, port: port) }
            throw .cannotListen(host: configuration.host, port: port, error)
        }
    }
}
