// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSLinux

/// What a registration waits for.
public struct Interest: OptionSet, Sendable {
    /// The set's bits.
    public let rawValue: UInt32

    /// Makes a set from its bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The descriptor can be read.
    public static let read = Interest(rawValue: 1)
    /// The descriptor can be written.
    public static let write = Interest(rawValue: 2)
    /// Events are told once when they begin, not for as long as they last.
    public static let edgeTriggered = Interest(rawValue: 4)

    var mask: UInt32 {
        var mask: UInt32 = 0
        if contains(.read) { mask |= EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
        if contains(.write) { mask |= EPOLLOUT.rawValue }
        if contains(.edgeTriggered) { mask |= EPOLLET.rawValue }
        return mask
    }
}

/// What happened on a descriptor.
public struct Events: OptionSet, Sendable {
    /// The set's bits: those of epoll.
    public let rawValue: UInt32

    /// Makes a set from its bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// There is something to read.
    public static let readable = Events(rawValue: EPOLLIN.rawValue)
    /// There is room to write.
    public static let writable = Events(rawValue: EPOLLOUT.rawValue)
    /// The peer will send nothing more, or is gone.
    public static let hangUp = Events(rawValue: EPOLLHUP.rawValue | EPOLLRDHUP.rawValue)
    /// The descriptor is in an error state.
    public static let error = Events(rawValue: EPOLLERR.rawValue)

    /// Whether nothing can be received or sent any more; a peer that only closed its side may still wait for an answer.
    public var isGone: Bool { !isDisjoint(with: Events(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)) }
    /// Whether the peer closed its side or the whole connection.
    public var isHangUp: Bool { !isDisjoint(with: .hangUp) }
}

/// Receives the events of a descriptor, on the loop's thread.
public protocol EventHandler: AnyObject {
    /// Called once per turn of the loop with everything that happened.
    ///
    /// - Parameter events: What happened.
    func handle(_ events: Events)
}

/// Is called when a turn of the loop ends, on the loop's thread.
public protocol TurnEndHandler: AnyObject {
    /// Called once, before the loop waits again.
    func turnDidEnd()
}
