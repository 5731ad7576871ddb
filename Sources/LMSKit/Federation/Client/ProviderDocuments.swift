// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Reads what providers publish, metadata and keys, and keeps it for as long as they say, within bounds.
///
/// Kept by address, for all tenants: a provider says the same to each.
final class ProviderDocuments: Sendable {
    private let http: any HTTPClient
    private let clock: WallClock
    private let metadata = BoundedCache<String, ProviderMetadata>(capacity: 500)
    private let keys = BoundedCache<String, Keys>(capacity: 500)

    private struct Keys: Sendable {
        let set: JSONWebKeySet
        let readAt: Date
    }

    /// How long a document is kept: what the provider says, brought into this range.
    private static let lifetimes: ClosedRange<TimeInterval> = 60...86_400
    /// How often a name that no key has may cause a read.
    static let rereadInterval: TimeInterval = 30

    init(http: any HTTPClient, clock: WallClock) {
        self.http = http
        self.clock = clock
    }

    /// The metadata of a provider.
    func metadata(of issuer: String, kind: IdentityProvider.Kind) async throws(ProviderFailure) -> ProviderMetadata {
        let now = clock.now()
        let key = "\(kind.rawValue) \(issuer)"
        if let known = metadata.value(for: key, at: now) { return known }
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        let (json, lifetime) = try await read(base + "/.well-known/openid-configuration")
        guard let read = ProviderMetadata(json, of: issuer, kind: kind) else { throw .misconfigured }
        metadata.store(read, for: key, until: now.addingTimeInterval(lifetime), at: now)
        return read
    }

    /// The keys of a provider; read anew if one was missing in what is kept, but not too often.
    func keys(at address: String, rereading isStale: Bool = false) async throws(ProviderFailure) -> JSONWebKeySet {
        let now = clock.now()
        if let known = keys.value(for: address, at: now) {
            guard isStale, now.timeIntervalSince(known.readAt) >= Self.rereadInterval else { return known.set }
        }
        let (json, lifetime) = try await read(address)
        guard let set = JSONWebKeySet(json) else { throw .misconfigured }
        keys.store(Keys(set: set, readAt: now), for: address, until: now.addingTimeInterval(lifetime), at: now)
        return set
    }

    private func read(_ address: String) async throws(ProviderFailure) -> (JSONValue, lifetime: TimeInterval) {
        let request = OutgoingRequest(
            .get,
            address,
            fields: [("Accept", "application/json")],
            timeout: .seconds(5),
            limitInBytes: 256 * 1024
        )
        let response = try await http.reply(to: request)
        guard response.status == 200 else { throw .refused(status: response.status) }
        let said = response.field("cache-control").flatMap(Self.maximumAge) ?? 600
        return (try response.json, min(max(said, Self.lifetimes.lowerBound), Self.lifetimes.upperBound))
    }

    private static func maximumAge(_ field: String) -> TimeInterval? {
        for directive in field.lowercased().split(separator: ",") {
            let bare = directive.drop { $0 == " " }
            if bare.hasPrefix("max-age="), let seconds = Int(bare.dropFirst(8)) { return TimeInterval(seconds) }
        }
        return nil
    }
}

extension HTTPClient {
    /// Sends a request to a provider.
    func reply(to request: OutgoingRequest) async throws(ProviderFailure) -> OutgoingResponse {
        do {
            return try await send(request)
        } catch {
            throw .unreachable(error)
        }
    }
}

extension OutgoingResponse {
    /// The content as JSON.
    var json: JSONValue {
        get throws(ProviderFailure) {
            do {
                return try JSONValue.parse(body, maximumDepth: 16)
            } catch {
                throw .misconfigured
            }
        }
    }
}
