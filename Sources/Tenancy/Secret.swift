// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A value that must not be printed: it shows as `•••` in descriptions, logs and dumps.
public struct Secret<Value: Sendable>: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let value: Value

    /// Wraps a value.
    ///
    /// - Parameter value: The value to protect.
    public init(_ value: Value) {
        self.value = value
    }

    /// Returns the value to the code that needs it.
    ///
    /// - Returns: The value.
    public func reveal() -> Value { value }

    /// Always `•••`.
    public var description: String { "•••" }
    /// Always `•••`.
    public var debugDescription: String { "•••" }
    /// Shows nothing of the value.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
