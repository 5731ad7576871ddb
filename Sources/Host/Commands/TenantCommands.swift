// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy

struct NewTenantArguments: CommandArguments {
    let slug: String
    let name: String
    let adminEmail: String

    init(arguments: inout ArgumentReader) {
        slug = arguments.positional("SLUG", "The subdomain it is reached at")
        name = arguments.required("name", "NAME", "The organization's name")
        adminEmail = arguments.required("admin-email", "ADDRESS", "Who becomes its owner")
    }
}

struct OneTenantArguments: CommandArguments {
    let slug: String
    let isJSON: Bool

    init(arguments: inout ArgumentReader) {
        slug = arguments.positional("SLUG", "The tenant")
        isJSON = arguments.flag("json", "Print JSON")
    }
}

struct ListTenantsArguments: CommandArguments {
    let isJSON: Bool

    init(arguments: inout ArgumentReader) {
        isJSON = arguments.flag("json", "Print JSON")
    }
}

struct RenameTenantArguments: CommandArguments {
    let slug: String
    let newSlug: String?
    let name: String?

    init(arguments: inout ArgumentReader) {
        slug = arguments.positional("SLUG", "The tenant")
        newSlug = arguments.optional("slug", "SLUG", "Its new subdomain; the old one is free at once")
        name = arguments.optional("name", "NAME", "Its new name")
    }
}

struct ApplyTenantsArguments: CommandArguments {
    let folder: String
    let logins: String?

    init(arguments: inout ArgumentReader) {
        folder = arguments.positional("FOLDER", "Has a folder with a tenant.json for each tenant")
        logins = arguments.optional("logins", "FILE", "Where new logins are added; standard output unless said")
    }
}

extension Command {
    /// `lms tenants …`.
    static let tenants: [Command] = [
        tenantsCreate, tenantsList, tenantsShow,
        change("tenants suspend", "Stop serving a tenant; its data stays") { try await $0.suspend($1) },
        change("tenants resume", "Serve a suspended or deleted tenant again") { try await $0.resume($1) },
        change("tenants delete", "Delete a tenant; it can be resumed for 30 days") { try await $0.delete($1) },
        tenantsRename, tenantsApply,
    ]

    private static let tenantsCreate = Command(
        "tenants create",
        "Sign a tenant up",
        NewTenantArguments.self
    ) { arguments, console in
        let slug = try TenantSlug.parsing(arguments.slug)
        guard let email = Email(arguments.adminEmail) else {
            throw CommandFailure("--admin-email is not an e-mail address: \(arguments.adminEmail)", code: .usage)
        }
        let operations = try TenantOperations.connecting(console)
        do {
            let tenant = try await operations.create(
                slug: slug,
                name: arguments.name,
                settings: TenantSettings(),
                waitingSeconds: 30
            )
            let login = try await operations.add(
                email: email,
                name: nil,
                role: Role.Name(.owner),
                to: tenant.id
            )
            console.print("Tenant \(tenant.slug) (\(tenant.id)) is served at once.")
            if let login { console.print("Owner: \(login.email)  password: \(login.password.reveal())") }
            return .success
        } catch TenantAdministrationError.slugTaken {
            throw CommandFailure("There is a tenant \(slug) already; choose another subdomain.")
        } catch TenantAdministrationError.noSpare {
            throw CommandFailure(
                "No spare tenant is ready. Is the provisioner running? Start it with: lms provision --watch"
            )
        }
    }

    private static let tenantsList = Command(
        "tenants list",
        "List the tenants",
        ListTenantsArguments.self
    ) { arguments, console in
        let administration = try TenantOperations.connecting(console).installation.administration
        var last: TenantSlug?
        var all: [Tenant] = []
        repeat {
            let page = try await administration.list(after: last, limit: 100)
            all += page
            last = page.count == 100 ? page.last?.slug : nil
        } while last != nil
        show(all, asJSON: arguments.isJSON, console)
        return .success
    }

    private static let tenantsShow = Command(
        "tenants show",
        "Show a tenant",
        OneTenantArguments.self
    ) { arguments, console in
        let tenant = try await TenantOperations.connecting(console).find(arguments.slug)
        show([tenant], asJSON: arguments.isJSON, console)
        return .success
    }

