// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// See users and their profiles.
    public static let userRead = Permission("user:read")
    /// Make users.
    public static let userCreate = Permission("user:create")
    /// Change profiles.
    public static let userUpdate = Permission("user:update")
    /// Deactivate, and for any user also suspend and reactivate.
    public static let userDeactivate = Permission("user:deactivate")
}
