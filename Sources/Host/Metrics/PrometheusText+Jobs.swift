// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension PrometheusText {
    /// What a runner counted, by queue.
    static func text(of jobs: JobMetrics) -> String {
        let tallies = jobs.all.sorted { $0.key.rawValue < $1.key.rawValue }
        var text =
            "# HELP lms_jobs Jobs in the database by queue and state, counted every 15 s.\n# TYPE lms_jobs gauge\n"
        for count in jobs.waiting.sorted(by: { ($0.queue.rawValue, $0.state) < ($1.queue.rawValue, $1.state) }) {
            text += "lms_jobs{queue=\"\(count.queue.rawValue)\",state=\"\(count.state)\"} \(count.count)\n"
        }
        text += "# HELP lms_jobs_attempts_total Attempts of this process that ended.\n"
        text += "# TYPE lms_jobs_attempts_total counter\n"
        for (queue, tally) in tallies {
            let outcomes = [("done", tally.done), ("failed", tally.failed), ("lost", tally.lost), ("dead", tally.dead)]
            for (outcome, count) in outcomes {
                text += "lms_jobs_attempts_total{queue=\"\(queue.rawValue)\",outcome=\"\(outcome)\"} \(count)\n"
            }
        }
        let name = "lms_jobs_wait_seconds"
        text += "# HELP \(name) From the time a job was due to its first attempt.\n# TYPE \(name) histogram\n"
        for (queue, tally) in tallies {
            var sum = 0
            for (bound, count) in zip(JobMetrics.bounds, tally.waits) {
                sum += count
                text += "\(name)_bucket{queue=\"\(queue.rawValue)\",le=\"\(bound)\"} \(sum)\n"
            }
            let all = tally.waits.reduce(0, +)
            text += "\(name)_bucket{queue=\"\(queue.rawValue)\",le=\"+Inf\"} \(all)\n"
            text += "\(name)_sum{queue=\"\(queue.rawValue)\"} \(tally.waitedSeconds)\n"
            text += "\(name)_count{queue=\"\(queue.rawValue)\"} \(all)\n"
        }
        return text
    }
}
