// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Every route of the platform; each feature adds one line.
struct RouteTable: Sendable {
    let system: SystemRoutes

    /// The routes in the order of the reference.
    var routes: [Route] {
        system.routes
    }

    /// The routes and their description.
    var routesWithReference: [Route] {
        let routes = self.routes
        return routes + ReferenceRoutes(describing: routes, version: BuildInformation.version).routes
    }

    /// The same routes with nothing behind them, for what only describes them.
    static var described: [Route] {
        RouteTable(system: SystemRoutes(version: BuildInformation.version, checkComponents: { [] })).routes
    }
}
