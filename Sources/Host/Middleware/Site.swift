// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import Synchronization

/// A tenant with what the middleware needs of it for each request.
final class Site: Sendable {
    let tenant: Tenant
    let language: Language?
    /// `","tenant":"<id>`, as the log has it.
    let logSegment: [UInt8]
    let meter: TenantMeter
    /// Where its calls are counted.
    let ratePlace: RatePlace
    /// Shared replies by route, for as long as the site itself is good.
    let kept = Mutex<[Int: HTTPResponse]>([:])

    init(_ tenant: Tenant, meter: TenantMeter) {
        self.tenant = tenant
        self.meter = meter
        language = Language(rawValue: tenant.settings.locale)
        logSegment = Array("\",\"tenant\":\"\(tenant.id)".utf8)
        ratePlace = .at(tenant.id)
    }
}

/// How many requests of a tenant were answered, and how many of those failed on our side.
final class TenantMeter: Sendable {
    let requests = Atomic<UInt64>(0)
    let failures = Atomic<UInt64>(0)
    /// Whether something may have been written since it was asked last.
    let hasWritten = Atomic<Bool>(false)

    func count(_ status: UInt16) {
        requests.wrappingAdd(1, ordering: .relaxed)
        if status >= 500 { failures.wrappingAdd(1, ordering: .relaxed) }
    }
}

/// The tenants of the latest requests, found by the bytes of the address.
///
/// An entry is good for a quarter of a second, on top of the directory's own time. Names come from strangers, so there are no more
/// than so many places, and a newcomer takes the place of whoever was there.
final class Sites: Sendable {
    private static let places = 4096
    private static let lifetime: UInt64 = 250_000_000

    private let entries = Mutex<[Entry?]>(Array(repeating: nil, count: Sites.places))
    /// What was resolved before this, in monotonic nanoseconds, may be what was forgotten.
    private let forgottenAt = Atomic<UInt64>(0)
    private let meters = Mutex<[TenantID: TenantMeter]>([:])

    private struct Entry: Sendable {
        let address: [UInt8]
        let site: Site
        let until: UInt64
    }

    /// Finds the tenant of an address that was resolved a moment ago.
    ///
    /// - Parameters:
    ///   - address: The host and `X-Tenant-ID`, as `key` makes it.
    ///   - now: The monotonic time in nanoseconds.
    /// - Returns: The tenant; `nil` if it must be resolved.
    func find(_ address: [UInt8], at now: UInt64) -> Site? {
        let place = Sites.place(of: address)
        return entries.withLock { entries in
            guard let entry = entries[place], entry.until > now, entry.address == address else { return nil }
            return entry.site
        }
    }

    /// Keeps what an address was resolved to.
    ///
    /// - Parameters:
    ///   - tenant: An active tenant.
    ///   - address: The address.
    ///   - now: The monotonic time before it was resolved.
    /// - Returns: The tenant with what goes with it.
    func remember(_ tenant: Tenant, at address: [UInt8], _ now: UInt64) -> Site {
        let site = Site(tenant, meter: meter(of: tenant.id))
        let place = Sites.place(of: address)
        entries.withLock { entries in
            guard now > forgottenAt.load(ordering: .acquiring) else { return }
            entries[place] = Entry(address: address, site: site, until: now + Sites.lifetime)
        }
        return site
    }

    /// Has every address resolved anew.
    ///
    /// - Parameter now: The monotonic time in nanoseconds.
    func forgetAll(at now: UInt64) {
        entries.withLock { entries in
            forgottenAt.store(now, ordering: .releasing)
            for place in entries.indices { entries[place] = nil }
        }
    }

    /// The meters of the tenants that were served, in the order of their identifiers.
    var tallies: [(tenant: TenantID, requests: UInt64, failures: UInt64)] {
        let all = meters.withLock { $0 }
        return all.sorted { $0.key < $1.key }.map {
            ($0.key, $0.value.requests.load(ordering: .relaxed), $0.value.failures.load(ordering: .relaxed))
        }
    }

    /// The tenants to which something may have been written since this was called last.
    func takeWritten() -> [TenantID] {
        meters.withLock { $0 }.filter { $0.value.hasWritten.exchange(false, ordering: .relaxed) }.map(\.key)
    }

    private func meter(of tenant: TenantID) -> TenantMeter {
        meters.withLock { meters in
            if let meter = meters[tenant] { return meter }
            let meter = TenantMeter()
            meters[tenant] = meter
            return meter
        }
    }

    private static func place(of address: [UInt8]) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in address { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 29) & (places - 1)
    }
}
