// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import Synchronization

extension Lane {
    /// Whether this lane or another may have a further connection.
    var hasRoom: Bool {
        load.load(ordering: .relaxed) < settings.maximumConnections
            || lanes.contains { $0.load.load(ordering: .relaxed) < $0.settings.maximumConnections }
    }

    /// Gives a new connection to the lane that has the fewest, and keeps it if none has fewer.
    ///
    /// The kernel deals connections by a hash of their addresses: of eight that a proxy keeps open, six may come to one
    /// loop of two, and stay there. Two loops that accept at the same time may choose the same one.
    func place(_ socket: consuming Socket, address: String, port: UInt16) {
        var chosen = self
        var fewest = load.load(ordering: .relaxed)
        for lane in lanes {
            let other = lane.load.load(ordering: .relaxed)
            if other < fewest { (chosen, fewest) = (lane, other) }
        }
        chosen.load.add(1, ordering: .relaxed)
        guard chosen !== self else { return add(socket, address: address, port: port) }
        let descriptor = socket.release()
        chosen.loop.execute { [chosen] in
            chosen.add(Socket(owning: descriptor), address: address, port: port)
        }
    }
}
