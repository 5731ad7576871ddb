// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension PrometheusText {
    /// What waits for those who react to events.
    static func text(of backlog: [EventBacklog], at now: Date) -> String {
        guard !backlog.isEmpty else { return "" }
        var text = "# HELP lms_events_waiting Events that a consumer has not reacted to yet.\n"
        text += "# TYPE lms_events_waiting gauge\n"
        for one in backlog { text += "lms_events_waiting{consumer=\"\(one.consumer)\"} \(one.waiting)\n" }
        text += "# HELP lms_events_oldest_seconds Since when the oldest of them happened.\n"
        text += "# TYPE lms_events_oldest_seconds gauge\n"
        for one in backlog {
            let age = one.oldest.map { max(0, now.timeIntervalSince($0)) } ?? 0
            text += "lms_events_oldest_seconds{consumer=\"\(one.consumer)\"} \(age)\n"
        }
        text += "# HELP lms_events_dead Events that a consumer gave up.\n# TYPE lms_events_dead gauge\n"
        for one in backlog { text += "lms_events_dead{consumer=\"\(one.consumer)\"} \(one.dead)\n" }
        return text
    }
}
