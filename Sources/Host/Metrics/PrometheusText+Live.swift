// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension PrometheusText {
    /// Those who watch in this process.
    static func text(of live: LiveCounts) -> String {
        var text = "# HELP lms_live_open Open streams and WebSockets.\n# TYPE lms_live_open gauge\n"
        text += "lms_live_open{kind=\"stream\"} \(live.streams)\nlms_live_open{kind=\"socket\"} \(live.sockets)\n"
        let totals = [
            ("opened", "Streams and WebSockets that were opened.", live.opened),
            ("sent", "Events that were handed to clients.", live.sent),
            ("dropped", "Clients that were cut off because they read too slowly.", live.dropped),
            ("refused", "Clients that were turned away because there were enough.", live.refused),
            ("looks", "Reads for those who watch.", live.reads),
        ]
        for (name, help, count) in totals {
            text += "# HELP lms_live_\(name)_total \(help)\n# TYPE lms_live_\(name)_total counter\n"
            text += "lms_live_\(name)_total \(count)\n"
        }
        return text
    }
}
