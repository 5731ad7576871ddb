// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSKit
internal import LMSTenancy

struct MailBounceArguments: CommandArguments {
    init(arguments: inout ArgumentReader) {}
}

extension Command {
    /// `lms mail bounces`.
    static let mailBounces = Command(
        "mail bounces",
        "Take note of a report that a mail server made of a message of ours, from standard input",
        MailBounceArguments.self
    ) { _, console in
        let platform = try Platform.connecting(console)
        let directory = platform.installation.directory
        // One byte more than is read tells that it is too long.
        let message = try FileHandle.standardInput.read(upToCount: 1_048_577) ?? Data()
        let outcome = try await platform.lms.notifications.noteBounce(
            Array(message),
            ofTenant: { tenant throws(DatabaseError) in try await directory.find(id: tenant) != nil },
            tenants: platform.installation.tenants
        )
        guard let outcome else {
            console.print("Nothing to note: no report of a message of ours that failed for good or was not wanted.")
            return .success
        }
        console.print("\(outcome.tenant): \(outcome.marked) addresses get no more notifications.")
        return .success
    }
}
