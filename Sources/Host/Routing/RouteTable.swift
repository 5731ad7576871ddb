// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Every route of the platform; each feature adds one line.
struct RouteTable: Sendable {
    let system: SystemRoutes

    /// The routes in the order of the reference.
    var routes: [Route] {
        system.routes
    }
}
