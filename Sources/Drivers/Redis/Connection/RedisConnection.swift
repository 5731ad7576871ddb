// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSOpenSSLDriver
internal import LMSTenancy

/// Who uses a connection; told on its loop.
protocol RedisConnectionOwner: AnyObject {
    /// It is signed in.
    func opened(_ connection: RedisConnection)
    /// An answer, or what the server said on its own.
    func received(_ value: RedisValue, on connection: RedisConnection)
    /// It is over; told once.
    func ended(_ connection: RedisConnection, _ reason: RedisConnectionError)
}

/// One connection to one server: connects, proves the server, signs in, then moves bytes.
///
/// SAFETY: confined to its loop; other threads only post closures to it.
final class RedisConnection: EventHandler, TurnEndHandler, @unchecked Sendable {
    private enum Phase {
        case resolving
        case connecting
        case securing
        case greeting(left: Int)
        case ready
        case over
    }

    let loop: EventLoop
    let endpoint: RedisEndpoint
    private let settings: RedisSettings
    private weak var owner: (any RedisConnectionOwner)?
    private var phase = Phase.resolving
    private var socket = Socket(owning: -1)
    private var registration: Registration?
    private var tls: TLSConnection?
    private var reader: ReplyReader
    private var output = CommandBuffer()
    private var openTimer: LoopTimer?
    private var addresses: ArraySlice<String> = []
    private var isFlushing = false
    private var buffer = [UInt8](repeating: 0, count: 16 * 1024)

    init?(
        to endpoint: RedisEndpoint,
        on loop: EventLoop,
        _ settings: RedisSettings,
        for owner: any RedisConnectionOwner
    ) {
        guard let reader = ReplyReader(limitInBytes: settings.configuration.replyLimitInBytes) else { return nil }
        self.reader = reader
        self.loop = loop
        self.endpoint = endpoint
        self.settings = settings
        self.owner = owner
    }

    var unsentBytes: Int { output.count }
    private var isOver: Bool { if case .over = phase { true } else { false } }

    // MARK: Opening

    /// Begins to connect; the owner is told how it went, in a later turn.
    func open() {
        openTimer = loop.schedule(after: settings.configuration.connectTimeout) { [weak self] in
            self?.openTimer = nil
            self?.end(.timedOut)
        }
        let host = endpoint.host
        if NetworkAddress(host) != nil {
            loop.execute { self.connect(to: [host]) }
            return
        }
        let loop = loop
        let isAccepted = settings.sidePool.submit {
            let found = Result { () throws(SystemError) in try HostName.addresses(of: host) }
            loop.execute {
                switch found {
                case .success(let addresses): self.connect(to: addresses)
                case .failure: self.end(.unreachable(reason: "the host name does not resolve"))
                }
            }
        }
        if !isAccepted { loop.execute { self.end(.unreachable(reason: "too much is being looked up")) } }
    }

    private func connect(to addresses: [String]) {
        guard case .resolving = phase else { return }
        self.addresses = addresses[...]
        connectToNext("no address")
    }

    private func connectToNext(_ reason: String) {
        registration?.cancel()
        registration = nil
        socket.close()
        guard let address = addresses.popFirst() else { return end(.unreachable(reason: reason)) }
        phase = .connecting
        do throws(SystemError) {
            socket = try Socket.connect(to: address, port: endpoint.port)
            registration = try loop.register(socket.descriptor, for: [.read, .write, .edgeTriggered], self)
        } catch {
            connectToNext(error.description)
        }
    }

    private func connected() {
        socket.setNoDelay()
        guard let context = settings.tls else { return greet() }
        do throws(TLSError) {
            tls = try TLSConnection(context: context, host: endpoint.host, descriptor: socket.descriptor)
            phase = .securing
            secure()
        } catch {
            end(.insecure)
        }
    }

    private func secure() {
        switch tls?.handshake() {
        case .moved: greet()
        case .wouldBlock: break
        case .ended, .failed, nil: end(.insecure)
        }
    }

    private func greet() {
        let greeting = settings.greeting
        phase = .greeting(left: greeting.count)
        for command in greeting where !send(command) { return end(.malformed) }
        flush()
    }

    private func greeted(_ value: RedisValue, left: Int) {
        if case .error(let code) = value { return end(.refused(code: code)) }
        guard left == 1 else {
            phase = .greeting(left: left - 1)
            return
        }
        phase = .ready
        if let openTimer { loop.cancel(openTimer) }
        openTimer = nil
        owner?.opened(self)
    }

    // MARK: Moving bytes

    /// Queues a command, which leaves when this turn ends; whether there was memory for it.
    func send(_ command: RedisCommand) -> Bool {
        guard !isOver, output.append(command) else { return false }
        if !isFlushing {
            isFlushing = true
            loop.atTurnEnd(self)
        }
        return true
    }

    func turnDidEnd() {
        isFlushing = false
        flush()
    }

    func handle(_ events: Events) {
        switch phase {
        case .connecting:
            if let error = socket.connectionError { return connectToNext(error.description) }
            guard !events.isDisjoint(with: .writable) else { return }
            connected()
        case .securing: secure()
        case .greeting, .ready: flush()
        case .resolving, .over: return
        }
        if case .greeting = phase { receive() } else if case .ready = phase { receive() }
    }

    private func flush() {
        while !output.isEmpty, !isOver {
            let moved =
                if let tls { Moved(tls.write(output.bytes, in: output.unsent)) } else {
                    Moved(socket.write(output.bytes, in: output.unsent))
                }
            switch moved {
            case .some(let count): output.markSent(count)
            case .none: return
            case .over: return end(.unreachable(reason: "the connection broke"))
            }
        }
    }

    private func receive() {
        // Others on the loop get their turn after a megabyte.
        for _ in 0..<64 {
            let moved = if let tls { Moved(tls.read(into: &buffer)) } else { Moved(socket.read(into: &buffer)) }
            switch moved {
            case .some(let count): guard take(count) else { return }
            case .none: return
            case .over: return end(.unreachable(reason: "the connection broke"))
            }
        }
        loop.execute { if !self.isOver { self.receive() } }
    }

    /// Hands on the answers that are complete; whether the connection goes on.
    private func take(_ count: Int) -> Bool {
        do throws(ReplyReader.Malformed) {
            try reader.feed(buffer, count)
            while !isOver, let value = try reader.next() {
                if case .greeting(let left) = phase {
                    greeted(value, left: left)
                } else {
                    owner?.received(value, on: self)
                }
            }
        } catch {
            end(.malformed)
        }
        return !isOver
    }

    // MARK: The end

    /// Ends the connection; the owner is told.
    func end(_ reason: RedisConnectionError) {
        guard !isOver else { return }
        close()
        owner?.ended(self, reason)
    }

    /// Ends the connection; nobody is told.
    func close() {
        phase = .over
        if let openTimer { loop.cancel(openTimer) }
        openTimer = nil
        registration?.cancel()
        registration = nil
        tls = nil
        socket.close()
    }
}

/// What moving bytes came to.
private enum Moved {
    case some(Int)
    case none
    case over

    init(_ transfer: Transfer) {
        switch transfer {
        case .moved(let count): self = .some(count)
        case .wouldBlock: self = .none
        case .ended, .failed: self = .over
        }
    }

    init(_ transfer: TLSTransfer) {
        switch transfer {
        case .moved(let count): self = .some(count)
        case .wouldBlock: self = .none
        case .ended, .failed: self = .over
        }
    }
}
