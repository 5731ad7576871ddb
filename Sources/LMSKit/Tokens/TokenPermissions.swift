// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Ask whether tokens are good; `own` is one's own tokens.
    public static let tokenIntrospect = Permission("token:introspect")
}
