// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// See the tenant's roles and what they allow.
    public static let roleRead = Permission("role:read")
    /// Make, change and delete the tenant's own roles.
    public static let roleManage = Permission("role:manage")
    /// Give roles to users and take them away.
    public static let roleAssign = Permission("role:assign")
    /// See the tenant's settings.
    public static let tenantRead = Permission("tenant:read")
    /// Change the tenant's settings.
    public static let tenantUpdate = Permission("tenant:update")
    /// Read the audit log.
    public static let auditRead = Permission("audit:read")
}
