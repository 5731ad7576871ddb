// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What becomes of which of a tenant's settings.
public struct TenantSettingsChanges: Sendable {
    /// The settings that are changed, by the names under which they are stored.
    public private(set) var names: Set<String> = []
    private var changes: [@Sendable (inout TenantSettings) -> Void] = []

    /// No change.
    public init() {}

    /// Sets a setting.
    ///
    /// - Parameters:
    ///   - name: The name under which it is stored.
    ///   - setting: The setting.
    ///   - value: Its new value; `nil` leaves it as it is.
    public mutating func set<Value: Sendable>(
        _ name: String,
        _ setting: any WritableKeyPath<TenantSettings, Value> & Sendable,
        _ value: Value?
    ) {
        guard let value else { return }
        names.insert(name)
        changes.append { $0[keyPath: setting] = value }
    }

    /// Returns settings after the changes.
    ///
    /// - Parameter settings: The settings before them.
    /// - Returns: The settings after them.
    public func applied(to settings: TenantSettings) -> TenantSettings {
        var settings = settings
        for change in changes { change(&settings) }
        return settings
    }
}
