// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A timer of a loop; cancelling one that fired or was cancelled does nothing.
public struct LoopTimer: Sendable, Hashable {
    let slot: Int
    let generation: UInt32
}

/// A binary heap of deadlines in which each timer knows its place, so that cancelling one removes it.
struct TimerHeap {
    private struct Slot {
        var deadline: UInt64 = 0
        var place = -1
        var generation: UInt32 = 0
        var body: (() -> Void)?
    }

    private var slots: [Slot] = []
    private var free: [Int] = []
    private var heap: [Int] = []

    var count: Int { heap.count }
    var nextDeadline: UInt64? { heap.first.map { slots[$0].deadline } }

    mutating func insert(deadline: UInt64, _ body: @escaping () -> Void) -> LoopTimer {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = slots.count
            slots.append(Slot())
        }
        slots[slot].deadline = deadline
        slots[slot].body = body
        slots[slot].place = heap.count
        heap.append(slot)
        siftUp(heap.count - 1)
        return LoopTimer(slot: slot, generation: slots[slot].generation)
    }

    mutating func remove(_ timer: LoopTimer) {
        guard timer.slot < slots.count, slots[timer.slot].generation == timer.generation, slots[timer.slot].place >= 0
        else { return }
        _ = take(at: slots[timer.slot].place)
    }

    /// Removes the first timer if its deadline has come.
    mutating func popDue(at now: UInt64) -> (() -> Void)? {
        guard let first = heap.first, slots[first].deadline <= now else { return nil }
        return take(at: 0)
    }

    private mutating func take(at place: Int) -> (() -> Void)? {
        let slot = heap[place]
        let last = heap.removeLast()
        if place < heap.count {
            heap[place] = last
            slots[last].place = place
            siftDown(place)
            siftUp(slots[last].place)
        }
        let body = slots[slot].body
        slots[slot].body = nil
        slots[slot].place = -1
        slots[slot].generation &+= 1
        free.append(slot)
        return body
    }

    private mutating func siftUp(_ start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard slots[heap[place]].deadline < slots[heap[parent]].deadline else { return }
            swap(place, parent)
            place = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
                if slots[heap[child]].deadline < slots[heap[least]].deadline { least = child }
            }
            guard least != place else { return }
            swap(place, least)
            place = least
        }
    }

    private mutating func swap(_ first: Int, _ second: Int) {
        heap.swapAt(first, second)
        slots[heap[first]].place = first
        slots[heap[second]].place = second
    }
}
