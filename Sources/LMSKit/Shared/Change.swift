// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What an update does to one property: most updates name only a few.
public enum Change<Value: Sendable>: Sendable {
    /// The property stays as it is.
    case keep
    /// The property becomes this.
    case set(Value)

    /// Returns the property after the update.
    ///
    /// - Parameter value: The property before it.
    /// - Returns: The new value, or the old one if it is kept.
    public func applied(to value: Value) -> Value {
        switch self {
        case .keep: value
        case .set(let new): new
        }
    }
}

extension Change {
    /// Returns the same change of something that is made from the value.
    ///
    /// - Parameter make: Makes it.
    /// - Returns: A change that keeps if this one does.
    public func mapped<Other: Sendable>(_ make: (Value) -> Other) -> Change<Other> {
        switch self {
        case .keep: .keep
        case .set(let value): .set(make(value))
        }
    }
}

extension Change: Equatable where Value: Equatable {}
