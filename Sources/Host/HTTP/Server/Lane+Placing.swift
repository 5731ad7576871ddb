// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import Synchronization

/// What a lane has, as all loops may read it.
final class LaneLoad: Sendable {
    /// How many connections it has or is about to be given.
    let connections = Atomic<Int>(0)
    /// How many of them are new, have a request or had one lately.
    let active = Atomic<Int>(0)

    func isLess(than other: LaneLoad) -> Bool {
        let active = (self.active.load(ordering: .relaxed), other.active.load(ordering: .relaxed))
        guard active.0 == active.1 else { return active.0 < active.1 }
        return connections.load(ordering: .relaxed) < other.connections.load(ordering: .relaxed)
    }
}

extension Lane {
    private var isFull: Bool { load.connections.load(ordering: .relaxed) >= settings.maximumConnections }

    /// Whether this lane or another may have a further connection.
    var hasRoom: Bool { !isFull || lanes.contains { !$0.isFull } }

    /// Gives a new connection to the lane with the fewest that are active, then the fewest; of two to this one.
    ///
    /// The kernel deals connections by a hash of their addresses: of eight that a proxy keeps open, six may come to one
    /// loop of two, and stay there. Two loops that accept at the same time may choose the same one.
    func place(_ socket: consuming Socket, address: String, port: UInt16) {
        var chosen = self
        for lane in lanes where !lane.isFull && (chosen.isFull || lane.load.isLess(than: chosen.load)) { chosen = lane }
        chosen.load.connections.add(1, ordering: .relaxed)
        chosen.load.active.add(1, ordering: .relaxed)
        guard chosen !== self else { return add(socket, address: address, port: port) }
        let descriptor = socket.release()
        chosen.loop.execute { [chosen] in
            chosen.add(Socket(owning: descriptor), address: address, port: port)
        }
    }
}

extension Connection {
    /// A request begins.
    func becomeActive() {
        lastUse = lane.tick
        guard !isActive else { return }
        isActive = true
        lane.load.active.add(1, ordering: .relaxed)
    }

    /// A while after its last request, it no longer keeps others from its lane.
    func restIfUnused() {
        guard isActive else { return }
        if phase == .handling || isBlocked { lastUse = lane.tick }
        if lane.tick &- lastUse > lane.settings.restTicks { rest() }
    }

    /// It is closed or unused.
    func rest() {
        guard isActive else { return }
        isActive = false
        lane.load.active.subtract(1, ordering: .relaxed)
    }
}
