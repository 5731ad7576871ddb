// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSTenancy

/// What a working process does for the queue beside jobs: deletes what ended and was kept long enough, keeps the tenants' schedules,
/// and counts what waits.
final class JobUpkeep: Sendable {
    private let runner: JobRunner
    private let schedules: JobSchedules
    private let declared: [JobSchedule]
    private let administration: TenantAdministration
    private let report: @Sendable (String) -> Void

    /// How often what waits is counted.
    private static let turnSeconds = 15
    /// How often what ended is deleted, and tenants' schedules are compared with what is declared.
    private static let upkeepSeconds = 120

    init(
        runner: JobRunner,
        declared: [JobSchedule],
        administration: TenantAdministration,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.runner = runner
        self.declared = declared
        self.administration = administration
        self.report = report
        schedules = JobSchedules(runner.jobs)
    }

    /// Looks again and again, until the loop ends.
    func watch(on loop: EventLoop) async {
        var turn = 0
        repeat {
            if turn % (Self.upkeepSeconds / Self.turnSeconds) == 0 { await keep() }
            await count()
            turn += 1
        } while (try? await loop.sleep(for: .seconds(Self.turnSeconds))) != nil  // cancelled: the end is wanted
    }

    /// Deletes what is old and brings schedules up to date.
    func keep() async {
        do {
            while try await runner.jobs.deleteEnded() == Jobs.deletionBatch {}
            var last: TenantSlug?
            repeat {
                let page = try await administration.list(after: last, limit: 100)
                try await schedules.keep(declared, of: page)
                last = page.count == 100 ? page.last?.slug : nil
            } while last != nil
        } catch {
            report("jobs: upkeep failed and is tried again: \(error)")
        }
    }

    private func count() async {
        do {
            runner.metrics.waiting = try await runner.jobs.counts()
        } catch {
            report("jobs: what waits could not be counted: \(error)")
        }
    }
}
