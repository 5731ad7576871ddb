// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy

/// Sends requests to a service that keeps files, and sends again what it has no time for.
///
/// Every request may be sent twice: the same bytes under the same name, or the same part under the same number.
struct ServiceRequests: Sendable {
    /// What the service is called in reasons.
    let service: String
    let http: any HTTPClient
    /// Where the waiting between tries is done.
    let loop: EventLoop
    /// How often a request is sent until it is given up.
    let attempts: Int

    /// The longest wait before a request is sent again, whatever the service says.
    private static let longestWait = Duration.seconds(20)

    /// Sends a request until there is a reply that more tries would not change.
    ///
    /// - Parameters:
    ///   - request: Makes and signs the request, for each try anew: a signature is not good for long.
    ///   - refusal: Says what the service has against it; `nil` for a success.
    /// - Returns: The reply.
    /// - Throws: `BlobError.unavailable` without a reply, or if the service has no time after all tries; `.busy`.
    func send(
        _ request: () -> OutgoingRequest,
        refusal: (OutgoingResponse) -> ServiceRefusal?
    ) async throws(BlobError) -> ServiceReply {
        var attempt = 1
        while true {
            let failure: BlobError
            var pause: Duration?
            switch await reply(to: request()) {
            case .success(let response):
                let reply = ServiceReply(response, of: service, attempts: attempt, refusal: refusal(response))
                guard let refusal = reply.refusal, refusal.isPassing else { return reply }
                failure = refusal.error
                pause = refusal.pause
            case .failure(let error):
                failure = self.failure(error)
                guard Self.isPassing(error) else { throw failure }
            }
            guard attempt < attempts else { throw failure }
            try await wait(after: attempt, atLeast: pause)
            attempt += 1
        }
    }

    /// Does something to its end, also for a task that was cancelled.
    func withoutCancellation(_ body: @escaping @Sendable () async -> Result<Void, BlobError>) async throws(BlobError) {
        let result: Result<Void, BlobError> = await withCheckedContinuation { continuation in
            loop.spawn { continuation.resume(returning: await body()) }
        }
        try result.get()
    }

    private func reply(to request: OutgoingRequest) async -> Result<OutgoingResponse, OutgoingError> {
        do throws(OutgoingError) {
            return .success(try await http.send(request))
        } catch {
            return .failure(error)
        }
    }

    /// Whether the same request may succeed later.
    private static func isPassing(_ error: OutgoingError) -> Bool {
        switch error {
        case .unreachable, .timedOut, .broken: true
        case .malformed, .refusedAddress, .untrusted, .tooLarge, .busy, .cancelled, .unavailable: false
        }
    }

    private func failure(_ error: OutgoingError) -> BlobError {
        error == .busy ? .busy : .unavailable(reason: "\(service): \(error)")
    }

    /// Waits at random up to twice as long each time, so that those who were refused together do not come back together.
    private func wait(after attempt: Int, atLeast pause: Duration?) async throws(BlobError) {
        let most = min(Self.longestWait, .milliseconds(100 << min(attempt, 10)))
        let chance = Duration.milliseconds(Int.random(in: 0...Int(most / Duration.milliseconds(1))))
        do {
            try await loop.sleep(for: min(Self.longestWait, max(chance, pause ?? .zero)))
        } catch {
            throw .unavailable(reason: "\(service): cancelled")
        }
    }
}
