// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

struct NewUserArguments: CommandArguments {
    let tenant: String
    let email: String
    let name: String?
    let role: String

    init(arguments: inout ArgumentReader) {
        tenant = arguments.required("tenant", "SLUG", "The tenant")
        email = arguments.required("email", "ADDRESS", "The address to sign in with")
        name = arguments.optional("name", "NAME", "The name that others see")
        role = arguments.optional("role", "ROLE", "A role of the tenant; `student` unless said") ?? "student"
    }
}

extension Command {
    /// `lms users create`.
    static let usersCreate = Command(
        "users create",
        "Make a user with a password that is shown once",
        NewUserArguments.self
    ) { arguments, console in
        guard let email = Email(arguments.email) else {
            throw CommandFailure("--email is not an e-mail address: \(arguments.email)", code: .usage)
        }
        guard let role = Role.Name(arguments.role) else {
            throw CommandFailure("--role is not the name of a role: \(arguments.role)", code: .usage)
        }
        let operations = try TenantOperations.connecting(console)
        let tenant = try await operations.find(arguments.tenant)
        do {
            guard let login = try await operations.add(email: email, name: arguments.name, role: role, to: tenant.id)
            else { throw CommandFailure("\(email.address) has an account in \(tenant.slug) already.") }
            console.print("\(login.email)  password: \(login.password.reveal())")
            return .success
        } catch UserError.roleNotFound {
            throw CommandFailure("\(tenant.slug) has no role \(arguments.role).")
        }
    }
}
