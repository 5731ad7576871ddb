// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// What becomes known about a request while it is answered.
struct Call {
    let facts: RequestFacts
    /// The route's position in the table, or -1.
    var route = -1
    var site: Site?
    var rate: RateVerdict?
    /// The limit that refused it, if one did.
    var refusal: RateRefusal?
    /// Who asks, once that is known.
    var principal: Principal?
    /// The code of the problem that it ended with.
    var code: String?
}
