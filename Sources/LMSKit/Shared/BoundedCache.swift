// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import Synchronization

/// Values that are good for a time, as many as fit.
final class BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let entries = Mutex<[Key: Entry]>([:])
    private let capacity: Int

    private struct Entry {
        let value: Value
        let expiresAt: Date
    }

    init(capacity: Int) {
        self.capacity = capacity
    }

    func value(for key: Key, at now: Date) -> Value? {
        entries.withLock { entries in
            guard let entry = entries[key] else { return nil }
            guard entry.expiresAt > now else {
                entries[key] = nil
                return nil
            }
            return entry.value
        }
    }

    func store(_ value: Value, for key: Key, until expiresAt: Date, at now: Date) {
        entries.withLock { entries in
            if entries.count >= capacity, entries[key] == nil {
                entries = entries.filter { $0.value.expiresAt > now }
                // Still full: forget half. What was needed is read again; a list in the order of use would cost each
                // hit.
                if entries.count >= capacity {
                    for key in Array(entries.keys.prefix(capacity / 2)) { entries[key] = nil }
                }
            }
            entries[key] = Entry(value: value, expiresAt: expiresAt)
        }
    }

    func remove(_ key: Key) {
        entries.withLock { $0[key] = nil }
    }

    var count: Int { entries.withLock { $0.count } }
}
