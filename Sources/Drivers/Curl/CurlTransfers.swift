// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import CLMSCurl
    internal import LMSEventLoop
    internal import LMSTenancy

    /// The requests of one client on one event loop: libcurl says which descriptors and which time it waits for.
    ///
    /// SAFETY: everything but `submit` and `cancel` runs on the loop's thread, and these two only hand over to it. The last
    /// reference may go elsewhere, but only when nothing is on its way: until then `keptAlive` holds one.
    final class CurlTransfers: @unchecked Sendable {
        private let loop: EventLoop
        private let settings: CurlSettings
        private let limits: CurlHTTPClient.Limits
        private let multi: CurlMultiHandle?

        private var waiting: [CurlOrder] = []
        private var active: [UInt: CurlOrder] = [:]
        private var activePerTarget: [CurlTarget: Int] = [:]
        private var sockets: [curl_socket_t: CurlSocket] = [:]
        private var timer: LoopTimer?
        private var keptAlive: CurlTransfers?
        private var isWatching = false

        init(loop: EventLoop, settings: CurlSettings, limits: CurlHTTPClient.Limits) {
            self.loop = loop
            self.settings = settings
            self.limits = limits
            multi = CurlMultiHandle()
        }

        // MARK: From any thread

        /// Takes a request; its answer comes when it is over.
        func submit(_ order: CurlOrder, answer: CheckedContinuation<Result<OutgoingResponse, OutgoingError>, Never>) {
            loop.execute { self.accept(order, answer) }
        }

        /// Ends a request that is not over yet.
        func cancel(_ order: CurlOrder) {
            loop.execute { self.end(order, .cancelled) }
        }

        // MARK: On the loop

        private func accept(
            _ order: CurlOrder,
            _ answer: CheckedContinuation<Result<OutgoingResponse, OutgoingError>, Never>
        ) {
            guard order.accept(answer) else { return }
            guard hasRoom(for: order.target) else {
                guard waiting.count < limits.waiting else { return order.finish(.failure(.busy)) }
                waiting.append(order)
                order.patience = loop.schedule(after: order.request.timeout) { [weak self] in self?.end(order, .busy) }
                return
            }
            start(order)
        }

        private func hasRoom(for target: CurlTarget) -> Bool {
            active.count < limits.concurrent && activePerTarget[target, default: 0] < limits.concurrentPerHost
        }

        private func start(_ order: CurlOrder) {
            watchOnce()
            do throws(OutgoingError) {
                let transfer = try CurlTransfer(order.request, to: order.target, settings, within: order.timeLeft)
                guard add(transfer) else { throw .unavailable }
                order.transfer = transfer
                active[transfer.handle.address] = order
                activePerTarget[order.target, default: 0] += 1
                keptAlive = self
            } catch {
                order.finish(.failure(error))
            }
        }

        /// Gives the places that are free to those who wait.
        private func startWaiting() {
            while active.count < limits.concurrent, let index = waiting.firstIndex(where: { hasRoom(for: $0.target) }) {
                let order = waiting.remove(at: index)
                forgetPatience(order)
                start(order)
            }
            if active.isEmpty { keptAlive = nil }
        }

        private func forgetPatience(_ order: CurlOrder) {
            if let patience = order.patience { loop.cancel(patience) }
            order.patience = nil
        }

        /// Ends a request before its time.
        private func end(_ order: CurlOrder, _ error: OutgoingError) {
            forgetPatience(order)
            if let index = waiting.firstIndex(where: { $0 === order }) { waiting.remove(at: index) }
            if let transfer = order.transfer { release(order, transfer) }
            order.finish(.failure(error))
            startWaiting()
        }

        /// Takes a transfer out of the set.
        private func release(_ order: CurlOrder, _ transfer: CurlTransfer) {
            remove(transfer)
            order.transfer = nil
            active[transfer.handle.address] = nil
            let others = activePerTarget[order.target, default: 1] - 1
            activePerTarget[order.target] = others > 0 ? others : nil
        }

        /// Lets libcurl go on, and answers what came to its end by that.
        private func advance(_ descriptor: curl_socket_t, _ events: Int32) {
            var done: [(handle: UInt, code: CURLcode)] = []
            go(on: descriptor, events, &done)
            for (handle, code) in done {
                guard let order = active[handle], let transfer = order.transfer else { continue }
                let result = transfer.result(code)
                release(order, transfer)
                order.finish(result)
            }
            startWaiting()
        }

        private func add(_ transfer: CurlTransfer) -> Bool {
            switch multi {
            case .some(let multi): multi.add(transfer.handle)
            case .none: false
            }
        }

        private func remove(_ transfer: CurlTransfer) {
            switch multi {
            case .some(let multi): multi.remove(transfer.handle)
            case .none: break
            }
        }

        private func go(on descriptor: curl_socket_t, _ events: Int32, _ done: inout [(handle: UInt, code: CURLcode)]) {
            switch multi {
            case .some(let multi):
                multi.advance(descriptor, events)
                while let next = multi.nextDone() { done.append(next) }
            case .none: break
            }
        }

        // MARK: What libcurl waits for

        /// Has libcurl say which descriptors and which time it waits for.
        private func watchOnce() {
            guard !isWatching else { return }
            isWatching = true
            let context = unsafe Unmanaged.passUnretained(self).toOpaque()
            switch multi {
            case .some(let multi):
                unsafe clms_curl_multi_watch(
                    multi.pointer,
                    { _, descriptor, what, context, _ in
                        unsafe CurlTransfers.at(context)?.watch(descriptor, what)
                        return 0
                    },
                    { _, milliseconds, context in
                        unsafe CurlTransfers.at(context)?.wake(after: milliseconds)
                        return 0
                    },
                    context
                )
            case .none: break
            }
        }

        private static func at(_ context: UnsafeMutableRawPointer?) -> CurlTransfers? {
            // SAFETY: the context is the owner of the set, which calls only while the set is being used or has transfers.
            unsafe context.map { unsafe Unmanaged<CurlTransfers>.fromOpaque($0).takeUnretainedValue() }
        }

        private func watch(_ descriptor: curl_socket_t, _ what: Int32) {
            guard what != CURL_POLL_REMOVE else {
                sockets.removeValue(forKey: descriptor)?.registration?.cancel()
                return
            }
            var interest: Interest = []
            if what & CURL_POLL_IN != 0 { interest.insert(.read) }
            if what & CURL_POLL_OUT != 0 { interest.insert(.write) }
            if let socket = sockets[descriptor] { return socket.registration?.update(interest) ?? () }
            let socket = CurlSocket { [weak self] events in self?.advance(descriptor, CurlTransfers.mask(events)) }
            do throws(SystemError) {
                socket.registration = try loop.register(descriptor, for: interest, socket)
                sockets[descriptor] = socket
            } catch {
                // The kernel watches no more descriptors: the transfer ends by its time limit. To tell libcurl would end all.
            }
        }

        private static func mask(_ events: Events) -> Int32 {
            var mask: Int32 = 0
            if events.contains(.readable) || events.isHangUp { mask |= CURL_CSELECT_IN }
            if events.contains(.writable) { mask |= CURL_CSELECT_OUT }
            if events.isGone { mask |= CURL_CSELECT_ERR }
            return mask
        }

        private func wake(after milliseconds: Int) {
            if let timer { loop.cancel(timer) }
            timer = nil
            guard milliseconds >= 0 else { return }
            // Never from within this call, in which libcurl must not be called.
            timer = loop.schedule(after: .milliseconds(milliseconds)) { [weak self] in
                self?.timer = nil
                self?.advance(CURL_SOCKET_BAD, 0)
            }
        }
    }

    /// A descriptor of libcurl's on the loop.
    private final class CurlSocket: EventHandler {
        private let react: (Events) -> Void
        var registration: Registration?

        init(_ react: @escaping (Events) -> Void) {
            self.react = react
        }

        func handle(_ events: Events) { react(events) }
    }
#endif
