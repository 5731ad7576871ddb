// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Make, change, renew and delete accounts of programs; `own` is those that one answers for.
    public static let serviceAccountManage = Permission("service_account:manage")
}
