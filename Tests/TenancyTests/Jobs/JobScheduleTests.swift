// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct JobScheduleTests {
    /// Half past two does not exist on 28 March 2027 in Berlin, and comes twice on 31 October.
    @Test(arguments: [
        (
            from: "2027-03-26T12:00:00Z", days: 4,
            dues: [
                "2027-03-27T01:30:00Z", "2027-03-28T01:30:00Z", "2027-03-29T00:30:00Z", "2027-03-30T00:30:00Z",
            ]
        ),
        (
            from: "2027-10-29T12:00:00Z", days: 4,
            dues: [
                "2027-10-30T00:30:00Z", "2027-10-31T01:30:00Z", "2027-11-01T01:30:00Z", "2027-11-02T01:30:00Z",
            ]
        ),
    ])
    func `of two workers one enqueues what is due, once a day, also when the clocks change`(
        from start: String,
        days: Int,
        dues: [String]
    ) async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            line.clock.set(start)
            let schedule = JobSchedule(.sms, .daily(hour: 2, minute: 30))
            try await line.schedules.keep([schedule], of: [tenant.tenant.inZone("Europe/Berlin")])
            var fired: [String] = []
            for quarter in 0..<(days * 96) {
                let leased = try await withThrowingTaskGroup(of: [Job].self) { group in
                    for _ in 0..<2 { group.addTask { try await line.lease() } }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                for job in leased {
                    #expect(job.kind == .sms && job.subject == tenant.id.uuid)
                    fired.append(dues[fired.count % dues.count])
                    #expect(line.clock.wall.now() >= (try #require(Date(iso: fired[fired.count - 1]))))
                    #expect(
                        line.clock.wall.now().timeIntervalSince(try #require(Date(iso: fired[fired.count - 1]))) < 900
                    )
                }
                try await line.jobs.end(leased.map { .done($0) })
                if quarter < days * 96 { line.clock.advance(by: 900) }
            }
            #expect(fired == dues)
        }
    }

    @Test func `what was due several times while nobody worked is done once`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            try await line.schedules.keep([JobSchedule(.sms, .hourly(minute: 0))], of: [tenant.tenant])
            line.clock.advance(by: 86_400 * 3)
            #expect(try await line.leaseAndFinish() == 1)
            #expect(try await line.leaseAndFinish() == 0)
            line.clock.advance(by: 3_601)
            #expect(try await line.leaseAndFinish() == 1)
        }
    }

    @Test func `a schedule that stays is not begun anew, and one that is dropped is not done`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            let daily = JobSchedule(.sms, .daily(hour: 12, minute: 0))
            line.clock.set("2027-05-01T11:00:00Z")
            try await line.schedules.keep([daily], of: [tenant.tenant])
            line.clock.set("2027-05-01T12:30:00Z")
            // It is due and was not done yet; keeping it again must not move it to tomorrow.
            try await line.schedules.keep([daily], of: [tenant.tenant])
            #expect(try await line.leaseAndFinish() == 1)
            try await line.schedules.keep([], of: [tenant.tenant])
            line.clock.set("2027-05-02T12:30:00Z")
            #expect(try await line.leaseAndFinish() == 0)
        }
    }

    @Test func `a tenant that is not served has no schedules`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            let hourly = JobSchedule(.sms, .hourly(minute: 0))
            try await line.schedules.keep([hourly], of: [tenant.tenant])
            try await line.schedules.keep([hourly], of: [tenant.tenant.inZone("UTC", status: .suspended)])
            line.clock.advance(by: 7_200)
            #expect(try await line.leaseAndFinish() == 0)
        }
    }

    @Test(arguments: [
        ("*/15 8-10 * * *", "2027-05-01T10:50:00Z", "2027-05-02T08:00:00Z"),
        ("0 0 29 2 *", "2027-05-01T10:50:00Z", "2028-02-29T00:00:00Z"),
        ("30 6 * * 1-5", "2027-05-01T10:50:00Z", "2027-05-03T06:30:00Z"),
        ("0 9 1 * 7", "2027-05-02T09:30:00Z", "2027-05-09T09:00:00Z"),
        ("5/20 * * * *", "2027-05-01T10:50:00Z", "2027-05-01T11:05:00Z"),
    ])
    func `an expression is due when crontab says`(text: String, from: String, due: String) async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            line.clock.set(from)
            let schedule = JobSchedule(.sms, try #require(CronExpression(text)))
            try await line.schedules.keep([schedule], of: [tenant.tenant])
            let next = try await line.jobs.lease([JobDemand(1, of: .mail)], for: .seconds(60)).nextAt
            #expect(next == Date(iso: due))
        }
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *",
        "*/0 * * * *", "a * * * *", "1,,2 * * * *", "-1 * * * *", "1- * * * *", "99999999999999999999 * * * *",
    ])
    func `an expression that makes no sense is refused`(text: String) {
        #expect(CronExpression(text) == nil)
    }
}

extension JobLine {
    var schedules: JobSchedules {
        JobSchedules(
            cell: tenant.installation.control,
            installation: tenant.installation.prefix,
            clock: clock.wall
        )
    }
}

extension TestClock {
    fileprivate func set(_ time: String) {
        if let date = Date(iso: time) { advance(by: date.timeIntervalSince(wall.now())) }
    }
}

extension Date {
    fileprivate init?(iso text: String) {
        guard let date = try? Date(text, strategy: .iso8601) else { return nil }
        self = date
    }
}

extension Tenant {
    fileprivate func inZone(_ zone: String, status: Status = .active) -> Tenant {
        var settings = settings
        settings.timeZone = zone
        return Tenant(
            slug: slug,
            name: name,
            status: status,
            settings: settings,
            placement: placement,
            domains: domains,
            createdAt: createdAt
        )
    }
}
