// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// A form that sends one route's request; `reference.js` reads it.
struct ReferenceForm {
    let route: Route

    var html: String {
        var html = "<form data-method=\"\(route.method)\" data-path=\"\(route.path.description.escaped)\">"
        html += inputs("path", route.shape.path) + inputs("query", route.shape.query)
        if route.idempotency == .accepted { html += input("header", "Idempotency-Key", "", "placeholder=\"any text\"") }
        if route.problems.contains(.preconditionFailed) {
            html += input("header", "If-Match", "", "placeholder=\"an ETag\"")
        }
        html += body
        return html + "<button>Send</button><output></output></form>"
    }

    private func inputs(_ place: String, _ fields: [FieldDescription]) -> String {
        fields.filter { $0.presence != .ignored }.map { field in
            let isRequired = place == "path" || field.presence == .required
            let hint = "placeholder=\"\(field.schema.phrase.escaped)\""
            return input(place, field.name, isRequired ? "required" : "", hint)
        }.joined()
    }

    private func input(_ place: String, _ name: String, _ presence: String, _ hint: String) -> String {
        let name = name.escaped
        let field = "data-in=\"\(place)\" name=\"\(name)\" autocomplete=\"off\" \(hint) \(presence)"
        return "<label>\(name) <input \(field)></label>"
    }

    private var body: String {
        let shape = route.shape
        guard !shape.bodyFormats.isEmpty else { return "" }
        guard !shape.body.isEmpty else {
            return "<label>file <input data-in=\"file\" name=\"file\" type=\"file\" required></label>"
        }
        // The script turns the JSON into a form where that is chosen.
        let options = shape.bodyFormats.sorted().map { "<option>\($0.escaped)</option>" }
        let example = JSONValue.object(FieldDescription.examples(shape.body)).indented
        let rows = min(20, example.split(separator: "\n").count + 1)
        return """
            <label>Content-Type <select name="content-type">\(options.joined())</select></label>
            <textarea data-in="body" name="body" rows="\(rows)" spellcheck="false">
            \(example.escaped)</textarea>
            """
    }
}
