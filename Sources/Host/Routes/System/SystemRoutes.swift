// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// Is the platform there, is it able, and whose address is this.
struct SystemRoutes: Sendable {
    let version: String
    /// Looks at every component that serving needs.
    let checkComponents: @Sendable () async -> [ComponentCheck]

    var routes: [Route] {
        [
            .host("/api/v1/health", "Whether the process answers", handler: health),
            .host("/api/v1/ready", "Whether every component is able", problems: [.unavailable], handler: ready),
            Route(
                .get,
                "/api/v1/tenant",
                "What the organization shows to everybody",
                access: .publicRead,
                caching: .shared(seconds: 60),
                handler: tenant
            ),
        ]
    }

    private func health(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: HostContext
    ) async throws -> Reply<HealthBody> {
        .ok(HealthBody(version: version))
    }

    private func ready(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: HostContext
    ) async throws -> Reply<ReadinessBody> {
        let checks = await checkComponents()
        let isReady = checks.allSatisfy { $0.state != .down }
        return Reply(isReady ? .ok : 503, ReadinessBody(components: checks))
    }

    private func tenant(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<TenantBody> {
        .ok(TenantBody(context.tenant))
    }
}

/// How one component is.
struct ComponentCheck: Sendable {
    let name: String
    let state: State
    /// What to know about it; never an address or a secret, because anybody may ask.
    let detail: String?

    enum State: String, Sendable {
        case up
        /// It serves, with something an operator should know.
        case degraded
        case down
    }
}
