// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension CommandTree {
    /// Every command of `lms`, in the order of the help.
    static let all = CommandTree(
        commands: [
            .dev, .serve, .work, .migrate, .provision, .databaseHarden,
            .doctor { await DiagnoseOperation(configuration: $0).run() },
            .openAPI, .version,
        ] + Command.tenants + Command.operators + Command.keys + Command.jobs + Command.events + [
            .auditVerify, .usersCreate, .coursesImport, .filesCheck, .filesLimit, .mailBounces,
        ],
        version: BuildInformation.version
    )
}
