// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import LMSEventLoop
    internal import LMSTenancy

    /// A request from the moment that somebody asks for it until it is answered, once.
    ///
    /// SAFETY: the mutable state is touched on the loop of its client only.
    final class CurlOrder: @unchecked Sendable {
        let request: OutgoingRequest
        let target: CurlTarget
        private let since = EventLoop.now
        private var answer: CheckedContinuation<Result<OutgoingResponse, OutgoingError>, Never>?
        /// What became of it before there was anybody to answer.
        private var early: Result<OutgoingResponse, OutgoingError>?
        /// Ends the waiting for a turn.
        var patience: LoopTimer?
        /// There while it is on its way.
        var transfer: CurlTransfer?

        init(_ request: OutgoingRequest) throws(OutgoingError) {
            target = try CurlTarget(of: request)
            self.request = request
        }

        /// How much of its time the waiting for a turn left.
        var timeLeft: Duration {
            max(.milliseconds(1), request.timeout - .nanoseconds(Int64(clamping: EventLoop.now - since)))
        }

        /// Takes who is to be answered; `false` if it was cancelled before and they were answered so.
        func accept(_ answer: CheckedContinuation<Result<OutgoingResponse, OutgoingError>, Never>) -> Bool {
            if let early {
                answer.resume(returning: early)
                return false
            }
            self.answer = answer
            return true
        }

        /// Answers; the second time nothing happens.
        func finish(_ result: Result<OutgoingResponse, OutgoingError>) {
            guard let answer else {
                early = early ?? result
                return
            }
            self.answer = nil
            early = result
            answer.resume(returning: result)
        }
    }
#endif
