// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSHTTP
internal import LMSTenancy
internal import Synchronization

/// Shared replies from memory: what was answered at the same address a quarter of a second ago, to whom it may be the same.
///
/// Only replies whose route says that everybody at the address gets the same are kept, and only for requests without anything that
/// could change them. Tenant, limits, number, log and metrics are those of each request.
extension Pipeline {
    /// Answers a request without a task.
    ///
    /// - Parameter request: The request.
    /// - Returns: The reply; `nil` to have the request answered as usual.
    @Sendable func respondFromMemory(to request: HTTPRequest) -> HTTPResponse? {
        let head = request.head
        guard head.method == .get, isKeepable(head), request.body.isEmpty, !settings.redirectsToHTTPS,
            case .route(let index, _) = router.match(.get, head.bytes, head.pathRange), served[index].isKept
        else { return nil }
        let facts = RequestFacts(request, numbers: numbers, proxies: settings.trustedProxies, at: EventLoop.now)
        guard !head.hasName(ofLengthIn: 1 << 11) || head.find(Pipeline.tenantField) == nil,
            let site = sites.find(facts.authority, at: facts.startedAt),
            let kept = site.kept.withLock({ $0[index] })
        else { return nil }
        var call = Call(facts: facts, route: index, site: site)
        var response = HTTPResponse(status: kept.status, fields: HTTPFields(capacity: 768), body: kept.body)
        do {
            try limit(.address(facts.clientText), served[index].route.rateClass, site, &call)
            try limit(.tenant, served[index].route.rateClass, site, &call)
            response.fields.append(contentsOf: kept.fields)
        } catch {
            response = refusal(of: error, &call)
        }
        finish(&response, call)
        return response
    }

    /// Whether nothing in a request asks for another reply than everybody's.
    func isKeepable(_ head: RequestHead) -> Bool {
        guard head.queryRange == nil else { return false }
        guard head.hasName(ofLengthIn: 1 << 6 | 1 << 13 | 1 << 15) else { return true }
        return head.find(.authorization) == nil && head.find(.ifNoneMatch) == nil
            && head.find(.acceptEncoding) == nil && head.find(.origin) == nil
    }
}
