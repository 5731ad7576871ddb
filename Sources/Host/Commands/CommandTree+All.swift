// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension CommandTree {
    /// Every command of `lms`, in the order of the help.
    static let all = CommandTree(
        commands: [.doctor { _ in [] }, .openAPI, .version],
        version: BuildInformation.version
    )
}
