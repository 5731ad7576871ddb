// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// A page that people read: every route with who may call it, what it takes, what it answers, a line for curl, and a form that
/// sends it.
struct ReferencePage {
    let routes: [Route]
    let version: String

    /// What sends the forms.
    static let script = String(decoding: PackageResources.reference_js, as: UTF8.self)

    var html: String {
        let tags = OpenAPIDocument(routes: routes, version: version, dialect: .openAPI31).tags
        var html = """
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>LMSKit API</title><style>\(Self.style)</style>
            <header><h1>LMSKit API <small>\(version.escaped)</small></h1>
            <p>Each organization has its own host, such as <code>acme.localhost:8080</code>; elsewhere send
            <code>X-Tenant-ID</code>. Errors are <code>application/problem+json</code> with a stable <code>code</code>.
            Machine-readable: <a href="/openapi.json">openapi.json</a>.</p>
            <p><label>Token <input id="token" type="password" autocomplete="off" placeholder="from Sign in; stays in this page"></label>
            <label>X-Tenant-ID <input id="tenant" placeholder="only at a host without a tenant"></label></p></header><nav>
            """
        for tag in tags { html += "<a href=\"#\(tag.escaped)\">\(tag.escaped)</a> " }
        html += "</nav><main>"
        for tag in tags {
            html += "<h2 id=\"\(tag.escaped)\">\(tag.escaped)</h2>"
            for route in routes where route.tag == tag { html += section(route) }
        }
        return html + "</main><script>\(Self.script)</script></html>\n"
    }

    private func section(_ route: Route) -> String {
        var html = """
            <details><summary><b class="\(route.method)">\(route.method)</b> <code>\(route.path.description.escaped)</code>
            <span>\(route.summary.escaped)</span></summary><p>\(access(route))</p>
            """
        html += table("Path", route.shape.path) + table("Query", route.shape.query) + table("Body", route.shape.body)
        if let example = route.shape.responseExamples.first {
            html += "<h3>Reply \(route.successStatus.rawValue)</h3><pre>\(example.indented.escaped)</pre>"
        } else {
            html += "<h3>Reply \(route.successStatus.rawValue)</h3>"
        }
        let codes = route.allProblems.map { "<code>\($0.status.rawValue) \($0.name)</code>" }
        html += "<h3>Problems</h3><p>\(codes.joined(separator: " "))</p>"
        return html + "<h3>Try it</h3><pre>\(curl(route).escaped)</pre>\(ReferenceForm(route: route).html)</details>"
    }

    private func access(_ route: Route) -> String {
        switch route.access {
        case .host: "Anybody, on any host."
        case .platformPublic: "Anybody, on the base domain."
        case .operatorSignIn: "An operator of the platform, on the base domain."
        case .operator(let permission):
            "Operators of the platform with <code>\(permission.rawValue.escaped)</code>, on the base domain."
        case .anonymous: "Anybody; a token is not looked at."
        case .publicRead: "Anybody; who signed in may see more."
        case .signedIn: "Whoever signed in."
        case .permission(let permission): "Whoever holds <code>\(permission.description.escaped)</code>."
        }
    }

    private func table(_ title: String, _ fields: [FieldDescription]) -> String {
        let shown = fields.filter { $0.presence != .ignored }
        guard !shown.isEmpty else { return "" }
        let rows = shown.map { field in
            let presence = field.presence == .required ? "required" : field.presence == .clearable ? "or null" : ""
            return "<tr><td><code>\(field.name.escaped)</code><td>\(field.schema.phrase.escaped)<td>\(presence)"
        }
        return "<h3>\(title)</h3><table>\(rows.joined())</table>"
    }

    private func curl(_ route: Route) -> String {
        var line = "curl -X \(route.method)"
        if !route.access.isOpen { line += " -H 'Authorization: Bearer …'" }
        if route.shape.bodyFormats.contains(BodyFormat.json.rawValue) {
            var json = JSONWriter()
            json.value(JSONValue.object(FieldDescription.examples(route.shape.body)))
            line += " -H 'Content-Type: application/json' -d '\(String(decoding: json.bytes, as: UTF8.self))'"
        }
        return line + " http://\(route.access.isPlatform ? "" : "acme.")localhost:8080\(route.path)"
    }

    static let style = """
        body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;color:#1b1b1f;background:#fff}
        nav{position:sticky;top:0;background:inherit;padding:.5rem 0;border-bottom:1px solid #8884}
        details{border:1px solid #8884;border-radius:6px;margin:.5rem 0;padding:.5rem .8rem}summary{cursor:pointer}
        summary span{opacity:.75}pre{overflow:auto;background:#8881;padding:.6rem;border-radius:4px}td{padding:.1rem 1rem .1rem 0}
        b.GET{color:#0a6}b.POST{color:#06c}b.PUT,b.PATCH{color:#a60}b.DELETE{color:#c22}h3{margin:.6rem 0 .2rem;font-size:1rem}
        label{display:inline-block;margin:.2rem 1rem .2rem 0}input,textarea,select,button{font:inherit;font-size:.9rem}
        textarea{display:block;width:100%;box-sizing:border-box;font-family:monospace}
        output{display:block;white-space:pre-wrap;overflow-wrap:anywhere;font-family:monospace;font-size:.9rem}
        @media(prefers-color-scheme:dark){body{color:#e6e6ea;background:#161619}a{color:#8bf}}
        """
}
