// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Set up who vouches for people.
    public static let identityManage = Permission("identity:manage")
}
