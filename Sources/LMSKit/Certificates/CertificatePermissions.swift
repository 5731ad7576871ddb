// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Design certificates, award, renew, reissue and revoke them.
    public static let certificateManage = Permission("certificate:manage")
}
