// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Have events that were given up tried again, take them off the list, and show a consumer a time again; reading is `audit:read`.
    public static let eventManage = Permission("event:manage")
}
