// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension HTMLSanitizer {
    /// The names of the elements that sanitizing would remove, for reports.
    static func droppedElements(in html: String) -> Set<String> {
        var tokens = HTMLTokenizer(html)
        var names: Set<String> = []
        while let token = tokens.next() {
            guard case .start(let name, _) = token else { continue }
            if !HTMLPolicy.elements.contains(name), names.count < 50 { names.insert(String(name.prefix(50))) }
            if HTMLPolicy.droppedText.contains(name) { tokens.skipText(of: name) }
        }
        return names
    }
}
