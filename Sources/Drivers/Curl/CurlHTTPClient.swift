// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    public import LMSEventLoop
    public import LMSTenancy

    /// The domain's HTTP client on libcurl: all requests beside each other on one event loop.
    ///
    /// A request that waits for the other end costs a socket and no thread; only while its name is resolved does libcurl have a
    /// thread for it. Names are resolved and connections made for each request alone.
    public struct CurlHTTPClient: HTTPClient {
        private let transfers: CurlTransfers

        /// How many requests there may be.
        public struct Limits: Sendable {
            /// How many are on their way at a time.
            public var concurrent = 256
            /// How many of them go to one host and port.
            public var concurrentPerHost = 32
            /// How many more may wait for their turn, none longer than its own time limit.
            public var waiting = 1024

            /// 256 on their way, 32 of them to one host, and 1024 that wait.
            public init() {}
        }

        /// Makes a client.
        ///
        /// - Parameters:
        ///   - loop: Where requests run; it must run as long as there are any.
        ///   - addresses: What may be connected to.
        ///   - limits: How many requests there may be.
        ///   - certificateFile: The authorities that are trusted, in PEM, instead of the system's.
        public init(
            loop: EventLoop,
            addresses: OutgoingAddresses,
            limits: Limits = Limits(),
            certificateFile: String? = nil
        ) {
            self.init(loop: loop, addresses: addresses, limits: limits, certificateFile: certificateFile, naming: nil)
        }

        /// Makes a client that is told what names stand for.
        package init(
            loop: EventLoop,
            addresses: OutgoingAddresses,
            limits: Limits = Limits(),
            certificateFile: String? = nil,
            naming: CurlNaming?
        ) {
            transfers = CurlTransfers(
                loop: loop,
                settings: CurlSettings(addresses: addresses, certificateFile: certificateFile, naming: naming),
                limits: limits
            )
        }

        /// Sends a request and waits for the whole reply; cancelling the caller's task ends the connection.
        public func send(_ request: OutgoingRequest) async throws(OutgoingError) -> OutgoingResponse {
            let order = try CurlOrder(request)
            let transfers = transfers
            let result = await withTaskCancellationHandler {
                await withCheckedContinuation { transfers.submit(order, answer: $0) }
            } onCancel: {
                transfers.cancel(order)
            }
            return try result.get()
        }
    }
#endif
