// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Decides which tenant a request is for, from its Host and its `X-Tenant-ID`.
///
/// A verified custom domain comes first, then a subdomain of the base domain, then the header. A host and a header that name
/// different tenants are refused: guessing between them is how one tenant's data reaches another.
public struct TenantResolution: Sendable {
    private let directory: Directory
    private let baseDomains: [String]

    /// Makes a resolution.
    ///
    /// - Parameters:
    ///   - directory: The tenants.
    ///   - baseDomains: The domains whose subdomains are slugs, in lower case, such as `example.org` and `localhost`.
    public init(directory: Directory, baseDomains: [String]) {
        self.directory = directory
        self.baseDomains = baseDomains
    }

    /// Finds the tenant of a request.
    ///
    /// - Parameters:
    ///   - host: The request's Host without the port.
    ///   - header: The request's `X-Tenant-ID`, a slug or an identifier, if it has one.
    /// - Returns: An active tenant.
    /// - Throws: `TenantResolutionError`.
    public func resolve(host: String, header: String?) async throws(TenantResolutionError) -> Tenant {
        let byHost = try await tenant(host: host.lowercased())
        let byHeader = try await tenant(header: header)
        switch (byHost, byHeader) {
        case (.unnamed, .unnamed): throw .unnamed
        case (.unknown, _), (_, .unknown): throw .unknown
        case (.found(let left), .found(let right)) where left.id != right.id: throw .mismatch
        case (.found(let tenant), _), (_, .found(let tenant)): return try served(tenant)
        }
    }

    private enum Finding {
        case unnamed
        case unknown
        case found(Tenant)
    }

    private func tenant(host: String) async throws(TenantResolutionError) -> Finding {
        do throws(DatabaseError) {
            if baseDomains.contains(host) || host.isNumericAddress { return .unnamed }
            for base in baseDomains where host.hasSuffix("." + base) {
                guard let slug = TenantSlug(host.dropLast(base.count + 1)) else { return .unknown }
                return try await directory.find(slug: slug).map(Finding.found) ?? .unknown
            }
            return try await directory.find(domain: host).map(Finding.found) ?? .unknown
        } catch {
            throw .database(error)
        }
    }

    private func tenant(header: String?) async throws(TenantResolutionError) -> Finding {
        guard let header else { return .unnamed }
        do throws(DatabaseError) {
            if let id = TenantID(header) { return try await directory.find(id: id).map(Finding.found) ?? .unknown }
            guard let slug = TenantSlug(header.lowercased()) else { return .unknown }
            return try await directory.find(slug: slug).map(Finding.found) ?? .unknown
        } catch {
            throw .database(error)
        }
    }

    private func served(_ tenant: Tenant) throws(TenantResolutionError) -> Tenant {
        switch tenant.status {
        case .active: return tenant
        case .suspended: throw .suspended
        case .deleted: throw .deleted
        }
    }
}

/// Why a request has no tenant.
@nonexhaustive
public enum TenantResolutionError: Error, Sendable, Equatable {
    /// Neither the host nor a header names one.
    case unnamed
    /// The host and the header name different ones.
    case mismatch
    /// There is none of that name.
    case unknown
    /// It is suspended.
    case suspended
    /// It was deleted.
    case deleted
    /// The directory could not be read.
    case database(DatabaseError)
}

extension String {
    fileprivate var isNumericAddress: Bool {
        hasPrefix("[") || utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") }
    }
}
