// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSTenancy
internal import Synchronization

/// What a working process does for events beside handing them on: counts what waits, and deletes what was kept long enough.
final class EventUpkeep: Sendable {
    private let outbox: Outbox
    private let report: @Sendable (String) -> Void
    private let counts = Mutex<[EventBacklog]>([])

    /// How often what waits is counted.
    private static let turnSeconds = 15
    /// How often what is old is deleted.
    private static let retentionSeconds = 600

    init(outbox: Outbox, report: @escaping @Sendable (String) -> Void) {
        self.outbox = outbox
        self.report = report
    }

    /// What waited for each consumer when it was last counted.
    var backlog: [EventBacklog] { counts.withLock { $0 } }

    /// Looks again and again, until the loop ends.
    func watch(on loop: EventLoop) async {
        var seconds = 0
        repeat {
            await count()
            if seconds % Self.retentionSeconds == 0 { await retain() }
            seconds += Self.turnSeconds
        } while (try? await loop.sleep(for: .seconds(Self.turnSeconds))) != nil  // cancelled: the end is wanted
    }

    private func count() async {
        do {
            let backlog = try await outbox.backlog()
            counts.withLock { $0 = backlog }
        } catch {
            report("events: what waits could not be counted: \(error)")
        }
    }

    private func retain() async {
        do {
            while try await outbox.retain() >= 10_000 {}
        } catch {
            report("events: what is old could not be deleted and is tried again: \(error)")
        }
    }
}
