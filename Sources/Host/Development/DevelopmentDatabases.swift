// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation

/// The database URLs of a development installation: one set for each process, with no more than it needs.
struct DevelopmentDatabases {
    /// For `lms database harden`: the superuser, and the passwords that it sets.
    let hardening: [String: String]
    /// For the provisioner and the migrations.
    let provisioning: [String: String]
    /// For the server.
    let serving: [String: String]

    init(server: EmbeddedPostgres?, external: String?, secrets: DevelopmentSecrets) throws {
        func url(_ user: String, _ password: String) throws -> String {
            if let server {
                return "postgres://\(user):\(password)@/lms?host=\(server.socketDirectory.path)"
            }
            guard var components = URLComponents(string: external ?? "") else { throw ExternalDatabaseError() }
            components.user = user
            components.password = password
            guard let text = components.string else { throw ExternalDatabaseError() }
            return text
        }
        let directory = ["DATABASE_URL": try url("lms_directory", secrets.directoryPassword)]
        let provisioner = ["LMS_PROVISIONER_URL": try url("lms_provisioner", secrets.provisionerPassword)]
        let superuser = try external ?? url("postgres", secrets.superuserPassword)
        serving = directory
        provisioning = provisioner
        hardening = directory.merging(provisioner) { $1 }.merging(["LMS_DATABASE_ADMIN_URL": superuser]) { $1 }
    }
}

/// `DATABASE_URL` is no URL.
struct ExternalDatabaseError: Error, CustomStringConvertible {
    var description: String {
        "DATABASE_URL is not a URL such as postgres://postgres:password@localhost:5432/lms (a superuser's, for `lms dev`)."
    }
}
