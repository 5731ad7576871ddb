// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// One finding of `lms doctor`.
struct Finding: Sendable, Hashable, JSONWritable {
    let subject: String
    let state: State
    /// What was found and, unless it is good, what to do.
    let detail: String

    enum State: String, Sendable {
        case good
        case odd
        /// The server would not start, or must not.
        case bad
    }

    init(_ subject: String, _ state: State, _ detail: String) {
        self.subject = subject
        self.state = state
        self.detail = detail
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("subject", subject)
            object.field("state", state.rawValue)
            object.field("detail", detail)
        }
    }
}
