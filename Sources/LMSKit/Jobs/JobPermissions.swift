// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// See the tenant's jobs.
    public static let jobRead = Permission("job:read")
    /// Try the tenant's jobs again, cancel and discard them.
    public static let jobManage = Permission("job:manage")
}
