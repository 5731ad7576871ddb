// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

extension ETag {
    /// The tag of a body that shows a version and, beside it, what changes without one: counts and ratings.
    ///
    /// `If-Match` looks at the version only, so that a learner who enrolls does not stop the author.
    ///
    /// - Parameters:
    ///   - version: The version.
    ///   - object: What it is a version of.
    ///   - body: What is shown of it.
    init<Entity>(version: Int, of object: Identifier<Entity>, showing body: some ResponseBody) {
        var json = JSONWriter(capacity: 1024)
        body.write(to: &json)
        let digest = ETag(of: json.bytes).description.dropFirst()
        self.init(quoted: "\"\(object)-\(version)-\(digest)")
    }
}

extension RequestContext {
    /// The version of an object that `If-Match` names, for an update that must not overwrite another one.
    ///
    /// - Parameter object: What is updated.
    /// - Returns: The version; `nil` if any will do.
    /// - Throws: `.preconditionFailed` if the field names nothing of this object.
    func expectedVersion<Entity>(of object: Identifier<Entity>) throws(Problem) -> Int? {
        guard let header = self[.ifMatch] else { return nil }
        let prefix = "\"\(object)-"
        var newest: Int?
        for element in header.split(separator: ",") {
            let tag = element.trimmingBlanks
            if tag == "*" { return nil }
            guard tag.hasPrefix(prefix), tag.hasSuffix("\"") else { continue }
            let rest = tag.dropFirst(prefix.count).dropLast()
            guard let version = Int(rest.prefix { $0 != "-" }) else { continue }
            newest = max(newest ?? version, version)
        }
        guard let newest else { throw Problem(.preconditionFailed) }
        return newest
    }
}
