// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSTenancy

/// Does what one consumer has to do of one aggregate, in order, until it is done or something fails.
struct EventWorker: Sendable {
    let outbox: Outbox
    let consumer: EventConsumer
    let tenants: Tenants
    let standing: @Sendable (TenantID) async throws -> TenantStanding
    let isStopping: @Sendable () -> Bool
    let report: @Sendable (String) -> Void

    /// How long a worker has an aggregate for itself; half of it is left for the event that was begun last.
    static let lease = Duration.seconds(30)
    /// An event is given up after so many tries.
    static let tries = 4
    /// One that the database did not get done with in time: it may have had too much else to do.
    static let triesWhenSlow = 10
    /// An aggregate with which so many workers died in a row goes on behind its next event.
    static let losses = 8

    /// What became of an aggregate.
    enum Outcome: Sendable, Equatable {
        /// There is nothing to say.
        case released
        /// There is more of it to do now.
        case unfinished
        /// Whoever the consumer tells cannot be reached.
        case postponed(Duration)
    }

    /// What became of one event.
    private enum Step: Sendable {
        case done
        case lost
        case failed(String, tries: Int)
        case postponed(Duration)
        case unavailable
    }

    /// Does what was leased.
    ///
    /// - Parameter lane: The aggregate.
    /// - Returns: What became of it.
    func run(_ lane: EventLane) async -> Outcome {
        do {
            return try await walk(lane)
        } catch is EventLeaseLost {
            return .released
        } catch {
            // The lease ends by itself and another worker goes on.
            report("events of consumer \(consumer.name) keep their lease for tenant \(lane.tenant): \(error)")
            return .released
        }
    }

    private func walk(_ lane: EventLane) async throws -> Outcome {
        let standing = try await standing(lane.tenant)
        if standing == .suspended {
            try await outbox.release(lane, .later(.seconds(60)))
            return .released
        }
        let start = EventLoop.now
        for (index, delivery) in lane.deliveries.enumerated() {
            let hasTime = EventLoop.now &- start < UInt64(Self.lease.components.seconds) * 500_000_000
            guard hasTime, !isStopping() else {
                try await outbox.release(lane, .something)
                return .unfinished
            }
            if index == 0, lane.losses >= Self.losses {
                try await give(up: delivery, in: lane, because: "worker_lost")
                continue
            }
            switch standing == .gone ? await pass(delivery, in: lane, "tenant_gone") : await take(delivery, in: lane) {
            case .done: continue
            case .lost: return .released
            case .failed(let reason, let tries) where delivery.attempts + 1 >= tries:
                try await give(up: delivery, in: lane, because: reason)
            case .failed(let reason, let tries):
                let delay = Self.delay(after: delivery.attempts, of: tries)
                try await outbox.retry(delivery, in: lane, after: delay, because: reason)
                return .released
            case .postponed(let delay):
                try await outbox.release(lane, .later(delay))
                return .postponed(delay)
            case .unavailable:
                try await outbox.release(lane, .later(.seconds(1)))
                return .released
            }
        }
        try await outbox.release(lane, .nothing)
        return lane.isCut ? .unfinished : .released
    }

    private func give(up delivery: EventDelivery, in lane: EventLane, because reason: String) async throws {
        try await outbox.bury(delivery, in: lane, because: reason)
        let event = delivery.event
        report("event \(event.id) was given up by consumer \(consumer.name) for tenant \(lane.tenant): \(reason)")
    }

    private func take(_ delivery: EventDelivery, in lane: EventLane) async -> Step {
        if delivery.event.isReplay, consumer.replays == .passedOver {
            return await pass(delivery, in: lane, "replay_refused")
        }
        switch consumer.way {
        case .inTransaction(let react): return await take(delivery, in: lane, react)
        case .outside(let effect):
            do {
                try await effect(delivery.event)
            } catch {
                return Self.step(after: error)
            }
            return await pass(delivery, in: lane, nil)
        }
    }

    private func take(_ delivery: EventDelivery, in lane: EventLane, _ react: EventConsumer.Reaction) async -> Step {
        let principal = Principal(.system(consumer.name), grants: Grants())
        do {
            try await tenants.transaction(for: lane.tenant, as: principal) { session in
                do {
                    try await react(delivery.event, session)
                } catch {
                    throw await Self.outage(of: session) ?? error
                }
                try await outbox.finish(delivery, in: lane, session: session)
            }
            return .done
        } catch {
            return Self.step(after: error)
        }
    }

    /// Why a transaction cannot go on, if that is no fault of the event: an error of a feature may hide it.
    private static func outage(of session: borrowing TenantSession) async -> DatabaseError? {
        do throws(DatabaseError) {
            try await session.execute("SELECT 1")
            return nil
        } catch {
            // An aborted transaction refuses every statement; a broken connection answers nothing any more.
            return error.isOutage ? error : nil
        }
    }

    /// Notes that nothing is left to do.
    private func pass(_ delivery: EventDelivery, in lane: EventLane, _ reason: String?) async -> Step {
        do {
            try await outbox.finish(delivery, in: lane, without: reason)
            return .done
        } catch {
            return Self.step(after: error)
        }
    }

    private static func step(after error: any Error) -> Step {
        switch error {
        case is EventLeaseLost: .lost
        case let error as EventPostponed: .postponed(error.delay)
        case let error as DatabaseError where error.isOutage: .unavailable
        case let error as DatabaseError: .failed("database: \(error)", tries: error.isTimeout ? triesWhenSlow : tries)
        default: .failed("failed: \(type(of: error))", tries: hidesTimeout(error) ? triesWhenSlow : tries)
        }
    }

    /// Whether an error of a feature may stand for a timeout: both are told alike.
    private static func hidesTimeout(_ error: any Error) -> Bool {
        (error as? any ProblemConvertible)?.problem.code == DatabaseError.cancelled.problem.code
    }

    /// 1, 2 and 4 s, and on to a minute if there are more tries; up to a quarter more, so that what failed together does not come
    /// back together.
    static func delay(after attempts: Int, of tries: Int) -> Duration {
        let seconds = min(60, Double(1 << min(max(attempts, 0), tries - 2)))
        return .seconds(seconds * Double.random(in: 1...1.25))
    }
}

/// Whether a tenant is served.
enum TenantStanding: Sendable {
    case served
    case suspended
    case gone
}

extension DatabaseError {
    /// Whether the database could not be asked at all: no fault of what was asked.
    var isOutage: Bool {
        switch self {
        case .unavailable, .connectionLost, .unknownOutcome: true
        // Connection exceptions, lack of resources, operator's intervention, idle in a transaction, trouble of the system.
        case .refused(let state):
            !isTimeout && ["08", "53", "57", "58"].contains(String(state.prefix(2))) || state == "25P03"
        default: false
        }
    }

    /// Whether a statement was not done in time: it may be at fault, or be slowed down by others.
    var isTimeout: Bool {
        // query_canceled, from a driver that hands on the code.
        self == .cancelled || self == .refused(sqlState: "57014")
    }
}
