// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A first-in first-out queue that keeps its memory.
struct Queue<Element> {
    private var slots: [Element?] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    var first: Element? { count == 0 ? nil : slots[head] }

    mutating func append(_ element: Element) {
        if count == slots.count { grow() }
        var tail = head + count
        if tail >= slots.count { tail -= slots.count }
        slots[tail] = element
        count += 1
    }

    @discardableResult
    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = slots[head]
        slots[head] = nil
        head += 1
        if head == slots.count { head = 0 }
        count -= 1
        return element
    }

    private mutating func grow() {
        var larger: [Element?] = []
        larger.reserveCapacity(max(16, slots.count * 2))
        for index in 0..<count { larger.append(slots[(head + index) % slots.count]) }
        while larger.count < max(16, slots.count * 2) { larger.append(nil) }
        slots = larger
        head = 0
    }
}
