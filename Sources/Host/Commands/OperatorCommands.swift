// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

struct NewOperatorArguments: CommandArguments {
    let email: String
    let name: String
    let role: String

    init(arguments: inout ArgumentReader) {
        email = arguments.required("email", "ADDRESS", "The address to sign in with")
        name = arguments.required("name", "NAME", "What tenants see of them")
        role = arguments.optional("role", "ROLE", "operator, support or auditor; `support` unless said") ?? "support"
    }
}

struct OneOperatorArguments: CommandArguments {
    let email: String

    init(arguments: inout ArgumentReader) {
        email = arguments.required("email", "ADDRESS", "The operator's address")
    }
}

struct NoOperatorArguments: CommandArguments {
    init(arguments: inout ArgumentReader) {}
}

extension Command {
    /// `lms operators …`: the people who run the platform.
    static let operators: [Command] = [
        Command(
            "operators create",
            "Make an operator with a password and a second factor that are shown once",
            NewOperatorArguments.self
        ) { arguments, console in
            guard let role = PlatformRole(rawValue: arguments.role) else {
                throw CommandFailure("--role is none of operator, support, auditor: \(arguments.role)", code: .usage)
            }
            let email = try Email.parsing(arguments.email)
            guard (1...100).contains(arguments.name.unicodeScalars.count) else {
                throw CommandFailure("--name has 1 to 100 characters", code: .usage)
            }
            do {
                let operators = try Platform.connecting(console).operators
                show(try await operators.create(email, name: arguments.name, role: role), console)
                return .success
            } catch OperatorError.emailTaken {
                throw CommandFailure("\(email.address) is an operator already.")
            }
        },
        Command("operators list", "List the operators", NoOperatorArguments.self) { _, console in
            for one in try await Platform.connecting(console).operators.list() {
                let enrolled = one.enrolledAt == nil ? "never signed in" : "enrolled"
                console.print("\(one.email.address)  \(one.role.rawValue)  \(one.status.rawValue)  \(enrolled)")
            }
            return .success
        },
        Command(
            "operators reset",
            "Give an operator a new password and second factor, and end their sessions",
            OneOperatorArguments.self
        ) { arguments, console in
            let email = try Email.parsing(arguments.email)
            try await finding(email) { show(try await Platform.connecting(console).operators.reset(email), console) }
            return .success
        },
        Command(
            "operators disable",
            "Keep an operator from signing in, and end their sessions and impersonations",
            OneOperatorArguments.self
        ) { arguments, console in
            let email = try Email.parsing(arguments.email)
            try await finding(email) {
                try await Platform.connecting(console).platformServices.disable(email)
                console.print("\(email.address) is disabled.")
            }
            return .success
        },
        Command("operators enable", "Let an operator sign in again", OneOperatorArguments.self) { arguments, console in
            let email = try Email.parsing(arguments.email)
            try await finding(email) {
                _ = try await Platform.connecting(console).operators.setStatus(.active, of: email)
                console.print("\(email.address) may sign in.")
            }
            return .success
        },
    ]

    private static func show(_ login: Operators.Login, _ console: Console) {
        console.print("\(login.operator.email.address)  password: \(login.password.reveal())")
        console.print("Authenticator app: \(login.enrollment.reveal())")
    }

    private static func finding(_ email: Email, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch OperatorError.notFound {
            throw CommandFailure("There is no operator \(email.address). See them with: lms operators list")
        }
    }
}

extension Email {
    fileprivate static func parsing(_ text: String) throws -> Email {
        guard let email = Email(text) else {
            throw CommandFailure("--email is not an e-mail address: \(text)", code: .usage)
        }
        return email
    }
}