    private static let tenantsRename = Command(
        "tenants rename",
        "Change a tenant's subdomain or name",
        RenameTenantArguments.self
    ) { arguments, console in
        let operations = try TenantOperations.connecting(console)
        let tenant = try await operations.find(arguments.slug)
        let slug = try arguments.newSlug.map(TenantSlug.parsing) ?? tenant.slug
        do {
            let isChanged = try await operations.installation.administration.update(
                tenant.id,
                slug: slug,
                name: arguments.name ?? tenant.name,
                settings: tenant.settings
            )
            console.print(isChanged ? "Renamed." : "Nothing to change.")
            return .success
        } catch TenantAdministrationError.slugTaken {
            throw CommandFailure("There is a tenant \(slug) already; choose another subdomain.")
        }
    }

    private static let tenantsApply = Command(
        "tenants apply",
        "Make the tenants what their files say",
        ApplyTenantsArguments.self
    ) { arguments, console in
        let declared = try ManifestFolder(path: arguments.folder).read()
        let platform = try Platform.connecting(console)
        let operations = TenantOperations(installation: platform.installation, lms: platform.lms)
        let courses = ImportDeclaredCoursesOperation(importer: platform.importer)
        for declared in declared {
            let applied = try await operations.apply(declared.manifest)
            let changes = applied.changes.isEmpty ? "unchanged" : applied.changes.joined(separator: ", ")
            console.progress("\(applied.tenant.slug): \(changes)")
            let lines = applied.logins.map {
                "\(applied.tenant.slug)\t\($0.role)\t\($0.email)\t\($0.password.reveal())"
            }
            if let file = arguments.logins {
                try PrivateFile.append(lines, to: URL(filePath: file))
            } else {
                for line in lines { console.print(line) }
            }
            try await courses.run(declared.courses, into: applied.tenant.id, taughtBy: applied.instructors) { name in
                console.progress("\(applied.tenant.slug): imported the course in \(name)")
            }
        }
        return .success
    }

    private static func change(
        _ name: StaticString,
        _ summary: String,
        _ body: @escaping @Sendable (TenantAdministration, TenantID) async throws -> Void
    ) -> Command {
        Command(name, summary, OneTenantArguments.self) { arguments, console in
            let operations = try TenantOperations.connecting(console)
            let tenant = try await operations.find(arguments.slug)
            do {
                try await body(operations.installation.administration, tenant.id)
            } catch TenantAdministrationError.notInState {
                throw CommandFailure("\(tenant.slug) is \(tenant.status.rawValue); that cannot be done to it.")
            }
            console.print("\(tenant.slug): done.")
            return .success
        }
    }

    private static func show(_ tenants: [Tenant], asJSON isJSON: Bool, _ console: Console) {
        guard isJSON else {
            for tenant in tenants { console.print("\(tenant.slug)\t\(tenant.status.rawValue)\t\(tenant.name)") }
            return
        }
        var json = JSONWriter()
        json.array { array in
            for tenant in tenants {
                array.object { object in
                    object.field("id", tenant.id)
                    object.field("slug", tenant.slug.description)
                    object.field("name", tenant.name)
                    object.field("status", tenant.status.rawValue)
                    object.field("domains", tenant.domains)
                    object.field("createdAt", tenant.createdAt)
                }
            }
        }
        console.print(String(decoding: json.bytes, as: UTF8.self))
    }
}

extension TenantSlug {
    fileprivate static func parsing(_ text: String) throws -> TenantSlug {
        guard let slug = TenantSlug(text) else {
            throw CommandFailure(
                "\(text) is no subdomain: use 2 to 40 lower-case letters, digits and inner dashes",
                code: .usage
            )
        }
        return slug
    }
}

extension TenantOperations {
    /// Opens the installation that the environment names, with the serving process's logins.
    static func connecting(_ console: Console) throws -> TenantOperations {
        let platform = try Platform.connecting(console)
        return TenantOperations(installation: platform.installation, lms: platform.lms)
    }

    func find(_ slug: String) async throws -> Tenant {
        guard let slug = TenantSlug(slug), let tenant = try await installation.administration.find(slug: slug) else {
            throw CommandFailure("There is no tenant \(slug). See them with: lms tenants list")
        }
        return tenant
    }
}

extension Platform {
    /// Opens the installation that the environment names, for a command.
    static func connecting(_ console: Console) throws -> Platform {
        try Platform(configuration: try Configuration.reading(console), loops: try EventLoopGroup(count: 1))
    }
}
