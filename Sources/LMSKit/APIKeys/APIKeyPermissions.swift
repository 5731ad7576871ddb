// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Make keys that act for oneself, and renew them.
    public static let apiKeyCreate = Permission("api_key:create")
    /// See everybody's keys and revoke them.
    public static let apiKeyManage = Permission("api_key:manage")
}
