// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// What is kept about an answered request: nothing personal, no address, no path, no body.
struct RequestRecord {
    let requestID: String
    let traceID: String
    let method: HTTPMethod
    /// The route's position in the table, or -1.
    let route: Int
    let tenant: TenantID?
    let status: UInt16
    /// The problem's code, if it was one.
    let code: String?
    /// From the head's arrival to the reply, in nanoseconds.
    let duration: UInt64
    /// The content's length; 0 for a stream.
    let bytes: Int
}
