// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// See where events are sent, and what became of them; no secrets.
    public static let webhookRead = Permission("webhook:read")
    /// Say where events are sent, renew secrets, and send again.
    public static let webhookManage = Permission("webhook:manage")
}
