// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    public import LMSEventLoop
    public import LMSTenancy

    /// The domain's HTTP client on libcurl: one blocking transfer on a thread of a side pool for each request.
    public struct CurlHTTPClient: HTTPClient {
        private let pool: SidePool
        private let addresses: OutgoingAddresses
        private let certificateFile: String?

        /// Makes a client.
        ///
        /// - Parameters:
        ///   - pool: The threads; as many requests run at a time, and as many as it says wait.
        ///   - addresses: What may be connected to.
        ///   - certificateFile: The authorities that are trusted, in PEM, instead of the system's.
        public init(pool: SidePool, addresses: OutgoingAddresses, certificateFile: String? = nil) {
            self.pool = pool
            self.addresses = addresses
            self.certificateFile = certificateFile
        }

        /// Sends a request and waits for the whole reply.
        public func send(_ request: OutgoingRequest) async throws(OutgoingError) -> OutgoingResponse {
            do {
                let (addresses, certificateFile) = (addresses, certificateFile)
                return try await pool.run {
                    try CurlTransfer(request, addresses: addresses).perform(trusting: certificateFile)
                }
            } catch let error as OutgoingError {
                throw error
            } catch {
                throw .busy
            }
        }
    }
#endif
