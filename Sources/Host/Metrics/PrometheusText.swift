// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// The metrics in Prometheus' text format 0.0.4.
///
/// Histograms have a route and no tenant; a tenant has two counters. So a thousand tenants fill neither memory nor the scrape.
struct PrometheusText {
    let routes: [Route]
    let counts: RequestCounts
    let tenants: [(tenant: TenantID, requests: UInt64, failures: UInt64)]
    let server: HTTPStatistics?

    var text: String {
        var text = ""
        writeStatuses(to: &text)
        writeDurations(to: &text)
        writeRefusals(to: &text)
        writeTenants(to: &text)
        if let server { write(server, to: &text) }
        return text
    }

    private func label(_ row: Int) -> String {
        guard row < routes.count else { return #"method="",route="""# }
        return #"method="\#(routes[row].method)",route="\#(routes[row].path)""#
    }

    private func writeStatuses(to text: inout String) {
        text += "# HELP lms_http_requests_total Answered requests.\n# TYPE lms_http_requests_total counter\n"
        for row in 0...routes.count {
            for hundred in 1...5 {
                let count = counts.statuses[row * 6 + hundred]
                if count > 0 { text += "lms_http_requests_total{\(label(row)),status=\"\(hundred)xx\"} \(count)\n" }
            }
        }
    }

    private func writeDurations(to text: inout String) {
        let name = "lms_http_request_duration_seconds"
        text += "# HELP \(name) From the head's arrival to the reply.\n# TYPE \(name) histogram\n"
        let width = RequestCounts.bounds.count + 1
        for row in 0...routes.count {
            let buckets = counts.buckets[row * width..<(row + 1) * width]
            guard buckets.contains(where: { $0 > 0 }) else { continue }
            var sum: UInt64 = 0
            for (bound, count) in zip(RequestCounts.bounds, buckets) {
                sum += count
                text += "\(name)_bucket{\(label(row)),le=\"\(Double(bound) / 1e9)\"} \(sum)\n"
            }
            let all = buckets.reduce(0, +)
            text += "\(name)_bucket{\(label(row)),le=\"+Inf\"} \(all)\n"
            text += "\(name)_sum{\(label(row))} \(Double(counts.durations[row]) / 1e9)\n"
            text += "\(name)_count{\(label(row))} \(all)\n"
        }
    }

    private func writeRefusals(to text: inout String) {
        let name = "lms_rate_limited_total"
        text += "# HELP \(name) Calls that a limit refused.\n# TYPE \(name) counter\n"
        for rateClass in RateClass.allCases {
            for bucket in RateBucket.allCases {
                guard let count = counts.refusals[RateRefusal(rateClass: rateClass, bucket: bucket)] else { continue }
                text += "\(name){class=\"\(rateClass.rawValue)\",bucket=\"\(bucket.rawValue)\"} \(count)\n"
            }
        }
    }

    private func writeTenants(to text: inout String) {
        text += "# HELP lms_tenant_requests_total Answered requests.\n# TYPE lms_tenant_requests_total counter\n"
        for tally in tenants { text += "lms_tenant_requests_total{tenant=\"\(tally.tenant)\"} \(tally.requests)\n" }
        text += "# HELP lms_tenant_failures_total Requests that failed on our side.\n"
        text += "# TYPE lms_tenant_failures_total counter\n"
        for tally in tenants { text += "lms_tenant_failures_total{tenant=\"\(tally.tenant)\"} \(tally.failures)\n" }
    }

    private func write(_ server: HTTPStatistics, to text: inout String) {
        text += "# TYPE lms_http_connections gauge\nlms_http_connections \(server.openConnections)\n"
        text += "# TYPE lms_http_connections_total counter\nlms_http_connections_total \(server.acceptedConnections)\n"
        text += "# TYPE lms_http_refused_total counter\nlms_http_refused_total \(server.refusedRequests)\n"
        text += "# TYPE lms_http_exhaustions_total counter\nlms_http_exhaustions_total \(server.exhaustions)\n"
    }
}
