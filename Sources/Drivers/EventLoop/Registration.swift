// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSLinux

/// A descriptor that a loop watches; used on the loop only.
///
/// Cancel it before the descriptor is closed.
public struct Registration: Sendable {
    let loop: EventLoop
    let descriptor: Int32
    let generation: UInt32

    /// Waits for something else.
    ///
    /// - Parameter interest: What to wait for from now on; empty for nothing but hang-ups and errors.
    public func update(_ interest: Interest) {
        assert(loop.isCurrent)
        guard loop.slots[Int(descriptor)].generation == generation else { return }
        // Cannot fail for a descriptor that is registered and open, which the generation and the rule above ensure.
        _ = clms_epoll_control(loop.epoll, EPOLL_CTL_MOD, descriptor, interest.mask, loop.tag(descriptor, generation))
    }

    /// Stops watching and lets the handler go; does nothing the second time.
    public func cancel() {
        assert(loop.isCurrent)
        guard loop.slots[Int(descriptor)].generation == generation else { return }
        loop.slots[Int(descriptor)].generation &+= 1
        loop.slots[Int(descriptor)].handler = nil
        // Fails only for a descriptor that was closed already, which took it out of the epoll set.
        _ = clms_epoll_control(loop.epoll, EPOLL_CTL_DEL, descriptor, 0, 0)
    }
}

extension EventLoop {
    /// Watches a descriptor; on the loop only.
    ///
    /// - Parameters:
    ///   - descriptor: An open, non-blocking descriptor that is not registered with this loop.
    ///   - interest: What to wait for.
    ///   - handler: Who is told; kept until the registration is cancelled.
    /// - Returns: The registration.
    /// - Throws: `SystemError` if the kernel refuses the descriptor.
    public func register(
        _ descriptor: Int32,
        for interest: Interest,
        _ handler: any EventHandler
    ) throws(SystemError) -> Registration {
        assert(isCurrent)
        guard descriptor >= 0 else { throw SystemError(code: 9, call: "epoll_ctl") }
        let index = Int(descriptor)
        while slots.count <= index { slots.append(Slot()) }
        slots[index].generation &+= 1
        let generation = slots[index].generation
        let failed = clms_epoll_control(epoll, EPOLL_CTL_ADD, descriptor, interest.mask, tag(descriptor, generation))
        guard failed == 0 else { throw SystemError(code: failed, call: "epoll_ctl") }
        slots[index].handler = handler
        return Registration(loop: self, descriptor: descriptor, generation: generation)
    }

    func tag(_ descriptor: Int32, _ generation: UInt32) -> UInt64 {
        UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    }
}
